// SPDX-License-Identifier: MIT
public import HengeBackend

/// Random patches of a set of images, on each level of their pyramids.
///
/// A sample is taken once and can be compared with any number of others. It contains `images ·
/// patches · C · 49` single-precision numbers for each level.
public struct PatchSample {
  /// The number of patches, and their draws.
  public let settings: SlicedWasserstein
  /// The number of images so far.
  public private(set) var count = 0
  /// `[C, H, W]` of them, once there is one.
  public private(set) var shape: Shape?
  /// From the largest images to the smallest.
  private(set) var levels: [Level] = []

  /// No patches yet.
  public init(_ settings: SlicedWasserstein) { self.settings = settings }

  /// The patches of one level.
  struct Level {
    let height: Int
    let width: Int
    let channels: Int
    let backend: any Backend
    /// `[patches, C · 49]`, one for each batch of images.
    fileprivate var parts: [Tensor] = []
    /// Σx and Σx² of each channel, and over how many numbers.
    fileprivate var sums: [Double]
    fileprivate var squares: [Double]
    fileprivate var numbers = 0

    /// The numbers of a patch.
    var length: Int { channels * SlicedWasserstein.side * SlicedWasserstein.side }
  }

  /// Adds patches of further images `[N, C, H, W]`, or of one `[C, H, W]`.
  ///
  /// Throws `E-shape` for images of another shape than those before, or smaller than a patch.
  public mutating func append(_ pictures: Tensor) throws {
    let given = pictures.detached()
    let batch = given.rank == 3 ? try given.expanded(at: 0) : given
    guard batch.rank == 4, batch.shape[1] > 0 else {
      throw Failure(
        "E-shape", "swd takes images CxHxW and batches NxCxHxW, not \(pictures.shape)")
    }
    let own = try Shape(Array(batch.shape.sizes.dropFirst()))
    if let shape, shape != own {
      throw Failure(
        "E-shape", "swd takes images of the same size, not \(shape) and \(own)",
        suggestion: "resize(x, \(shape[1])x\(shape[2])) for each x")
    }
    guard batch.shape[0] > 0 else { return }
    guard min(own[1], own[2]) >= SlicedWasserstein.side else {
      throw Failure(
        "E-shape", "swd compares 7x7 patches, and images of \(own) have none")
    }
    shape = own
    // Some at a time: between two portions Ctrl-C is heard, and a set is its tensor to the bit.
    for start in stride(from: 0, to: batch.shape[0], by: Self.portion) {
      let some = try batch.selecting([.slice(start: start, stop: start + Self.portion, step: nil)])
      try appendLevels(of: some.cast(to: .f32))
      count += some.shape[0]
    }
  }

  private static let portion = 16

  /// `[C, H, W]`, if there is an image; `name` identifies the set in errors.
  func checked(_ name: String) throws -> Shape {
    guard let shape else {
      throw Failure("E-data", "there are no images in \(name)", parameter: name)
    }
    return shape
  }

  private mutating func appendLevels(of batch: Tensor) throws {
    var (picture, index) = (batch, 0)
    while true {
      let (height, width) = (picture.shape[2], picture.shape[3])
      let isLast = (min(height, width) + 1) / 2 < settings.smallest
      var detail = picture
      if !isLast {
        let smaller = try picture.resampled(2, .reduced(height)).resampled(3, .reduced(width))
        detail =
          try picture
          - smaller.resampled(2, .expanded(to: height)).resampled(3, .expanded(to: width))
        picture = smaller
      }
      if index == levels.count {
        let none = [Double](repeating: 0, count: batch.shape[1])
        levels.append(
          Level(
            height: height, width: width, channels: batch.shape[1], backend: batch.backend,
            sums: none, squares: none))
      }
      try take(from: detail, level: index)
      if isLast { return }
      index += 1
    }
  }

  /// Copies the patches of a level's images, and accumulates the statistics of their channels.
  private mutating func take(from pictures: Tensor, level: Int) throws {
    let (side, patches) = (SlicedWasserstein.side, settings.patches)
    let (channels, height, width) = (pictures.shape[1], pictures.shape[2], pictures.shape[3])
    let draws = RandomStream(seed: settings.seed, name: "swd.patches.\(level)")
    let total = pictures.shape[0] * patches
    let (first, length) = (count * patches, levels[level].length)
    var (sums, squares) = (levels[level].sums, levels[level].squares)
    func place(_ index: Int, below bound: Int) -> Int {
      let draw = draws.draw(at: UInt64(index))
      return Int(truncatingIfNeeded: draw.multipliedFullWidth(by: UInt64(bound)).high)
    }
    let part = try pictures.withBytes { source in
      let pixels = source.assumingMemoryBound(to: Float.self)
      return try Tensor(
        bytesOf: .f32, try Shape([total, length]), on: pictures.backend
      ) { target in
        let numbers = target.assumingMemoryBound(to: Float.self)
        for patch in 0..<total {
          let row = place(2 * (first + patch), below: height - side + 1)
          let column = place(2 * (first + patch) + 1, below: width - side + 1)
          var next = patch * length
          for channel in 0..<channels {
            let plane = (patch / patches * channels + channel) * height
            var (sum, square) = (0.0, 0.0)
            for line in row..<row + side {
              let start = (plane + line) * width + column
              for place in start..<start + side {
                let value = pixels[place]
                numbers[next] = value
                next += 1
                sum += Double(value)
                square += Double(value) * Double(value)
              }
            }
            sums[channel] += sum
            squares[channel] += square
          }
        }
      }
    }
    levels[level].parts.append(part)
    levels[level].numbers += total * side * side
    levels[level].sums = sums
    levels[level].squares = squares
  }
}

extension PatchSample.Level {
  /// The patches projected on `vectors` `[K, length]`, without normalization, `[K, patches]`, and
  /// the value to subtract from each row, `[K, 1]`, so that their channels have mean 0.
  ///
  /// The vectors, not the patches, are divided by the channels' standard deviations: this has the
  /// same result and needs no copy. A constant channel is not divided.
  func projected(on vectors: Tensor) throws -> (sums: Tensor, shifts: Tensor) {
    let area = SlicedWasserstein.side * SlicedWasserstein.side
    let means = sums.map { $0 / Double(numbers) }
    let rates = zip(squares, means).map { square, mean in
      let variance = square / Double(numbers) - mean * mean
      // What rounding leaves of a constant's variance is no contrast to be stretched.
      return variance > 1e-12 * mean * mean ? 1 / variance.squareRoot() : 1
    }
    func spread(_ values: [Double]) throws -> Tensor {
      try Tensor(
        values.flatMap { [Double](repeating: $0, count: area) }, try Shape([length]), on: backend)
    }
    let scaled = try vectors * spread(rates)
    let shifts = try (scaled * spread(means)).sum([1], keepingAxes: true)
    let single = try scaled.cast(to: .f32)
    let rows = try parts.map { try single.multiplied(by: $0.transposed(0, 1)) }
    return (try Tensor.concatenated(rows, axis: 1), shifts)
  }
}
