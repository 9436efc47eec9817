// SPDX-License-Identifier: MIT
public import HengeBackend

extension Tensor {
  /// Zeros in place of each element with probability `rate`, the others divided by `1 - rate`, so that
  /// the mean stays.
  ///
  /// [Srivastava et al. 2014] Which ones go depends on `stream` and the order of the elements in memory alone; it takes as many
  /// draws as elements. Throws `E-range` unless `rate` is in 0..<1.
  public func dropout(_ rate: Double, from stream: inout RandomStream) throws -> Tensor {
    guard rate >= 0, rate < 1 else {
      throw Failure(
        "E-range", "dropout takes away a part from 0 to less than 1, not \(rate)",
        parameter: "rate")
    }
    guard type.isFloat else {
      throw Failure.wrongType("dropout", type, wants: "f32 and f64", try: "f32(x)")
    }
    if rate == 0 { return self }
    let order = memoryOrder
    let draws = try Tensor.rand(
      try Shape(order.map { shape[$0] }), .f32, from: &stream, on: backend)
    let stays = try Tensor.compare(.greaterOrEqual, .tensor(draws), .scalar(.num(rate)))
      .permuted(order.indices.sorted { order[$0] < order[$1] })
    let factor = Scalar.num(1 / (1 - rate))
    let result = try Tensor.choose(stays, .tensor(try detached() * factor), 0)
    return Tensor.record("dropout", from: [self], result) { gradient, _ in
      [try Tensor.choose(stays, .tensor(try gradient * factor), 0)]
    }
  }
}

extension OpCheck {
  static let dropout = OpCheck(
    "dropout",
    {
      var stream = RandomStream(seed: 1, name: "dropout")
      return try $0[0].dropout(0.3, from: &stream)
    })
}
