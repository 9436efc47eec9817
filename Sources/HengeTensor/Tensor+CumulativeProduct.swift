// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// The products of all elements up to each one along `axis`, or of all in row-major order if
  /// `nil`.
  ///
  /// Floats keep their type and are multiplied in double precision; others return `i64`. Throws
  /// `E-range` if an integer overflows.
  public func cumulativeProduct(axis: Int? = nil) throws -> Tensor {
    guard let axis else { return try reshaped([count]).cumulativeProduct(axis: 0) }
    let factors = try cast(to: type.isFloat ? type : .i64)
    return try factors.alongLast(axis) { turned in
      let result = try Tensor.empty(turned.shape, turned.type, on: backend)
      let fault = try backend.accumulate(.product, turned.view, into: result.storage)
      if let fault { throw Failure.arithmetic(fault, in: "cumprod", operands: [self]) }
      let x = turned.detached()
      return Tensor.record("cumulative product", from: [turned], result) { gradient, _ in
        [try gradient.throughProducts(result, of: x)]
      }
    }
  }

  /// The gradient at `x` from that at its cumulative products `y` along the last axis.
  ///
  /// Without zeros it is the reversed running sum of `gradient · y`, divided by x. Where a factor is
  /// 0 the products without it are needed: element i is y[i - 1] · s[i] with
  /// s[i] = gradient[i] + x[i + 1] · s[i + 1].
  private func throughProducts(_ y: Tensor, of x: Tensor) throws -> Tensor {
    let isZero = try Tensor.compare(.equal, .tensor(x), 0)
    guard x.count > 0, case .bool(true) = try isZero.any().item() else {
      return try (self * y).flipped([-1]).cumulativeSum(axis: -1).flipped([-1]) / x
    }
    let length = x.shape[x.rank - 1]
    func column(_ tensor: Tensor, _ index: Int) throws -> Tensor {
      try tensor.selecting([.ellipsis, .at(index)])
    }
    var columns: [Tensor] = []
    var later = try column(self, length - 1)
    for index in (0..<length).reversed() {
      if index < length - 1 { later = try column(self, index) + column(x, index + 1) * later }
      columns.append(index == 0 ? later : try column(y, index - 1) * later)
    }
    return try Tensor.stacked(columns.reversed(), axis: x.rank - 1)
  }
}

extension OpCheck {
  static let cumulativeProduct = OpCheck(
    "cumulative product", in: 0.5...2, sizes: { [anySizes(&$0, axes: 1...1)] },
    { try $0[0].cumulativeProduct(axis: 0) },
    { operands in
      // Every third factor is 0.
      let places = try Tensor.arange(
        0, .int(operands[0].count), step: 1, .i64, on: operands[0].backend)
      let isKept = try Tensor.compare(
        .less, .tensor(Tensor.combine(.modulo, .tensor(places), 3)), 2)
      return try (operands[0] * isKept.cast(to: operands[0].type)).cumulativeProduct(axis: 0)
    })
}
