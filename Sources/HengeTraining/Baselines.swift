// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
public import HengeNN
internal import HengeTensor

/// Baselines for a translation of images: the mean squared error, of pixels of 0...255, of answers
/// that have learned next to nothing.
///
/// Over pairs (a, b): `identity` answers a; `difference vector` a + mean(B) - mean(A); `mean face`
/// mean(B), whatever it is asked; `constant color` the mean of each channel of B. With pairs drawn
/// at random no answer is better than the mean face but by chance.
public enum Baselines {
  /// One answer and its error.
  public struct Row: Equatable, Sendable {
    /// What answers.
    public let name: String
    /// The mean of (answer - b)² over all pixels and pairs, in steps of 255.
    public let error: Double
  }

  /// The errors over `pairs`, followed by those of `models`.
  ///
  /// Throws `E-shape` where images of a pair differ in shape, `E-data` for no pairs.
  public static func errors(
    of pairs: PairedDataset, models: [(name: String, layer: Layer)] = []
  ) throws -> [Row] {
    guard pairs.count > 0 else { throw Failure.emptySet("A") }
    let (meanA, meanB) = (
      try pairs.first.mean().cast(to: .f32), try pairs.second.mean().cast(to: .f32)
    )
    guard meanA.shape == meanB.shape, meanA.rank == 3 else {
      throw Failure.setsDiffer(meanA.shape, meanB.shape)
    }
    let difference = try meanB - meanA
    let colour = try meanB.mean([1, 2], keepingAxes: true)
    let answers: [(String, (Tensor) throws -> Tensor)] =
      [
        ("identity", { $0 }), ("difference vector", { try $0 + difference }),
        ("mean face", { _ in meanB }), ("constant color", { _ in colour }),
      ]
      + models.map { model in
        (model.name, { x in try Failure.renaming(["x": "model"]) { try model.layer(x) } })
      }
    var sums = [Double](repeating: 0, count: answers.count)
    let size = 50
    for number in 0..<(try pairs.first.batchCount(size: size)) {
      let (a, b) = try pairs.batch(number, size: size)
      for (index, answer) in answers.enumerated() {
        let error = try (answer.1(a) - b).map(.square).sum()
        sums[index] += try error.item().double
      }
    }
    let range = pairs.second.range
    let unit = 255 / Double(range.high - range.low)
    let count = Double(pairs.count * meanB.count)
    return zip(answers, sums).map { Row(name: $0.0, error: $1 / count * unit * unit) }
  }
}
