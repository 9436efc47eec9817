// SPDX-License-Identifier: MIT
public import HengeBackend

/// numpy's `.npy`: one array a file.
///
/// Reads versions 1.0 to 3.0, types `f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1`, both byte orders, C and
/// Fortran order; a `u8` whose values do not fit `i64` is refused. Objects (they are pickles) and records are refused. Writes version 1.0, the bytes
/// numpy 2 itself writes.
public enum Npy {
  /// The array in the file at `path`; throws `E-file` or `E-memory`.
  public static func read(_ path: String, budget: MemoryBudget) throws -> ArrayData {
    let file = try readRegularFile(path, budget: budget)
    return try decode(file[...], path: path, budget: budget)
  }

  /// The type and shape of the array in the file at `path`, without its numbers; throws `E-file`.
  public static func outline(_ path: String) throws -> (type: StoredType, shape: Shape) {
    let file = try RegularFile(path)
    let length = min(file.size, NpyHeader.longest + 16)
    let bytes = try [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      try file.read(into: UnsafeMutableRawBufferPointer(buffer))
      count = length
    }
    let header = try NpyHeader(bytes[...], path: path)
    return (header.type, header.shape)
  }

  /// The array in the bytes of `file`, which messages name `path`.
  public static func decode(
    _ file: ArraySlice<UInt8>, path: String, budget: MemoryBudget
  ) throws -> ArrayData {
    let owner = try Reservation(file.count, of: budget, for: "reading \(quotedPath(path))")
    return try decode(file, path: path, owner: owner, budget: budget)
  }

  /// As the public one; `owner` has reserved the bytes of `file`, and an array that shares them
  /// keeps it.
  static func decode(
    _ file: ArraySlice<UInt8>, path: String, owner: Reservation, budget: MemoryBudget
  ) throws -> ArrayData {
    let header = try NpyHeader(file, path: path)
    let data = file.dropFirst(header.dataOffset)
    let claim = describe(header.type, header.shape)
    guard let needed = StoredArray.byteCount(header.type, header.shape) else {
      throw Failure.badHeader(path, ".npy", "\(claim) is more bytes than can be counted")
    }
    guard data.count >= needed else {
      throw Failure.cutShort(path, claim, needs: needed, holds: data.count)
    }
    guard data.count == needed else {
      throw Failure.tooLong(path, claim, needs: needed, holds: data.count)
    }
    return try StoredArray(
      type: header.type, shape: header.shape, bytes: data, isBigEndian: header.isBigEndian,
      isFortranOrder: header.isFortranOrder
    ).converted(
      owner: owner, budget: budget, label: "the \(claim) in \(quotedPath(path))")
  }

  /// Writes `array` to `path`, whole or not at all; the owner of `budget` may stop it.
  public static func write(
    _ array: ArrayData, to path: String, budget: MemoryBudget? = nil
  ) throws {
    try AtomicFile.replace(path, budget: budget) { file in
      try file.append(NpyHeader.encode(array))
      try file.append(array.bytes)
    }
  }

  /// The bytes of the file ``write(_:to:)`` makes.
  public static func encode(_ array: ArrayData) -> [UInt8] { NpyHeader.encode(array) + array.bytes }
}
