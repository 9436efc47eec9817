// SPDX-License-Identifier: MIT
import HengeBackend

/// The flattened contents of a file: `{"state_dict": {"conv.weight": …}, "epoch": 3}` has the
/// tensor `state_dict.conv.weight` and the text `3` under `epoch`.
struct PyTorchTree {
  private let machine: PickleMachine
  private let names: Reservation
  /// Names, and slots of tensors in the machine.
  private(set) var tensors: [(name: String, slot: Int)] = []
  /// Numbers and texts by name.
  private(set) var metadata: [String: String] = [:]
  private var entries = 0
  private var open: Set<Int> = []
  private var taken: Set<String> = []

  private static let mostEntries = 1_000_000
  private static let deepest = 32

  private var path: String { machine.path }

  /// Flattens `root`, a value of `machine`.
  init(_ root: PickleValue, _ machine: PickleMachine, budget: MemoryBudget) throws {
    self.machine = machine
    names = try Reservation(of: budget, for: "the names in \(quotedPath(machine.path))")
    try add(root, "")
    guard !tensors.isEmpty else {
      throw Failure.file(
        machine.path, "it contains no tensor",
        suggestion: "in Python: torch.save(model.state_dict(), \"weights.pth\")")
    }
  }

  private mutating func add(_ value: PickleValue, _ name: String) throws {
    entries += 1
    guard entries <= PyTorchTree.mostEntries else {
      throw Failure.badPickle(path, "more than 1,000,000 entries")
    }
    switch value {
    case .tensor(let slot):
      let name = name.isEmpty ? "tensor" : name
      guard taken.insert(name).inserted else {
        throw Failure.file(path, "two tensors have the name \"\(shortened(name))\"")
      }
      tensors.append((name, slot))
    case .container(let slot): try add(container: slot, name)
    case .none, .bytes: break
    case .bool(let truth): metadata[name] = truth ? "true" : "false"
    case .integer(let number): metadata[name] = String(number)
    case .number(let number): metadata[name] = String(number)
    case .string(let text): metadata[name] = text
    case .global, .storage:
      throw Failure.file(
        path, "its entry \"\(shortened(name))\" is \(value.words), not a tensor")
    }
  }

  private mutating func add(container slot: Int, _ name: String) throws {
    guard open.insert(slot).inserted else {
      throw Failure.badPickle(path, "\"\(shortened(name))\" contains itself")
    }
    defer { open.remove(slot) }
    guard open.count <= PyTorchTree.deepest else {
      throw Failure.badPickle(
        path, "\"\(shortened(name))\" is nested deeper than \(PyTorchTree.deepest) levels")
    }
    let container = machine.containers[slot]
    let prefix = name.isEmpty ? "" : name + "."
    if container.kind == .dictionary {
      let keys = PyTorchTree.stripped(container.keys)
      for (key, item) in zip(keys, container.items) { try add(item, named(prefix + key)) }
    } else {
      for (index, item) in container.items.enumerated() {
        try add(item, named(prefix + String(index)))
      }
    }
  }

  /// Counts what a name takes, twice: as a tensor's and as a taken one.
  private func named(_ name: String) throws -> String {
    try names.grow(
      by: 2 * name.utf8.count + 160, for: "the names in \(quotedPath(path))")
    return name
  }

  /// The texts of `keys`, without the `module.` that DataParallel puts before each.
  private static func stripped(_ keys: [PickleContainer.Key]) -> [String] {
    let texts = keys.map(\.text)
    let prefix = "module."
    guard texts.allSatisfy({ $0.hasPrefix(prefix) && $0 != prefix }) else { return texts }
    return texts.map { String($0.dropFirst(prefix.count)) }
  }

  /// One storage for each key that a tensor of the tree looks into.
  var storages: [PickleStorage] {
    var keys: Set<String> = []
    return tensors.map { machine.tensors[$0.slot].storage }.filter { keys.insert($0.key).inserted }
  }

  /// The arrays, out of the bytes of `storages` by key.
  func arrays(
    from storages: [String: StorageBytes], budget: MemoryBudget
  ) throws -> [NamedArray] {
    var made: [Int: ArrayData] = [:]
    return try tensors.map { name, slot in
      if let array = made[slot] { return NamedArray(name, array) }
      let tensor = machine.tensors[slot]
      guard let bytes = storages[tensor.storage.key] else {
        throw Failure.badPickle(
          path, "storage \"\(shortened(tensor.storage.key))\" of \"\(shortened(name))\" is missing")
      }
      let array = try tensor.array(
        from: bytes, path: path, budget: budget,
        label: "\"\(shortened(name))\" in \(quotedPath(path))")
      made[slot] = array
      return NamedArray(name, array)
    }
  }
}
