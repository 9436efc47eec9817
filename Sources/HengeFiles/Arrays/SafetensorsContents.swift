// SPDX-License-Identifier: MIT
import HengeBackend

/// The parsed header of a safetensors file, read entry by entry.
///
/// Memory is reserved for each entry before it is kept, and temporarily for parsing its JSON: so
/// the header of a hundred thousand arrays reserves what it needs, and no more.
struct SafetensorsContents {
  private(set) var entries: [SafetensorsHeader.Entry] = []
  private(set) var metadata: [String: String] = [:]
  private let path: String
  private let owner: Reservation

  /// The memory of an entry in addition to the bytes of its name: places in growing lists, among
  /// the names and in the record of arrays, and the boxes of its name and its shape.
  private static let memoryPerEntry = 400

  /// Reads for the file at `path`; what stays is counted with `owner`.
  init(path: String, owner: Reservation) {
    self.path = path
    self.owner = owner
  }

  /// Reads `text`, the whole header.
  mutating func read(_ text: ArraySlice<UInt8>, budget: MemoryBudget) throws {
    let label = "the header of \(quotedPath(path))"
    let copy = try Reservation(text.count, of: budget, for: label)
    defer { withExtendedLifetime(copy) {} }
    do {
      guard text.first == UInt8(ascii: "{") else {
        throw JSON.Mistake(reason: "expected {", offset: 0)
      }
      var parser = JSONParser(Array(text))
      var names: Set<String> = []
      if try parser.begin() {
        repeat {
          let name = try parser.name(among: &names)
          let parsing = try Reservation(
            parser.lengthOfValue() * JSON.memoryPerByte, of: budget, for: label)
          defer { withExtendedLifetime(parsing) {} }
          let value = try parser.value(depth: 1)
          if name == SafetensorsHeader.metadataKey {
            try add(metadata: value, label)
          } else {
            try owner.grow(
              by: SafetensorsContents.memoryPerEntry + 2 * name.utf8.count, for: label)
            entries.append(try entry(name, value))
          }
        } while try parser.goesOn()
      }
      try parser.end()
    } catch let mistake as JSON.Mistake {
      throw Failure.badHeader(
        path, "safetensors", "\(mistake.reason) at byte \(mistake.offset) of it")
    }
  }

  private mutating func add(metadata value: JSON, _ label: String) throws {
    guard case .object(let members) = value else {
      throw Failure.badHeader(
        path, "safetensors", "\(SafetensorsHeader.metadataKey) must contain names and texts")
    }
    for member in members {
      guard case .string(let text) = member.value else {
        throw Failure.badHeader(
          path, "safetensors", "\(SafetensorsHeader.metadataKey) must contain only texts")
      }
      try owner.grow(by: 200 + member.name.utf8.count + text.utf8.count, for: label)
      metadata[member.name] = text
    }
  }

  private func entry(_ name: String, _ value: JSON) throws -> SafetensorsHeader.Entry {
    func damaged(_ reason: String) -> Failure {
      .badHeader(path, "safetensors", "\"\(shortened(name))\" \(reason)")
    }
    guard let members = value.members, members.count == 3,
      case .string(let typeName)? = members["dtype"],
      let sizes = SafetensorsContents.integers(members["shape"]),
      let offsets = SafetensorsContents.integers(members["data_offsets"]), offsets.count == 2
    else { throw damaged("must have dtype, shape and data_offsets") }
    guard let type = SafetensorsHeader.types.first(where: { $0.1 == typeName })?.0 else {
      throw Failure.unreadableType(
        path, shortened(typeName),
        "convert \"\(shortened(name))\" to F32 in the program that wrote it")
    }
    let shape = try checkedShape(sizes, path: path, format: "safetensors")
    let (begin, end) = (offsets[0], offsets[1])
    guard begin >= 0, end >= begin else { throw damaged("is at \(begin) to \(end)") }
    guard let needed = StoredArray.byteCount(type, shape), needed == end - begin else {
      throw damaged("is \(describe(type, shape)) and has \(formatBytes(end - begin))")
    }
    return SafetensorsHeader.Entry(
      name: name, type: type, shape: shape, begin: begin, end: end)
  }

  private static func integers(_ value: JSON?) -> [Int]? {
    guard case .array(let items)? = value else { return nil }
    let integers = items.compactMap { if case .integer(let integer) = $0 { integer } else { nil } }
    return integers.count == items.count ? integers : nil
  }
}
