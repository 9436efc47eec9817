// SPDX-License-Identifier: MIT
import HengeBackend

/// Reads the bytes of a pickle in order; each length is compared with the remaining bytes.
struct PickleReader {
  private let bytes: ArraySlice<UInt8>
  private(set) var position: Int
  let path: String

  /// Reads from the start of `bytes`.
  init(_ bytes: ArraySlice<UInt8>, path: String) {
    self.bytes = bytes
    position = bytes.startIndex
    self.path = path
  }

  /// Bytes read so far.
  var offset: Int { position - bytes.startIndex }

  /// Bytes not read yet.
  var left: Int { bytes.endIndex - position }

  mutating func byte() throws -> UInt8 {
    guard position < bytes.endIndex else {
      throw Failure.badPickle(path, "it ends after \(formatBytes(bytes.count)), in the middle")
    }
    defer { position += 1 }
    return bytes[position]
  }

  /// The next `count` bytes.
  mutating func take(_ count: UInt64) throws -> ArraySlice<UInt8> {
    guard count <= UInt64(bytes.endIndex - position) else {
      throw Failure.badPickle(
        path, "it says \(count) bytes follow, and \(bytes.endIndex - position) do")
    }
    defer { position += Int(count) }
    return bytes[position..<position + Int(count)]
  }

  /// A number without a sign of `width` bytes, least significant first.
  mutating func unsigned(_ width: Int) throws -> UInt64 { try littleEndian(take(UInt64(width))) }

  mutating func int32() throws -> Int { Int(Int32(truncatingIfNeeded: try unsigned(4))) }

  mutating func float64() throws -> Double {
    Double(bitPattern: try unsigned(8).byteSwapped)
  }

  /// A whole number of `width` bytes in two's complement.
  mutating func long(_ width: UInt64) throws -> Int {
    let digits = try take(width)
    guard digits.count <= 8 else {
      // The magic number of the old container is the only long one that belongs in a file.
      if digits.elementsEqual(PickleReader.magic) { return PickleReader.magicValue }
      throw Failure.badPickle(path, "a whole number of \(digits.count) bytes")
    }
    guard let last = digits.last else { return 0 }
    let value = Int(bitPattern: UInt(littleEndian(digits)))
    return last < 0x80 || digits.count == 8 ? value : value - 1 << (digits.count * 8)
  }

  /// 0x1950A86A20F9469CFC6C, with which PyTorch's old container begins.
  static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
  /// The result of ``long(_:)`` for ``magic``: its lower half.
  static let magicValue = 0x6A20_F946_9CFC_6C

  /// Text of `count` bytes.
  mutating func text(_ count: UInt64) throws -> String {
    let utf8 = try take(count)
    guard let text = String(validating: utf8, as: UTF8.self) else {
      throw Failure.badPickle(path, "a text at byte \(offset - utf8.count) is not UTF-8")
    }
    return text
  }

  /// Text up to the end of its line.
  mutating func line() throws -> String {
    guard let end = bytes[position...].prefix(1000).firstIndex(of: 10) else {
      throw Failure.badPickle(path, "a name at byte \(offset) has no end")
    }
    let text = try text(UInt64(end - position))
    position += 1
    return text
  }
}
