// SPDX-License-Identifier: MIT
import HengeBackend
public import HengeTensor

/// Two datasets whose items belong together: item i of one with item i of the other.
public struct PairedDataset {
  /// The first of each pair.
  public let first: Dataset
  /// The second of each pair.
  public let second: Dataset

  /// Pairs two datasets of one length, item by item; throws `E-shape` for others.
  public init(_ first: Dataset, _ second: Dataset) throws {
    guard first.count == second.count else {
      throw Failure.unequalPairs(first.count, second.count)
    }
    self.first = first
    self.second = second
  }

  /// The pairs of the results of `change` for each side.
  ///
  /// Throws what `change` throws, and `E-shape` where the sides then differ in number.
  public func changed(_ change: (Dataset) throws -> Dataset) throws -> PairedDataset {
    try PairedDataset(change(first), change(second))
  }

  /// The number of pairs.
  public var count: Int { first.count }

  /// The images of pair `index`, `[C, H, W]` each; negative indices count from the end.
  ///
  /// Throws what ``Dataset/image(_:)`` throws.
  public func images(_ index: Int) throws -> (Tensor, Tensor) {
    (try first.image(index), try second.image(index))
  }

  /// Batch `number` of a pass in batches of `size`, each `[N, C, H, W]`.
  ///
  /// Throws what ``Dataset/batch(_:size:)`` throws.
  public func batch(_ number: Int, size: Int) throws -> (Tensor, Tensor) {
    (try first.batch(number, size: size), try second.batch(number, size: size))
  }
}
