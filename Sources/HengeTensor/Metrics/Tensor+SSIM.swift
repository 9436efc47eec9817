// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend

extension Resampling {
  /// The Gaussian of deviation 1.5 over 11 inputs, at positions where all of them are inside.
  fileprivate static func gaussian(_ size: Int) -> Resampling {
    let shape = (-5...5).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    let total = shape.reduce(0, +)
    var sums = Resampling(inputs: size)
    for first in 0...size - shape.count {
      sums.append(shape.enumerated().map { (first + $0.offset, $0.element / total) })
    }
    return sums
  }
}

extension Tensor {
  /// The side of the window in which structural similarity compares images.
  private static let windowSide = 11

  /// The structural similarity (SSIM) with another image: 1 for equal images, the mean over all
  /// windows.
  ///
  /// In windows of 11x11 pixels, weighted by a Gaussian of deviation 1.5, all inside the image: `(2
  /// m₁ m₂ + c₁)(2 s₁₂ + c₂) / ((m₁² + m₂² + c₁)(s₁² + s₂² + c₂))` with the windows' means,
  /// variances and covariance, `c₁ = (0.01 range)²` and `c₂ = (0.03 range)²`. [Wang et al. 2004]
  ///
  /// Shape: `[…, H, W]` of both, 11 or more; all channels count equally. `range` is the distance
  /// from black to white. Throws `E-shape` for other shapes, `E-range` for a range that is not
  /// above 0.
  public func structuralSimilarity(to other: Tensor, range: Double = 2) throws -> Double {
    guard shape == other.shape else {
      throw Failure(
        "E-shape", "ssim compares tensors of the same shape, not \(shape) and \(other.shape)",
        parameter: "y")
    }
    let side = Tensor.windowSide
    guard rank >= 2, count > 0, shape[rank - 2] >= side, shape[rank - 1] >= side else {
      throw Failure(
        "E-shape", "ssim needs images of at least \(side)x\(side) pixels, not \(shape)",
        notes: ["images are HxW, CxHxW or NxCxHxW"], parameter: "x")
    }
    guard range.isFinite, range > 0 else {
      throw Failure("E-range", "`range` must be larger than 0, not \(range)", parameter: "range")
    }
    let (height, width) = (shape[rank - 2], shape[rank - 1])
    let (rows, columns) = (Resampling.gaussian(height), Resampling.gaussian(width))
    func windows(_ x: Tensor) throws -> Tensor {
      try x.resampled(1, rows).resampled(2, columns)
    }
    let (one, two) = ((0.01 * range) * (0.01 * range), (0.03 * range) * (0.03 * range))
    // Some maps at a time: a dozen tensors of their size are alive at once.
    let planes = count / (height * width)
    let some = max(1, (1 << 20) / (height * width))
    let sizes = [planes, height, width]
    let (all, others) = (
      try detached().reshaped(sizes), try other.detached().reshaped(sizes)
    )
    var sum = 0.0
    for start in stride(from: 0, to: planes, by: some) {
      let part = TensorIndex.slice(start: start, stop: start + some, step: nil)
      let x = try all.selecting([part]).cast(to: .f64)
      let y = try others.selecting([part]).cast(to: .f64)
      let (meanX, meanY) = (try windows(x), try windows(y))
      let (squareX, squareY, product) = try (meanX * meanX, meanY * meanY, meanX * meanY)
      let variances = try windows(x * x) - squareX + windows(y * y) - squareY
      let covariance = try windows(x * y) - product
      let above = try (product * .int(2) + .num(one)) * (covariance * .int(2) + .num(two))
      let below = try (squareX + squareY + .num(one)) * (variances + .num(two))
      sum += try (above / below).sum().item().double
    }
    return sum / Double(planes * rows.outputs * columns.outputs)
  }
}
