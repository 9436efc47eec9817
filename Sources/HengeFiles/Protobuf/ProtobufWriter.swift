// SPDX-License-Identifier: MIT
public import HengeBackend

/// A message of Protocol Buffers, written field by field: the format of ONNX files and of TensorBoard's
/// events [protobuf.dev, "Encoding"].
///
/// Fields appear in the order in which they are added. The bytes of arrays are not copied: a message
/// refers to them until it is written to a file.
public struct ProtobufWriter {
  /// Parts that are complete; ``tail`` follows them.
  private var parts: [Part] = []
  private var tail: [UInt8] = []
  /// The number of bytes of the message.
  public private(set) var byteCount = 0

  private enum Part {
    case bytes([UInt8])
    case array(ArrayData)
  }

  /// The largest message that programs accept: 2 GiB less one byte.
  public static let mostBytes = Int(Int32.max)

  /// A message without fields.
  public init() {}

  // MARK: Fields

  /// Adds a whole number: int32, int64, an enumeration, or a truth value.
  public mutating func integer(_ field: Int, _ value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// Adds a number in single precision.
  public mutating func float(_ field: Int, _ value: Float) {
    key(field, .fixed32)
    add(littleEndian: value.bitPattern)
  }

  /// Adds a number in double precision.
  public mutating func double(_ field: Int, _ value: Double) {
    key(field, .fixed64)
    add(littleEndian: value.bitPattern)
  }

  /// Adds a text.
  public mutating func text(_ field: Int, _ value: String) { bytes(field, Array(value.utf8)) }

  /// Adds bytes.
  public mutating func bytes(_ field: Int, _ value: [UInt8]) {
    key(field, .delimited)
    varint(UInt64(value.count))
    add(value)
  }

  /// Adds the bytes of an array.
  public mutating func bytes(_ field: Int, of array: ArrayData) {
    key(field, .delimited)
    varint(UInt64(array.bytes.count))
    closeTail()
    parts.append(.array(array))
    byteCount += array.bytes.count
  }

  /// Adds numbers in double precision as one field (packed).
  public mutating func doubles(_ field: Int, _ values: [Double]) {
    var packed = ProtobufWriter()
    for value in values { packed.add(littleEndian: value.bitPattern) }
    message(field, packed)
  }

  /// Adds a message.
  public mutating func message(_ field: Int, _ message: ProtobufWriter) {
    key(field, .delimited)
    varint(UInt64(message.byteCount))
    guard !message.parts.isEmpty else { return add(message.tail) }
    closeTail()
    parts += message.parts
    tail = message.tail
    byteCount += message.byteCount
  }

  /// Adds the message that `body` fills.
  public mutating func message(
    _ field: Int, _ body: (inout ProtobufWriter) throws -> Void
  ) rethrows {
    var inner = ProtobufWriter()
    try body(&inner)
    message(field, inner)
  }

  // MARK: Bytes

  /// The message as bytes.
  public var bytes: [UInt8] {
    var all: [UInt8] = []
    all.reserveCapacity(byteCount)
    for part in parts {
      switch part {
      case .bytes(let bytes): all += bytes
      case .array(let array): all += array.bytes
      }
    }
    return all + tail
  }

  /// Replaces the file at `path` by the message, completely or not at all.
  ///
  /// Throws `E-file`, also for a message of more than ``mostBytes``. The interrupt of `budget` can stop
  /// it.
  public func write(to path: String, budget: MemoryBudget? = nil) throws {
    guard byteCount <= ProtobufWriter.mostBytes else {
      throw Failure.file(
        path,
        "would have \(formatBytes(byteCount)), and programs read such files only up to \(formatBytes(ProtobufWriter.mostBytes))"
      )
    }
    try AtomicFile.replace(path, budget: budget) { file in
      for part in parts {
        switch part {
        case .bytes(let bytes): try file.append(bytes)
        case .array(let array): try file.append(array.bytes)
        }
      }
      try file.append(tail)
    }
  }

  /// How the bytes after a key are to be read.
  private enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case delimited = 2
    case fixed32 = 5
  }

  private mutating func key(_ field: Int, _ type: WireType) {
    precondition((1..<1 << 29).contains(field), "fields are numbered from 1 on")
    varint(UInt64(field) << 3 | type.rawValue)
  }

  /// Seven bits per byte, the lowest first; the top bit says that more follow.
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      tail.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      byteCount += 1
      rest >>= 7
    }
    tail.append(UInt8(rest))
    byteCount += 1
  }

  private mutating func add<Number: FixedWidthInteger>(littleEndian value: Number) {
    withUnsafeBytes(of: value.littleEndian) { tail += $0 }
    byteCount += Number.bitWidth / 8
  }

  private mutating func add(_ bytes: [UInt8]) {
    tail += bytes
    byteCount += bytes.count
  }

  private mutating func closeTail() {
    guard !tail.isEmpty else { return }
    parts.append(.bytes(tail))
    tail = []
  }
}
