// SPDX-License-Identifier: MIT
import HengeBackend

/// The JSON header of a safetensors file, checked.
struct SafetensorsHeader {
  /// What the header says of one array; `begin` and `end` count from the first byte after it.
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

  private static let metadataKey = "__metadata__"
  private static let types: [(StoredType, String)] = [
    (.bool, "BOOL"), (.u8, "U8"), (.i8, "I8"), (.i16, "I16"), (.u16, "U16"), (.f16, "F16"),
    (.bf16, "BF16"), (.i32, "I32"), (.u32, "U32"), (.f32, "F32"), (.f64, "F64"), (.i64, "I64"),
  ]

  init(_ file: ArraySlice<UInt8>, path: String, budget: MemoryBudget) throws {
    let length = littleEndian(file.prefix(8))
    guard file.count >= 10, length >= 2, length <= UInt64(Safetensors.longestHeader) else {
      let kind = FileKind.detect(file)
      guard kind == .unknown || kind == .text else {
        throw Failure.notA("a safetensors file", path, kind)
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
        "it says its header is \(formatBytes(Int(length))) long but holds "
          + "\(formatBytes(file.count)): it was cut short or is no safetensors file",
        suggestion: "copy or write the file again")
    }
    let parsing = try Reservation(
      text.count * JSON.memoryPerByte, of: budget, for: "the header of \(quotedPath(path))")
    defer { withExtendedLifetime(parsing) {} }
    let members = try SafetensorsHeader.members(text, path: path)
    metadata = try SafetensorsHeader.metadata(members, path: path)
    entries = try members.filter { $0.name != SafetensorsHeader.metadataKey }
      .map { try SafetensorsHeader.entry($0.name, $0.value, path: path) }
      .sorted { ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name) }
    dataOffset = 8 + Int(length)
  }

  private static func members(
    _ text: ArraySlice<UInt8>, path: String
  ) throws -> [JSON.Member] {
    do {
      guard text.first == UInt8(ascii: "{"), case .object(let members) = try JSON(parsing: text)
      else { throw JSON.Mistake(reason: "expected {", offset: 0) }
      return members
    } catch let mistake as JSON.Mistake {
      throw Failure.badHeader(
        path, "safetensors", "\(mistake.reason) at byte \(mistake.offset) of it")
    }
  }

  private static func metadata(
    _ members: [JSON.Member], path: String
  ) throws -> [String: String] {
    guard let value = members.first(where: { $0.name == metadataKey })?.value else { return [:] }
    guard let texts = value.members else {
      throw Failure.badHeader(path, "safetensors", "\(metadataKey) must hold names and texts")
    }
    return try texts.mapValues {
      guard case .string(let text) = $0 else {
        throw Failure.badHeader(path, "safetensors", "\(metadataKey) must hold only texts")
      }
      return text
    }
  }

  private static func entry(_ name: String, _ value: JSON, path: String) throws -> Entry {
    func damaged(_ reason: String) -> Failure {
      .badHeader(path, "safetensors", "\"\(shortened(name))\" \(reason)")
    }
    guard let members = value.members, members.count == 3,
      case .string(let typeName)? = members["dtype"], let sizes = integers(members["shape"]),
      let offsets = integers(members["data_offsets"]), offsets.count == 2
    else { throw damaged("must have dtype, shape and data_offsets") }
    guard let type = types.first(where: { $0.1 == typeName })?.0 else {
      throw Failure.unreadableType(
        path, shortened(typeName),
        "convert \"\(shortened(name))\" to F32 in the program that wrote it")
    }
    let shape = try checkedShape(sizes, path: path, format: "safetensors")
    let (begin, end) = (offsets[0], offsets[1])
    guard begin >= 0, end >= begin else { throw damaged("lies at \(begin) to \(end)") }
    guard let needed = StoredArray.byteCount(type, shape), needed == end - begin else {
      throw damaged("is \(describe(type, shape)) and has \(formatBytes(end - begin))")
    }
    return Entry(name: name, type: type, shape: shape, begin: begin, end: end)
  }

  private static func integers(_ value: JSON?) -> [Int]? {
    guard case .array(let items)? = value else { return nil }
    let integers = items.compactMap { if case .integer(let integer) = $0 { integer } else { nil } }
    return integers.count == items.count ? integers : nil
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
        "it holds \(formatBytes(dataCount - position)) more than its \(claim) \(entries.count == 1 ? "needs" : "need")",
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
            : "two arrays are called \"\(shortened(named.name))\"")
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
          + "a safetensors file holds 100 MB of them"
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
