// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
public import HengeNN
public import HengeTensor

/// Trains a generator on pairs of pictures, with a discriminator that sees both of a pair.
///
/// [Isola et al. 2017]
///
/// `g` makes b of a; `d` judges a and b joined along their channels. In each step the discriminator makes
/// `½ cost(d(a, b), real) + ½ cost(d(a, g(a)), generated)` smaller first, its pictures from a pool where
/// there is one, then the generator `cost(d(a, g(a)), real) + l1 · mean|g(a) - b|` beside the new
/// discriminator; ``Adversary`` says the cost.
public final class Pix2PixTrainer: NetworkTrainer {
  /// The two networks.
  public struct Networks {
    /// From the first picture of a pair to the second.
    public let g: Layer
    /// Judges both pictures of a pair.
    public let d: Layer

    /// Keeps the two.
    public init(g: Layer, d: Layer) {
      self.g = g
      self.d = d
    }
  }

  /// The settings.
  public let configuration: AdversarialConfiguration
  /// What is trained.
  public let parts: Networks
  /// The pairs.
  public let pairs: PairedDataset
  /// Both sides of them, changed alike.
  private let sides: [TrainingSet]
  /// Adam on the generator.
  let generator: Adam
  /// Adam on the discriminator.
  let critic: Adam
  /// Generated pairs that are kept.
  var pool: ImagePool
  /// What the distance from the second picture weighs.
  private(set) var weight: Double
  /// The pairs' `[C, H, W]`, both pictures joined.
  private let shape: Shape
  private var orders: EpochOrder

  /// Makes a trainer of `pairs`.
  ///
  /// Throws `E-range` for settings out of range, `E-data` for no pairs, `E-shape` for pictures that do
  /// not fit the networks, `E-arg` for networks that share weights.
  public init(
    _ networks: Networks, _ pairs: PairedDataset, _ configuration: AdversarialConfiguration,
    learningRate: Double, l1: Double, augment: Augmentation? = nil, seed: UInt64
  ) throws {
    try configuration.check()
    guard learningRate >= 0, learningRate <= 1e6 else { throw Failure.learningRate(learningRate) }
    guard pairs.count > 0 else { throw Failure.emptySet("pairs") }
    try NetworkChecks.refuseSharedWeights(among: [("g", networks.g), ("d", networks.d)])
    sides = try [pairs.first, pairs.second].map {
      try TrainingSet($0, "pairs", augment, stream: "pix2pix.augment", seed: seed)
    }
    let (a, b) = (sides[0].shape, sides[1].shape)
    guard a.rank == 3, b.rank == 3, a.sizes.dropFirst() == b.sizes.dropFirst() else {
      throw Failure.setsDiffer(a, b)
    }
    try NetworkChecks.refuseMisfit(
      "g", networks.g, from: a, to: b, on: pairs.first.loader.backend)
    shape = try Shape([a[0] + b[0]] + a.sizes.dropFirst())
    self.configuration = configuration
    parts = networks
    self.pairs = pairs
    let betas = (configuration.betas[0], configuration.betas[1])
    generator = Adam([networks.g], learningRate: learningRate, betas: betas)
    critic = Adam([networks.d], learningRate: learningRate, betas: betas)
    pool = ImagePool(size: configuration.pool)
    weight = 0
    orders = EpochOrder(
      "pix2pix.order", count: pairs.count, batch: configuration.batch, seed: seed,
      isRandom: configuration.order == .random)
    super.init(seed: seed)
    try setDial("l1", l1)
    try knowData()
  }

  /// `pix2pix`.
  public override var kind: String { "pix2pix" }
  /// `g` and `d`.
  public override var networks: [(name: String, layer: Layer)] { [("g", parts.g), ("d", parts.d)] }
  /// `g` and `d`.
  public override var optimizers: [(name: String, optimizer: Optimizer)] {
    [("g", generator), ("d", critic)]
  }
  /// `g`, what the discriminator makes the generator pay; `l1` with its weight; `d`, halved.
  public override var lossNames: [String] { ["g", "l1", "d"] }
  /// `A` and `B`, the two sides of the pairs.
  public override var datasets: [(name: String, dataset: Dataset)] {
    [("A", pairs.first), ("B", pairs.second)]
  }
  /// Batches of the pairs; the last may be smaller.
  public override var stepsPerEpoch: Int { orders.stepsPerEpoch }
  /// As the configuration says.
  public override var totalEpochs: Int { configuration.epochs }
  /// What a file needs to make the trainer again.
  public override var settings: [(name: String, text: String)] {
    configuration.settings + sides[0].augmentation.settings
  }
  /// Both sides of the pairs.
  public override var trainingSets: [TrainingSet] { sides }

  // MARK: Between steps

  /// `l1`: what the distance from the second picture weighs.
  public override var dials: [String] { ["l1"] }
  /// That weight.
  public override func dial(_ name: String) -> Double { weight }

  /// Sets that weight.
  public override func setDial(_ name: String, _ value: Double) throws {
    guard value.isFinite, value >= 0 else {
      throw Failure(
        "E-range", "`l1` weighs a loss: a finite number from 0 on, not \(value)",
        suggestion: "l1=100", parameter: "l1")
    }
    weight = value
  }

  /// The pairs in the pool.
  public override var extraState: [(name: String, tensor: Tensor)] {
    get { pool.state("pool") }
    set { pool = ImagePool(size: configuration.pool, "pool", from: newValue) }
  }

  /// What is wrong with a file's pool.
  public override func problem(inExtraState state: [(name: String, tensor: Tensor)]) -> String? {
    ImagePool.problem("pool", in: state, size: configuration.pool, shape: shape)
  }

  /// It measures `val`.
  public override var canHoldOut: Bool { true }

  /// They are pairs.
  public override func checkHeldOut(_ a: Dataset, _ b: Dataset) throws {
    _ = try PairedDataset(a, b)
  }

  /// `val`: the mean absolute difference between what the generator makes of held-out pictures and what
  /// it should.
  public override func measureHeldOut() throws -> [(name: String, value: Double)] {
    guard !heldOut.isEmpty else { return [] }
    let sets = try shownHeldOut()
    let held = try PairedDataset(sets[0], sets[1])
    return [("val", try held.mean { try parts.g($0).l1($1).item().double })]
  }

  /// What is given, what the generator makes of it, and what it should make; held-out pairs where there
  /// are some.
  public override func samples(_ count: Int) throws -> [(name: String, pictures: [Tensor])] {
    let sets = try heldOut.isEmpty ? sides.map { try $0.shown($0.dataset) } : shownHeldOut()
    let shown = try PairedDataset(sets[0], sets[1])
    let places = 0..<min(count, shown.count)
    let given = try places.map { try shown.first.image($0) }
    return [
      ("a", given), ("g", try given.map { try parts.g($0) }),
      ("b", try places.map { try shown.second.image($0) }),
    ]
  }

  // MARK: A step

  /// What multiplies the learning rate in an epoch, 0 the first.
  func factor(ofEpoch epoch: Int) -> Double {
    configuration.schedule.factor(
      epoch: epoch, epochs: configuration.epochs, decay: configuration.decay)
  }

  /// The places of the pairs of step `number`.
  func places(of number: Int) -> [Int] { orders.items(ofStep: number) }

  /// What happens to the `count` pairs that the generator makes in step `number`.
  private func decisions(of number: Int, _ count: Int) -> [ImagePool.Decision] {
    guard configuration.pool > 0 else { return [] }
    var stream = RandomStream(seed: seed, name: "pix2pix.pool.\(number)")
    return (0..<count).map { _ in ImagePool.decision(size: configuration.pool, from: &stream) }
  }

  /// One step of both optimizers.
  public override func compute(step number: Int) throws -> Step { try begun(number).whole() }

  /// The same step in parts.
  public override func beginStep(_ number: Int) throws -> (any StepInParts)? { try begun(number) }

  /// The same step's forward passes, watched.
  public override func rerun(step number: Int, _ observer: (String) -> Pass.Observer) throws {
    try begun(number).rerun(observer)
  }

  private func begun(_ number: Int) throws -> Pix2PixStep {
    let places = places(of: number)
    let epoch = orders.range(ofStep: number).epoch
    return Pix2PixStep(
      self, number, a: try sides[0].images(places, epoch: epoch),
      b: try sides[1].images(places, epoch: epoch), decisions(of: number, places.count))
  }

  /// How many bytes it takes while it trains, as ``estimatedBytes(pictures:maps:)`` has it: the generator
  /// sees each picture once, the discriminator two pairs of each.
  ///
  /// Throws `E-shape` where pictures do not fit the networks.
  public override func estimatedBytes() throws -> Int? {
    let backend = pairs.first.loader.backend
    let input = sides[0].shape.sizes
    let made = try Self.bytesKept(by: parts.g, [1] + input, on: backend)
    let judged = try Self.bytesKept(by: parts.d, [1] + shape.sizes, on: backend)
    return estimatedBytes(
      pictures: configuration.pool * shape.count * 4,
      maps: min(configuration.batch, pairs.count) * (made + 2 * judged))
  }
}
