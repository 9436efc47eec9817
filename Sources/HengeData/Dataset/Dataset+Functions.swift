// SPDX-License-Identifier: MIT
import HengeBackend
public import HengeTensor
import HengeThreads

extension Dataset {
  /// The images `[N, C, H, W]` as a dataset: `u8` as the bytes of images are, `0` black and `255`
  /// white; other types as `f32`, in `range` already.
  ///
  /// Throws `E-shape` for any other number of axes.
  public init(
    _ images: Tensor, range: ImageRange = .signed, loader: PictureLoader
  ) throws {
    try self.init(.tensors(ArraySource(images, range: range)), loader: loader)
  }

  /// The images `[C, H, W]` as a dataset; sizes may differ.
  ///
  /// Throws `E-shape` for other numbers of axes and different channels, `E-type` for different types,
  /// `E-memory`.
  public init(
    list images: [Tensor], range: ImageRange = .signed, loader: PictureLoader
  ) throws {
    try self.init(.tensors(ArraySource(list: images, range: range)), loader: loader)
  }

  /// The results of `transform` for each image: computed whenever an item is asked for, and not kept.
  ///
  /// The result must be an image `[C, H, W]`; items of one dataset may differ in shape, but do not
  /// stack then. Landmarks follow where the function flips, crops, pads, resizes or rotates. `nesting`
  /// is how deeply datasets are nested in what the function refers to; `range` are black and white of what
  /// it returns, its own if nil. Throws `E-range` for too many functions one after another.
  public func map(
    nesting: Int = 0, range: ImageRange? = nil, _ transform: @escaping (Tensor) throws -> Tensor
  ) throws -> Dataset {
    try mapItems(nesting: nesting, range: range) { image, _ in MappedItem(try transform(image)) }
  }

  /// As ``map(nesting:range:_:)``, for a function of the image `[C, H, W]` and of the item's record.
  ///
  /// Throws `E-range` for too many functions one after another.
  public func mapItems(
    nesting: Int = 0, range: ImageRange? = nil,
    _ transform: @escaping (Tensor, () throws -> ItemRecord) throws -> MappedItem
  ) throws -> Dataset {
    let source = MappedSource(
      self, depth: try depth(inside: nesting), range: range ?? self.range, transform)
    return try Dataset(.tensors(source), loader: loader)
  }

  /// How deeply functions are nested in one more that maps this dataset and refers to others
  /// nested `nesting` deep.
  ///
  /// Each function is called inside the next: a chain without end would overflow the stack.
  func depth(inside nesting: Int) throws -> Int {
    let depth = max(depth, nesting) + 1
    guard depth <= Dataset.largestDepth else { throw Failure.tooManyMaps(depth - 1) }
    return depth
  }

  /// The most functions that are applied one after another.
  static let largestDepth = 100

  /// The items for which `condition` is true; it is called at once with each image `[C, H, W]`, in order.
  ///
  /// It is not called again later: the result is a fixed list. Throws what reading images and
  /// `condition` throw.
  public func filter(
    _ condition: (Tensor, () throws -> ItemRecord) throws -> Bool
  ) throws -> Dataset {
    var kept: [Int] = []
    for block in blocks {
      for (place, image) in zip(block, try images(block)) {
        try loader.interrupt.check()
        if try condition(image, { try record(of: place) }) { kept.append(place) }
      }
    }
    return try picked(kept)
  }

  /// The items `times` times, one pass after the other.
  ///
  /// Throws `E-range` for a number below 1 and for too many items, `E-memory`.
  public func repeated(_ times: Int) throws -> Dataset {
    guard times >= 1 else { throw Failure.badCount("n", times, least: 1) }
    guard count > 0 else { return self }
    let (total, overflow) = count.multipliedReportingOverflow(by: times)
    guard !overflow, total <= Dataset.largestCount else {
      throw Failure.tooManyItems(overflow ? .max : total)
    }
    return try Dataset(loader: loader, sources: sources, count: total) {
      var all: [Entry] = []
      all.reserveCapacity(total)
      for _ in 0..<times { all += entries }
      return all
    }
  }

  /// The number of batches of `size` in one pass; the last may be smaller.
  ///
  /// Throws `E-range` for a size below 1.
  public func batchCount(size: Int) throws -> Int {
    guard size > 0 else { throw Failure.badCount("size", size, least: 1) }
    return count / size + (count % size > 0 ? 1 : 0)
  }

  /// Batch `number` of a pass in batches of `size`: `[N, C, H, W]`.
  ///
  /// Throws `E-range` for a size below 1, `E-index`, `E-shape` where sizes differ, and what reading
  /// images throws.
  public func batch(_ number: Int, size: Int) throws -> Tensor {
    let number = try checkedIndex(number, count: batchCount(size: size), of: "pass", item: "batch")
    let start = number * size
    return try tensor(start..<start + min(size, count - start))
  }
}
