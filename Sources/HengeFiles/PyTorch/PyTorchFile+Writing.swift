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
    try write([(nil, arrays)], to: path, budget: budget)
  }

  /// Writes several networks to `path`, completely or not at all: an OrderedDict of one OrderedDict for
  /// each name, as programs save them that train several.
  ///
  /// Throws as ``write(_:to:budget:)-([NamedArray],_,_)`` does.
  public static func write(
    networks: [(name: String, arrays: [NamedArray])], to path: String, budget: MemoryBudget
  ) throws {
    try write(networks.map { ($0.name, $0.arrays) }, to: path, budget: budget)
  }

  private static func write(_ groups: [Group], to path: String, budget: MemoryBudget) throws {
    let members = try members(groups)
    try AtomicFile.replace(path, budget: budget) { file in
      try ZipWriter.write(members, into: file, budget: budget)
    }
  }

  /// The bytes of the file ``write(_:to:budget:)`` makes.
  public static func encode(_ arrays: [NamedArray], budget: MemoryBudget) throws -> [UInt8] {
    let members = try members([(nil, arrays)])
    let size = members.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.count } + 1024 }
    let building = try Reservation(
      size, of: budget, for: "a PyTorch file of \(arrays.count) arrays")
    defer { withExtendedLifetime(building) {} }
    return try ZipWriter.archive(members, budget: budget)
  }

  /// Arrays under a name of their own, or not.
  fileprivate typealias Group = (name: String?, arrays: [NamedArray])

  private static func members(_ groups: [Group]) throws -> [ZipMember] {
    var names: Set<String> = []
    for (group, arrays) in groups {
      for named in arrays {
        let name = (group.map { "\($0)." } ?? "") + named.name
        guard names.insert(name).inserted else {
          throw Failure("E-arg", "two arrays have the name \"\(shortened(name))\"")
        }
      }
    }
    var contents: [(String, ArraySlice<UInt8>)] = [
      ("data.pkl", PickleWriter.stateDictionary(groups)[...]),
      ("byteorder", Array("little".utf8)[...]),
    ]
    for (index, named) in groups.flatMap(\.arrays).enumerated() {
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

/// Writes the pickle of an OrderedDict of tensors, or of several such, in protocol 2 [CPython
/// pickletools].
private struct PickleWriter {
  private var bytes: [UInt8] = [0x80, 2]

  static func stateDictionary(_ groups: [PyTorchFile.Group]) -> [UInt8] {
    var writer = PickleWriter()
    writer.emptyDictionary()
    writer.code("(")
    var key = 0
    for (name, arrays) in groups {
      if let name {
        writer.text(name)
        writer.emptyDictionary()
        writer.code("(")
      }
      for named in arrays {
        writer.text(named.name)
        writer.tensor(named.array, key: key)
        key += 1
      }
      if name != nil { writer.code("u") }
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
