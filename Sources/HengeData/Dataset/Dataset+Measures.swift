// SPDX-License-Identifier: MIT
public import HengeTensor

extension PatchSample {
  /// Images decoded at once.
  private static let batchSize = 16

  /// Takes patches of all images of `dataset`, some at a time.
  ///
  /// Throws `E-shape`, naming two items, where sizes differ, and what a bad image throws.
  public mutating func append(_ dataset: Dataset) throws {
    for number in 0..<(try dataset.batchCount(size: Self.batchSize)) {
      try append(try dataset.batch(number, size: Self.batchSize))
    }
  }
}
