// SPDX-License-Identifier: MIT

/// A JSON value [RFC 8259], with the keys of objects in the order of the text.
public enum JSON: Sendable, Equatable {
  /// Names and values in braces; no name twice.
  case object([Member])
  /// Values in brackets.
  case array([JSON])
  /// Text in quotes.
  case string(String)
  /// A number without fraction or exponent that fits 64 bits.
  case integer(Int)
  /// Any other number.
  case number(Double)
  /// `true` or `false`.
  case bool(Bool)
  /// `null`.
  case null

  /// A name and its value in an object.
  public struct Member: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The value.
    public let value: JSON

    /// A member with its name.
    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// Why and where a text is not JSON.
  public struct Mistake: Error, Equatable {
    /// The reason, as a phrase about what was expected.
    public let reason: String
    /// The byte at which it was expected, counted from 0.
    public let offset: Int
  }

  /// Bytes of memory that parsing one byte of text can take at most, as in `[[1],[1],[1]]`.
  public static let memoryPerByte = 64

  /// Reads all of `text`; throws ``Mistake`` for anything that is not strictly JSON.
  ///
  /// Refused besides: a name twice in one object, invalid UTF-8, and nesting deeper than 128.
  public init(parsing text: some Sequence<UInt8>) throws(Mistake) {
    var parser = JSONParser(Array(text))
    self = try parser.document()
  }

  /// The members of an object, by name; `nil` for anything else.
  public var members: [String: JSON]? {
    guard case .object(let members) = self else { return nil }
    return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// The value as the shortest text that reads back as itself; numbers must be finite.
  public var text: String {
    switch self {
    case .object(let members):
      "{" + members.map { quoted($0.name) + ":" + $0.value.text }.joined(separator: ",") + "}"
    case .array(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
    case .string(let string): quoted(string)
    case .integer(let integer): String(integer)
    case .number(let number): number.description
    case .bool(let bool): bool ? "true" : "false"
    case .null: "null"
    }
  }
}

/// `string` in quotes; escapes what JSON demands and nothing else, as most writers do.
private func quoted(_ string: String) -> String {
  var text = "\""
  for scalar in string.unicodeScalars {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\u{8}": text += "\\b"
    case "\u{C}": text += "\\f"
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case _ where scalar.value < 32:
      let digits = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text + "\""
}
