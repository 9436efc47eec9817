// SPDX-License-Identifier: MIT
import HengeBackend

extension PickleMachine {
  /// The result of "calling" the global `function` with the tuple `arguments`.
  mutating func reduce(_ function: PickleValue, _ arguments: PickleValue) throws {
    guard case .global(let global) = function else {
      throw Failure.badPickle(path, "it calls \(words(function))")
    }
    let list = containers[try slot(arguments, .tuple)].items
    switch global {
    case .orderedDictionary, .dictionary:
      push(PickleContainer(.dictionary))
      try fill(slot(top(), .dictionary), from: list, of: global)
    case .list: push(PickleContainer(.list, try items(of: list, for: global)))
    case .set: push(PickleContainer(.set, try items(of: list, for: global)))
    case .size: push(PickleContainer(.tuple, try items(of: list, for: global)))
    case .rebuildTensor, .rebuildTensorV2: push(try tensor(list, global))
    case .rebuildParameter:
      guard case .tensor? = list.first else { throw misuse(of: global) }
      push(list[0])
    case .storage: throw misuse(of: global)
    }
  }

  private func misuse(of global: PickleGlobal) -> Failure {
    .badPickle(path, "the arguments of \(global.name) are not what PyTorch writes")
  }

  /// The items of the only argument, or none if there is no argument.
  private mutating func items(
    of arguments: [PickleValue], for global: PickleGlobal
  ) throws -> [PickleValue] {
    guard let argument = arguments.first else { return [] }
    guard arguments.count == 1, let items = items(argument) else { throw misuse(of: global) }
    try charge(items.count * MemoryLayout<PickleValue>.stride)
    return items
  }

  /// Fills a dictionary from a list of pairs: how Python 2 wrote an OrderedDict.
  private mutating func fill(
    _ slot: Int, from arguments: [PickleValue], of global: PickleGlobal
  ) throws {
    for pair in try items(of: arguments, for: global) {
      guard let pair = items(pair), pair.count == 2 else { throw misuse(of: global) }
      try charge(320)
      try set(pair, in: slot)
    }
  }

  private func tensor(_ arguments: [PickleValue], _ global: PickleGlobal) throws -> PickleTensor {
    // After the four: requires_grad, hooks and metadata, which do not affect the numbers.
    guard arguments.count >= 4, arguments.count <= 7, case .storage(let slot) = arguments[0],
      case .integer(let offset) = arguments[1], let sizes = integers(arguments[2]),
      let strides = integers(arguments[3])
    else { throw misuse(of: global) }
    let tensor = PickleTensor(
      storage: storages[slot], offset: offset, sizes: sizes, strides: strides)
    try tensor.check(path: path)
    return tensor
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard let items = items(value), items.count <= NpyHeader.mostAxes else { return nil }
    let integers = items.compactMap { item in
      if case .integer(let number) = item { number } else { nil }
    }
    return integers.count == items.count ? integers : nil
  }

  /// `('storage', torch.FloatStorage, '0', 'cpu', 864)`, in old files with a sixth item.
  mutating func persistent(_ value: PickleValue) throws {
    let items = items(value) ?? []
    guard items.count == 5 || items.count == 6, case .string("storage") = items[0],
      case .global(.storage(let type)) = items[1], let key = text(items[2]),
      case .integer(let count) = items[4], count >= 0
    else { throw Failure.badPickle(path, "a persistent id is not a storage's") }
    try charge(key.utf8.count)
    guard items.count == 6, let view = self.items(items[5]) else {
      return push(
        PickleStorage(key: key, type: type, count: count, rootCount: count))
    }
    // (key of the view, first element, elements): a part of the storage `key`.
    guard view.count == 3, case .integer(let offset) = view[1], case .integer(let part) = view[2],
      offset >= 0, part >= 0, offset <= count, part <= count - offset
    else { throw Failure.badPickle(path, "a part of storage \(shortened(key)) is outside it") }
    push(PickleStorage(key: key, type: type, count: part, offset: offset, rootCount: count))
  }

  private func text(_ value: PickleValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    default: nil
    }
  }
}
