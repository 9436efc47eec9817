// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// The softmax along `axis`: `e^x / Σ e^x`, computed with the largest element subtracted.
  ///
  /// Floats keep their type, others return `f32`. A row that contains NaN, or only -inf, is NaN.
  public func softmax(axis: Int = -1) throws -> Tensor {
    let place = try rank == 0 ? 0 : self.axis(axis)
    let x = try cast(to: type.isFloat ? type : .f32)
    guard count > 0 else { return x }
    let axes = rank == 0 ? [] : [place]
    let powers = try x.detached().lessLargest(axes).map(.exp)
    let y = try powers / powers.sum(axes, keepingAxes: true)
    return Tensor.record("softmax", from: [x], y) { gradient, _ in
      let weighted = try gradient * y
      return [try weighted - y * weighted.sum(axes, keepingAxes: true)]
    }
  }

  /// The logarithm of ``softmax(axis:)``, exact where the softmax is close to 0.
  public func logSoftmax(axis: Int = -1) throws -> Tensor {
    let place = try rank == 0 ? 0 : self.axis(axis)
    let x = try cast(to: type.isFloat ? type : .f32)
    guard count > 0 else { return x }
    let axes = rank == 0 ? [] : [place]
    let less = try x.detached().lessLargest(axes)
    let y = try less - less.map(.exp).sum(axes, keepingAxes: true).map(.log)
    return Tensor.record("log softmax", from: [x], y) { gradient, _ in
      [try gradient - y.map(.exp) * gradient.sum(axes, keepingAxes: true)]
    }
  }

  /// The elements less the largest along `axes`, so that no exponential overflows.
  private func lessLargest(_ axes: [Int]) throws -> Tensor {
    try self - maximum(axes, keepingAxes: true)
  }
}

extension OpCheck {
  static let softmax = OpCheck(
    "softmax", sizes: { [anySizes(&$0, axes: 1...3)] }, { try $0[0].softmax() },
    { try $0[0].softmax(axis: 0) })
  static let logSoftmax = OpCheck(
    "log softmax", sizes: { [anySizes(&$0, axes: 1...3)] }, { try $0[0].logSoftmax() },
    { try $0[0].logSoftmax(axis: 0) })
}
