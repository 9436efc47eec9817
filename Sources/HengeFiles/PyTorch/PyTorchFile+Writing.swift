// SPDX-License-Identifier: MIT
public import HengeBackend

extension PyTorchFile {
  /// Writes `arrays` to `path`, completely or not at all: an OrderedDict of tensors in PyTorch's
  /// zip container, which `torch.load(path, weights_only=True)` reads.
  ///
  /// The same arrays produce the same bytes: the file contains no timestamps or addresses. Throws
  /// `E-file`, `E-memory`, and `E-arg` for two arrays with the same name.
  public static func write(
    _ arrays: [NamedArray], to path: String, budget: MemoryBudget
  ) throws {
    let members = try members(arrays)
    try AtomicFile.replace(path, budget: budget) { file in
      try ZipWriter.write(members, into: file, budget: budget)
    }
  }

  /// The bytes of the file ``write(_:to:budget:)`` makes.
  public static func encode(_ arrays: [NamedArray], budget: MemoryBudget) throws -> [UInt8] {
    let members = try members(arrays)
    let size = members.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.count } + 1024 }
    let building = try Reservation(
      size, of: budget, for: "a PyTorch file of \(arrays.count) arrays")
    defer { withExtendedLifetime(building) {} }
    return try ZipWriter.archive(members, budget: budget)
  }

  private static func members(_ arrays: [NamedArray]) throws -> [ZipMember] {
    var names: Set<String> = []
    for named in arrays {
      guard names.insert(named.name).inserted else {
        throw Failure("E-arg", "two arrays have the name \"\(shortened(named.name))\"")
      }
    }
    var contents: [(String, ArraySlice<UInt8>)] = [
      ("data.pkl", PickleWriter.stateDictionary(arrays)[...]),
      ("byteorder", Array("little".utf8)[...]),
    ]
    for (index, named) in arrays.enumerated() {
      contents.append(("data/\(index)", named.array.bytes))
    }
    contents.append(("version", Array("3\n".utf8)[...]))
    var position = 0
    return contents.map { name, bytes in
      let name = "archive/\(name)"
      // A local header takes 30 bytes and the name; the padding aligns the member's bytes to a
      // multiple of 64, where PyTorch can map them into memory.
      let unpadded = position + 30 + name.utf8.count + 4
      let padding = 4 + (64 - unpadded % 64) % 64
      position = unpadded - 4 + padding + bytes.count
      return ZipMember(name, [bytes], padding: padding)
    }
  }
}

/// Writes the pickle of an OrderedDict of tensors, in protocol 2 [CPython pickletools].
private struct PickleWriter {
  private var bytes: [UInt8] = [0x80, 2]

  static func stateDictionary(_ arrays: [NamedArray]) -> [UInt8] {
    var writer = PickleWriter()
    writer.emptyDictionary()
    writer.code("(")
    for (index, named) in arrays.enumerated() {
      writer.text(named.name)
      writer.tensor(named.array, key: index)
    }
    writer.code("u")
    writer.code(".")
    return writer.bytes
  }

  private mutating func code(_ code: Unicode.Scalar) { bytes.append(UInt8(ascii: code)) }

  private mutating func emptyDictionary() {
    global("collections", "OrderedDict")
    code(")")
    code("R")
  }

  private mutating func global(_ module: String, _ name: String) {
    bytes += Array("c\(module)\n\(name)\n".utf8)
  }

  private mutating func text(_ text: String) {
    code("X")
    let utf8 = Array(text.utf8)
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: utf8.count >> ($0 * 8)) }
    bytes += utf8
  }

  private mutating func integer(_ number: Int) {
    if let small = UInt8(exactly: number) {
      code("K")
      bytes.append(small)
    } else if let medium = Int32(exactly: number) {
      code("J")
      bytes += (0..<4).map { UInt8(truncatingIfNeeded: medium >> ($0 * 8)) }
    } else {
      bytes += [0x8A, 8]
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
  }

  private mutating func tuple(_ numbers: [Int]) {
    code("(")
    for number in numbers { integer(number) }
    code("t")
  }

  private mutating func tensor(_ array: ArrayData, key: Int) {
    global("torch._utils", "_rebuild_tensor_v2")
    code("(")
    code("(")
    text("storage")
    global("torch", PickleWriter.storage(array.elementType))
    text(String(key))
    text("cpu")
    integer(array.shape.count)
    code("t")
    code("Q")
    integer(0)
    tuple(array.shape.sizes)
    tuple(PickleWriter.strides(array.shape.sizes))
    bytes.append(0x89)
    emptyDictionary()
    code("t")
    code("R")
  }

  private static func strides(_ sizes: [Int]) -> [Int] {
    var strides: [Int] = []
    var stride = 1
    for size in sizes.reversed() {
      strides.append(stride)
      // PyTorch counts an axis of size 0 as 1.
      stride *= max(1, size)
    }
    return strides.reversed()
  }

  private static func storage(_ type: ElementType) -> String {
    switch type {
    case .f32: "FloatStorage"
    case .f64: "DoubleStorage"
    case .u8: "ByteStorage"
    case .i64: "LongStorage"
    case .bool: "BoolStorage"
    }
  }
}
