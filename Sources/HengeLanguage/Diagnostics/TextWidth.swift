// SPDX-License-Identifier: MIT

/// The width of text in a terminal, and the escaping of control codes in text from outside.
public enum TextWidth {
  /// The columns that `text` takes, as `visible` shows it.
  public static func of(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
  }

  /// The columns of one scalar: 0 for what combines with the one before, 2 for wide ones.
  public static func columns(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return scalar.value == 0xAD ? 0 : 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
    default: return WideCharacters.contains(scalar) ? 2 : 1
    }
  }

  /// The words of `text` in lines of at most `width` columns, further lines indented by `indent`
  /// spaces; a longer word is on a separate line.
  public static func wrapped(_ text: String, width: Int, indent: Int = 0) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      let columns = of(String(word))
      if used > 0, used + 1 + columns > width {
        lines.append(line)
        line = String(repeating: " ", count: indent)
        used = 0
      }
      line += (used == 0 ? "" : " ") + word
      used = used == 0 && !lines.isEmpty ? indent + columns : used + (used == 0 ? 0 : 1) + columns
    }
    return lines + [line]
  }

  /// `text`, cut with `…` where it is wider than `width`.
  public static func cut(_ text: String, to width: Int) -> String {
    guard of(text) > width else { return text }
    var result = ""
    var used = 0
    for scalar in text.unicodeScalars {
      let columns = columns(of: scalar)
      guard used + columns < width else { break }
      result.unicodeScalars.append(scalar)
      used += columns
    }
    return result + "…"
  }

  /// `text` with control codes, and codes that turn the direction of writing, written out.
  public static func visible(_ text: String) -> String {
    // Text of ASCII is checked byte by byte: there may be thousands of names.
    if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) { return text }
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      result += isHidden(scalar) ? escape(scalar) : String(scalar)
    }
    return result
  }

  /// Whether `scalar` is invisible but may move, color or reorder the text around it.
  ///
  /// These are the control codes (C0, DEL, C1), line separators, bidirectional formatting codes,
  /// and invisible characters.
  public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x180E, 0x200B, 0x200E...0x200F, 0x2028...0x202E,
      0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0001...0xE007F:
      true
    default: false
    }
  }

  /// The escape sequence of a hidden scalar, as in a string literal: `\n`, `\x1b`, `\u202e`.
  public static func escape(_ scalar: Unicode.Scalar) -> String {
    func digits(_ count: Int) -> String {
      let digits = String(scalar.value, radix: 16)
      return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
    }
    switch scalar {
    case "\n": return "\\n"
    case "\t": return "\\t"
    case "\r": return "\\r"
    default:
      if scalar.value < 0x100 { return "\\x" + digits(2) }
      return scalar.value < 0x10000 ? "\\u" + digits(4) : "\\U" + digits(8)
    }
  }
}
