// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeData
public import HengeNN
internal import HengeRanks
public import HengeTensor

/// A trainer of one network on pairs: from the first image of each to the second.
///
/// Step `k` takes the next `batch` pairs of the epoch's order, a new random one for each epoch, and
/// makes one step of Adam on the loss. After the last step of an epoch the loss over the validation
/// pairs is computed, without dropout.
///
/// The encoder-decoder [Eki, method 2] is this with pairs drawn at random from two sets, a tenth held out,
/// batches of 100, 15 epochs, the mean squared error of pixels of 0...255, and Adam as Keras has it.
/// [Eki, method 2]
public final class PairTrainer: NetworkTrainer {
  /// What is chosen when the trainer is made.
  public struct Configuration: Sendable {
    /// Batch size: number of pairs per step.
    public var batch: Int
    /// Times that a whole run goes through the pairs.
    public var epochs: Int
    /// The kind of file.
    public var kind: String
    /// What the loss is called, for a file.
    public var loss: String
    /// The text of a loss that is a function of a script.
    public var lossText: String?
    /// What the pairs are made of, so that a file can ask for the same.
    public var form = DataForm.sets
    /// Where Adam adds its epsilon.
    public var adam: AdamStep.Form
    /// Adam's ε.
    public var epsilon: Double
    /// β₁ and β₂.
    public var betas: [Double]

    /// The paper's choices.
    public init(
      batch: Int = 100, epochs: Int = 15, kind: String = "encoder_decoder_trainer",
      loss: String = "mse255", lossText: String? = nil, adam: AdamStep.Form = .keras,
      epsilon: Double = 1e-7,
      betas: [Double] = [0.9, 0.999]
    ) {
      self.batch = batch
      self.epochs = epochs
      self.kind = kind
      self.loss = loss
      self.lossText = lossText
      self.adam = adam
      self.epsilon = epsilon
      self.betas = betas
    }
  }

  /// The loss of a batch of results and of what they should be: one number.
  public typealias Loss = (_ result: Tensor, _ target: Tensor) throws -> Tensor

  /// The settings.
  public let configuration: Configuration
  /// The network.
  public let model: Layer
  /// The pairs it learns from.
  public let pairs: PairedDataset
  /// The pairs that are held out.
  public let validation: PairedDataset?
  /// Adam, on all of the model.
  public let optimizer: Adam
  private let loss: Loss
  private let all: [(name: String, dataset: Dataset)]
  /// Both sides of the pairs, changed alike.
  private let sides: [TrainingSet]
  private var order: EpochOrder
  private let orders = SendingOrders()

  /// Makes a trainer; `datasets` are what the pairs were made of, for a file to know them again.
  ///
  /// `isElementwise` says whether the loss compares results with targets element by element, so that both
  /// must have one shape. Throws `E-range` for settings out of range, `E-data` for no pairs, `E-shape`
  /// where the model does not fit the images.
  public init(
    _ model: Layer, _ pairs: PairedDataset, validation: PairedDataset?,
    datasets: [(name: String, dataset: Dataset)], _ configuration: Configuration,
    learningRate: Double, augment: Augmentation? = nil, common: CommonOptions = .init(),
    seed: UInt64,
    isElementwise: Bool = true, loss: @escaping Loss
  ) throws {
    guard pairs.count > 0 else { throw Failure.emptySet("A") }
    guard configuration.batch > 0 else { throw Failure.notPositive("batch", configuration.batch) }
    for (name, value) in [("batch", configuration.batch), ("epochs", configuration.epochs)]
    where value > 1_000_000 {
      throw Failure("E-range", "`\(name)` is at most a million, not \(value)", parameter: name)
    }
    guard configuration.epochs > 0 else {
      throw Failure.notPositive("epochs", configuration.epochs)
    }
    guard learningRate >= 0, learningRate <= 1e6 else { throw Failure.learningRate(learningRate) }
    self.configuration = configuration
    self.model = model
    self.pairs = pairs
    let sides = try [pairs.first, pairs.second].map {
      try TrainingSet(
        $0, "A", augment, stream: "\(configuration.kind).augment", seed: seed,
        takesAnySize: configuration.batch == common.parts)
    }
    self.sides = sides
    try Self.refuseMisfit(
      model, sides.map(\.shape), isElementwise, on: pairs.first.loader.backend)
    self.validation = try validation.flatMap { held in
      guard held.count > 0 else { return nil }
      return try PairedDataset(sides[0].shown(held.first), sides[1].shown(held.second))
    }
    self.loss = loss
    all = datasets
    optimizer = Adam(
      [model], learningRate: learningRate, betas: (configuration.betas[0], configuration.betas[1]),
      epsilon: configuration.epsilon, form: configuration.adam)
    order = EpochOrder(
      "\(configuration.kind).order", count: pairs.count, batch: configuration.batch,
      seed: seed)
    super.init(seed: seed)
    try begin(common, batch: configuration.batch)
  }

  /// Throws `E-shape` where `model` does not take images of the first shape in training, which pads none, or
  /// does not make such of the second where the loss needs them.
  private static func refuseMisfit(
    _ model: Layer, _ shapes: [Shape], _ isElementwise: Bool, on backend: any Backend
  ) throws {
    let pass = Pass(learning: Learning([]))
    guard isElementwise else {
      _ = try NetworkChecks.result(of: model, "model", for: shapes[0], on: backend, pass)
      return
    }
    try NetworkChecks.refuseMisfit(
      "model", model, from: shapes[0], to: shapes[1], on: backend, pass)
  }

  /// `encoder_decoder_trainer` or `fit`.
  public override var kind: String { configuration.kind }
  /// One: `model`.
  public override var networks: [(name: String, layer: Layer)] { [("model", model)] }
  /// One: `adam`.
  public override var optimizers: [(name: String, optimizer: Optimizer)] { [("adam", optimizer)] }
  /// `loss`, and `val` after each epoch.
  public override var lossNames: [String] { ["loss", "val"] }
  /// What the pairs were made of.
  public override var datasets: [(name: String, dataset: Dataset)] { all }
  /// Batches of an epoch; the last may be smaller.
  public override var stepsPerEpoch: Int { order.stepsPerEpoch }
  /// As the configuration says.
  public override var totalEpochs: Int { configuration.epochs }
  /// `val` is there after an epoch only.
  public override func isOptional(loss index: Int) -> Bool { index == 1 }

  /// What a file needs to make the trainer again.
  public override var settings: [(name: String, text: String)] {
    var settings = [
      ("batch", String(configuration.batch)), ("epochs", String(configuration.epochs)),
      ("loss", configuration.loss), ("adam", configuration.adam.rawValue),
      ("epsilon", String(configuration.epsilon)),
      ("betas", configuration.betas.map { String($0) }.joined(separator: " ")),
      ("held", String(validation?.count ?? 0)), ("data", configuration.form.rawValue),
    ]
    if let text = configuration.lossText { settings.append(("loss.text", text)) }
    return settings + sides[0].augmentation.settings
  }

  /// Both sides of the pairs.
  public override var trainingSets: [TrainingSet] { sides }

  /// The batch of step `number`, `[N, C, H, W]` each, or the samples `part` of it.
  ///
  /// Throws what reading images throws, `E-shape` where one has another shape.
  public func batch(of number: Int, part: Range<Int>? = nil) throws
    -> (input: Tensor, target: Tensor)
  {
    let whole = order.items(ofStep: number)
    let chosen = part.map { Array(whole[$0]) } ?? whole
    let epoch = order.range(ofStep: number).epoch
    return (
      try sides[0].images(chosen, epoch: epoch), try sides[1].images(chosen, epoch: epoch)
    )
  }

  /// One step of Adam on the loss of a batch.
  public override func compute(step number: Int) throws -> Step {
    let (number, gradients) = try mean(of: number)
    let endsEpoch = (count + 1) % stepsPerEpoch == 0
    // Kept before a step is prepared, which changes in place what nothing else references.
    let before = endsEpoch && validation != nil ? state : nil
    let step = try optimizer.step(gradients, path: path)
    let figures = norms(of: [(optimizer, step)])
    guard let validation, let before else {
      return Step(losses: [number, .nan], figures: figures) { [optimizer] in
        optimizer.publish(step)
      }
    }
    // The validation is of the new weights: they are applied for it, and taken back after, so
    // that a step stopped inside it has not happened.
    try means?.prepare()
    optimizer.publish(step)
    means?.move(to: count + 1)
    let after = state
    defer { restore(before) }
    let held = try meanLoss(validation)
    guard held.isFinite else { throw Failure.notFinite("val", held) }
    return Step(losses: [number, held], figures: figures) { [self] in restore(after) }
  }

  /// The loss of a step's batch, checked, and its gradients.
  private func mean(of number: Int) throws -> (loss: Double, gradients: Gradients) {
    let parts = parts(of: number, among: ranks)
    let place = "\(kind), step \(number + 1)"
    var sums = PartSums(parts, of: "model", orders, at: "\(place): gradients")
    var losses: [[Double]] = []
    var last: Gradients?
    for part in parts.own {
      let (input, target) = try batch(of: number, part: parts.range(of: part))
      let learning = Learning([model])
      let pass = Pass(
        .training, learning: learning, draws: parts.draws(draws(of: number), of: part),
        checkpoints: common.checkpoint)
      let value = try loss(model(input, pass), target)
      losses.append([try value.detached().item().double])
      if !parts.isCut { try check(losses[0]) }
      let gradients = try Gradients(
        learning, of: parts.weighted(value, part),
        completed: part == parts.own.last ? sums.sending(Gradients(learning)) : nil)
      if parts.isCut { try sums.add(gradients, of: part) }
      last = gradients
    }
    guard let last else { preconditionFailure("a process computes a part of a batch") }
    let means = try parts.mean(losses, at: "\(place): losses")
    try check(means)
    return (means[0], parts.isCut ? try sums.mean(last) : last)
  }

  private func parts(of number: Int, among ranks: any Ranks) -> BatchParts {
    BatchParts(
      samples: order.range(ofStep: number).places.count,
      size: partSize(of: configuration.batch), among: ranks)
  }

  private func draws(of number: Int) -> Draws {
    Draws(RandomStream(seed: seed, name: "\(kind).dropout.\(number)"))
  }

  /// The network's pass over the parts of a step's batch.
  public override func rerun(step number: Int, _ observer: (String) -> Pass.Observer) throws {
    // All parts by each process: what failed may not have failed for the others.
    let parts = parts(of: number, among: OneProcess())
    for part in parts.own {
      _ = try model(
        try batch(of: number, part: parts.range(of: part)).input,
        Pass(
          .training, draws: parts.draws(draws(of: number), of: part), observer: observer("model")))
    }
  }

  /// Rows `given`, `model` and `target` of images `[C, H, W]`; of held-out pairs if there are any.
  public override func samples(_ count: Int) throws -> [SampleRow] {
    let shown =
      try validation ?? PairedDataset(sides[0].shown(pairs.first), sides[1].shown(pairs.second))
    let places = 0..<min(count, shown.count)
    let given = try places.map { try shown.first.image($0) }
    let model = self.shown("model", model)
    return [
      SampleRow("given", given), SampleRow("model", try given.map { try model($0) }),
      SampleRow("target", try places.map { try shown.second.image($0) }),
    ]
  }

  /// The mean loss of all `pairs`, in evaluation mode, by the running means of weights where they are kept.
  ///
  /// Throws what reading images and the network throw.
  public func meanLoss(_ pairs: PairedDataset) throws -> Double {
    let model = shown("model", model)
    var sum = 0.0
    for number in 0..<(try pairs.first.batchCount(size: configuration.batch)) {
      let (input, target) = try pairs.batch(number, size: configuration.batch)
      sum += try loss(model(input), target).item().double * Double(input.shape[0])
    }
    return sum / Double(pairs.count)
  }
}
