// SPDX-License-Identifier: MIT
internal import CHengeEditor
internal import Glibc
internal import HengeLanguage

/// Shows a text that is longer than the screen a screen at a time.
struct Pager {
  private let console: Console

  /// A pager on the terminal of `console`; without a terminal, a text is written as it is.
  init(_ console: Console) { self.console = console }

  /// What a key asks for.
  private enum Answer { case page, line, end }

  /// Hands the lines of `text` to `write` as far as the reader wants to see them.
  func show(_ text: String, write: (String) throws -> Void) throws {
    var rest = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    var (columns, rows) = Pager.size()
    // The entry that asked stays in view, and the line that asks has its row.
    guard console.isInteractive, rows > 4, Pager.lines(rest, in: rows - 2, columns) < rest.count
    else { return try write(text) }
    var count = Pager.lines(rest, in: rows - 2, columns)
    while true {
      try write(rest.prefix(count).joined(separator: "\n") + "\n")
      rest = rest.dropFirst(count)
      guard !rest.isEmpty else { return }
      let answer = try ask("(\(rest.count) more lines: Space, Enter, q)", columns: columns)
      // The window may have another size now.
      (columns, rows) = Pager.size()
      switch answer {
      case .page: count = Pager.lines(rest, in: max(1, rows - 2), columns)
      case .line: count = 1
      case .end: return
      }
    }
  }

  /// The columns of a line, in which colors take none.
  private static func width(of line: Substring) -> Int {
    var width = 0
    var isEscape = false
    for scalar in line.unicodeScalars {
      if isEscape {
        isEscape = !scalar.properties.isAlphabetic
      } else if scalar == "\u{1b}" {
        isEscape = true
      } else {
        width += TextWidth.columns(of: scalar)
      }
    }
    return width
  }

  private static func size() -> (columns: Int, rows: Int) {
    var columns: Int32 = 0
    var rows: Int32 = 0
    henge_terminal_size(&columns, &rows)
    return (Int(columns), Int(rows))
  }

  /// How many of `lines` fit in `rows` rows of the screen, on which long ones are wrapped; at least one.
  static func lines(_ lines: ArraySlice<Substring>, in rows: Int, _ columns: Int) -> Int {
    var left = rows
    let fitting = lines.prefix { line in
      let width = width(of: line)
      left -= max(1, (width + columns - 1) / max(1, columns))
      return left >= 0
    }
    return max(1, fitting.count)
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
