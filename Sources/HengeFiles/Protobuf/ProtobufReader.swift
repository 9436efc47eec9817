// SPDX-License-Identifier: MIT

/// Reads the fields of one message of Protocol Buffers, one after another.
///
/// A message is a list of fields, each with a number and one of four forms; a message inside another is
/// bytes, for which a caller makes a reader of its own. So nothing here follows the nesting of a file, and
/// nothing is allocated. [protobuf.dev/programming-guides/encoding]
struct ProtobufReader {
  /// One field.
  struct Field {
    /// The number that the format gives its meaning by.
    let number: Int
    let value: Value
  }

  /// The form of a field, which says how long it is.
  enum Value {
    /// An integer, an enumeration or a truth value.
    case varint(UInt64)
    /// Eight bytes, least significant first.
    case fixed64(UInt64)
    /// Text, bytes, a message inside, or a packed list of numbers.
    case bytes(ArraySlice<UInt8>)
    /// Four bytes, least significant first.
    case fixed32(UInt32)
  }

  /// Why bytes are no message, and where.
  struct Mistake: Error {
    let reason: String
    /// Counted from the beginning of the file.
    let offset: Int
  }

  private var rest: ArraySlice<UInt8>

  /// Reads `message`, a slice of its file.
  init(_ message: ArraySlice<UInt8>) { rest = message }

  /// Where in the file the next field begins.
  var offset: Int { rest.startIndex }

  /// The next field; nil after the last.
  ///
  /// Throws ``Mistake``.
  mutating func next() throws -> Field? {
    guard !rest.isEmpty else { return nil }
    let start = offset
    let key = try varint()
    let number = key >> 3
    guard number > 0, number < 1 << 29 else {
      throw Mistake(reason: "there is no field \(number)", offset: start)
    }
    let value: Value =
      switch key & 7 {
      case 0: .varint(try varint())
      case 1: .fixed64(littleEndian(try take(8)))
      case 2: .bytes(try take(try varint()))
      case 5: .fixed32(UInt32(truncatingIfNeeded: littleEndian(try take(4))))
      default: throw Mistake(reason: "no field has the form \(key & 7)", offset: start)
      }
    return Field(number: Int(number), value: value)
  }

  /// The next integer of variable length: seven bits in each byte, least significant first.
  mutating func varint() throws -> UInt64 {
    let start = offset
    var (value, shift): (UInt64, UInt64) = (0, 0)
    while let byte = rest.popFirst() {
      // The tenth byte has one bit left to say.
      guard shift < 63 || byte < 2 else { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
      if shift > 63 { break }
    }
    throw Mistake(
      reason: rest.isEmpty ? "it ends in a number" : "a number is too long", offset: start)
  }

  private mutating func take(_ count: UInt64) throws -> ArraySlice<UInt8> {
    guard count <= UInt64(rest.count) else {
      throw Mistake(
        reason: "a field has \(count) bytes, and \(rest.count) are left", offset: offset)
    }
    defer { rest = rest.dropFirst(Int(count)) }
    return rest.prefix(Int(count))
  }
}

extension ProtobufReader.Value {
  /// The integer of a field that has one.
  var int: Int? {
    if case .varint(let value) = self { Int(truncatingIfNeeded: value) } else { nil }
  }

  /// The bytes of a field that has any.
  var slice: ArraySlice<UInt8>? { if case .bytes(let bytes) = self { bytes } else { nil } }

  /// The text of a field, with what is not UTF-8 replaced.
  var text: String? { slice.map { String(decoding: $0, as: UTF8.self) } }

  /// The single-precision number of a field that has one.
  var float: Float? {
    if case .fixed32(let bits) = self { Float(bitPattern: bits) } else { nil }
  }
}
