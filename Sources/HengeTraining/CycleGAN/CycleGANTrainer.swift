// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
internal import HengeModels
public import HengeNN
public import HengeTensor

/// Trains two generators and two discriminators on two sets of pictures that are not paired.
///
/// [Zhu et al. 2017]
///
/// `g_ab` turns A into B and `g_ba` turns B into A; `d_a` and `d_b` judge pictures of A and of B. Of
/// least-squares adversaries, with L1 distances, the generators make smaller
/// `mse(d_b(g_ab(a)), 1) + cycle · l1(g_ba(g_ab(a)), a) + identity · l1(g_ab(b), b)` and the same with
/// A and B exchanged; each discriminator `½ mse(d(real), 1) + ½ mse(d(fake), 0)`, its fakes from a pool.
public final class CycleGANTrainer: NetworkTrainer {
  /// The four networks.
  public struct Networks {
    /// From A to B.
    public let gAB: Layer
    /// From B to A.
    public let gBA: Layer
    /// Judges A.
    public let dA: Layer
    /// Judges B.
    public let dB: Layer

    /// Keeps the four.
    public init(gAB: Layer, gBA: Layer, dA: Layer, dB: Layer) {
      self.gAB = gAB
      self.gBA = gBA
      self.dA = dA
      self.dB = dB
    }
  }

  /// The settings.
  public let configuration: AdversarialConfiguration
  /// What is trained.
  public let parts: Networks
  /// A and B.
  let sets: [TrainingSet]
  /// Adam on both generators.
  let generators: Adam
  /// Adam on both discriminators.
  let critics: Adam
  /// From A to B, and from B to A.
  let directions: [Direction]
  /// What the cycle and the identity weigh.
  var weights: Direction.Weights
  /// What each direction's discriminator is shown from: of B's fakes, and of A's.
  var pools: [ImagePool]
  private var orders: EpochOrder

  /// Makes a trainer of `a` and `b`.
  ///
  /// Throws `E-range` for settings out of range, `E-data` for no pictures, `E-shape` for pictures that
  /// do not fit the networks, `E-arg` for networks that share weights.
  public init(
    _ networks: Networks, a: Dataset, b: Dataset, _ configuration: AdversarialConfiguration,
    learningRate: Double, cycle: Double, identity: Double, augment: Augmentation? = nil,
    seed: UInt64
  ) throws {
    try configuration.check()
    try NetworkChecks.refuseSharedWeights(among: [
      ("g_ab", networks.gAB), ("g_ba", networks.gBA), ("d_a", networks.dA), ("d_b", networks.dB),
    ])
    guard learningRate >= 0, learningRate <= 1e6 else { throw Failure.learningRate(learningRate) }
    sets = try [("A", a), ("B", b)].map { name, set in
      try TrainingSet(set, name, augment, stream: "cyclegan.augment.\(name)", seed: seed)
    }
    let shapes = sets.map(\.shape)
    for (name, generator, from) in [("g_ab", networks.gAB, 0), ("g_ba", networks.gBA, 1)] {
      try NetworkChecks.refuseMisfit(
        name, generator, from: shapes[from], to: shapes[1 - from], on: a.loader.backend)
    }
    self.configuration = configuration
    parts = networks
    let betas = (configuration.betas[0], configuration.betas[1])
    generators = Adam([networks.gAB, networks.gBA], learningRate: learningRate, betas: betas)
    critics = Adam([networks.dA, networks.dB], learningRate: learningRate, betas: betas)
    directions = [
      Direction(
        source: "a", target: "b", generator: networks.gAB, returner: networks.gBA,
        critic: networks.dB, adversary: configuration.adversary),
      Direction(
        source: "b", target: "a", generator: networks.gBA, returner: networks.gAB,
        critic: networks.dA, adversary: configuration.adversary),
    ]
    weights = .init(cycle: 0, identity: 0)
    pools = [ImagePool(size: configuration.pool), ImagePool(size: configuration.pool)]
    orders = EpochOrder(
      "cyclegan.order", count: max(a.count, b.count), batch: configuration.batch, seed: seed,
      isRandom: configuration.order == .random)
    super.init(seed: seed)
    try setDial("cycle", cycle)
    try setDial("identity", identity)
    try knowData()
  }

  /// The pictures' `[C, H, W]`, of A and of B.
  private var shapes: [Shape] { sets.map(\.shape) }

  /// `cyclegan`.
  public override var kind: String { "cyclegan" }
  /// `g_ab`, `g_ba`, `d_a`, `d_b`.
  public override var networks: [(name: String, layer: Layer)] {
    [("g_ab", parts.gAB), ("g_ba", parts.gBA), ("d_a", parts.dA), ("d_b", parts.dB)]
  }
  /// `g` and `d`.
  public override var optimizers: [(name: String, optimizer: Optimizer)] {
    [("g", generators), ("d", critics)]
  }
  /// Weights included; the discriminators' halved.
  public override var lossNames: [String] {
    ["g_ab", "g_ba", "cycle_a", "cycle_b", "identity_a", "identity_b", "d_a", "d_b"]
  }
  /// `A` and `B`.
  public override var datasets: [(name: String, dataset: Dataset)] {
    [("A", sets[0].dataset), ("B", sets[1].dataset)]
  }
  /// Batches of the larger set; the last may be smaller.
  public override var stepsPerEpoch: Int { orders.stepsPerEpoch }
  /// As the configuration says.
  public override var totalEpochs: Int { configuration.epochs }

  /// What a file needs to make the trainer again.
  public override var settings: [(name: String, text: String)] {
    configuration.settings + sets[0].augmentation.settings
  }
  /// A and B.
  public override var trainingSets: [TrainingSet] { sets }

  // MARK: Between steps

  /// `cycle` and `identity`: what the two losses weigh.
  public override var dials: [String] { ["cycle", "identity"] }

  /// The weight of a loss.
  public override func dial(_ name: String) -> Double {
    name == "cycle" ? weights.cycle : weights.identity
  }

  /// Sets the weight of a loss.
  public override func setDial(_ name: String, _ value: Double) throws {
    guard value.isFinite, value >= 0 else {
      throw Failure(
        "E-range", "`\(name)` weighs a loss: a finite number from 0 on, not \(value)",
        suggestion: name == "cycle" ? "cycle=10" : "identity=5", parameter: name)
    }
    guard name == "cycle" || value == 0 || shapes[0] == shapes[1] else {
      throw Failure(
        "E-shape", "the identity compares g_ab(b) with b, and A is \(shapes[0]), B \(shapes[1])",
        suggestion: "identity=0", parameter: "identity")
    }
    if name == "cycle" { weights.cycle = value } else { weights.identity = value }
  }

  /// The pictures in the pools.
  public override var extraState: [(name: String, tensor: Tensor)] {
    get { pools[0].state("pool_b") + pools[1].state("pool_a") }
    set {
      pools = ["pool_b", "pool_a"].map {
        ImagePool(size: configuration.pool, $0, from: newValue)
      }
    }
  }

  /// What is wrong with a file's pools.
  public override func problem(inExtraState state: [(name: String, tensor: Tensor)]) -> String? {
    ImagePool.problem("pool_b", in: state, size: configuration.pool, shape: shapes[1])
      ?? ImagePool.problem("pool_a", in: state, size: configuration.pool, shape: shapes[0])
  }

  /// It measures `swd_b` and `swd_a`.
  public override var canHoldOut: Bool { true }

  /// The sliced Wasserstein distances between what the generators make of held-out pictures and held-out
  /// pictures of that kind: `swd_b` of `g_ab`, `swd_a` of `g_ba`.
  public override func measureHeldOut() throws -> [(name: String, value: Double)] {
    guard !heldOut.isEmpty else { return [] }
    let measure = try SlicedWasserstein()
    let heldOut = try shownHeldOut()
    return try directions.enumerated().map { place, way in
      let (made, real) = (PatchSample(measure), PatchSample(measure))
      let distance = try measure.distance(
        between: made.of(heldOut[place], way.generator), and: real.of(heldOut[1 - place], nil))
      return ("swd_\(way.target)", distance)
    }
  }

  /// Pictures, what becomes of them, and what comes back; held-out ones where there are some.
  public override func samples(_ count: Int) throws -> [(name: String, pictures: [Tensor])] {
    let shown = try heldOut.isEmpty ? sets.map { try $0.shown($0.dataset) } : shownHeldOut()
    return try zip(directions, shown).flatMap { way, set in
      let real = try (0..<min(count, set.count)).map { try set.image($0) }
      let made = try real.map { try way.generator($0) }
      let back = try made.map { try way.returner($0) }
      let (there, again) = ("g_\(way.source)\(way.target)", "g_\(way.target)\(way.source)")
      return [
        (way.source, real), (there, made), ("\(again)(\(there))", back),
      ]
    }
  }

  // MARK: A step

  /// What multiplies the learning rate in an epoch, 0 the first.
  public func factor(ofEpoch epoch: Int) -> Double {
    configuration.schedule.factor(
      epoch: epoch, epochs: configuration.epochs, decay: configuration.decay)
  }

  /// The places in A and in B of the pictures of step `number`.
  func places(of number: Int) -> (a: [Int], b: [Int]) {
    let items = orders.items(ofStep: number)
    let a = items.map { $0 % sets[0].count }
    guard configuration.order == .random else { return (a, items.map { $0 % sets[1].count }) }
    let (epoch, range) = orders.range(ofStep: number)
    var stream = RandomStream(seed: seed, name: "cyclegan.b.\(epoch)")
    stream.position = UInt64(range.lowerBound)
    return (a, range.map { _ in stream.next(below: sets[1].count) })
  }

  /// The pictures of A and of B of step `number`.
  ///
  /// The smaller set is gone through several times in an epoch of the larger; each time is an epoch of
  /// its own to what changes pictures at random.
  func pictures(of number: Int) throws -> [Tensor] {
    let (a, b) = places(of: number)
    let (epoch, range) = orders.range(ofStep: number)
    let largest = max(sets[0].count, sets[1].count)
    return try zip(sets, [a, b]).map { set, places in
      try set.images(
        zip(places, range).map { place, position in
          let taken = epoch.multipliedReportingOverflow(by: largest).partialValue &+ position
          return Dataset.Draw(place, epoch: set.changesByEpoch ? max(0, taken) / set.count : 0)
        })
    }
  }

  /// What happens to the `count` pictures that direction `place` makes in step `number`.
  func decisions(of number: Int, _ place: Int, _ count: Int) -> [ImagePool.Decision] {
    guard configuration.pool > 0 else { return [] }
    var stream = RandomStream(
      seed: seed, name: "cyclegan.pool_\(directions[place].target).\(number)")
    return (0..<count).map { _ in
      ImagePool.decision(size: configuration.pool, from: &stream)
    }
  }

  /// One step of both optimizers.
  public override func compute(step number: Int) throws -> Step {
    try begun(number).whole()
  }

  /// The same step in parts.
  public override func beginStep(_ number: Int) throws -> (any StepInParts)? {
    try begun(number)
  }

  /// The same step's forward passes, watched.
  public override func rerun(step number: Int, _ observer: (String) -> Pass.Observer) throws {
    try withoutActuallyEscaping(observer) { try begun(number).rerun($0) }
  }

  private func begun(_ number: Int) throws -> CycleGANStep {
    let real = try pictures(of: number)
    return CycleGANStep(
      self, number, real: real,
      decisions: directions.indices.map { decisions(of: number, $0, real[0].shape[0]) })
  }

  /// How many bytes it takes while it trains, as ``estimatedBytes(pictures:maps:)`` has it: the maps are
  /// those of one direction, for the pictures there, those given back, and those on the way back.
  public override func estimatedBytes() throws -> Int? {
    let backend = sets[0].dataset.loader.backend
    let generator = try Self.bytesKept(by: parts.gAB, [1] + shapes[0].sizes, on: backend)
    let critic = try Self.bytesKept(by: parts.dB, [1] + shapes[1].sizes, on: backend)
    let passes = dial("identity") > 0 ? 3 : 2
    return estimatedBytes(
      pictures: configuration.pool * shapes.reduce(0) { $0 + $1.count } * 4,
      maps: min(configuration.batch, max(sets[0].count, sets[1].count))
        * (passes * generator + critic))
  }
}

extension PatchSample {
  /// The patches of all pictures of `set`, or of what `network` makes of them.
  fileprivate consuming func of(_ set: Dataset, _ network: Layer?) throws -> PatchSample {
    guard let network else {
      try append(set)
      return self
    }
    for number in 0..<(try set.batchCount(size: 16)) {
      try append(network(set.batch(number, size: 16)))
    }
    return self
  }
}
