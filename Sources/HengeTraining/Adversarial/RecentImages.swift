// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

/// The last images of one direction, small: outputs of the generator, and images of the target.
///
/// By these it is noticed that colors are inverted or that all outputs are alike. A trainer keeps them in
/// its file, so that a resumed run notices the same at the same steps.
struct RecentImages {
  /// The number of images that are kept.
  ///
  /// Their mean varies by an eighth of the spread of one image.
  static let size = 64
  /// Rows and columns of a kept image: enough for the colors of its regions, without the noise in them.
  static let side = 8

  // Drawn faces at 32 pixels, from step 200 to 400 or more: with CycleGAN, with and without its identity loss,
  // the mean correlation stayed above 0.12 and the spread above 0.24. With pix2pix on pairs that have nothing
  // to do with each other, where the best output is nearly the mean face, they were 0.12 and 0.10. Before step
  // 200, when outputs are still those of random weights, they were as low as -0.03 and 0.06.

  /// The mean correlation below which colors are inverted.
  static let inverted = -0.3
  /// Above which they are no longer.
  static let upright = -0.15
  /// The difference by which that must be below the correlation of the target's own images with the inputs:
  /// where light and dark of the two sets are opposite, outputs are inverted as they should be.
  static let margin = 0.3
  /// The spread, as a fraction of the target's, below which all outputs are alike.
  static let collapsed = 0.05
  /// Above which they no longer are.
  static let varied = 0.1
  /// The least spread of the target's images, in units of pixel values: below it the fraction says nothing.
  static let leastSpread = 0.01

  /// A row for each image, the oldest first, `[n, 4 + 2·K]`; nil before the first.
  ///
  /// In a row: the correlation of the output with the input, that of the target's image with the input, whether
  /// after it colors are noted as inverted and outputs as all alike (1 or 0), and the K pixels of the output
  /// and of the target's image.
  private(set) var rows: Tensor?

  /// No images yet, or those that a file has.
  init(rows: Tensor? = nil) { self.rows = rows }

  /// The columns of a row before the pixels.
  private static let numbers = 4

  /// The number of columns for pictures of `channels` channels.
  static func columns(channels: Int) -> Int { numbers + 2 * channels * side * side }

  /// What was found out with some more images.
  struct Finding {
    /// The mean correlation of these images with their inputs, -1 to 1; NaN where one of each is constant.
    let correlation: Double
    /// The spread of the outputs as a fraction of the target's; NaN until there are ``RecentImages/size``
    /// images, or where the target's hardly differ.
    let spread: Double
    /// The mean correlation over all kept images, and that of the target's images; nil unless colors are
    /// inverted since this step.
    let inversion: (output: Double, target: Double)?
    /// The spreads of the outputs and of the target's images; nil unless outputs are alike since this step.
    let collapse: (output: Double, target: Double)?
  }

  /// The rows of the outputs `made` of `given` and of images of the target, `[N, C, H, W]` each: a row
  /// for each image, `[N, 2 + 2·K]`, as in ``rows`` without what is noted.
  ///
  /// Throws `E-memory`.
  static func rows(of made: Tensor, of given: Tensor, beside target: Tensor) throws -> Tensor {
    let count = made.shape[0]
    let correlations = try [made, target].map {
      try Self.correlations($0, given).reshaped([count, 1])
    }
    let pixels = try [made, target].map { images in
      try images.resizedBilinear(toHeight: Self.side, width: Self.side)
        .reshaped([count, images.shape[1] * Self.side * Self.side])
    }
    return try Tensor.concatenated(correlations + pixels, axis: 1)
  }

  /// Takes in the outputs `made` of `given`, and images of the target, `[N, C, H, W]` each.
  ///
  /// Throws as ``add(rows:isEarly:)``.
  mutating func add(_ made: Tensor, of given: Tensor, beside target: Tensor, isEarly: Bool) throws
    -> Finding
  {
    try add(rows: Self.rows(of: made, of: given, beside: target), isEarly: isEarly)
  }

  /// Takes in the rows of some images.
  ///
  /// The spread is the root of the mean, over pixels, of their variance over the kept images. Nothing is
  /// noted while there are fewer than ``size`` images, or `isEarly`. Throws `E-memory`.
  mutating func add(rows found: Tensor, isEarly: Bool) throws -> Finding {
    let count = found.shape[0]
    func columns(_ start: Int, _ end: Int?) throws -> Tensor {
      try found.selecting([.all, .slice(start: start, stop: end, step: nil)]).whole()
    }
    let correlations = try columns(0, 2)
    let pixels = try columns(2, nil)
    func joined(_ flags: [Bool]) throws -> Tensor {
      let flags = try Tensor(
        flags.map { $0 ? Float(1) : 0 }, try Shape([1, 2]), on: found.backend
      ).broadcast(to: try Shape([count, 2]))
      let new = try Tensor.concatenated([correlations, flags, pixels], axis: 1)
      guard let rows else { return new }
      let kept = max(0, min(rows.shape[0], Self.size - count))
      return try Tensor.concatenated([
        rows.selecting([.slice(start: rows.shape[0] - kept, stop: nil, step: nil)]), new,
      ])
    }
    let before = try flags()
    let all = try joined(before)
    let mean = try columns(0, 1).mean().item().double
    let statistics = try Statistics(all)
    guard all.shape[0] >= Self.size else {
      rows = all
      return Finding(correlation: mean, spread: .nan, inversion: nil, collapse: nil)
    }
    var noted = before
    if !isEarly {
      noted = [
        statistics.isInverted(since: before[0]), statistics.isCollapsed(since: before[1]),
      ]
    }
    rows = noted == before ? all : try joined(noted)
    return Finding(
      correlation: mean, spread: statistics.spread,
      inversion: noted[0] && !before[0] ? statistics.correlations : nil,
      collapse: noted[1] && !before[1] ? statistics.spreads : nil)
  }

  /// What is noted after the last image: inverted colors, outputs all alike.
  private func flags() throws -> [Bool] {
    guard let rows else { return [false, false] }
    return try rows.selecting([.at(rows.shape[0] - 1), .slice(start: 2, stop: 4, step: nil)])
      .doubles().map { $0 > 0 }
  }

  /// The correlation of each image of `x` with that of `y`, over pixels and channels, `[N]`.
  ///
  /// Over the means of channels where the numbers of channels differ. NaN where one is constant.
  private static func correlations(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    func centered(_ x: Tensor) throws -> Tensor { try x - x.mean([1, 2, 3], keepingAxes: true) }
    let isAlike = x.shape[1] == y.shape[1]
    let a = try centered(isAlike ? x : x.mean([1], keepingAxes: true))
    let b = try centered(isAlike ? y : y.mean([1], keepingAxes: true))
    let axes = [1, 2, 3]
    return try (a * b).sum(axes) / (a.norm(axes) * b.norm(axes))
  }
}

extension RecentImages {
  /// Numbers over all kept images.
  private struct Statistics {
    /// Mean correlations with the inputs, of the outputs and of the target's images.
    let correlations: (output: Double, target: Double)
    /// Spreads of the outputs and of the target's images.
    let spreads: (output: Double, target: Double)

    init(_ rows: Tensor) throws {
      func mean(_ column: Int) throws -> Double {
        // Constant images have no correlation.
        let known = try rows.selecting([.all, .at(column)]).doubles().filter(\.isFinite)
        return known.reduce(0, +) / Double(known.count)
      }
      let pixels = (rows.shape[1] - numbers) / 2
      func spread(_ start: Int) throws -> Double {
        try rows.selecting([.all, .slice(start: start, stop: start + pixels, step: nil)])
          .variance([0]).mean().item().double.squareRoot()
      }
      correlations = try (mean(0), mean(1))
      spreads = try (spread(numbers), spread(numbers + pixels))
    }

    /// The outputs' spread as a fraction of the target's.
    var spread: Double {
      spreads.target < leastSpread ? .nan : spreads.output / spreads.target
    }

    /// Whether colors are inverted, where they were noted as such before or not.
    func isInverted(since before: Bool) -> Bool {
      let (output, target) = correlations
      return before
        ? !(output > upright) : output < inverted && !(output > target - margin)
    }

    /// Whether outputs are all alike, where they were noted as such before or not.
    func isCollapsed(since before: Bool) -> Bool {
      before ? !(spread > varied) : spread < collapsed
    }
  }
}
