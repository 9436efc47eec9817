// SPDX-License-Identifier: MIT

/// A message of Protocol Buffers taken apart, for tests of what is written: simple, and strict.
public struct ProtobufFields {
  /// One field.
  public enum Content: Equatable {
    /// Whole numbers and truth values.
    case varint(UInt64)
    /// Eight bytes.
    case fixed64(UInt64)
    /// Texts, bytes, messages and packed numbers.
    case bytes([UInt8])
    /// Four bytes.
    case fixed32(UInt32)
  }

  /// Numbers and contents, in the order of the bytes.
  public private(set) var fields: [(number: Int, content: Content)] = []

  /// The fields in `bytes`; nil where they do not end with a whole field.
  public init?(_ bytes: some Sequence<UInt8>) {
    var rest = Array(bytes)[...]
    func varint() -> UInt64? {
      var value: UInt64 = 0
      for shift in stride(from: 0, to: 64, by: 7) {
        guard let byte = rest.popFirst() else { return nil }
        value |= UInt64(byte & 0x7F) << UInt64(shift)
        if byte < 0x80 { return value }
      }
      return nil
    }
    func number(_ count: Int) -> UInt64? {
      guard rest.count >= count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    while !rest.isEmpty {
      guard let key = varint(), key >> 3 > 0 else { return nil }
      let content: Content
      switch key & 7 {
      case 0:
        guard let value = varint() else { return nil }
        content = .varint(value)
      case 1:
        guard let value = number(8) else { return nil }
        content = .fixed64(value)
      case 2:
        guard let count = varint(), count <= UInt64(rest.count) else { return nil }
        content = .bytes(Array(rest.prefix(Int(count))))
        rest = rest.dropFirst(Int(count))
      case 5:
        guard let value = number(4) else { return nil }
        content = .fixed32(UInt32(value))
      default: return nil
      }
      fields.append((Int(key >> 3), content))
    }
  }

  /// The contents of all fields of a number.
  public func all(_ number: Int) -> [Content] {
    fields.filter { $0.number == number }.map(\.content)
  }

  /// The whole numbers of all fields of a number.
  public func integers(_ number: Int) -> [Int] {
    all(number).compactMap {
      if case .varint(let value) = $0 { Int(Int64(bitPattern: value)) } else { nil }
    }
  }

  /// The bytes of all fields of a number.
  public func bytes(_ number: Int) -> [[UInt8]] {
    all(number).compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } }
  }

  /// The texts of all fields of a number.
  public func texts(_ number: Int) -> [String] {
    bytes(number).compactMap { String(validating: $0, as: UTF8.self) }
  }

  /// The messages of all fields of a number; one that is damaged is left out.
  public func messages(_ number: Int) -> [ProtobufFields] {
    bytes(number).compactMap { ProtobufFields($0) }
  }
}
