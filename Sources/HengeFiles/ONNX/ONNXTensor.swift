// SPDX-License-Identifier: MIT
internal import HengeBackend

/// A tensor in a file, its numbers not yet looked at.
struct ONNXTensor {
  private(set) var name = ""
  private var sizes: [Int] = []
  private var type = 0
  /// The numbers as bytes, least significant first.
  private var raw: ArraySlice<UInt8>?
  /// The numbers one by one, in fields of their kind; lists that may be in parts.
  private var listed: [ProtobufReader.Value] = []
  private var isExternal = false
  /// Where the numbers are, in another file.
  private var place: [(key: String, value: String)] = []

  /// Reads the fields of a tensor; throws ``ProtobufReader/Mistake``.
  init(_ entry: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(entry)
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, let value):
        let known = sizes.count
        try ONNXNumbers.append(value, to: &sizes) { bytes in
          guard known + bytes / 8 <= NpyHeader.mostAxes else {
            throw ProtobufReader.Mistake(
              reason: "a tensor has more than \(NpyHeader.mostAxes) axes", offset: entry.startIndex)
          }
        }
      case (2, .varint(let number)): type = Int(truncatingIfNeeded: number)
      case (4, let value), (5, let value), (7, let value), (10, let value), (11, let value):
        listed.append(value)
      case (8, .bytes(let text)): name = String(decoding: text, as: UTF8.self)
      case (9, .bytes(let bytes)): raw = bytes
      case (13, .bytes(let entry)): place.append(try ONNXTensor.pair(entry))
      case (14, .varint(let location)): isExternal = location == 1
      default: break
      }
    }
  }

  private static func pair(_ entry: ArraySlice<UInt8>) throws -> (key: String, value: String) {
    var pair = (key: "", value: "")
    var reader = ProtobufReader(entry)
    while let field = try reader.next() {
      if field.number == 1, let text = field.value.text { pair.key = text }
      if field.number == 2, let text = field.value.text { pair.value = text }
    }
    return pair
  }

  /// The array, once its bytes are known to be as many as its sizes say.
  ///
  /// Throws `E-file` with the tensor's name and `place`, and `E-memory`.
  func named(
    _ place: String, path: String, owner: Reservation, budget: MemoryBudget,
    external: inout ONNXExternalData
  ) throws -> (name: String, array: ArrayData) {
    let words = "\(place)\(name.isEmpty ? "" : " `\(shortened(name))`")"
    func damaged(_ reason: String) -> Failure { .file(path, "its \(words) \(reason)") }
    guard let stored = ONNXType.stored(type) else {
      throw Failure.file(
        path, "its \(words) contains \(ONNXType.name(type)), which henge does not compute with",
        suggestion: "export the network in single precision (float32)")
    }
    guard let shape = try? Shape(sizes), let count = StoredArray.byteCount(stored, shape) else {
      throw damaged("claims the sizes \(shortened(sizes))")
    }
    var owner = owner
    let bytes: ArraySlice<UInt8>
    if isExternal {
      (bytes, owner) = try external.read(
        self.place, count: count, of: words, path: path, budget: budget)
    } else {
      bytes = try raw ?? numbers(stored, count: count, owner: owner, damaged)
    }
    guard bytes.count == count else {
      throw damaged(
        "is \(describe(stored, shape)) (\(formatBytes(count))) and has \(formatBytes(bytes.count))")
    }
    let array = StoredArray(type: stored, shape: shape, bytes: bytes)
    return (
      name,
      try array.converted(owner: owner, budget: budget, label: "\(words) in \(quotedPath(path))")
    )
  }

  /// The numbers that are listed one by one, as bytes.
  private func numbers(
    _ stored: StoredType, count: Int, owner: Reservation, _ damaged: (String) -> Failure
  ) throws -> ArraySlice<UInt8> {
    // Each number takes a byte or more of the file: a claim of more is a lie.
    let present = listed.reduce(0) { $0 + ($1.slice?.count ?? 1) }
    guard count / stored.size <= present else {
      throw damaged("claims \(count / stored.size) numbers and has bytes for \(present) at most")
    }
    try owner.grow(by: 2 * count, for: "numbers of a network")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for field in listed {
      try ONNXNumbers.appendBytes(of: field, as: stored, to: &bytes, most: count)
    }
    return bytes[...]
  }
}

/// Numbers in fields: one in each, or a packed list of them.
enum ONNXNumbers {
  /// Adds integers; `reserve` is told the bytes that they will take at most, before.
  static func append(
    _ field: ProtobufReader.Value, to ints: inout [Int], reserve: (Int) throws -> Void
  ) throws {
    switch field {
    case .varint(let value):
      try reserve(8)
      ints.append(Int(truncatingIfNeeded: value))
    case .bytes(let packed):
      // A byte below 128 ends a number.
      let count = packed.reduce(0) { $0 + ($1 < 128 ? 1 : 0) }
      try reserve(8 * count)
      var reader = ProtobufReader(packed)
      while reader.offset < packed.endIndex {
        ints.append(Int(truncatingIfNeeded: try reader.varint()))
      }
    case .fixed32, .fixed64: break
    }
  }

  /// Adds single-precision numbers; `reserve` is told the bytes that they will take, before.
  static func append(
    _ field: ProtobufReader.Value, to floats: inout [Float], reserve: (Int) throws -> Void
  ) throws {
    if let float = field.float {
      try reserve(4)
      floats.append(float)
    } else if let packed = field.slice {
      try reserve(packed.count)
      for start in stride(from: packed.startIndex, to: packed.endIndex - 3, by: 4) {
        let bits = UInt32(truncatingIfNeeded: littleEndian(packed[start..<start + 4]))
        floats.append(Float(bitPattern: bits))
      }
    }
  }

  /// Adds the bytes of the numbers in a field of the kind that `type` is listed in, up to `most` and one
  /// number more.
  static func appendBytes(
    of field: ProtobufReader.Value, as type: StoredType, to bytes: inout [UInt8], most: Int
  ) throws {
    switch (type, field) {
    case (.f32, .bytes(let packed)), (.f64, .bytes(let packed)): bytes += packed
    case (.f32, .fixed32(let bits)): append(UInt64(bits), 4, to: &bytes)
    case (.f64, .fixed64(let bits)): append(bits, 8, to: &bytes)
    case (.f32, _), (.f64, _): break
    case (_, .varint(let value)): append(value, type.size, to: &bytes)
    case (_, .bytes(let packed)):
      var reader = ProtobufReader(packed)
      while reader.offset < packed.endIndex, bytes.count <= most {
        append(try reader.varint(), type.size, to: &bytes)
      }
    default: break
    }
  }

  private static func append(_ value: UInt64, _ size: Int, to bytes: inout [UInt8]) {
    for place in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(place)))) }
  }
}
