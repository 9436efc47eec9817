// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// Adds `weights[k][n] * rows[n]`, for n in order, to entry k of this `f64` tensor.
  ///
  /// `rows` is `u8` or `f32`, `[N, …]`, this `[K, …]` with the same axes after the first. Products
  /// and sums are in double precision, and each sum adds the rows in their order, so
  /// its bytes do not depend on the others, on threads, or on how the rows were cut into calls.
  /// Throws `E-shape` where shapes or the numbers of weights do not fit, `E-type` for other types.
  public mutating func addWeighted(_ rows: Tensor, _ weights: [[Double]]) throws {
    guard type == .f64, rows.type == .u8 || rows.type == .f32 else {
      throw Failure(
        "E-type",
        "weighted sums are f64, of u8 or f32 rows; not \(type.rawValue) of \(rows.type.rawValue)")
    }
    guard rank > 0, rows.rank > 0, shape.sizes.dropFirst() == rows.shape.sizes.dropFirst(),
      weights.count == shape[0], weights.allSatisfy({ $0.count == rows.shape[0] })
    else {
      throw Failure(
        "E-shape", "\(weights.count) rows of weights cannot add \(rows.shape) to sums of \(shape)")
    }
    try refuseTape("weighted sums")
    try rows.refuseTape("weighted sums")
    try makeUnique()
    if !isContiguous || view.offset != 0 || count != storage.count {
      self = try copy(inOrder: Array(0..<rank))
    }
    let factors = try Tensor(
      weights.flatMap { $0 }, Shape([weights.count, rows.shape[0]]), on: backend)
    try backend.addWeighted(rows.view, by: factors.view, to: storage)
  }
}
