// SPDX-License-Identifier: MIT
internal import CHengeEditor
internal import Glibc

/// Shows a text that is longer than the screen a screen at a time.
struct Pager {
  private let console: Console

  /// A pager on the terminal of `console`; without a terminal, a text is written as it is.
  init(_ console: Console) { self.console = console }

  /// What a key asks for.
  private enum Answer { case page, line, end }

  /// Hands the lines of `text` to `write` as far as the reader wants to see them.
  func show(_ text: String, write: (String) throws -> Void) throws {
    var columns: Int32 = 0
    var rows: Int32 = 0
    henge_terminal_size(&columns, &rows)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    // The entry that asked stays in view, and the line that asks has its row.
    let page = Int(rows) - 2
    guard console.isInteractive, page > 2, lines.count > page else { return try write(text) }
    var rest = lines[...]
    var count = page
    while true {
      try write(rest.prefix(count).joined(separator: "\n") + "\n")
      rest = rest.dropFirst(count)
      guard !rest.isEmpty else { return }
      switch try ask("(\(rest.count) more lines: Space, Enter, q)", columns: Int(columns)) {
      case .page: count = page
      case .line: count = 1
      case .end: return
      }
    }
  }

  /// Waits for a key that answers `question`, which is taken away again.
  private func ask(_ question: String, columns: Int) throws -> Answer {
    try console.send(String(question.prefix(max(1, columns - 1))))
    defer { try? console.send("\r\u{1b}[K") }
    var before = termios()
    guard tcgetattr(0, &before) == 0 else { return .end }
    var raw = before
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    guard tcsetattr(0, TCSANOW, &raw) == 0 else { return .end }
    defer { tcsetattr(0, TCSANOW, &before) }
    while let key = Pager.key() {
      switch key {
      case " ", "f", "\u{1b}[6~": return .page
      case "\r", "\n", "j", "\u{1b}[B", "\u{1b}OB": return .line
      case "q", "Q", "\u{3}", "\u{4}", "\u{1b}": return .end
      default: continue
      }
    }
    return .end
  }

  /// The next key, of which one that sends a sequence has several characters; nil at the end.
  ///
  /// What is typed after it stays for the prompt.
  private static func key() -> String? {
    guard let first = byte() else { return nil }
    var key = [first]
    var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    while key[0] == 0x1b, key.count < 8, poll(&input, 1, 25) > 0, let next = byte() {
      key.append(next)
      let isIntroducer = key.count == 2 && (next == UInt8(ascii: "[") || next == UInt8(ascii: "O"))
      if !isIntroducer, next >= 0x40 { break }
    }
    return String(decoding: key, as: UTF8.self)
  }

  private static func byte() -> UInt8? {
    var byte: UInt8 = 0
    return read(0, &byte, 1) == 1 ? byte : nil
  }
}
