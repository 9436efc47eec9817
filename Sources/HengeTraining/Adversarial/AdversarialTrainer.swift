// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
public import HengeNN
internal import HengeRanks
public import HengeTensor

/// Trains the networks of an ``AdversarialMethod``.
///
/// It contains what all of them share: optimizers, pools of generated images, the order of images, the
/// schedule of the learning rate, the weights of losses, files and the estimate of memory.
public final class AdversarialTrainer: NetworkTrainer {
  /// The method.
  public let method: AdversarialMethod
  /// The settings.
  public let configuration: AdversarialConfiguration
  /// Adam for each player, in the method's order.
  let players: [Adam]
  /// What it learns from.
  let images: TrainingImages
  /// Generated images by the pools' names, in the method's order.
  var pools: [ImagePool]
  /// What each generator made lately, by its name.
  var recent: [String: RecentImages] = [:]
  /// The orders in which gradients are sent to other processes.
  let orders = SendingOrders()
  private let layers: [String: Layer]
  private var weights: [String: Double] = [:]

  /// What a trainer is made of.
  public struct Material {
    /// The networks by name, all of the method's.
    public var networks: [String: Layer]
    /// A and B, or the two sides of pairs.
    public var sets: [Dataset]
    /// The settings.
    public var configuration: AdversarialConfiguration
    /// The learning rate of all optimizers.
    public var learningRate: Double
    /// The weights of losses by name; those left out are as the method has them.
    public var weights: [String: Double]
    /// Random changes of the images.
    public var augmentation: Augmentation?
    /// What is chosen besides the method.
    public var common: CommonOptions
    /// What every draw follows from.
    public var seed: UInt64
    /// Whether networks of the same shapes were found to fit the images and each other.
    public var isChecked = false

    /// Keeps them.
    public init(
      networks: [String: Layer], sets: [Dataset], configuration: AdversarialConfiguration,
      learningRate: Double, weights: [String: Double] = [:], augmentation: Augmentation? = nil,
      common: CommonOptions = .init(), seed: UInt64
    ) {
      self.networks = networks
      self.sets = sets
      self.configuration = configuration
      self.learningRate = learningRate
      self.weights = weights
      self.augmentation = augmentation
      self.common = common
      self.seed = seed
    }
  }

  /// Makes a trainer of `method`.
  ///
  /// Throws `E-range` for settings out of range, `E-data` for no images, `E-shape` for images that do
  /// not fit the networks, `E-arg` for networks that share weights.
  public init(_ method: AdversarialMethod, _ material: Material) throws {
    let configuration = material.configuration
    try configuration.check()
    let networks = method.networks.map { network in
      guard let layer = material.networks[network.name] else {
        preconditionFailure("a trainer of \(method.name) has a network \(network.name)")
      }
      return (name: network.name, layer: layer)
    }
    try NetworkChecks.refuseSharedWeights(among: networks)
    let rate = material.learningRate
    guard rate >= 0, rate <= 1e6 else { throw Failure.learningRate(rate) }
    images = try TrainingImages(
      material.sets, method, configuration, material.augmentation, seed: material.seed)
    self.method = method
    self.configuration = configuration
    layers = material.networks
    players = method.players.map { player in
      Adam(
        player.networks.compactMap { material.networks[$0] }, learningRate: rate,
        betas: (configuration.betas[0], configuration.betas[1]), decay: player.decay)
    }
    pools = method.pools.map { _ in ImagePool(size: configuration.pool) }
    super.init(seed: material.seed)
    if !material.isChecked { try checkNetworks() }
    for (name, initial, _) in method.weights(configuration) {
      try setDial(name, material.weights[name] ?? initial)
    }
    try begin(material.common, batch: configuration.batch)
  }

  private func checkNetworks() throws {
    for direction in method.directions {
      let generator = network(direction.generator)
      try NetworkChecks.refuseMisfit(
        direction.generator, generator, from: shape(of: [direction.source]),
        to: pictureShape(of: direction.target), on: backend(of: generator))
      for critic in direction.critics {
        _ = try NetworkChecks.result(
          of: network(critic), critic, for: shape(of: method.judged(direction)),
          on: backend(of: network(critic)))
      }
    }
    try method.check(self)
  }

  /// Where a network computes: its own backend, or that of the images where it has no weights.
  func backend(of network: Layer) -> any Backend {
    network.backend ?? images.sets[0].dataset.loader.backend
  }

  /// The network of that name.
  public func network(_ name: String) -> Layer {
    guard let layer = layers[name] else {
      preconditionFailure("\(method.name) has no network \(name)")
    }
    return layer
  }

  /// The condition that networks read for the images of `side`.
  func told(_ side: AdversarialMethod.Side) -> Conditioning { images.sides[side.rawValue] }

  /// The shape `[C, H, W]` of the images of `sides` as networks are shown them, their channels joined.
  func shape(of sides: [AdversarialMethod.Side]) throws -> Shape {
    try shape(sides.reduce(0) { $0 + told($1).planes.count })
  }

  /// The shape `[C, H, W]` of the pictures of `side`, without their condition.
  func pictureShape(of side: AdversarialMethod.Side) throws -> Shape {
    try shape(told(side).planes.pictureCount)
  }

  private func shape(_ channels: Int) throws -> Shape {
    try Shape([channels] + images.sets[0].shape.sizes.dropFirst())
  }

  /// The method's name.
  public override var kind: String { method.name }
  /// The method's networks.
  public override var networks: [(name: String, layer: Layer)] {
    method.networks.map { ($0.name, network($0.name)) }
  }
  /// The generators: discriminators only train them, and none is shown.
  public override var averaged: [String] { method.directions.map(\.generator) }
  /// One for each player.
  public override var optimizers: [(name: String, optimizer: Optimizer)] {
    zip(method.players, players).map { ($0.name, $1) }
  }
  /// The method's losses; weights are included.
  public override var lossNames: [String] { method.losses.map(\.name) }
  /// The accuracy of each discriminator, `accuracy_d_a`, and of each generator the correlation of its outputs
  /// with its inputs, `correlation_g_ab`, and the spread of its outputs, `spread_g_ab`.
  public override var figureNames: [String] {
    let generators = method.directions.map(\.generator)
    return method.critics.map(Self.accuracyName) + generators.map(Self.correlationName)
      + generators.map(Self.spreadName)
  }
  /// What the accuracy of a discriminator is called.
  static func accuracyName(_ critic: String) -> String { "accuracy_\(critic)" }
  /// `A` and `B`.
  public override var datasets: [(name: String, dataset: Dataset)] {
    zip(["A", "B"], images.sets).map { ($0, $1.dataset) }
  }
  /// A and B.
  public override var trainingSets: [TrainingSet] { images.sets }
  /// Batches of the larger set or of the pairs; the last may be smaller.
  public override var stepsPerEpoch: Int { images.stepsPerEpoch }
  /// As the configuration says.
  public override var totalEpochs: Int { configuration.epochs }
  /// What a file needs to make the trainer again.
  public override var settings: [(name: String, text: String)] {
    configuration.settings + method.choices.entries.map { ($0.name, choice($0.name).fileText) }
      + images.sets[0].augmentation.settings
  }

  /// What turns read besides weights of losses: a flag or a list of words of the method.
  func choice(_ name: String) -> Setting {
    let given = configuration.choices[name]
    return given == .none ? method.choices[name] : given
  }

  /// A list of words of the method.
  func words(_ name: String) -> [String] {
    guard case .words(let words) = choice(name) else {
      preconditionFailure("\(method.name) has no list \(name)")
    }
    return words
  }

  /// What a generator with a condition reads.
  public override func reading(_ network: String) -> Reading? {
    guard let name = configuration.condition,
      let way = method.directions.first(where: { $0.generator == network })
    else { return nil }
    let told = told(way.source)
    return Reading(
      channels: told.planes.count, words: told.words(name),
      suggestion: told.isFilm
        ? "with_angle(A, encoding=\"film\")[0]"
        : "an image of a dataset with these channels, or cat([x, condition])")
  }

  // MARK: Between steps

  /// The weights of losses.
  public override var dials: [String] { method.weightNames }
  /// The weight of a loss.
  public override func dial(_ name: String) -> Double { weights[name] ?? .nan }

  /// Sets the weight of a loss; throws `E-range` unless it is 0 or more, `E-shape` where the loss
  /// compares images of two shapes.
  public override func setDial(_ name: String, _ value: Double) throws {
    guard let weight = method.weights(configuration).first(where: { $0.name == name }) else {
      preconditionFailure("\(method.name) has no weight \(name)")
    }
    guard value.isFinite, value >= 0 else {
      throw Failure(
        "E-range", "`\(name)` is the weight of a loss: a finite number of 0 or more, not \(value)",
        suggestion: "\(name)=\(Setting.num(weight.initial))", parameter: name)
    }
    let shapes = try [AdversarialMethod.Side.a, .b].map { try pictureShape(of: $0) }
    if let words = weight.comparing, value != 0, shapes[0] != shapes[1] {
      throw Failure(
        "E-shape", "\(words), and A is \(shapes[0]), B \(shapes[1])", suggestion: "\(name)=0",
        parameter: name)
    }
    weights[name] = value
  }

  /// The images in the pools, and those that generators made lately.
  public override var extraState: [(name: String, tensor: Tensor)] {
    get { zip(method.pools, pools).flatMap { $1.state($0.name) } + recentState }
    set {
      pools = method.pools.map { ImagePool(size: configuration.pool, $0.name, from: newValue) }
      recentState = newValue
    }
  }

  /// What is wrong with a file's pools or recent images.
  public override func problem(inExtraState state: [(name: String, tensor: Tensor)]) -> String? {
    if let problem = problem(inRecent: state) { return problem }
    for pool in method.pools {
      guard let shape = try? shape(of: pool.sides) else { continue }
      if let problem = ImagePool.problem(
        pool.name, in: state, size: configuration.pool, shape: shape)
      {
        return problem
      }
    }
    return nil
  }

  /// It measures held-out images.
  public override var canHoldOut: Bool { true }

  /// Held-out images of a method that learns from pairs are pairs; their conditions are in the channels in
  /// which those trained on have them.
  public override func checkHeldOut(_ a: Dataset, _ b: Dataset) throws {
    if method.data.form == .pairs { _ = try PairedDataset(a, b) }
    let told = try Failure.renaming(["A": "val", "B": "val", "condition": "val"]) {
      try method.conditionings([a, b], images.sets.map(\.shape), configuration.condition)
    }
    for (name, sides) in zip(["A", "B"], zip(told, images.sides))
    where sides.0.planes != sides.1.planes || sides.0.groups != sides.1.groups {
      throw Failure(
        "E-arg",
        "the condition of the held-out images of \(name) is in other channels, or computed in another way, than that of the images trained on",
        suggestion: "val=[VA, VB], each made as A and B", parameter: "val")
    }
  }

  /// `val` of pairs, else the sliced Wasserstein distance of each side: `swd_a`, `swd_b`.
  public override func measureHeldOut() throws -> [(name: String, value: Double)] {
    try heldOutMeasures()
  }

  /// The groups of channels of the images, without the condition.
  public override func pictureGroups() throws -> [ChannelGroups] {
    try zip(images.sides, images.sets).compactMap { try $0.pictureGroups(of: $1.dataset) }
  }

  /// Rows for each direction; held-out images where there are some.
  public override func samples(_ count: Int) throws -> [SampleRow] { try sampleRows(count) }

  /// As the method declares it.
  public override func published(_ network: String) -> String {
    method.networks.first { $0.name == network }?.published ?? network
  }

  // MARK: A step

  /// As the schedule says.
  public override func factor(ofStep number: Int) -> Double {
    configuration.schedule.factor(
      step: number, length: stepsPerEpoch, epochs: configuration.epochs,
      decay: configuration.decay)
  }

  /// The places in A and in B of the images of step `number`.
  func places(of number: Int) -> [[Int]] { images.places(of: number) }

  /// What happens to the `count` images that are offered to a pool in step `number`.
  func decisions(of number: Int, _ pool: String, _ count: Int) -> [ImagePool.Decision] {
    guard configuration.pool > 0 else { return [] }
    var stream = RandomStream(seed: seed, name: "\(kind).\(pool).\(number)")
    return (0..<count).map { _ in ImagePool.decision(size: configuration.pool, from: &stream) }
  }

  /// One step of all optimizers.
  public override func compute(step number: Int) throws -> Step { try begun(number).whole() }

  /// The same step in parts.
  public override func beginStep(_ number: Int) throws -> (any StepInParts)? { try begun(number) }

  /// The same step's forward passes, watched.
  public override func rerun(step number: Int, _ observer: (String) -> Pass.Observer) throws {
    // All parts by each process: what failed may not have failed for the others.
    try withoutActuallyEscaping(observer) { try begun(number, among: OneProcess()).rerun($0) }
  }

  private func begun(_ number: Int, among ranks: (any Ranks)? = nil) throws -> AdversarialStep {
    try AdversarialStep(
      self, number, samples: images.count(of: number), among: ranks ?? self.ranks
    ) { try images.images(of: number, part: $0) }
  }

  /// How many bytes it takes while it trains, as ``estimatedBytes(pictures:maps:)`` has it.
  ///
  /// Throws `E-shape` where images do not fit the networks.
  public override func estimatedBytes() throws -> Int? {
    let kept = try method.memory(dial).reduce(0) { sum, passes in
      let sizes = [1] + (try shape(of: passes.sides)).sizes
      return sum
        + passes.count
        * (try bytesKept(
          by: network(passes.network), sizes, upTo: passes.layers.map(words),
          on: backend(of: network(passes.network))))
    }
    return estimatedBytes(
      pictures: try method.pools.reduce(0) { sum, pool in
        sum + configuration.pool * (try shape(of: pool.sides)).count * 4
      }, maps: min(partSize(of: configuration.batch), images.count) * kept)
  }
}
