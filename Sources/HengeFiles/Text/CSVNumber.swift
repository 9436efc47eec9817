// SPDX-License-Identifier: MIT

/// Parses a cell of a CSV text as a number.
///
/// Decimal numbers; `inf` and `infinity` in any case, with a sign; and as missing values an empty
/// cell, `nan` in any case and the words that pandas uses. Hexadecimal and spelled-out numbers are
/// text, and so is a number with leading zeros: `007` is a label.
enum CSVNumber {
  /// The words for a missing value, as in pandas, besides `nan`.
  private static let missing: Set<String> = [
    "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "NULL", "null", "None", "-1.#IND",
    "1.#IND", "-1.#QNAN", "1.#QNAN",
  ]
  private static let longestMissing = 8

  /// The whole number that a cell's bytes are, if they are one of 64 bits.
  static func integer(_ bytes: ArraySlice<UInt8>) -> Int? {
    let bytes = trimmed(bytes)
    let digits = unsigned(bytes)
    guard digits.allSatisfy({ isDigit($0) }), !isLabel(digits) else { return nil }
    return Int(String(decoding: bytes, as: UTF8.self))
  }

  /// The number that a cell's bytes are: NaN for a missing one, nil for text.
  static func number(_ bytes: ArraySlice<UInt8>) -> Double? {
    let bytes = trimmed(bytes)
    let body = unsigned(bytes)
    guard let first = body.first else { return bytes.isEmpty ? .nan : nil }
    if isDigit(first) || first == UInt8(ascii: "."), !isLabel(body),
      body.allSatisfy({ isDigit($0) || "+-.eE".utf8.contains($0) })
    {
      return Double(String(decoding: bytes, as: UTF8.self))
    }
    guard bytes.count <= longestMissing + 1 else { return nil }
    let word = String(decoding: bytes, as: UTF8.self)
    if missing.contains(word) { return .nan }
    switch String(decoding: body, as: UTF8.self).lowercased() {
    case "nan": return .nan
    case "inf", "infinity": return bytes.first == UInt8(ascii: "-") ? -.infinity : .infinity
    default: return nil
    }
  }

  /// Whether there is nothing in a cell but spaces.
  static func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.allSatisfy { $0 == 32 } }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let start = bytes.drop { $0 == 32 }
    return start.prefix(
      1 + (start.lastIndex { $0 != 32 } ?? start.startIndex - 1) - start.startIndex)
  }

  private static func isDigit(_ byte: UInt8?) -> Bool {
    byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  private static func unsigned(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes
  }

  private static func isLabel(_ digits: ArraySlice<UInt8>) -> Bool {
    digits.first == UInt8(ascii: "0") && isDigit(digits.dropFirst().first)
  }
}
