// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// Reads entries line by line after plain prompts, for pipes and for terminals that cannot move
/// their cursor.
public struct PlainReader: EntryReader {
  private let console: Console

  /// A reader of standard input that writes its prompts to `console`.
  public init(_ console: Console) { self.console = console }

  /// Reads lines until they make an entry.
  public mutating func read(_ number: Int) throws -> String? {
    let marks = PromptMarks(number)
    guard var entry = try console.readLine(after: marks.first) else { return nil }
    while case .incomplete = EntryText.completeness(of: entry, number: number) {
      guard let line = try console.readLine(after: marks.further) else { return entry }
      entry += "\n" + line
    }
    return entry
  }

  /// Does nothing: there is no editor.
  public mutating func offer(_ text: String) {}
}
