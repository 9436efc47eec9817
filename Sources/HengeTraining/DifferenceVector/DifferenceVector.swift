// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeData
internal import HengeFiles
public import HengeTensor

/// A trainer of one vector, which moves toward the difference of the means of two sets of images [Eki, method 1].
///
/// Update `t` draws `batch` images from each set with replacement, takes the means `a_t` and `b_t`
/// of the two batches, and changes the vector `v`, shape `[C, H, W]`, zero at first:
///
/// - `corrected`: `v += lr * (b_t - a_t - v)`, a moving average whose fixed point is
///   mean(B) - mean(A);
/// - `paper`: `v += lr * (b_t - a_t + v)`, the paper's program to the letter. The sign of the last
///   `v` makes every update multiply the vector by `1 + lr`, so it grows without end.
///
/// Both are `v' = f * v + lr * (b_t - a_t)` with `f = 1 - lr` or `1 + lr`, linear in the images
/// drawn. So updates are not made one by one: the draws of a block of updates are counted with
/// their weights, and one pass over the images computes the block's sum. The vector at a count is a
/// function of the settings, the seed and the count alone, so that any way of stepping to it, with
/// or without a checkpoint between, returns the same bytes.
public final class DifferenceVector {
  /// The direction of the correction.
  public enum Rule: String, Sendable, CaseIterable {
    /// Towards the difference of the means.
    case corrected
    /// As the paper's program, with its sign error.
    case paper
  }

  /// What is chosen when the trainer is made.
  public struct Configuration: Sendable, Equatable {
    /// The direction of the correction.
    public var rule: Rule
    /// Images drawn from each set for one update, 1 to a million.
    public var batch: Int
    /// Updates between two kept vectors, at least 1.
    public var keep: Int
    /// How images are changed at random, if they are.
    public var augment: Augmentation?

    /// The paper's choices but for the rule: batches of 100, a vector kept every 1,000 updates.
    public init(
      rule: Rule = .corrected, batch: Int = 100, keep: Int = 1000, augment: Augmentation? = nil
    ) {
      self.rule = rule
      self.batch = batch
      self.keep = keep
      self.augment = augment
    }

    /// The updates of a whole run: the paper's loop is `range(1, 10000)`, one short of 10,000.
    public var total: Int { rule == .paper ? 9_999 : 10_000 }
  }

  /// A vector and the update after which it was kept.
  public struct Snapshot {
    /// Updates made.
    public let count: Int
    /// The vector, f64 `[C, H, W]`, in the units of the datasets.
    public let vector: Tensor
  }

  /// The settings.
  public let configuration: Configuration
  /// The set that the vector leads away from.
  public var a: Dataset { sets[0].dataset }
  /// The set that the vector leads to.
  public var b: Dataset { sets[1].dataset }
  /// Both as they are trained on.
  let sets: [TrainingSet]
  /// The session's seed when the trainer was made; every draw follows from it.
  public let seed: UInt64
  /// The state: everything that changes.
  public internal(set) var state: State

  /// Everything that changes as the trainer runs; a value, so that a snapshot is a copy.
  public struct State {
    /// Updates made.
    public var count = 0
    /// Learning rate: how large each update is, 0.1 in the paper.
    public var learningRate: Double
    /// The update that `base` belongs to.
    var baseCount = 0
    /// The vector after `baseCount` updates.
    var base: Tensor
    /// The vectors kept so far, oldest first.
    public var snapshots: [Snapshot] = []
    /// All vectors, each `[C, H, W]` and f64.
    public var tensors: [Tensor] { [base] + snapshots.map(\.vector) }
    /// Where the vectors are computed.
    public var backend: any Backend { base.backend }
  }

  /// Makes a trainer with a vector of zeros.
  ///
  /// Throws `E-shape` when the images of the two sets have no common size, `E-range` for settings
  /// out of range and `E-data` for an empty set.
  public init(
    _ a: Dataset, _ b: Dataset, _ configuration: Configuration, learningRate: Double,
    seed: UInt64, on backend: any Backend
  ) throws {
    try DifferenceVector.check(configuration, learningRate)
    sets = try [("A", a), ("B", b)].map { name, set in
      try TrainingSet(
        set, name, configuration.augment, stream: "difference_vector.augment.\(name)", seed: seed)
    }
    let shape = try DifferenceVector.commonShape(sets[0], sets[1])
    self.configuration = configuration
    self.seed = seed
    state = State(
      learningRate: learningRate, base: try Tensor.zeros(shape, .f64, on: backend))
    // Saving needs no image again.
    for set in [a, b] { _ = try set.fingerprint() }
  }

  /// The shape of the vector, `[C, H, W]`.
  public var shape: Shape { state.base.shape }

  /// Changes the learning rate of the next updates; throws `E-range` unless it is a finite number.
  public func setLearningRate(_ rate: Double) throws {
    try DifferenceVector.check(configuration, rate)
    let vector = try self.vector()
    state.base = vector
    state.baseCount = state.count
    state.learningRate = rate
  }

  /// The vector after the updates made so far, f64 `[C, H, W]`, in the units of the datasets.
  ///
  /// Throws `E-finite` where it has numbers that are none, except under the paper's rule, which makes
  /// it so.
  public func vector() throws -> Tensor {
    let vector = try vectors(after: [state.count], from: state)[0]
    try refuseNotFinite([vector], after: state.count)
    return vector
  }

  /// Makes `updates` more updates, telling `observer` of each vector kept.
  ///
  /// An error or an interrupt leaves the trainer as it was after the last finished block. Throws
  /// `E-finite` where an image or the vector is not finite.
  public func step(_ updates: Int, observer: (Event) throws -> Void = { _ in }) throws {
    guard updates >= 0 else { throw Failure.negativeSteps(updates) }
    let (end, overflow) = state.count.addingReportingOverflow(updates)
    guard !overflow else { throw Failure.negativeSteps(updates) }
    var limit = DifferenceVector.marksPerPass
    while state.count < end {
      let marks = marks(after: state.count, to: end, limit: limit)
      let old = state
      do {
        state = try locating { try advanced(over: marks) }
      } catch let failure as Failure where failure.code == "E-finite" && limit > 1 {
        // One by one, to come as far as there are numbers.
        limit = 1
        continue
      }
      let events = try events(from: old, to: state)
      try observer(.reached(count: state.count))
      for event in events { try observer(event) }
    }
  }

  /// Makes the updates left of a whole run: 9,999 in all under the paper's rule, 10,000 otherwise.
  ///
  /// Throws what ``step(_:observer:)`` throws.
  public func train(observer: (Event) throws -> Void = { _ in }) throws {
    try step(max(0, configuration.total - state.count), observer: observer)
  }

  /// Applies the vector to `images`, `[C, H, W]` or `[N, C, H, W]`, and clips to their range.
  ///
  /// Under the paper's rule the result is truncated to whole pixel values, as its program does:
  /// `clip(x + v, 0, 255).astype(uint8)`. Throws `E-shape` for images of another shape, `E-finite`
  /// as ``vector()`` does, `E-memory`.
  public func apply(to images: Tensor) throws -> Tensor {
    try DifferenceVector.apply(
      vector(), to: images, range: a.range, truncating: configuration.rule == .paper)
  }

  /// Goes back to a state that this trainer was in.
  public func restore(_ state: State) { self.state = state }

  /// A row for each kept vector: the updates made, and the magnitude of its largest entry.
  ///
  /// Throws `E-memory`.
  public func log() throws -> Table {
    let largest = try state.snapshots.map { try DifferenceVector.largest($0.vector) }
    return try Table(columns: [
      .init("count", .integers(state.snapshots.map(\.count))), .init("largest", .numbers(largest)),
    ])
  }

  /// The most images an update draws: its draws are held at once, and no interrupt comes between.
  static let largestBatch = 1_000_000

  /// How many kept vectors one pass over the images computes at most.
  private static let marksPerPass = 16
}
