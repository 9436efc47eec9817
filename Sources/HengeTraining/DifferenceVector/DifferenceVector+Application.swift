// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
public import HengeData
public import HengeTensor

extension DifferenceVector {
  /// Events of a run, for its observer.
  public enum Event {
    /// The number of updates in all.
    case reached(count: Int)
    /// A vector was kept after `count` updates; its largest entry is `largest` in size.
    case kept(count: Int, largest: Double)
    /// The vector diverges: since the vector kept before, it grew by `growth` for each update, which
    /// the rule's `factor` explains.
    case runaway(count: Int, largest: Double, growth: Double, factor: Double, isFirst: Bool)
  }

  /// The events of the way from one state to a later one.
  func events(from old: State, to new: State) throws -> [Event] {
    try (old.snapshots.count..<new.snapshots.count).map { index in
      let previous = index > 0 ? new.snapshots[index - 1] : nil
      return try event(new.snapshots[index], after: previous, new.learningRate)
    }
  }

  private func event(_ snapshot: Snapshot, after previous: Snapshot?, _ rate: Double) throws
    -> Event
  {
    let largest = try DifferenceVector.largest(snapshot.vector)
    let before = try previous.map { try DifferenceVector.largest($0.vector) } ?? 0
    guard isRunaway(largest) else { return .kept(count: snapshot.count, largest: largest) }
    let factor = DifferenceVector.factor(configuration.rule, rate)
    var growth = abs(factor)
    if let previous, largest.isFinite, before > 0 {
      growth = pow(largest / before, 1 / Double(snapshot.count - previous.count))
    }
    return .runaway(
      count: snapshot.count, largest: largest, growth: growth, factor: factor,
      isFirst: !isRunaway(before))
  }

  /// No difference of two means is larger than the range of the images; ten times that is not noise.
  private func isRunaway(_ largest: Double) -> Bool {
    !(largest <= 10 * (a.range.high - a.range.low))
  }

  /// The largest absolute entry; NaN when any entry is.
  static func largest(_ vector: Tensor) throws -> Double {
    try vector.map(.abs).maximum().item().double
  }

  /// Adds `vector`, `[C, H, W]`, to `images`, `[C, H, W]` or `[N, C, H, W]`, and clips to `range`;
  /// `truncating` rounds down to whole pixel values.
  ///
  /// The result is f32. Throws `E-shape` for images of another shape, `E-memory`.
  public static func apply(
    _ vector: Tensor, to images: Tensor, range: ImageRange, truncating: Bool
  ) throws -> Tensor {
    let expected = vector.shape
    guard (3...4).contains(images.rank), Array(images.shape.sizes.suffix(3)) == expected.sizes
    else {
      throw Failure.vectorShape(images.shape, expected)
    }
    let moved = try (images.cast(to: .f64) + vector)
      .clip(low: .scalar(.num(range.low)), high: .scalar(.num(range.high)))
    guard truncating else { return try moved.cast(to: .f32) }
    // A whole pixel value may be a rounding of f32 too small: some 2e-5 of a pixel.
    let pixels = try ((moved - .num(range.low)) / .num(range.step) + .num(1e-4))
      .cast(to: .u8, rounding: .down)
    let order = images.rank == 3 ? [1, 2, 0] : [0, 2, 3, 1]
    return try pixels.permuted(order).planes(low: Float(range.low), high: Float(range.high))
  }

  static func check(_ configuration: Configuration, _ learningRate: Double) throws {
    guard configuration.batch >= 1 else { throw Failure.notPositive("batch", configuration.batch) }
    guard configuration.batch <= largestBatch else {
      throw Failure.batchTooLarge(configuration.batch)
    }
    guard configuration.keep >= 1 else { throw Failure.notPositive("keep", configuration.keep) }
    guard learningRate.isFinite, abs(learningRate) < 1e6 else {
      throw Failure.learningRate(learningRate)
    }
  }

  /// The size that all images of both sets have, `[C, H, W]`.
  static func commonShape(_ a: TrainingSet, _ b: TrainingSet) throws -> Shape {
    guard a.shape == b.shape else { throw Failure.setsDiffer(a.shape, b.shape) }
    guard a.range == b.range else { throw Failure.rangesDiffer(a.range, b.range) }
    return a.shape
  }
}
