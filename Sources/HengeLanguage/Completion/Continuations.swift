// SPDX-License-Identifier: MIT

/// The possible continuations of a text at a cursor.
public struct Continuations {
  /// A name that can be inserted.
  public struct Candidate: Hashable, Sendable {
    /// The text to insert.
    public let text: String
    /// The name as lists show it, without quotes and escapes.
    public let label: String
    /// The text to insert after it if it is the only candidate, such as a parenthesis or a quote.
    public let suffix: String

    init(_ text: String, label: String? = nil, suffix: String = "") {
      self.text = text
      self.label = label ?? text
      self.suffix = suffix
    }
  }

  /// The start of the replaced part, in bytes of the text; it ends at the cursor.
  public let start: Int
  /// The part of the text that is completed.
  public let typed: String
  /// All candidates, regardless of the typed part, in the order of listing.
  public let candidates: [Candidate]
  /// The string that contains the cursor, if it may be a file name.
  public let file: OpenText?
}

/// A string that is being typed.
public struct OpenText: Sendable {
  /// The text of the string up to the cursor, escapes resolved.
  public let text: String
  /// The start of its contents, in bytes of the whole text.
  public let start: Int
  /// The start of the part after its last `/`.
  public let lastPartStart: Int
  /// The text that closes the string, unless it already follows the cursor.
  public let closing: String
  let quote: UInt8
  let isRaw: Bool
  let isTemplate: Bool

  init(_ string: TextBeforeCursor.OpenString, _ bytes: ArraySlice<UInt8>, next: UInt8) {
    let mark = String(Unicode.Scalar(string.quote))
    closing = next == string.quote ? "" : string.isTriple ? mark + mark + mark : mark
    start = bytes.startIndex
    lastPartStart = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? bytes.startIndex
    quote = string.quote
    isRaw = string.isRaw
    isTemplate = string.isTemplate
    text = OpenText.decoded(bytes, isRaw: string.isRaw, isTemplate: string.isTemplate)
  }

  private static func decoded(_ bytes: ArraySlice<UInt8>, isRaw: Bool, isTemplate: Bool) -> String {
    var result: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), !isRaw, let next = rest.popFirst() {
        switch next {
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): result.append(next)
        default: result += [byte, next]
        }
        continue
      }
      result.append(byte)
      let isDoubled = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
      if isTemplate, isDoubled, rest.first == byte { rest.removeFirst() }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Whether a byte is a character that means itself in any string.
  private static func isWrittenAsIs(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "{"),
      UInt8(ascii: "}"):
      false
    default: 32..<127 ~= byte
    }
  }

  /// `name` escaped for this string; `nil` if it cannot be written there.
  public func written(_ name: String) -> String? {
    // Most names are written as they are, and Tab may have thousands of them.
    if name.utf8.allSatisfy(OpenText.isWrittenAsIs) { return name }
    var result = ""
    for scalar in name.unicodeScalars {
      guard scalar.value >= 32, scalar.value != 127 else { return nil }
      let isSpecial = scalar == "\\" || scalar.value == UInt32(quote)
      if isSpecial {
        if isRaw { return nil }
        result += "\\"
      } else if isTemplate, scalar == "{" || scalar == "}" {
        result.unicodeScalars.append(scalar)
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
