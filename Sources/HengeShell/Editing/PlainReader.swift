// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage
public import HengeThreads

/// Reads entries line by line after plain prompts, for pipes and for terminals that cannot move
/// their cursor.
public struct PlainReader: EntryReader {
  private let console: Console
  private let interrupt: Interrupt
  private var bytes: [UInt8] = []
  private var hasEnded = false
  private let isShown: Bool

  /// A reader of standard input that writes its prompts to `console`, if they are to be shown, and
  /// asks again after `interrupt`.
  public init(_ console: Console, _ interrupt: Interrupt, isShown: Bool = true) {
    self.console = console
    self.interrupt = interrupt
    self.isShown = isShown
  }

  /// Reads lines until they make an entry.
  public mutating func read(_ number: Int) throws -> String? {
    let marks = PromptMarks(number)
    while true {
      do {
        guard var entry = try line(after: marks.first) else { return nil }
        while case .incomplete = EntryText.completeness(of: entry, number: number) {
          guard let line = try line(after: marks.further) else { return entry }
          entry += "\n" + line
        }
        return entry
      } catch is Interrupted {
        guard interrupt.termination == nil else { return nil }
        interrupt.clear()
        if isShown { try console.write("\n") }
      }
    }
  }

  /// Does nothing: there is no editor.
  public mutating func offer(_ text: String) {}

  /// One line without its newline; `nil` at the end of the input.
  private mutating func line(after prompt: String) throws -> String? {
    if isShown { try console.write(prompt) }
    try console.flush()
    while true {
      if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        let line = bytes[..<end]
        bytes.removeFirst(end + 1)
        return String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
      }
      if hasEnded {
        defer { bytes = [] }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
      }
      let part = try console.readPart(interrupt: interrupt)
      if part.isEmpty { hasEnded = true }
      bytes += part
    }
  }
}
