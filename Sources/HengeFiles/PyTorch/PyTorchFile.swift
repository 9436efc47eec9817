// SPDX-License-Identifier: MIT
public import HengeBackend

/// PyTorch's files of weights: `.pth`, `.pt`, `.ckpt`, whatever the name.
///
/// Both containers are read: the zip archive of PyTorch 1.6 and later, and the row of pickles before
/// it. Nothing in the file is run: its pickle is read as data by a machine that knows the names
/// tensors are made of and refuses all others [PyTorch torch/serialization.py]. Dictionaries in one
/// another become dotted names; a `module.` that DataParallel put before every name is dropped;
/// half precision becomes `f32` and small integers `i64`.
public struct PyTorchFile: Sendable, Equatable {
  /// The tensors, in the order of the file.
  public let arrays: [NamedArray]
  /// The numbers and texts in addition to the tensors, such as `epoch`, by dotted name.
  public let metadata: [String: String]

  /// Reads the file at `path`; throws `E-file` or `E-memory`.
  public init(reading path: String, budget: MemoryBudget) throws {
    let file = try readRegularFile(path, budget: budget)
    try self.init(decoding: file[...], path: path, budget: budget)
  }

  /// Reads the bytes of `file`, which messages name `path`.
  public init(decoding file: ArraySlice<UInt8>, path: String, budget: MemoryBudget) throws {
    let kind = FileKind.detect(file)
    guard kind == .zip || kind == .pickle else {
      throw Failure.notA("a PyTorch file", path, file)
    }
    let owner = try Reservation(file.count, of: budget, for: "reading \(quotedPath(path))")
    defer { withExtendedLifetime(owner) {} }
    let (tree, storages) =
      kind == .zip
      ? try PyTorchArchive.contents(file, path: path, budget: budget)
      : try PyTorchRow.contents(file, path: path, owner: owner, budget: budget)
    arrays = try tree.arrays(from: storages, budget: budget)
    metadata = tree.metadata
  }

  /// The array called `name`, if there is one.
  public subscript(name: String) -> ArrayData? { arrays.first { $0.name == name }?.array }

  /// Whether the zip archive with `names` is PyTorch's: it has a pickle called `data.pkl`.
  static func isArchive(_ names: [String]) -> Bool { pickle(among: names) != nil }

  /// Whether the bytes of `file` are a zip archive with PyTorch's pickle in it.
  public static func isArchive(
    _ file: ArraySlice<UInt8>, path: String, budget: MemoryBudget
  ) throws -> Bool {
    guard FileKind.detect(file) == .zip else { return false }
    return try ZipReader.open(file, path: path, budget: budget) { archive in
      isArchive(archive.members.map(\.name))
    }
  }

  /// The name of the pickle among `names`: `data.pkl` in a folder of any name.
  static func pickle(among names: [String]) -> String? {
    names.first { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
  }
}

/// The container since PyTorch 1.6: a zip archive with a pickle and a member for each storage.
enum PyTorchArchive {
  static func contents(
    _ file: ArraySlice<UInt8>, path: String, budget: MemoryBudget
  ) throws -> (PyTorchTree, [String: StorageBytes]) {
    try ZipReader.open(file, path: path, budget: budget) { archive in
      var members: [String: ZipReader.Member] = [:]
      for member in archive.members { members[member.name] = member }
      guard let name = PyTorchFile.pickle(among: archive.members.map(\.name)),
        let pickle = members[name]
      else {
        throw Failure.file(
          path, "it is a zip archive without a data.pkl, which a PyTorch file has")
      }
      let root = String(name.dropLast("data.pkl".count))
      guard members[root + "constants.pkl"] == nil else {
        throw Failure.file(
          path, "it is a TorchScript program, and henge runs no code from a file",
          suggestion: "in Python: torch.save(model.state_dict(), \"weights.pth\")")
      }
      let unpacking = try Reservation(
        pickle.size, of: budget, for: "the pickle in \(quotedPath(path))")
      defer { withExtendedLifetime(unpacking) {} }
      var machine = try PickleMachine(
        archive.bytes(of: pickle)[...], path: path, budget: budget)
      let tree = try PyTorchTree(machine.load(), machine, budget: budget)
      var storages: [String: StorageBytes] = [:]
      let isBigEndian = try isBigEndian(archive, members[root + "byteorder"])
      for storage in tree.storages {
        guard let member = members["\(root)data/\(storage.key)"] else {
          throw Failure.file(
            path, "its pickle needs the member \"\(shortened("data/\(storage.key)"))\", missing",
            suggestion: "copy or write the file again")
        }
        try check(member, storage, path: path)
        let owner = try Reservation(
          member.size, of: budget, for: "unpacking \(quotedPath("\(path)/\(member.name)"))")
        storages[storage.key] = StorageBytes(
          bytes: try archive.bytes(of: member)[...], owner: owner, isBigEndian: isBigEndian)
      }
      return (tree, storages)
    }
  }

  private static func isBigEndian(
    _ archive: borrowing ZipReader, _ member: ZipReader.Member?
  ) throws -> Bool {
    guard let member, member.size <= 16 else { return false }
    return try archive.bytes(of: member) == Array("big".utf8)
  }

  private static func check(
    _ member: ZipReader.Member, _ storage: PickleStorage, path: String
  ) throws {
    let (needed, overflow) = storage.rootCount.multipliedReportingOverflow(by: storage.type.size)
    guard !overflow, needed == member.size else {
      throw Failure.file(
        path,
        "its pickle says \"data/\(shortened(storage.key))\" is \(storage.rootCount) "
          + "\(storage.type.rawValue), and it has \(formatBytes(member.size))",
        suggestion: "copy or write the file again")
    }
  }
}
