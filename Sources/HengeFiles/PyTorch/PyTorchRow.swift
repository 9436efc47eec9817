// SPDX-License-Identifier: MIT
import HengeBackend

/// The container before PyTorch 1.6: pickles one after the other, then the storages.
///
/// The pickles are a magic number, the version 1001, facts about the machine, the object, and the
/// list of storages; for each of them follow its count (8 bytes) and its elements, little-endian.
enum PyTorchRow {
  static func contents(
    _ file: ArraySlice<UInt8>, path: String, owner: Reservation, budget: MemoryBudget
  ) throws -> (PyTorchTree, [String: StorageBytes]) {
    var machine = try PickleMachine(file, path: path, budget: budget)
    guard case .integer(PickleReader.magicValue) = try machine.load() else {
      throw Failure.file(
        path, "it is a Python pickle, but not one that torch.save wrote",
        suggestion: "in Python: torch.save(model.state_dict(), \"weights.pth\")")
    }
    guard case .integer(1001) = try machine.load() else {
      throw Failure.file(path, "it is a PyTorch file of a version other than 1001")
    }
    _ = try machine.load()
    let root = try machine.load()
    let keys = try keys(try machine.load(), machine)
    let tree = try PyTorchTree(root, machine, budget: budget)
    return (tree, try storages(keys, &machine, owner))
  }

  private static func keys(_ value: PickleValue, _ machine: PickleMachine) throws -> [String] {
    let keys = (machine.items(value) ?? []).compactMap { item in
      switch item {
      case .string(let text): text
      case .integer(let number): String(number)
      default: nil
      }
    }
    guard let items = machine.items(value), items.count == keys.count else {
      throw Failure.badPickle(machine.path, "the list of storages is none")
    }
    return keys
  }

  private static func storages(
    _ keys: [String], _ machine: inout PickleMachine, _ owner: Reservation
  ) throws -> [String: StorageBytes] {
    let path = machine.path
    var described: [String: PickleStorage] = [:]
    for storage in machine.storages where described[storage.key] == nil {
      described[storage.key] = storage
    }
    var found: [String: StorageBytes] = [:]
    for key in keys {
      guard let storage = described[key], found[key] == nil else {
        throw Failure.badPickle(
          path, "storage \"\(shortened(key))\" is listed twice or never described")
      }
      let count = try machine.reader.unsigned(8)
      guard count == UInt64(storage.rootCount) else {
        throw Failure.file(
          path,
          "storage \"\(shortened(key))\" has \(count) elements, and its pickle says "
            + "\(storage.rootCount)", suggestion: "copy or write the file again")
      }
      let (needed, overflow) = count.multipliedReportingOverflow(by: UInt64(storage.type.size))
      let left = machine.reader.left
      guard !overflow, needed <= UInt64(left) else {
        throw Failure.cutShort(
          path, "\(count) \(storage.type.rawValue)", needs: Int(clamping: needed), holds: left)
      }
      found[key] = StorageBytes(bytes: try machine.reader.take(needed), owner: owner)
    }
    return found
  }
}
