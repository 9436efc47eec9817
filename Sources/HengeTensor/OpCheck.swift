// SPDX-License-Identifier: MIT
package import HengeBackend

/// What tests need to know of an operation on the tape, stated beside it in its file.
///
/// One suite runs over ``all``: gradients against differences in double precision, on random shapes
/// and orders in memory; this backend against the reference; any part of the operands on the tape. The
/// names are those under which operations are recorded, and a test finds the one that has no check.
package struct OpCheck: Sendable {
  /// Draws the sizes of each operand.
  package typealias Sizes = @Sendable (_ stream: inout RandomStream) -> [[Int]]
  /// The operation on operands of such sizes.
  package typealias Run = @Sendable (_ operands: [Tensor]) throws -> Tensor

  /// What the operation is recorded as.
  package let name: String
  /// Draws the sizes of the operands.
  package let sizes: Sizes
  /// Where the elements of the operands are drawn from.
  package let range: ClosedRange<Double>
  /// Where the operation bends or jumps, so that differences tell nothing.
  package let kinks: [Double]
  /// How far the elements are moved to see a difference: far where results are rounded to `f32`.
  package let step: Double
  /// The operation, with each of the options that take other ways.
  package let runs: [Run]

  /// Keeps what is said; one operand of any shape unless `sizes` are given.
  init(
    _ name: String, in range: ClosedRange<Double> = -2...2, avoiding kinks: [Double] = [],
    step: Double = 1e-5, sizes: @escaping Sizes = { [OpCheck.anySizes(&$0)] }, _ runs: Run...
  ) {
    self.name = name
    self.sizes = sizes
    self.range = range
    self.kinks = kinks
    self.step = step
    self.runs = runs
  }

  /// Sizes of 0 to 4 axes, few elements each: empty, single and odd ones among them.
  static func anySizes(_ stream: inout RandomStream, axes: ClosedRange<Int> = 0...4) -> [Int] {
    let rank = axes.lowerBound + stream.next(below: axes.count)
    return (0..<rank).map { _ in size(&stream) }
  }

  /// A size: 1 and 0 more often than in life.
  static func size(_ stream: inout RandomStream) -> Int {
    [0, 1, 1, 2, 3, 3, 4, 5, 7][stream.next(below: 9)]
  }

  /// `[N, C, H, W]` with pixels.
  static func maps(_ stream: inout RandomStream, from smallest: Int = 1) -> [Int] {
    [1 + stream.next(below: 2), 1 + stream.next(below: 3)]
      + (0..<2).map { _ in smallest + stream.next(below: 5) }
  }

  /// Every operation that is recorded.
  package static let all: [OpCheck] =
    elementwise + binary + [
      .cast, .choose, .clip, .broadcast,
      .reshape, .permute, .flip, .newAxis, .crop, .slice, .take, .gather, .assignment,
      .concatenation, .padding,
      .sum, .mean, .variance, .standardDeviation, .norm, .largestElement, .smallestElement,
      .cumulativeSum, .cumulativeProduct, .softmax, .logSoftmax, .squareSum, .matrixProduct,
      .convolution, .transposedConvolution, .normalization, .layerNormalisation,
      .leakyReLU, .maxPooling, .resampling, .dropout,
      .mse, .l1, .bce,
    ]
}
