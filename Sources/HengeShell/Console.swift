// SPDX-License-Identifier: MIT
internal import Glibc

// What lives here: reading entries and showing what they give. The shell is handed an interpreter;
// it knows no built-in.

/// Standard output and error, in order: what went to the one is written before the other speaks.
public final class Console {
  /// The reader of standard output is gone: `henge f.henge | head -1`.
  public struct Closed: Error {}

  private var pending: [UInt8] = []
  private static let capacity = 1 << 16

  /// A console over the process's own streams.
  public init() {}

  /// Whether results go to a terminal.
  public var isTerminal: Bool { isatty(1) == 1 }

  /// Whether errors may be coloured: on a terminal that knows colours, unless NO_COLOR is set.
  public var isErrorColoured: Bool {
    guard isatty(2) == 1, getenv("NO_COLOR") == nil, let name = getenv("TERM") else { return false }
    return strcmp(name, "dumb") != 0
  }

  /// Writes to standard output, sooner or later; throws ``Closed``.
  public func write(_ text: String) throws {
    pending += Array(text.utf8)
    if pending.count >= Console.capacity { try flush() }
  }

  /// Writes what is pending; throws ``Closed``.
  public func flush() throws {
    defer { pending.removeAll(keepingCapacity: true) }
    guard Console.write(pending, to: 1) else { throw Closed() }
  }

  /// Writes a line to standard error, after all that went to standard output.
  public func complain(_ text: String) throws {
    try flush()
    _ = Console.write(Array((text + "\n").utf8), to: 2)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let written = Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { return false }
        rest = rest.dropFirst(written)
      }
      return true
    }
  }

  /// All of standard input, at most `limit` bytes; `nil` when there is more.
  public func readAll(limit: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(0, &part, part.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes += part[..<count]
      guard bytes.count <= limit else { return nil }
    }
  }

  /// One line of standard input without its newline, after `prompt`; `nil` at the end.
  public func readLine(after prompt: String) throws -> String? {
    try write(prompt)
    try flush()
    return Swift.readLine(strippingNewline: true)
  }
}
