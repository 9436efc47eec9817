// SPDX-License-Identifier: MIT
package import HengeBackend

/// The test of an operation on the tape, declared in the operation's file.
///
/// One suite runs ``all``: gradients compared with finite differences in double precision, on
/// random shapes and memory orders; this backend compared with the reference; any subset of the
/// operands on the tape. The names are those under which operations are recorded, and a test finds
/// an operation without a check.
package struct OpCheck: Sendable {
  /// Draws the sizes of each operand.
  package typealias Sizes = @Sendable (_ stream: inout RandomStream) -> [[Int]]
  /// The operation on operands of such sizes.
  package typealias Run = @Sendable (_ operands: [Tensor]) throws -> Tensor

  /// The name under which the operation is recorded.
  package let name: String
  /// Draws the sizes of the operands.
  package let sizes: Sizes
  /// The range of the operands' random elements.
  package let range: ClosedRange<Double>
  /// Points where the operation has a kink or jump, so that finite differences are wrong.
  package let kinks: [Double]
  /// The step of the finite differences: large where results are rounded to `f32`.
  package let step: Double
  /// The operation, with each of the options that take other ways.
  package let runs: [Run]

  /// A check; with one operand of any shape unless `sizes` are passed.
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
      .bilinearForm, .linear,
      .convolution, .transposedConvolution, .normalization, .blendNormalization,
      .layerNormalisation, .leakyReLU, .maxPooling, .resampling, .dropout, .unitLength,
      .mse, .l1, .bce, .recomputation,
    ]
}
