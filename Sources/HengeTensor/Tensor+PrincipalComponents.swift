// SPDX-License-Identifier: MIT
internal import HengeBackend

/// The directions in which observations vary most.
public struct PrincipalComponents {
  /// The coordinates of each observation along the components, `[N, n]`.
  public let scores: Tensor
  /// Unit vectors, `[n, D]`, the direction of the largest variance first.
  public let components: Tensor
  /// The variance along each component, divided by N - 1, `[n]`.
  public let variance: Tensor
  /// Each component's share of the whole variance, `[n]`.
  public let ratio: Tensor
  /// The mean of the observations, `[D]`.
  public let mean: Tensor
}

extension Tensor {
  /// The first `n` principal components of the rows of a matrix `[N, D]`, N observations of D variables,
  /// in double precision.
  ///
  /// A component's sign is arbitrary: the one with which its element of the largest magnitude is positive.
  /// Throws `E-shape` for what is no matrix of two rows or more, or too large, `E-range` for an `n` below 1
  /// or above the number of directions in which the rows vary, and `E-data` where elements are not finite.
  public func principalComponents(_ n: Int) throws -> PrincipalComponents {
    guard rank == 2, shape[0] >= 2, shape[1] >= 1 else {
      throw Failure(
        "E-shape", "pca takes two observations or more, [N, D], not \(shape)", parameter: "x")
    }
    guard n >= 1 else {
      throw Failure("E-range", "`n` must be at least 1, not \(n)", parameter: "n")
    }
    let rows = try detached().cast(to: .f64)
    let mean = try rows.mean([0], keepingAxes: true)
    let centered = try rows - mean
    // The smaller of the two products of the rows with themselves has the same eigenvalues above 0.
    let isWide = shape[1] > shape[0]
    guard min(shape[0], shape[1]) <= Tensor.largestEigen else {
      throw Failure(
        "E-shape",
        "pca takes up to \(Tensor.largestEigen) observations or up to \(Tensor.largestEigen) variables, not \(shape[0]) of \(shape[1])",
        suggestion: "fewer rows: x[:\(Tensor.largestEigen)]", parameter: "x")
    }
    let product =
      isWide
      ? try centered.multiplied(by: centered.transposed())
      : try centered.transposed().multiplied(by: centered)
    let (values, vectors) = try (product / .num(Double(shape[0] - 1))).symmetricEigen()
    let ascending = try values.doubles()
    let largest = max(0, ascending.last ?? 0)
    // Below this, an eigenvalue is rounding.
    let directions = ascending.count { $0 > largest * 1e-12 && $0 > 0 }
    guard n <= directions else {
      throw Failure(
        "E-range",
        "there are no \(n) components: the \(shape[0]) observations vary in \(directions) \(directions == 1 ? "direction" : "directions")",
        suggestion: directions > 0 ? "n=\(directions)" : nil, parameter: "n")
    }
    // Eigenvalues ascend.
    let end = ascending.count - 1 - n
    var components = try vectors.selecting([
      TensorIndex.slice(start: nil, stop: end < 0 ? nil : end, step: -1)
    ])
    if isWide {
      components = try components.multiplied(by: centered)
      components = try components / components.norm([1], keepingAxes: true)
    }
    components = try components * components.signsOfLargest()
    let variance = Array(ascending.suffix(n).reversed())
    let whole = try (centered * centered).sum().doubles()[0] / Double(shape[0] - 1)
    func vector(_ values: [Double]) throws -> Tensor {
      try Tensor(values, try Shape([values.count]), on: backend)
    }
    return PrincipalComponents(
      scores: try centered.multiplied(by: components.transposed()), components: components,
      variance: try vector(variance), ratio: try vector(variance.map { $0 / whole }),
      mean: try mean.reshaped([shape[1]]))
  }

  /// 1 or -1 for each row, `[n, 1]`: the sign of its element of the largest magnitude, the first of
  /// equal ones.
  private func signsOfLargest() throws -> Tensor {
    let width = shape[1]
    let values = try doubles()
    let signs = (0..<shape[0]).map { row in
      let part = values[row * width..<(row + 1) * width]
      let largest = part.max { $0.magnitude < $1.magnitude } ?? 1
      return largest < 0 ? -1.0 : 1.0
    }
    return try Tensor(signs, try Shape([signs.count, 1]), on: backend)
  }
}
