// SPDX-License-Identifier: MIT
internal import CHengeHDF5
internal import HengeBackend

/// The contents of an HDF5 file, as sent by the other process; every length is checked before it is
/// used.
struct HDF5Contents {
  /// The texts of attributes: by the path of their group or array, then by name.
  private(set) var texts: [String: [String: [String]]] = [:]
  /// The arrays by path, in the order of the file.
  private(set) var arrays: [(path: String, array: ArrayData)] = []

  private static let mostArrays = 100_000

  /// Reads the frames of henge_hdf5.h that `child` writes.
  init(from child: HDF5Child, path: String, budget: MemoryBudget) throws {
    let reader = HDF5Frames(child: child, path: path, budget: budget)
    let owner = try Reservation(of: budget, for: "the texts in \(quotedPath(path))")
    while true {
      switch try reader.number(1) {
      case UInt64(UInt8(ascii: "T")):
        let (place, name, values) = try reader.texts(owner)
        texts[place, default: [:]][name] = values
      case UInt64(UInt8(ascii: "D")):
        let place = try reader.text(owner)
        guard arrays.count < HDF5Contents.mostArrays else { throw Failure.badReader(path) }
        arrays.append((place, try reader.array(called: place)))
      case UInt64(UInt8(ascii: "E")):
        throw Failure.file(path, shortenedReason(try reader.text(owner)))
      case UInt64(UInt8(ascii: "Z")):
        try child.expectEnd()
        return
      default: throw Failure.badReader(path)
      }
    }
  }
}

/// The reason sent by the other process, shortened: it may quote names from the file.
private func shortenedReason(_ text: String) -> String {
  let shown = String(text.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 })
  return shown.count <= 260 ? shown : shown.prefix(259) + "…"
}

/// Frames as they come, piece by piece.
private struct HDF5Frames {
  let child: HDF5Child
  let path: String
  let budget: MemoryBudget

  /// Longer than any text that makes sense, such as the description of a model.
  private static let longestText: UInt64 = 64_000_000
  private static let mostTexts: UInt64 = 1_000_000

  /// The numbers of this kind, and what the process hands them over as.
  private static let types: [UInt64: StoredType] = [
    UInt64(HENGE_HDF5_F16): .f16, UInt64(HENGE_HDF5_F32): .f32, UInt64(HENGE_HDF5_F64): .f64,
    UInt64(HENGE_HDF5_U8): .u8, UInt64(HENGE_HDF5_BOOL): .bool, UInt64(HENGE_HDF5_I8): .i8,
    UInt64(HENGE_HDF5_I16): .i16, UInt64(HENGE_HDF5_I32): .i32, UInt64(HENGE_HDF5_I64): .i64,
    UInt64(HENGE_HDF5_U16): .u16, UInt64(HENGE_HDF5_U32): .u32, UInt64(HENGE_HDF5_U64): .u64,
  ]

  /// A number without a sign of `width` bytes, at most eight.
  func number(_ width: Int) throws -> UInt64 {
    var value: UInt64 = 0
    try withUnsafeMutableBytes(of: &value) { bytes in
      try child.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<width]))
    }
    return UInt64(littleEndian: value)
  }

  func text(_ owner: Reservation) throws -> String {
    let count = try number(4)
    guard count <= HDF5Frames.longestText else { throw Failure.badReader(path) }
    try owner.grow(by: Int(count) + 64, for: "the texts in \(quotedPath(path))")
    return String(decoding: try bytes(Int(count)), as: UTF8.self)
  }

  func texts(_ owner: Reservation) throws -> (path: String, name: String, values: [String]) {
    let place = try text(owner)
    let name = try text(owner)
    let count = try number(4)
    guard count <= HDF5Frames.mostTexts else { throw Failure.badReader(path) }
    return (place, name, try (0..<count).map { _ in try text(owner) })
  }

  private func bytes(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      try child.read(
        into: UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
      initialized = count
    }
  }

  func array(called name: String) throws -> ArrayData {
    let letter = try number(1)
    let rank = try number(1)
    guard let stored = HDF5Frames.types[letter], rank <= 32 else { throw Failure.badReader(path) }
    let sizes = try (0..<rank).map { _ in Int(clamping: try number(8)) }
    let shape = try checkedShape(sizes, path: path, format: "HDF5")
    let type = stored == .u64 ? stored : StoredType(stored.elementType)
    let length = try number(8)
    guard let count = StoredArray.byteCount(type, shape), length == UInt64(count) else {
      // A dataset without extent, which HDF5 has in addition to those of size 0.
      guard length == 0, rank == 0 else { throw Failure.badReader(path) }
      return ArrayData(
        stored.elementType, storedAs: stored, try checkedShape([0], path: path, format: "HDF5"),
        bytes: [], reservation: nil)
    }
    let label = "\"\(shortened(name))\" in \(quotedPath(path))"
    let owner = try Reservation(count, of: budget, for: label)
    let array = try StoredArray(type: type, shape: shape, bytes: bytes(count)[...]).converted(
      owner: owner, budget: budget, label: label)
    return ArrayData(
      stored.elementType, storedAs: stored, shape, bytes: array.bytes, reservation: owner)
  }
}
