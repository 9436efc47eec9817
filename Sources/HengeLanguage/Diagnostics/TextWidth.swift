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
    switch scalar.value {
    case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
    default: return WideCharacters.contains(scalar) ? 2 : 1
    }
  }

  /// `text` with control codes, and codes that turn the direction of writing, written out.
  public static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      result += isHidden(scalar) ? escape(scalar) : String(scalar)
    }
    return result
  }

  /// Whether a terminal would obey a scalar, or show nothing of it that could be seen.
  public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      true
    default: false
    }
  }

  /// How such a scalar is written out.
  public static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\t": "\\t"
    case "\r": "\\r"
    default:
      scalar.value < 0x100
        ? "\\x" + hexadecimal(Int(scalar.value)).lowercased()
        : "\\u" + hexadecimal(Int(scalar.value)).lowercased()
    }
  }
}
