// SPDX-License-Identifier: MIT
import HengeBackend
public import HengeTensor
import HengeThreads

extension Dataset {
  /// The images `[N, C, H, W]` as a dataset; other types than `f32` are converted.
  ///
  /// Throws `E-shape` for any other number of axes.
  public init(
    _ images: Tensor, range: ImageRange = .signed, loader: PictureLoader
  ) throws {
    try self.init(.tensors(StackSource(images, range: range)), loader: loader)
  }

  /// What `transform` makes of each image: computed whenever an item is asked for, and not kept.
  ///
  /// The result must be an image `[C, H, W]`; items of one dataset may differ in shape, but do not
  /// stack then. Landmarks are dropped, since the function may move pixels. `nesting` is how deeply
  /// datasets are nested in what the function holds.
  public func map(
    nesting: Int = 0, _ transform: @escaping (Tensor) throws -> Tensor
  ) throws -> Dataset {
    // Each function is called inside the next: a chain without end would overflow the stack.
    let depth = max(depth, nesting) + 1
    guard depth <= Dataset.largestDepth else { throw Failure.tooManyMaps(depth - 1) }
    return try Dataset(.tensors(MappedSource(self, depth: depth, transform)), loader: loader)
  }

  /// The most functions that stand one on another.
  static let largestDepth = 100

  /// The items for whose image `condition` holds, asked once for each in order, now.
  ///
  /// It is not asked again later: the result is a fixed list, whatever `condition` depends on.
  public func filter(_ condition: (Tensor, ItemRecord) throws -> Bool) throws -> Dataset {
    var kept: [Int] = []
    for block in blocks {
      for (place, image) in zip(block, try images(block)) {
        try loader.interrupt.check()
        if try condition(image, record(of: place)) { kept.append(place) }
      }
    }
    return try picked(kept)
  }

  /// The number of batches of `size` in one pass; the last may be smaller.
  public func batchCount(size: Int) throws -> Int {
    guard size > 0 else { throw Failure.badCount("size", size, least: 1) }
    return count / size + (count % size > 0 ? 1 : 0)
  }

  /// Batch `number` of a pass in batches of `size`: `[N, C, H, W]`.
  public func batch(_ number: Int, size: Int) throws -> Tensor {
    let number = try checkedIndex(number, count: batchCount(size: size), of: "pass", item: "batch")
    let start = number * size
    return try tensor(start..<start + min(size, count - start))
  }
}
