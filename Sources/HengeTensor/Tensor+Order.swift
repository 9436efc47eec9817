// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// The elements in ascending order along `axis`, equal ones keeping theirs; NaN comes last.
  public func sorted(axis: Int = -1, descending: Bool = false) throws -> Tensor {
    if isOnTape, rank > 0 {
      return try gathered(argsorted(axis: axis, descending: descending), axis: axis)
    }
    return try alongLast(axis) { turned in
      let result = try Tensor.empty(turned.shape, type, on: backend)
      try backend.sort(turned.view, descending: descending, into: result.storage, indices: nil)
      return result
    }
  }

  /// The indices that sort the tensor, as in ``sorted(axis:descending:)``, as `i64`.
  public func argsorted(axis: Int = -1, descending: Bool = false) throws -> Tensor {
    try alongLast(axis) { turned in
      let result = try Tensor.empty(turned.shape, .i64, on: backend)
      try backend.sort(turned.view, descending: descending, into: nil, indices: result.storage)
      return result
    }
  }

  /// The sums of all elements up to each one along `axis`, or of all in row-major order if `nil`.
  ///
  /// Floats keep their type and are summed in double precision; others return `i64`. Throws
  /// `E-range` if an integer overflows.
  public func cumulativeSum(axis: Int? = nil) throws -> Tensor {
    guard let axis else { return try reshaped([count]).cumulativeSum(axis: 0) }
    let summands = try cast(to: type.isFloat ? type : .i64)
    return try summands.alongLast(axis) { turned in
      let result = try Tensor.empty(turned.shape, turned.type, on: backend)
      let fault = try backend.accumulate(.sum, turned.view, into: result.storage)
      if let fault { throw Failure.arithmetic(fault, in: "cumsum", operands: [self]) }
      return Tensor.record("cumulative sum", from: [turned], result) { gradient, _ in
        [try gradient.flipped([-1]).cumulativeSum(axis: -1).flipped([-1])]
      }
    }
  }

  /// Applies `body` with `axis` moved last, and moves it back.
  func alongLast(_ axis: Int, _ body: (Tensor) throws -> Tensor) throws -> Tensor {
    if rank == 0 && (axis == 0 || axis == -1) { return try body(reshaped([1])).reshaped([]) }
    let place = try self.axis(axis)
    return try body(transposed(place, rank - 1)).transposed(place, rank - 1)
  }
}

extension OpCheck {
  static let cumulativeSum = OpCheck(
    "cumulative sum", sizes: { [anySizes(&$0, axes: 1...1)] }, { try $0[0].cumulativeSum(axis: 0) })
}
