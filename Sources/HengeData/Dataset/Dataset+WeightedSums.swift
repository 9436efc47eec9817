// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeImage
internal import HengeThreads
public import HengeTensor

extension Dataset {
  /// For each k the sum over all items of `weights[k][j]` times image j, `[C, H, W]` of `f64`.
  ///
  /// All sums are taken in one pass. Each adds up the items in their order, separately, in double
  /// precision, so its bytes depend on its own weights alone: not on the other sums, the blocks of
  /// the pass or the number of threads. An item whose weights are all 0 is not decoded. Bytes b of
  /// images are summed as they are, and `low + b * (high - low) / 255` is applied to the sum.
  ///
  /// `weights[k]` has an entry for each item. Throws `E-shape` where sizes differ, `E-data` for a
  /// dataset without items.
  public func weightedSums(_ weights: [[Double]]) throws -> [Tensor] {
    precondition(
      weights.allSatisfy { $0.count == count }, "there is one weight for each item in each sum")
    guard count > 0 else { throw Failure.emptyDataset("a weighted sum") }
    let needed = (0..<count).filter { place in weights.contains { $0[place] != 0 } }
    let first = needed.first ?? 0
    let one = try shape ?? items(first..<first + 1)[0].shape()
    var sums = try WeightedSums(groups: weights.count, of: one, on: loader.backend)
    let length = blocks.first?.count ?? 1
    try loader.progress.track("reading", total: needed.count, unit: "images") { work in
      for start in stride(from: 0, to: needed.count, by: length) {
        let places = needed[start..<min(needed.count, start + length)]
        let items = try items(places)
        try checkSameShapes(items, places, as: (first, one))
        try add(items, weights.map { row in places.map { row[$0] } }, to: &sums)
        work.reach(places.endIndex)
      }
    }
    return try sums.results(range)
  }

  /// The mean image, `[C, H, W]` of `f64`; exact to the last rounding for images.
  ///
  /// Throws `E-shape` where sizes differ, `E-data` for a dataset without items.
  public func mean() throws -> Tensor {
    guard count > 0 else { throw Failure.emptyDataset("the mean") }
    let ones = [Double](repeating: 1, count: count)
    let sum = try weightedSums([ones])[0]
    return try Tensor.combine(.divide, .tensor(sum), .scalar(.num(Double(count))))
  }

  /// Adds `items`, a stretch of the pass, each run of one kind at a time.
  private func add(
    _ items: [Item], _ weights: [[Double]], to sums: inout WeightedSums
  ) throws {
    var start = 0
    while start < items.count {
      var end = start
      var (pictures, tensors): ([Pixels], [Tensor]) = ([], [])
      loop: while end < items.count {
        switch items[end] {
        case .picture(let pixels) where tensors.isEmpty: pictures.append(pixels)
        case .tensor(let tensor) where pictures.isEmpty: tensors.append(tensor)
        default: break loop
        }
        end += 1
      }
      let part = weights.map { Array($0[start..<end]) }
      if pictures.isEmpty {
        try sums.add(numbers: Tensor.stacked(tensors), part)
      } else {
        try sums.add(bytes: packed(pictures), part)
      }
      start = end
    }
  }
}

/// Weighted sums as they grow: those of bytes, and those of numbers.
private struct WeightedSums {
  private let groups: Int
  /// `[C, H, W]` of an item.
  private let shape: Shape
  private let backend: any Backend
  /// `[K, H, W, C]`, in bytes' units.
  private var ofBytes: Tensor
  /// `[K, C, H, W]`, in the dataset's units.
  private var ofNumbers: Tensor?
  /// For each k the sum of the weights of bytes.
  private var byteWeights: [Double]

  init(groups: Int, of shape: Shape, on backend: any Backend) throws {
    self.groups = groups
    self.shape = shape
    self.backend = backend
    ofBytes = try Tensor.zeros(
      Shape([groups, shape[1], shape[2], shape[0]]), .f64, on: backend)
    byteWeights = [Double](repeating: 0, count: groups)
  }

  /// Adds `u8` `[N, H, W, C]`, weighted by `weights[k][n]`.
  mutating func add(bytes: Tensor, _ weights: [[Double]]) throws {
    try ofBytes.addWeighted(bytes, weights)
    for k in 0..<groups { byteWeights[k] = weights[k].reduce(byteWeights[k], +) }
  }

  /// Adds `f32` `[N, C, H, W]`, weighted by `weights[k][n]`.
  mutating func add(numbers: Tensor, _ weights: [[Double]]) throws {
    var sums = try ofNumbers ?? Tensor.zeros(Shape([groups] + shape.sizes), .f64, on: backend)
    ofNumbers = nil
    try sums.addWeighted(numbers, weights)
    ofNumbers = sums
  }

  /// The sums in the units of `range`, each `[C, H, W]`.
  func results(_ range: ImageRange) throws -> [Tensor] {
    let bytes = try ofBytes.doubles()
    let numbers = try ofNumbers?.doubles()
    let (channels, pixels) = (shape[0], shape[1] * shape[2])
    return try (0..<groups).map { k in
      var values = [Double](repeating: 0, count: shape.count)
      for channel in 0..<channels {
        for pixel in 0..<pixels {
          let sum = bytes[k * shape.count + pixel * channels + channel]
          let at = channel * pixels + pixel
          values[at] = range.low * byteWeights[k] + range.step * sum
          if let numbers { values[at] += numbers[k * shape.count + at] }
        }
      }
      return try Tensor(values, shape, on: backend)
    }
  }
}
