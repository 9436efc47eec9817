// SPDX-License-Identifier: MIT

/// How wide text is in a terminal, and how text from outside is shown without its control codes.
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
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
    0x20000...0x3FFFD,
  ]

  /// `text` with control codes, and codes that turn the direction of writing, written out.
  public static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      result += isHidden(scalar) ? escape(scalar) : String(scalar)
    }
    return result
  }

  /// Whether `scalar` shows nothing of itself but may move, colour or turn what is around it.
  ///
  /// These are the control codes (C0, DEL, C1), line separators, codes that turn the direction of
  /// writing, and invisible ones.
  public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x180E, 0x200B, 0x200E...0x200F, 0x2028...0x202E,
      0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0001...0xE007F:
      true
    default: false
    }
  }

  /// How a hidden scalar is written out, as a string of the language has it: `\n`, `\x1b`, `\u202e`.
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
