// SPDX-License-Identifier: MIT
import HengeBackend

/// Reads pickles of protocol 2 to 5 as data: a stack, a memo, and a heap of what they build.
///
/// Instructions that would find a Python object by name or run one do neither here: a name is looked
/// up in the list of ``PickleGlobal``, and what "calling" it means is spelled out in `reduce`. Memory
/// is asked of the budget as the instructions go, so a short pickle cannot build a large heap.
struct PickleMachine {
  var reader: PickleReader
  private(set) var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private(set) var containers: [PickleContainer] = []
  private(set) var storages: [PickleStorage] = []
  private(set) var tensors: [PickleTensor] = []
  private let reservation: Reservation
  private var reserved = 0
  private var charged = 0
  private var instructions = 0

  /// More instructions than any file of weights has: about 30 for each tensor.
  private static let mostInstructions = 10_000_000
  /// The maximum memory that one instruction adds: an entry of a dictionary, including growth.
  private static let bytesPerInstruction = 320
  private static let portion = 65_536

  var path: String { reader.path }

  /// A machine for the pickles in `bytes`, which messages name `path`.
  init(_ bytes: ArraySlice<UInt8>, path: String, budget: MemoryBudget) throws {
    reader = PickleReader(bytes, path: path)
    reservation = try Reservation(of: budget, for: "the pickle in \(quotedPath(path))")
  }

  /// Runs one pickle, which ends with STOP; another may follow.
  mutating func load() throws -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    while true {
      let code = try reader.byte()
      instructions += 1
      guard instructions <= PickleMachine.mostInstructions else {
        throw Failure.badPickle(path, "more than 10,000,000 instructions")
      }
      try charge(PickleMachine.bytesPerInstruction)
      if code == UInt8(ascii: ".") { return try pop() }
      guard try perform(code) else {
        let digits = String(code, radix: 16, uppercase: true)
        throw Failure.badPickle(
          path,
          "instruction 0x\(code < 16 ? "0" : "")\(digits) at byte \(reader.offset - 1) is none "
            + "that protocols 2 to 5 use for weights")
      }
    }
  }

  /// Counts `bytes` more, and asks the budget when a portion is used up.
  mutating func charge(_ bytes: Int) throws {
    charged += bytes
    guard charged > reserved else { return }
    let more = max(PickleMachine.portion, charged - reserved)
    try reservation.grow(by: more, for: "the pickle in \(quotedPath(path))")
    reserved += more
  }

  // MARK: The stack

  mutating func push(_ value: PickleValue) { stack.append(value) }

  mutating func push(_ container: PickleContainer) {
    containers.append(container)
    stack.append(.container(containers.count - 1))
  }

  mutating func push(_ storage: PickleStorage) {
    storages.append(storage)
    stack.append(.storage(storages.count - 1))
  }

  mutating func push(_ tensor: PickleTensor) {
    tensors.append(tensor)
    stack.append(.tensor(tensors.count - 1))
  }

  mutating func pop() throws -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else { throw underflow }
    return value
  }

  var underflow: Failure {
    .badPickle(path, "byte \(reader.offset - 1) takes more values than there are")
  }

  /// The value on top, which stays.
  func top() throws -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.last else { throw underflow }
    return value
  }

  /// The topmost `count` values, taken off.
  mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw underflow }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  mutating func mark() { marks.append(stack.count) }

  /// The values above the last mark, taken off with it.
  mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw underflow }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  // MARK: The memo

  mutating func remember(_ index: UInt64? = nil) throws {
    memo[Int(clamping: index ?? UInt64(memo.count))] = try top()
  }

  mutating func recall(_ index: UInt64) throws {
    guard let value = memo[Int(clamping: index)] else {
      throw Failure.badPickle(path, "byte \(reader.offset - 1) asks for memo \(index), never set")
    }
    push(value)
  }

  // MARK: Containers

  /// The slot of the container of `kind` that `value` is.
  func slot(_ value: PickleValue, _ kind: PickleContainer.Kind) throws -> Int {
    guard case .container(let slot) = value, containers[slot].kind == kind else {
      throw Failure.badPickle(
        path, "byte \(reader.offset - 1) needs a \(kind), not \(words(value))")
    }
    return slot
  }

  /// What `value` is, with its article.
  func words(_ value: PickleValue) -> String {
    guard case .container(let slot) = value else { return value.words }
    return "a \(containers[slot].kind)"
  }

  /// The items of a tuple or list.
  func items(_ value: PickleValue) -> [PickleValue]? {
    guard case .container(let slot) = value, [.tuple, .list].contains(containers[slot].kind) else {
      return nil
    }
    return containers[slot].items
  }

  mutating func append(_ values: [PickleValue], to slot: Int) {
    containers[slot].items += values
  }

  /// Sets keys and values, which alternate in `pairs`, in the dictionary at `slot`.
  mutating func set(_ pairs: [PickleValue], in slot: Int) throws {
    guard pairs.count % 2 == 0 else { throw underflow }
    for place in stride(from: 0, to: pairs.count, by: 2) {
      containers[slot].set(try key(pairs[place]), to: pairs[place + 1])
    }
  }

  private func key(_ value: PickleValue) throws -> PickleContainer.Key {
    switch value {
    case .string(let text): return .string(text)
    case .integer(let number): return .integer(number)
    default:
      throw Failure.badPickle(path, "a dictionary's key is \(words(value)), not a str or an int")
    }
  }
}
