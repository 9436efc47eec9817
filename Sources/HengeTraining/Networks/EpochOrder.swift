// SPDX-License-Identifier: MIT
internal import HengeBackend

/// The order in which items are taken: a new one for each epoch, a function of seed, name and epoch.
struct EpochOrder {
  private let seed: UInt64
  private let name: String
  private let count: Int
  private let isRandom: Bool
  private var epoch = -1
  private var order: [Int] = []

  /// An order of `count` items; as they are where `isRandom` is false.
  init(_ name: String, count: Int, seed: UInt64, isRandom: Bool = true) {
    self.name = name
    self.count = count
    self.seed = seed
    self.isRandom = isRandom
  }

  /// The items of epoch `epoch`.
  mutating func items(epoch: Int) -> [Int] {
    if epoch != self.epoch {
      var stream = RandomStream(seed: seed, name: "\(name).\(epoch)")
      order = isRandom ? stream.permutation(count) : Array(0..<count)
      self.epoch = epoch
    }
    return order
  }
}
