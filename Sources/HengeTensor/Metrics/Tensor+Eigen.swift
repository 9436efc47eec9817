// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// The largest symmetric matrix that is decomposed; it takes a minute, and nothing stops it.
  static let largestEigen = 4096

  /// The eigenvalues `[n]`, ascending, and in each row of `vectors [n, n]` the unit vector of one, of
  /// a symmetric matrix `[n, n]`, in double precision.
  ///
  /// One triangle is read. Throws `E-shape` for what is not square or larger than 4096x4096, `E-data`
  /// where elements are not finite.
  func symmetricEigen() throws -> (values: Tensor, vectors: Tensor) {
    guard rank == 2, shape[0] == shape[1], shape[0] <= Tensor.largestEigen else {
      throw Failure(
        "E-shape",
        "eigenvalues are computed for square matrices up to \(Tensor.largestEigen)x\(Tensor.largestEigen), not of \(shape)"
      )
    }
    let matrix = try detached().cast(to: .f64)
    let values = try Tensor.empty(try Shape([shape[0]]), .f64, on: backend)
    let vectors = try Tensor.empty(shape, .f64, on: backend)
    // LAPACK does not notice NaN in every matrix.
    guard try backend.eigen(matrix.view, values: values.storage, vectors: vectors.storage),
      try values.doubles().allSatisfy(\.isFinite)
    else {
      throw Failure("E-data", "the matrix contains nan or inf, so it has no eigenvalues")
    }
    return (values, vectors)
  }

  /// The symmetric root of a symmetric matrix without negative eigenvalues; those that rounding made
  /// negative count as 0.
  func symmetricRoot() throws -> Tensor {
    let (values, vectors) = try symmetricEigen()
    let roots = try values.map(.relu).map(.sqrt).expanded(at: 1)
    return try vectors.transposed(0, 1).multiplied(by: try vectors * roots)
  }
}
