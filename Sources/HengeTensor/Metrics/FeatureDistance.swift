// SPDX-License-Identifier: MIT
internal import HengeBackend

/// The distance between the distributions of two sets of features, the rows of matrices `[N, D]`.
///
/// Feature maps `[N, D, H, W]` are averaged over pixels. Everything is computed in double
/// precision.
public enum FeatureDistance {
  /// The Fréchet distance of the two normal distributions with the sets' means and covariances:
  /// `|m₁ - m₂|² + tr(S₁ + S₂ - 2 √(√S₁ S₂ √S₁))`, with unbiased covariances.
  ///
  /// [Heusel et al. 2017] If a set has no more rows than columns, its covariance does not have full
  /// rank, and the distance depends more on the number of rows than on the sets: this is `E-data`,
  /// unless `few` is true. Throws `E-data` for fewer than two rows too, `E-shape` for sets with
  /// different columns, `E-data` if something is not finite.
  public static func frechet(_ x: Tensor, _ y: Tensor, few: Bool = false) throws -> Double {
    let (a, b) = try compared("fid", x, y)
    let columns = a.shape[1]
    for (name, set) in [("A", a), ("B", b)] where !few && set.shape[0] <= columns {
      throw Failure(
        "E-data",
        "fid needs more than \(columns) images to estimate the covariance of \(columns) features, and \(name) has \(set.shape[0])",
        notes: [
          "with fewer, the distance depends on the number of images; kid does not have this bias"
        ],
        suggestion: "kid(…), a layer with fewer channels, or few=true", parameter: name)
    }
    guard columns <= Tensor.largestEigen else {
      throw Failure(
        "E-shape",
        "fid takes up to \(Tensor.largestEigen) features per image, and there are \(columns)",
        suggestion: "kid(…), or a layer with fewer channels", parameter: "A")
    }
    let ((meanX, first), (meanY, second)) = (try moments(a), try moments(b))
    let apart = try (meanX - meanY).map(.square).sum().item().double
    let root = try first.symmetricRoot()
    let product = try root.multiplied(by: second).multiplied(by: root)
    let shared = try product.symmetricEigen().values.map(.relu).map(.sqrt).sum().item().double
    return try apart + trace(first) + trace(second) - 2 * shared
  }

  /// The squared maximum mean discrepancy under the kernel `(x·y / D + 1)³`, without bias: it may be
  /// below 0 for sets that are alike.
  ///
  /// [Bińkowski et al. 2018] Where a set has more than `size` rows, one value for each of `subsets`
  /// choices of as many rows from both, drawn without repetition by `seed` alone; otherwise the one
  /// value of all rows. Throws `E-data` for fewer than two rows, `E-shape` for sets of other columns,
  /// `E-data` where something is not finite, `E-range` for numbers below 1 and a size below 2.
  public static func kernel(
    _ x: Tensor, _ y: Tensor, subsets: Int = 100, size: Int = 1000, seed: UInt64 = 0
  ) throws -> [Double] {
    for (name, value, least) in [("subsets", subsets, 1), ("size", size, 2)]
    where value < least || value > 1 << 20 {
      throw Failure(
        "E-range", "`\(name)` must be an integer from \(least) to \(1 << 20), not \(value)",
        parameter: name)
    }
    let (a, b) = try compared("kid", x, y)
    let (n, m) = (a.shape[0], b.shape[0])
    if max(n, m) <= size { return [try discrepancy(a, b)] }
    let rows = min(size, n, m)
    var stream = RandomStream(seed: seed, name: "kid")
    return try (0..<subsets).map { _ in
      let (first, second) = (
        Array(stream.permutation(n).prefix(rows)), Array(stream.permutation(m).prefix(rows))
      )
      return try discrepancy(a.selecting([.list(first)]), b.selecting([.list(second)]))
    }
  }

  // MARK: Parts

  /// The sets as `f64` `[N, D]`, checked.
  private static func compared(
    _ measure: String, _ x: Tensor, _ y: Tensor
  ) throws -> (Tensor, Tensor) {
    let (a, b) = (try matrix(x, measure, "A"), try matrix(y, measure, "B"))
    guard a.shape[1] == b.shape[1] else {
      throw Failure(
        "E-shape",
        "\(measure) compares features of one layer: those of A are \(a.shape[1]) numbers, of B \(b.shape[1])",
        parameter: "B")
    }
    return (a, b)
  }

  private static func matrix(_ x: Tensor, _ measure: String, _ name: String) throws -> Tensor {
    guard x.rank == 2 || x.rank == 4, x.shape.sizes.dropFirst().allSatisfy({ $0 > 0 }) else {
      throw Failure(
        "E-shape",
        "\(measure) takes features NxD or maps NxDxHxW, not \(x.shape)", parameter: name)
    }
    let own = try x.detached().cast(to: .f64)
    guard own.shape[0] > 1 else {
      throw Failure(
        "E-data",
        "\(measure) needs two images or more, and \(name) has \(own.shape[0])", parameter: name)
    }
    let found = own.rank == 4 ? try own.mean([2, 3]) : own
    guard try found.sum().item().double.isFinite else {
      throw Failure(
        "E-data", "\(measure) needs finite numbers, but features of \(name) are nan or inf",
        parameter: name)
    }
    return found
  }

  private static func moments(_ x: Tensor) throws -> (mean: Tensor, covariance: Tensor) {
    let mean = try x.mean([0], keepingAxes: true)
    let apart = try x - mean
    let covariance = try apart.transposed(0, 1).multiplied(by: apart) / .int(x.shape[0] - 1)
    return (mean, covariance)
  }

  private static func trace(_ x: Tensor) throws -> Double {
    try (x * Tensor.eye(x.shape[0], .f64, on: x.backend)).sum().item().double
  }

  private static func discrepancy(_ x: Tensor, _ y: Tensor) throws -> Double {
    func kernel(_ a: Tensor, _ b: Tensor) throws -> Tensor {
      let base = try a.multiplied(by: b.transposed(0, 1)) / .int(a.shape[1]) + .int(1)
      return try base * base * base
    }
    /// The mean over pairs of different rows.
    func within(_ a: Tensor) throws -> Double {
      let own = try (a * a).sum([1]) / .int(a.shape[1]) + .int(1)
      let (all, same) = (try kernel(a, a).sum(), try (own * own * own).sum())
      let rows = Double(a.shape[0])
      return (try all.item().double - same.item().double) / (rows * (rows - 1))
    }
    return try within(x) + within(y) - 2 * kernel(x, y).mean().item().double
  }
}
