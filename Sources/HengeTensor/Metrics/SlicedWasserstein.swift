// SPDX-License-Identifier: MIT
internal import HengeBackend

/// The sliced Wasserstein distance between the patches of two sets of images.
///
/// It needs no network.
///
/// Every image is decomposed into a Laplacian pyramid, halved while the smaller side stays at least
/// `smallest`. On each level, `patches` random patches of 7x7 pixels are taken from each image, and
/// each set's channels are normalized to mean 0 and deviation 1 over all its patches. The patches
/// are projected onto `repeats · directions` random unit vectors. The distance of a level is the
/// mean, over these vectors, of the one-dimensional Wasserstein distance ∫|F⁻¹ - G⁻¹|, times 1000;
/// for sets of equal size this is the mean difference of the sorted projections. [Rabin et al.
/// 2011; Karras et al. 2018, appendix]
///
/// All draws are counted from `seed`, those of patches by image, level and patch: the same sets
/// have the same distance, and the distance of a set from itself is 0.
public struct SlicedWasserstein: Sendable, Hashable {
  /// The number of patches of each image on each level.
  public let patches: Int
  /// Unit vectors of each repeat.
  public let directions: Int
  /// The number of sets of random vectors.
  public let repeats: Int
  /// The smaller side at which images are not halved again.
  public let smallest: Int
  /// The seed of the draws.
  public let seed: UInt64

  /// The side of a patch.
  static let side = 7

  /// The distance of two sets on one level of the pyramid.
  public struct Level: Sendable, Hashable {
    /// The height of the level's images.
    public let height: Int
    /// Their columns.
    public let width: Int
    /// The distance, times 1000.
    public let distance: Double
  }

  /// Measures with these sizes; throws `E-range` for those below 1, and `smallest` below 7.
  public init(
    patches: Int = 128, directions: Int = 128, repeats: Int = 4, smallest: Int = 16,
    seed: UInt64 = 0
  ) throws {
    for (name, value, least, most) in [
      ("patches", patches, 1, 4096), ("directions", directions, 1, 1 << 20),
      ("repeats", repeats, 1, 1 << 20), ("smallest", smallest, Self.side, 1 << 20),
    ] where value < least || value > most {
      throw Failure(
        "E-range", "`\(name)` must be an integer from \(least) to \(most), not \(value)",
        parameter: name)
    }
    self.patches = patches
    self.directions = directions
    self.repeats = repeats
    self.smallest = smallest
    self.seed = seed
  }

  /// The distance on each level, the largest images first.
  ///
  /// Throws `E-shape` unless the sets' images have one shape, `E-data` for an empty set.
  public func levels(between a: PatchSample, and b: PatchSample) throws -> [Level] {
    precondition(a.settings == self && b.settings == self, "patches are taken by the same settings")
    let (first, second) = (try a.checked("A"), try b.checked("B"))
    guard first == second else {
      throw Failure(
        "E-shape", "swd compares images of the same size; those of A are \(first), of B \(second)",
        notes: ["images of different sizes have pyramids with different levels"],
        suggestion: "resize(x, \(first[1])x\(first[2])) for each x of B", parameter: "B")
    }
    return try zip(a.levels, b.levels).map { one, other in
      Level(
        height: one.height, width: one.width, distance: 1000 * (try distance(one, other)))
    }
  }

  /// The mean of the levels' distances; throws as ``levels(between:and:)``.
  public func distance(between a: PatchSample, and b: PatchSample) throws -> Double {
    let all = try levels(between: a, and: b)
    return all.reduce(0) { $0 + $1.distance } / Double(all.count)
  }

  // MARK: One level

  /// How many rows of projections are sorted at once: a sort needs four times their memory.
  private static let rowsAtOnce = 16

  private func distance(_ a: PatchSample.Level, _ b: PatchSample.Level) throws -> Double {
    var stream = RandomStream(seed: seed, name: "swd.directions")
    var sum = 0.0
    var steps: Quantiles?
    for _ in 0..<repeats {
      let vectors = try unitVectors(a.length, from: &stream, on: a.backend)
      let (x, y) = (try a.projected(on: vectors), try b.projected(on: vectors))
      let (n, m) = (x.sums.shape[1], y.sums.shape[1])
      if n != m, steps == nil { steps = Quantiles(n, m) }
      for start in stride(from: 0, to: directions, by: Self.rowsAtOnce) {
        let rows = TensorIndex.slice(start: start, stop: start + Self.rowsAtOnce, step: nil)
        sum += try Self.distances(
          x.sums.selecting([rows]).sorted(), x.shifts.selecting([rows]),
          y.sums.selecting([rows]).sorted(), y.shifts.selecting([rows]), steps)
      }
    }
    return sum / Double(repeats * directions)
  }

  /// `[directions, length]` of length 1 each, in double precision.
  private func unitVectors(
    _ length: Int, from stream: inout RandomStream, on backend: any Backend
  ) throws -> Tensor {
    let drawn = try Tensor.randn(
      try Shape([directions, length]), .f64, from: &stream, on: backend)
    return try drawn / drawn.norm([1], keepingAxes: true)
  }

  /// The sum over rows of the distance between the distributions whose sorted values are
  /// `x - shift` and `y - shift`; `steps` are theirs where their numbers differ.
  private static func distances(
    _ x: Tensor, _ xShift: Tensor, _ y: Tensor, _ yShift: Tensor, _ steps: Quantiles?
  ) throws -> Double {
    let shift = try (xShift - yShift).cast(to: .f32)
    guard let steps else {
      let apart = try (x - y - shift).map(.abs)
      return try apart.sum().item().double / Double(x.shape[1])
    }
    let apart =
      try
      (x.selecting([.all, .list(steps.first)]) - y.selecting([.all, .list(steps.second)])
      - shift).map(.abs)
    let weights = try Tensor(steps.weights, try Shape([steps.weights.count]), on: x.backend)
    return try (apart * weights.cast(to: .f32)).sum().item().double
  }
}

/// The steps of two quantile functions laid over one another.
///
/// Over each of them both are constant, so ∫|F⁻¹ - G⁻¹| is Σ weight · |x[first] - y[second]|.
struct Quantiles {
  private(set) var first: [Int] = []
  private(set) var second: [Int] = []
  /// The length of each step, all of them 1 together.
  private(set) var weights: [Double] = []

  /// Those of `n` and of `m` sorted values.
  init(_ n: Int, _ m: Int) {
    // Steps end at multiples of m (those of the first) and of n, counted in parts of n · m.
    var (i, j, place) = (0, 0, 0)
    while i < n, j < m {
      let (endFirst, endSecond) = ((i + 1) * m, (j + 1) * n)
      let end = min(endFirst, endSecond)
      first.append(i)
      second.append(j)
      weights.append(Double(end - place) / (Double(n) * Double(m)))
      place = end
      if endFirst == end { i += 1 }
      if endSecond == end { j += 1 }
    }
  }
}
