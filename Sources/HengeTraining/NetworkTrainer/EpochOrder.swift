// SPDX-License-Identifier: MIT
internal import HengeBackend

/// Which items each step takes: epoch after epoch all of them, in batches of which the last may be
/// smaller, in a new order for each epoch, which is a function of seed, name and epoch.
struct EpochOrder {
  private let seed: UInt64
  private let name: String
  private let count: Int
  private let batch: Int
  private let isRandom: Bool
  private var epoch = -1
  private var order: [Int] = []

  /// An order of `count` items, one at least, in batches of `batch`; as they are where `isRandom` is
  /// false.
  init(_ name: String, count: Int, batch: Int, seed: UInt64, isRandom: Bool = true) {
    self.name = name
    self.count = count
    self.batch = min(batch, count)
    self.seed = seed
    self.isRandom = isRandom
  }

  /// How many steps go once through the items.
  var stepsPerEpoch: Int { (count + batch - 1) / batch }

  /// The epoch of step `number`, and the places in its order that the step takes.
  func range(ofStep number: Int) -> (epoch: Int, places: Range<Int>) {
    let (epoch, step) = number.quotientAndRemainder(dividingBy: stepsPerEpoch)
    return (epoch, step * batch..<min((step + 1) * batch, count))
  }

  /// The items of step `number`.
  mutating func items(ofStep number: Int) -> [Int] {
    let (epoch, places) = range(ofStep: number)
    if epoch != self.epoch {
      var stream = RandomStream(seed: seed, name: "\(name).\(epoch)")
      order = isRandom ? stream.permutation(count) : Array(0..<count)
      self.epoch = epoch
    }
    return Array(order[places])
  }
}
