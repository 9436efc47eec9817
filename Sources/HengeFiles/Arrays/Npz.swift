// SPDX-License-Identifier: MIT
public import HengeBackend

/// numpy's `.npz`: a zip archive of `.npy` files, one for each name.
public enum Npz {
  /// The arrays in the file at `path`, in the order of the archive; throws `E-file` or `E-memory`.
  public static func read(_ path: String, budget: MemoryBudget) throws -> [NamedArray] {
    let file = try readRegularFile(path, budget: budget)
    return try decode(file[...], path: path, budget: budget)
  }

  /// The arrays in the bytes of `file`; messages contain `path`.
  ///
  /// With `leaveOut`, members that cannot be read are skipped, and `leaveOut` is called with the
  /// reason; if none can be read, the first reason is thrown.
  public static func decode(
    _ file: ArraySlice<UInt8>, path: String, budget: MemoryBudget,
    leaveOut: ((_ reason: Failure) -> Void)? = nil
  ) throws -> [NamedArray] {
    guard FileKind.detect(file) == .zip else { throw Failure.notA("a .npz file", path, file) }
    let reading = try Reservation(file.count, of: budget, for: "reading \(quotedPath(path))")
    defer { withExtendedLifetime(reading) {} }
    return try ZipReader.open(file, path: path, budget: budget) { archive in
      try checkIsNpz(archive.members.map(\.name), path: path)
      var arrays: [NamedArray] = []
      var unread: [Failure] = []
      for member in archive.members {
        do {
          arrays.append(try array(member, of: archive, path: path, budget: budget))
        } catch let failure as Failure where failure.code == "E-file" && leaveOut != nil {
          unread.append(failure)
        }
      }
      if arrays.isEmpty, let first = unread.first { throw first }
      for reason in unread { leaveOut?(reason) }
      return arrays
    }
  }

  private static func array(
    _ member: ZipReader.Member, of archive: borrowing ZipReader, path: String, budget: MemoryBudget
  ) throws -> NamedArray {
    let inside = "\(path)/\(member.name)"
    guard member.name.hasSuffix(".npy"), member.name != ".npy" else {
      throw Failure.file(inside, "it is not a .npy array")
    }
    let owner = try Reservation(member.size, of: budget, for: "unpacking \(quotedPath(inside))")
    let array = try Npy.decode(
      archive.bytes(of: member)[...], path: inside, owner: owner, budget: budget)
    return NamedArray(String(member.name.dropLast(4)), array)
  }

  private static func checkIsNpz(_ names: [String], path: String) throws {
    if !names.contains(where: { $0.hasSuffix(".npy") }), PyTorchFile.isArchive(names) {
      throw Failure.file(path, "it is a PyTorch file, not a .npz")
    }
  }

  /// Writes `arrays` to `path`, completely or not at all, in the given order and without
  /// timestamps.
  ///
  /// Throws `E-file`, `E-memory`, and `E-arg` for two arrays with the same name.
  public static func write(
    _ arrays: [NamedArray], to path: String, compressed: Bool = false, budget: MemoryBudget
  ) throws {
    let members = try members(arrays, compressed: compressed)
    try AtomicFile.replace(path, budget: budget) { file in
      try ZipWriter.write(members, into: file, budget: budget)
    }
  }

  /// The bytes of the file ``write(_:to:compressed:budget:)`` makes.
  public static func encode(
    _ arrays: [NamedArray], compressed: Bool = false, budget: MemoryBudget
  ) throws -> [UInt8] {
    let members = try members(arrays, compressed: compressed)
    let size = arrays.reduce(0) { $0 + $1.array.bytes.count + 1024 }
    let building = try Reservation(size, of: budget, for: "a .npz of \(arrays.count) arrays")
    defer { withExtendedLifetime(building) {} }
    return try ZipWriter.archive(members, budget: budget)
  }

  private static func members(_ arrays: [NamedArray], compressed: Bool) throws -> [ZipMember] {
    var names: Set<String> = []
    for named in arrays {
      guard names.insert(named.name).inserted else {
        throw Failure("E-arg", "two arrays have the name \"\(shortened(named.name))\"")
      }
      guard !named.name.isEmpty, !named.name.unicodeScalars.contains(where: { $0.value < 32 })
      else {
        throw Failure("E-arg", "an array in a .npz needs a name without control characters")
      }
    }
    return arrays.map { named in
      ZipMember(
        named.name + ".npy", [NpyHeader.encode(named.array)[...], named.array.bytes],
        isCompressed: compressed)
    }
  }
}
