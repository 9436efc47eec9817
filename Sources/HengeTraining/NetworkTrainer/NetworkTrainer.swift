// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
internal import HengeFiles
public import HengeNN
public import HengeRanks
public import HengeTensor

// What all trainers of networks share. A trainer of one method declares what it trains and what one
// step computes; counting, the log, snapshots, files and what to do about a number that
// is not finite are the same for all.

/// Trains networks step by step; subclasses are the methods.
///
/// A step computes everything first and publishes it at its end, so that one that is stopped or fails
/// leaves the trainer at a whole step. All that a step draws is a function of the seed and the step's
/// number: a run of N + M steps, and one of N that is saved, loaded and run for M more, have the same
/// bytes.
open class NetworkTrainer {
  /// The session's seed when the trainer was made; every draw follows from it.
  public let seed: UInt64
  /// Steps made.
  public private(set) var count = 0
  /// What the last step's losses were, in the order of ``lossNames``.
  public private(set) var losses: [Double] = []
  /// The losses of every step made.
  public private(set) var log: [Entry] = []
  /// The first loss that was far beyond what it began with; none while all are in bounds.
  public private(set) var divergence: Divergence?
  /// What was measured between steps.
  public internal(set) var measures = MetricLog()
  /// The images of A and of B that were held out; none at first.
  public internal(set) var heldOut: [Dataset] = []
  /// What was chosen besides the method.
  public private(set) var common = CommonOptions()
  /// The processes that train together; each computes some parts of a batch.
  public var ranks: any Ranks = OneProcess()
  /// The running means of weights, where they are kept.
  private(set) var means: WeightMeans?
  /// A step of which some parts are made, and which part is next.
  var openStep: (step: any StepInParts, next: Int)?
  /// Who follows the log.
  var observers: [(LogEvent) -> Void] = []

  /// A line of the log.
  public struct Entry: Equatable, Sendable {
    /// The step's number, 1 for the first.
    public let step: Int
    /// Its losses, in the order of ``NetworkTrainer/lossNames``; NaN where one was not computed.
    public let values: [Double]
    /// Its figures, in the order of ``NetworkTrainer/allFigures``; NaN where one was not computed.
    public let figures: [Double]
  }

  /// Begins at step 0.
  public init(seed: UInt64) { self.seed = seed }

  /// Takes what is chosen besides the method, and the fingerprints of its data, so that saving needs no
  /// image again; a trainer does so once it is made.
  ///
  /// Throws `E-range` for a choice out of range, what reading images throws, and `E-memory`.
  func begin(_ common: CommonOptions, batch: Int) throws {
    try common.check(batch: batch)
    self.common = common
    for (_, optimizer) in optimizers { optimizer.clip = common.clip }
    for (_, dataset) in datasets { _ = try dataset.fingerprint() }
    let averaged = averaged
    means = try common.ema.map { decay in
      try WeightMeans(
        decay: decay, of: networks.filter { averaged.contains($0.name) }, after: count)
    }
  }

  /// The number of samples of a part of a batch of `batch`.
  func partSize(of batch: Int) -> Int { batch / common.parts }

  // MARK: What a method says

  /// What a file of it says in it: `cyclegan`.
  open var kind: String { preconditionFailure("a trainer has a kind") }
  /// The networks by their names, in the order in which files list them.
  open var networks: [(name: String, layer: Layer)] { [] }
  /// The optimizers by their names.
  open var optimizers: [(name: String, optimizer: Optimizer)] { [] }
  /// The networks of whose weights running means are kept, where they are asked for.
  open var averaged: [String] { networks.map(\.name) }
  /// What the losses are called, in order.
  open var lossNames: [String] { [] }
  /// What the figures are called, in order: numbers that a step finds besides losses, such as the accuracy of
  /// a discriminator.
  open var figureNames: [String] { [] }
  /// The datasets that a file must be resumed with, by their names in the built-in.
  open var datasets: [(name: String, dataset: Dataset)] { [] }
  /// The same as they are trained on, one for each side.
  open var trainingSets: [TrainingSet] { [] }
  /// How many steps go once through the data.
  open var stepsPerEpoch: Int { 1 }
  /// How many epochs a whole run has.
  open var totalEpochs: Int { 1 }
  /// Settings that a file keeps, as JSON texts by name.
  open var settings: [(name: String, text: String)] { [] }
  /// Tensors of any shape besides weights that a step changes, such as pools of images.
  open var extraState: [(name: String, tensor: Tensor)] {
    get { [] }
    set {}
  }

  /// What multiplies the learning rates in step `number`, 0 the first.
  open func factor(ofStep number: Int) -> Double { 1 }
  /// Numbers besides the learning rate that may be set between steps, such as weights of losses.
  open var dials: [String] { [] }
  /// A number that may be set.
  open func dial(_ name: String) -> Double { .nan }
  /// Sets it; throws `E-range` for a number that will not do, and then nothing changes.
  open func setDial(_ name: String, _ value: Double) throws {}
  /// What is wrong with the names or shapes of a file's ``extraState``; nil if they are right.
  open func problem(inExtraState state: [(name: String, tensor: Tensor)]) -> String? { nil }
  /// Makes the forward passes of a step once more, each network watched by what `observer` returns for
  /// its name.
  ///
  /// Throws what reading images, the networks and observers throw.
  open func rerun(step number: Int, _ observer: (_ network: String) -> Pass.Observer) throws {}
  /// The input of a network that reads a condition besides an image; nil for others.
  open func reading(_ network: String) -> Reading? { nil }
  /// The estimated number of bytes that training takes; nil if the method has no estimate.
  ///
  /// Throws `E-shape` where images do not fit the networks.
  open func estimatedBytes() throws -> Int? { nil }
  /// Whether the method measures images that are held out.
  open var canHoldOut: Bool { false }
  /// Throws `E-data` or `E-shape` for held-out images that do not belong together, beyond their sizes.
  open func checkHeldOut(_ a: Dataset, _ b: Dataset) throws {}
  /// The metrics that the method computes by default on held-out images, by name; none for most.
  ///
  /// Throws what reading images and the networks throw.
  open func measureHeldOut() throws -> [(name: String, value: Double)] { [] }
  /// Rows of up to `count` images that show what the networks do.
  ///
  /// Throws what reading images and the networks throw.
  open func samples(_ count: Int) throws -> [SampleRow] { [] }
  /// What a checkpoint of the method's authors calls a network; its own name where there is none.
  open func published(_ network: String) -> String { network }
  /// The channels that ``samples(_:)`` may have, for drawing them.
  ///
  /// Throws what reading images throws.
  open func pictureGroups() throws -> [ChannelGroups] {
    try datasets.compactMap { try $0.dataset.learnedGroups() }
  }
  /// A step to be made part by part; nil if the method's steps have no parts.
  ///
  /// Throws what reading images throws.
  open func beginStep(_ number: Int) throws -> (any StepInParts)? { nil }

  /// Computes a step and changes nothing; `number` counts from 0.
  ///
  /// Throws `E-finite` for a loss, gradient or weight that would not be finite, what reading images
  /// throws, and `E-memory`.
  open func compute(step number: Int) throws -> Step {
    preconditionFailure("a trainer says what a step computes")
  }

  /// The input of a network that reads a condition besides an image.
  public struct Reading: Sendable {
    /// The number of channels.
    public let channels: Int
    /// What they are.
    public let words: String
    /// How a script has them.
    public let suggestion: String
  }

  /// What a step found out, and what applies it.
  public struct Step {
    /// In the order of ``NetworkTrainer/lossNames``.
    public let losses: [Double]
    /// Of those in ``NetworkTrainer/allFigures``, what was computed.
    public let figures: [String: Double]
    /// What its reader should know.
    public let notices: [Notice]
    /// Applies the step; it cannot fail.
    public let publish: () -> Void

    /// Keeps them.
    public init(
      losses: [Double], figures: [String: Double] = [:], notices: [Notice] = [],
      publish: @escaping () -> Void
    ) {
      self.losses = losses
      self.figures = figures
      self.notices = notices
      self.publish = publish
    }
  }

  // MARK: Stepping

  /// How many times the data was gone through.
  public var epoch: Int { count / max(1, stepsPerEpoch) }
  /// The steps of a whole run.
  public var total: Int { totalEpochs * stepsPerEpoch }

  /// Makes one step.
  ///
  /// Throws `E-finite` where a loss is no finite number, and then the trainer is as it was, and
  /// `E-midstep` while another is begun by ``substep()``.
  public func step() throws {
    try refuseMidstep("make another step")
    try locating { try put(compute(step: count)) }
  }

  /// Refuses losses that are no finite numbers, with `E-finite`.
  func check(_ losses: [Double]) throws {
    for (index, loss) in losses.enumerated() {
      guard loss.isFinite || (loss.isNaN && isOptional(loss: index)) else {
        throw Failure.notFinite(lossNames[index], loss)
      }
    }
  }

  /// Does a part of a step; where a number is not finite, the error says where that begins.
  func locating<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let failure as Failure where failure.code == "E-finite" {
      let seeker = NotFinite()
      try rerun(step: count, seeker.observer)
      throw Failure(
        failure.code, failure.message,
        notes: (seeker.place.map { ["it begins \($0)"] } ?? [])
          + [notMade],
        suggestion: failure.suggestion)
    } catch let failure as Failure {
      // A layer names its own operand, which is no parameter of what ran the step.
      throw Failure(
        failure.code, failure.message, notes: failure.notes + [notMade],
        suggestion: failure.suggestion)
    }
  }

  private var notMade: String {
    "step \(count + 1) was not applied: the \(kind) is as it was after step \(count)"
  }

  /// What a parameter is called here: `g_ab.res.2.conv1.weight`.
  func path(of parameter: ModelParameter) -> String? {
    for (network, layer) in networks {
      for (path, own) in layer.allParameters where own === parameter { return "\(network).\(path)" }
    }
    return nil
  }

  /// Applies a computed step and counts it.
  func put(_ step: Step) throws {
    try check(step.losses)
    try means?.prepare()
    step.publish()
    count += 1
    means?.move(to: count)
    losses = step.losses
    let entry = Entry(
      step: count, values: step.losses, figures: allFigures.map { step.figures[$0] ?? .nan })
    log.append(entry)
    tell(.stepped(entry))
    for notice in step.notices { tell(.noticed(notice)) }
    guard divergence == nil else { return }
    divergence = Divergence(count, step.losses, log[0].values, lossNames)
    if let divergence { tell(.diverged(divergence)) }
  }

  /// Whether the loss may be missing (NaN) in a step's list, as a validation between epochs is.
  open func isOptional(loss index: Int) -> Bool { false }

  /// The log as a table: `step`, a column for each loss and each figure, and one for each metric, NaN where
  /// it was not computed or measured.
  ///
  /// Throws `E-memory`.
  public func logTable() throws -> Table {
    let steps = log.map(\.step)
    var columns = [CSVTable.Column("step", .integers(steps))]
    for (index, name) in lossNames.enumerated() {
      columns.append(.init(name, .numbers(log.map { $0.values[index] })))
    }
    for (index, name) in allFigures.enumerated() {
      columns.append(.init(name, .numbers(log.map { $0.figures[index] })))
    }
    for name in measures.names {
      columns.append(.init(name, .numbers(measures.column(name, at: steps))))
    }
    return try Table(columns: columns)
  }

  /// The losses over all steps in at most `count` means of neighboring steps, for each loss in the order
  /// of ``lossNames``; NaN where none was computed.
  public func lossMeans(in count: Int) -> [[Double]] {
    let count = min(count, log.count)
    return lossNames.indices.map { loss in
      (0..<count).map { place in
        let part = log[(place * log.count / count)..<((place + 1) * log.count / count)]
        let values = part.lazy.map { $0.values[loss] }.filter(\.isFinite)
        return values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
      }
    }
  }

  // MARK: State

  /// Everything that changes as it runs; tensors are shared, so that keeping one costs little.
  public struct State {
    /// Steps made.
    public let count: Int
    let losses: [Double]
    let log: [Entry]
    let measures: MetricLog
    let heldOut: [Dataset]
    let parameters: [[Tensor]]
    let means: (values: [[Tensor]], count: Int)?
    let optimizers: [(count: Int, rate: Double, state: [ObjectIdentifier: [Tensor]])]
    let extra: [(name: String, tensor: Tensor)]
    let dials: [Double]
    let open: (step: any StepInParts, next: Int)?

    /// All numbers that are no tensors', as text; not what the held-out images are.
    public var marks: String {
      "\(count) \(losses.map(\.bitPattern)) \(log.count) \(measures.rows.count) \(dials) "
        + "\(optimizers.map { "\($0.count) \($0.rate)" }) \(means?.count ?? 0) "
        + "\(measures.best?.step ?? 0) \(heldOut.count) \(open?.next ?? 0)"
    }

    /// All tensors in it, of any shape, in one order for all states of a trainer.
    public var tensors: [Tensor] {
      let weights = (parameters + (means?.values ?? []) + (measures.best?.weights ?? [])).joined()
      let moments = optimizers.flatMap { $0.state.sorted { $0.key < $1.key }.flatMap(\.value) }
      return weights + moments + extra.map(\.tensor)
    }
  }

  /// The state as it is.
  public var state: State {
    State(
      count: count, losses: losses, log: log, measures: measures,
      heldOut: heldOut,
      parameters: networks.map { $0.layer.allParameters.map(\.parameter.value) },
      means: means.map { ($0.values, $0.count) },
      optimizers: optimizers.map {
        ($0.optimizer.count, $0.optimizer.learningRate, $0.optimizer.state)
      },
      extra: extraState, dials: dials.map(dial), open: openStep)
  }

  /// The weights of a state of this trainer, of their shapes, by network and path:
  /// `g_ab.res.2.conv1.weight`.
  public func weights(in state: State) -> [(name: String, value: Tensor)] {
    zip(networks, state.parameters).flatMap { network, values in
      zip(network.layer.allParameters, values).map { ("\(network.name).\($0.name)", $1) }
    }
  }

  /// Goes back to a state that this trainer was in.
  ///
  /// A step that is begun goes on only where it has come no further since: parts are not unmade.
  public func restore(_ state: State) {
    if state.open == nil || state.open?.step !== openStep?.step
      || state.open?.next != openStep?.next
    {
      drop()
    }
    (count, losses, log) = (state.count, state.losses, state.log)
    if let step = divergence?.step, step > count { divergence = nil }
    (measures, heldOut) = (state.measures, state.heldOut)
    for (network, values) in zip(networks, state.parameters) {
      for (entry, value) in zip(network.layer.allParameters, values) { entry.parameter.set(value) }
    }
    if let kept = state.means { means?.restore(kept.values, count: kept.count) }
    for (entry, kept) in zip(optimizers, state.optimizers) {
      entry.optimizer.restore(count: kept.count, state: kept.state)
      entry.optimizer.learningRate = kept.rate
    }
    extraState = state.extra
    // They were applied before, so that they will do.
    for (name, value) in zip(dials, state.dials) { try? setDial(name, value) }
  }

  /// Sets what a file contains besides tensors.
  func restore(count: Int, log: [Entry]) {
    (self.count, self.log) = (count, log)
    losses = log.last?.values ?? []
    divergence = nil
    for entry in log where divergence == nil {
      divergence = Divergence(entry.step, entry.values, log[0].values, lossNames)
    }
  }
}

extension Failure {
  static func notFinite(_ loss: String, _ value: Double) -> Failure {
    Failure(
      "E-finite", "the loss `\(loss)` is \(value.isNaN ? "nan" : "\(value)")",
      suggestion: "a smaller lr, or a look at t.log and tap(…)")
  }
}
