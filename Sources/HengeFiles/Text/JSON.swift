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
  public var text: String { String(decoding: utf8, as: UTF8.self) }

  /// ``text`` in bytes.
  public var utf8: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        JSON.append(quoted: member.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    case .array(let items):
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        item.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .string(let string): JSON.append(quoted: string, to: &bytes)
    case .integer(let integer): bytes += String(integer).utf8
    case .number(let number): bytes += number.description.utf8
    case .bool(let bool): bytes += (bool ? "true" : "false").utf8
    case .null: bytes += "null".utf8
    }
  }

  /// Appends `string` in quotes; escapes what JSON demands and nothing else, as most writers do.
  private static func append(quoted string: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var string = string
    string.withUTF8 { text in
      var start = 0
      for (index, byte) in text.enumerated() where byte < 32 || byte == 34 || byte == 92 {
        bytes += text[start..<index]
        bytes += escape(byte).utf8
        start = index + 1
      }
      bytes += text[start...]
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// The escape of a control character, a quote or a backslash.
  private static func escape(_ byte: UInt8) -> String {
    switch byte {
    case 34: return "\\\""
    case 92: return "\\\\"
    case 8: return "\\b"
    case 12: return "\\f"
    case 10: return "\\n"
    case 13: return "\\r"
    case 9: return "\\t"
    default: return (byte < 16 ? "\\u000" : "\\u00") + String(byte, radix: 16)
    }
  }
}
