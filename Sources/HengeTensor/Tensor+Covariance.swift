// SPDX-License-Identifier: MIT
internal import HengeBackend

// Covariance, correlation and counts, in double precision whatever the elements are.

extension Tensor {
  /// The sample covariance of two variables, whose elements belong together one by one: the sum of
  /// the products of their deviations over n - 1, as `f64`.
  ///
  /// Throws `E-shape` for other shapes than one and for fewer than two elements.
  public func covariance(with other: Tensor) throws -> Tensor {
    let (x, y) = try deviations(with: other, "cov")
    return try (x * y).sum() / .int(count - 1)
  }

  /// The covariance matrix [K, K] of the rows of a matrix [K, N], K variables with N observations each,
  /// as `f64`.
  ///
  /// Throws `E-shape` for what is no matrix and for fewer than two observations.
  public func covariance() throws -> Tensor {
    let rows = try rowDeviations("cov")
    return try rows.multiplied(by: rows.transposed()) / .int(shape[1] - 1)
  }

  /// Pearson's correlation coefficient of two variables, as `f64`: NaN where one of them is constant.
  ///
  /// Throws `E-shape` for other shapes than one and for fewer than two elements.
  public func correlation(with other: Tensor) throws -> Tensor {
    let (x, y) = try deviations(with: other, "corr")
    let covariance = try (x * y).sum() / .int(count - 1)
    return try (covariance / x.sampleDeviation() / y.sampleDeviation()).clip(low: -1, high: 1)
  }

  /// The correlation matrix [K, K] of the rows of a matrix [K, N], as `f64`: NaN in the row and the
  /// column of a constant variable.
  ///
  /// Throws `E-shape` for what is no matrix and for fewer than two observations.
  public func correlation() throws -> Tensor {
    let rows = try rowDeviations("corr")
    let units = try rows / rows.sampleDeviation([1])
    let products = try units.multiplied(by: units.transposed())
    return try (products / .int(shape[1] - 1)).clip(low: -1, high: 1)
  }

  /// How often each of 0, 1, 2, … is among the elements, as `i64`: as many counts as the largest element
  /// plus one, and at least `length`.
  ///
  /// Floats count where they are whole. Throws `E-range` for an element that is negative or no whole
  /// number, and for a `length` below 0.
  public func counts(atLeast length: Int = 0) throws -> Tensor {
    guard length >= 0 else {
      throw Failure(
        "E-range", "`minlength` must be at least 0, not \(length)", parameter: "minlength")
    }
    let whole = try detached().wholeNumbers()
    let largest = try whole.count > 0 ? whole.maximum().ints()[0] : -1
    guard largest < Int.max else {
      throw Failure(
        "E-range", "one element is \(largest), so that there would be too many counts",
        parameter: "x")
    }
    let size = try Shape([max(length, largest + 1)])
    return try Tensor(bytesOf: .i64, size, on: backend) { bytes in
      let counts = bytes.bindMemory(to: Int.self)
      counts.initialize(repeating: 0)
      try whole.withBytes {
        for element in $0.bindMemory(to: Int.self) { counts[element] += 1 }
      }
    }
  }

  /// The elements as `i64`, none of them negative.
  private func wholeNumbers() throws -> Tensor {
    if type.isFloat, let other = try doubles().first(where: { $0.rounded() != $0 || !$0.isFinite })
    {
      throw Failure(
        "E-range", "bincount counts whole numbers, and one element is \(formatNumber(other))",
        suggestion: "hist(x) for numbers with fractions", parameter: "x")
    }
    let whole = try cast(to: .i64)
    guard whole.count > 0, let least = try whole.minimum().ints().first, least < 0 else {
      return whole
    }
    throw Failure(
      "E-range", "bincount counts numbers of 0 or more, and one element is \(least)",
      parameter: "x")
  }

  private func deviations(with other: Tensor, _ name: String) throws -> (Tensor, Tensor) {
    guard shape == other.shape else {
      throw Failure(
        "E-shape", "\(name) takes two tensors of the same shape, not \(shape) and \(other.shape)",
        parameter: "y")
    }
    try checkObservations(count, name)
    return (try cast(to: .f64).deviations(), try other.cast(to: .f64).deviations())
  }

  private func rowDeviations(_ name: String) throws -> Tensor {
    guard rank == 2 else {
      throw Failure(
        "E-shape",
        "\(name) of one tensor takes a matrix [K, N] of K variables with N observations, not \(shape)",
        suggestion: "\(name)(x, y) of two variables", parameter: "x")
    }
    try checkObservations(shape[1], name)
    return try cast(to: .f64).deviations([1])
  }

  /// The standard deviation of elements whose mean is 0, divided by n - 1.
  private func sampleDeviation(_ axes: [Int]? = nil) throws -> Tensor {
    let number = axes.map { $0.reduce(1) { $0 * shape[$1] } } ?? count
    return try norm(axes, keepingAxes: axes != nil) / .num(Double(number - 1).squareRoot())
  }

  private func checkObservations(_ number: Int, _ name: String) throws {
    guard number < 2 else { return }
    throw Failure(
      "E-shape", "\(name) needs at least 2 observations of each variable, not \(number)",
      parameter: "x")
  }

  /// The elements less their mean; exactly 0 where all are equal, which rounding could hide.
  private func deviations(_ axes: [Int]? = nil) throws -> Tensor {
    let x = detached()
    let range = try x.maximum(axes, keepingAxes: true) - x.minimum(axes, keepingAxes: true)
    let isConstant = try Tensor.compare(.equal, .tensor(range), 0)
    let moved = try self - mean(axes, keepingAxes: true)
    return try Tensor.choose(isConstant.broadcast(to: shape), 0, .tensor(moved))
  }
}
