// SPDX-License-Identifier: MIT
import HengeBackend

/// The JSON header of a safetensors file, checked.
struct SafetensorsHeader {
  /// The header's entry for one array; `begin` and `end` count from the first byte after the
  /// header.
  struct Entry {
    let name: String
    let type: StoredType
    let shape: Shape
    let begin: Int
    let end: Int
  }

  /// In the order of their bytes.
  let entries: [Entry]
  let metadata: [String: String]
  /// Where the arrays begin in the file.
  let dataOffset: Int

  static let metadataKey = "__metadata__"
  static let types: [(StoredType, String)] = [
    (.bool, "BOOL"), (.u8, "U8"), (.i8, "I8"), (.i16, "I16"), (.u16, "U16"), (.f16, "F16"),
    (.bf16, "BF16"), (.i32, "I32"), (.u32, "U32"), (.f32, "F32"), (.f64, "F64"), (.i64, "I64"),
    (.u64, "U64"),
  ]

  /// Reads the header of `file`; what stays of it is counted with `owner`.
  init(_ file: ArraySlice<UInt8>, path: String, owner: Reservation, budget: MemoryBudget) throws {
    let length = littleEndian(file.prefix(8))
    guard file.count >= 10, length >= 2, length <= UInt64(Safetensors.longestHeader) else {
      let kind = FileKind.detect(file)
      guard kind == .unknown || kind == .text && file.count < 10 else {
        throw Failure.notA("a safetensors file", path, file)
      }
      throw Failure.badHeader(
        path, "safetensors",
        file.count < 10
          ? "the file has only \(formatBytes(file.count))"
          : "it says it is \(length) bytes long; 2 to 100,000,000 are read")
    }
    let text = file.dropFirst(8).prefix(Int(length))
    guard text.count == length else {
      throw Failure.file(
        path,
        "it says its header is \(formatBytes(Int(length))) long but it contains "
          + "\(formatBytes(file.count)): it was truncated or is not a safetensors file",
        suggestion: "copy or write the file again")
    }
    var contents = SafetensorsContents(path: path, owner: owner)
    try contents.read(text, budget: budget)
    metadata = contents.metadata
    entries = contents.entries.sorted {
      ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name)
    }
    dataOffset = 8 + Int(length)
  }

  /// Throws `E-file` unless the arrays fill `dataCount` bytes one after the other.
  func checkLayout(dataCount: Int, path: String) throws {
    var position = 0
    for entry in entries {
      guard entry.begin == position else {
        throw Failure.badHeader(
          path, "safetensors",
          "\"\(shortened(entry.name))\" begins at byte \(entry.begin); "
            + "the array before it ends at \(position)"
        )
      }
      position = entry.end
    }
    let claim = entries.count == 1 ? "1 array" : "\(entries.count) arrays"
    if dataCount < position {
      throw Failure.cutShort(path, claim, needs: position, holds: dataCount)
    }
    guard dataCount == position else {
      throw Failure.file(
        path,
        "it contains \(formatBytes(dataCount - position)) more than its \(claim) \(entries.count == 1 ? "needs" : "need")",
        suggestion: "write the file again")
    }
  }

  /// The order of arrays in a written file: wide types first, so that all stay aligned, then names.
  static func ordered(_ arrays: [NamedArray]) -> [NamedArray] {
    arrays.map { (rank(of: $0.array.elementType), $0) }
      .sorted {
        $0.0 != $1.0 ? $0.0 > $1.0 : $0.1.name.utf8.lexicographicallyPrecedes($1.1.name.utf8)
      }
      .map(\.1)
  }

  private static func rank(of type: ElementType) -> Int {
    types.firstIndex { $0.0 == StoredType(type) } ?? 0
  }

  /// The header's length and the header for `file`, padded with spaces to a multiple of 8.
  static func encode(_ file: Safetensors) throws -> [UInt8] {
    var members: [JSON.Member] = []
    if !file.metadata.isEmpty {
      let texts = file.metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      members.append(
        .init(metadataKey, .object(texts.map { JSON.Member($0.key, .string($0.value)) })))
    }
    var names: Set<String> = [metadataKey]
    var position = 0
    for named in ordered(file.arrays) {
      guard names.insert(named.name).inserted else {
        throw Failure(
          "E-arg",
          named.name == metadataKey
            ? "an array in a safetensors file cannot be called \(metadataKey)"
            : "two arrays have the name \"\(shortened(named.name))\"")
      }
      let end = position + named.array.bytes.count
      members.append(.init(named.name, member(named.array, position, end)))
      position = end
    }
    var text = Array(JSON.object(members).text.utf8)
    text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    guard text.count <= Safetensors.longestHeader else {
      throw Failure(
        "E-arg",
        "the names and metadata take \(formatBytes(text.count)); "
          + "a safetensors file can contain 100 MB of them"
      )
    }
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
  }

  private static func member(_ array: ArrayData, _ begin: Int, _ end: Int) -> JSON {
    let type = types.first { $0.0 == StoredType(array.elementType) }?.1 ?? ""
    return .object([
      .init("dtype", .string(type)), .init("shape", .array(array.shape.sizes.map { .integer($0) })),
      .init("data_offsets", .array([.integer(begin), .integer(end)])),
    ])
  }
}
