// SPDX-License-Identifier: MIT
public import HengeLanguage

/// The prefixes of the lines of an entry.
struct PromptMarks {
  /// Before its first line: `henge[12]> `.
  let first: String
  /// Before each further line, as wide as the first: `       …> `.
  let further: String

  init(_ number: Int) {
    first = "henge[\(number)]> "
    further = String(repeating: " ", count: first.utf8.count - 3) + "…> "
  }
}

/// What the text of an entry alone determines.
public enum EntryText {
  /// Whether `text` is a complete entry: a request to the shell (`:who`, `?name`, `name?`, `!ls`)
  /// is one line; anything else is parsed as a program.
  public static func completeness(of text: String, number: Int) -> Completeness {
    if isRequest(text) { return .complete }
    return Completeness.of(Source(name: "[\(number)]", text: Array(text.utf8)))
  }

  /// Whether `text` asks the shell for something and is no program.
  public static func isRequest(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first(where: { !isSpace($0) }),
      let last = bytes.last(where: { !isSpace($0) })
    else { return false }
    if first == UInt8(ascii: ":") || first == UInt8(ascii: "?") || first == UInt8(ascii: "!") {
      return true
    }
    return last == UInt8(ascii: "?") && !bytes.contains(UInt8(ascii: "\n"))
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }
}
