// SPDX-License-Identifier: MIT
import HengeBackend
public import HengeTensor

extension PairedDataset {
  /// Pairs decoded at once.
  private static let batchSize = 16

  /// The mean of `measure` over all pairs: what it returns for a batch counts as often as that has
  /// images.
  ///
  /// `measure` is given two batches of one shape, `[N, C, H, W]`, and is a mean over images itself.
  /// Throws `E-shape` where images are not all of one size, `E-data` for no pairs, `E-arg` for sets
  /// of other ranges.
  public func mean(of measure: (Tensor, Tensor) throws -> Double) throws -> Double {
    guard count > 0 else { throw Failure.emptyDataset("a measure") }
    guard first.range == second.range else {
      throw Failure(
        "E-arg",
        "the datasets have different ranges, \(first.range) and \(second.range)",
        suggestion: "images(…, range=\(first.range))", parameter: "B")
    }
    var (sum, size) = (0.0, Shape?.none)
    for number in 0..<(try first.batchCount(size: Self.batchSize)) {
      let (a, b) = try batch(number, size: Self.batchSize)
      let own = try Shape(Array(a.shape.sizes.dropFirst()))
      for other in [try Shape(Array(b.shape.sizes.dropFirst())), size ?? own] where other != own {
        throw Failure(
          "E-shape", "the images have different sizes, \(own) and \(other)",
          suggestion: "images(…, size=\(own[1])x\(own[2]))", parameter: "B")
      }
      size = own
      sum += try measure(a, b) * Double(a.shape[0])
    }
    return sum / Double(count)
  }
}
