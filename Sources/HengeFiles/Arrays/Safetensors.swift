// SPDX-License-Identifier: MIT
public import HengeBackend

/// The safetensors format: a JSON header, named arrays, and metadata about them.
///
/// Eight bytes of header length, the header, then the arrays one after the other without gaps
/// [huggingface/safetensors]. It is henge's own format for models, trainers and snapshots; the
/// metadata then describe the arrays. The format contains no code.
public struct Safetensors: Sendable, Equatable {
  /// The arrays; a file that was read has them in the order of their bytes.
  public var arrays: [NamedArray]
  /// Text by name.
  public var metadata: [String: String]

  /// The longest header read or written, 100 MB: the bound of the reference implementation.
  public static let longestHeader = 100_000_000

  /// Puts `arrays` and `metadata` together.
  public init(arrays: [NamedArray], metadata: [String: String] = [:]) {
    self.arrays = arrays
    self.metadata = metadata
  }

  /// Reads the file at `path`; throws `E-file` or `E-memory`.
  public init(reading path: String, budget: MemoryBudget) throws {
    let file = try readRegularFile(path, budget: budget)
    try self.init(decoding: file[...], path: path, budget: budget)
  }

  /// The array called `name`, if there is one.
  public subscript(name: String) -> ArrayData? { arrays.first { $0.name == name }?.array }

  /// Writes the file `path`, completely or not at all; throws `E-file`.
  ///
  /// The same arrays and metadata produce the same bytes, in any order: arrays are sorted by
  /// decreasing size of their type and then by name, as in the reference implementation. Throws
  /// `E-arg` for two arrays with the same name and for the name `__metadata__`. The interrupt of
  /// `budget` can stop it.
  public func write(to path: String, budget: MemoryBudget? = nil) throws {
    let header = try SafetensorsHeader.encode(self)
    try AtomicFile.replace(path, budget: budget) { file in
      try file.append(header)
      for named in SafetensorsHeader.ordered(arrays) { try file.append(named.array.bytes) }
    }
  }

  /// The bytes of the file ``write(to:)`` makes.
  public func encoded() throws -> [UInt8] {
    var bytes = try SafetensorsHeader.encode(self)
    for named in SafetensorsHeader.ordered(arrays) { bytes += named.array.bytes }
    return bytes
  }

  /// Reads the bytes of `file`, which messages name `path`.
  public init(decoding file: ArraySlice<UInt8>, path: String, budget: MemoryBudget) throws {
    let owner = try Reservation(file.count, of: budget, for: "reading \(quotedPath(path))")
    let header = try SafetensorsHeader(file, path: path, owner: owner, budget: budget)
    let data = file.dropFirst(header.dataOffset)
    try header.checkLayout(dataCount: data.count, path: path)
    metadata = header.metadata
    arrays = try header.entries.map { entry in
      let bytes = data.dropFirst(entry.begin).prefix(entry.end - entry.begin)
      let stored = StoredArray(type: entry.type, shape: entry.shape, bytes: bytes)
      let array = try stored.converted(
        owner: owner, budget: budget,
        label: "\"\(shortened(entry.name))\" in \(quotedPath(path))")
      return NamedArray(entry.name, array)
    }
  }
}
