// SPDX-License-Identifier: MIT
public import HengeTensor

/// One walk through a dataset, image by image.
///
/// Images are decoded some ahead, in parallel, whether or not the cache keeps them; functions of
/// a mapped dataset are called one by one, when their item's turn has come.
public struct DatasetPass {
  private let dataset: Dataset
  private let length: Int
  private let isComputed: Bool
  private var next = 0
  private var ahead: ArraySlice<Tensor> = []

  /// Begins at the first item.
  public init(_ dataset: Dataset) {
    self.dataset = dataset
    length = min(64, dataset.blocks.first?.count ?? 1)
    isComputed = dataset.isComputed
  }

  /// The next image, `[C, H, W]`, or nil after the last; throws what ``Dataset/image(_:)`` throws.
  public mutating func image() throws -> Tensor? {
    guard next < dataset.count else { return nil }
    defer { next += 1 }
    let block = next..<min(dataset.count, next + length)
    if isComputed {
      if next % length == 0 { try dataset.prepare(block) }
      return try dataset.image(next)
    }
    if ahead.isEmpty { ahead = try dataset.images(block)[...] }
    return ahead.popFirst()
  }
}
