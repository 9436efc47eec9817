// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeTensor

/// The images of A and of B that an adversarial method learns from, and which of them each step takes.
final class TrainingImages {
  /// A and B; where they are pairs, both are augmented alike.
  let sets: [TrainingSet]
  /// The condition of each that networks read besides the picture.
  let sides: [Conditioning]
  private let isPaired: Bool
  private let isRandom: Bool
  private let name: String
  private let seed: UInt64
  private var order: EpochOrder

  /// The images of `datasets` for a trainer of `method`.
  ///
  /// Throws `E-data` for no images, `E-shape` for pairs of two sizes, `E-arg` for a condition that is
  /// not there, and what ``TrainingSet`` throws.
  init(
    _ datasets: [Dataset], _ method: AdversarialMethod, _ configuration: AdversarialConfiguration,
    _ augmentation: Augmentation?, seed: UInt64
  ) throws {
    precondition(datasets.count == 2, "an adversarial method has two sides")
    name = method.name
    isPaired = method.data.form == .pairs
    isRandom = configuration.order == .random
    self.seed = seed
    if isPaired {
      let pairs = try PairedDataset(datasets[0], datasets[1])
      guard pairs.count > 0 else { throw Failure.emptySet("pairs") }
      sets = try datasets.map {
        try TrainingSet(
          $0, "pairs", augmentation, stream: "\(method.name).augment", seed: seed)
      }
      let (a, b) = (sets[0].shape, sets[1].shape)
      guard a.rank == 3, b.rank == 3, a.sizes.dropFirst() == b.sizes.dropFirst() else {
        throw Failure.setsDiffer(a, b)
      }
    } else {
      sets = try zip(["A", "B"], datasets).map { name, set in
        try TrainingSet(
          set, name, augmentation, stream: "\(method.name).augment.\(name)", seed: seed)
      }
    }
    sides = try method.conditionings(datasets, sets.map(\.shape), configuration.condition)
    order = EpochOrder(
      "\(name).order", count: max(sets[0].count, sets[1].count), batch: configuration.batch,
      seed: seed, isRandom: isRandom)
  }

  /// How many images an epoch goes through: the pairs, or the larger set.
  var count: Int { max(sets[0].count, sets[1].count) }

  /// How many steps an epoch has.
  var stepsPerEpoch: Int { order.stepsPerEpoch }

  /// The places in A and in B of the images of step `number`.
  ///
  /// Of pairs, and of sets in sequential order, those that the epoch's order has; else B's are drawn.
  func places(of number: Int) -> [[Int]] {
    let items = order.items(ofStep: number)
    guard !isPaired else { return [items, items] }
    let a = items.map { $0 % sets[0].count }
    guard isRandom else { return [a, items.map { $0 % sets[1].count }] }
    let (epoch, range) = order.range(ofStep: number)
    var stream = RandomStream(seed: seed, name: "\(name).b.\(epoch)")
    stream.position = UInt64(range.lowerBound)
    return [a, range.map { _ in stream.next(below: sets[1].count) }]
  }

  /// The number of images that step `number` takes of each.
  func count(of number: Int) -> Int { order.range(ofStep: number).places.count }

  /// The images of A and of B of step `number`, `[N, C, H, W]` each, as networks are shown them: all, or the
  /// samples `part` of them.
  ///
  /// The smaller of two sets is gone through several times in an epoch of the larger; each time is an
  /// epoch of its own to what changes images at random.
  func images(of number: Int, part: Range<Int>? = nil) throws -> [Tensor] {
    let (epoch, whole) = order.range(ofStep: number)
    let part = part ?? 0..<whole.count
    let places = places(of: number).map { Array($0[part]) }
    let range = whole.dropFirst(part.lowerBound).prefix(part.count)
    guard !isPaired else {
      return try zip(zip(sides, sets), places).map { side, places in
        try side.0.images(places.map { Dataset.Draw($0, epoch: epoch) }, of: side.1)
      }
    }
    return try zip(zip(sides, sets), places).map { side, places in
      let (told, set) = side
      return try told.images(
        zip(places, range).map { place, position in
          let taken = epoch.multipliedReportingOverflow(by: count).partialValue &+ position
          return Dataset.Draw(place, epoch: set.changesByEpoch ? max(0, taken) / set.count : 0)
        }, of: set)
    }
  }
}
