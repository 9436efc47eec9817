// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// The rows of the last axis at a length of nearly 1: `x / (‖x‖ + ε)` with `‖x‖ = √Σx²`; zeros stay
  /// zeros.
  ///
  /// Shape: `[…, F]` → the same. Throws `E-type` for elements that are not floats, `E-shape` without
  /// axes.
  public func unitLength(epsilon: Double) throws -> Tensor {
    guard type.isFloat else {
      throw Failure.wrongType("L2 normalization", type, wants: "f32 and f64", try: "f32(x)")
    }
    let x = detached()
    let axes = [try axis(-1)]
    let length = try x.map(.square).sum(axes, keepingAxes: true).map(.sqrt)
    let divisor = try length + .num(epsilon)
    let y = try x / divisor
    return Tensor.record("unit length", from: [self], y) { gradient, _ in
      // The length has no slope at 0; there it does not count.
      let isZero = try Tensor.compare(.equal, .tensor(length), 0)
      let unit = try x / Tensor.choose(isZero, 1, .tensor(length))
      let along = try (gradient * y).sum(axes, keepingAxes: true)
      return [try (gradient - unit * along) / divisor]
    }
  }
}

extension OpCheck {
  static let unitLength = OpCheck(
    "unit length", sizes: { [anySizes(&$0, axes: 0...2) + [2 + $0.next(below: 4)]] },
    { try $0[0].unitLength(epsilon: 1e-7) },
    { try $0[0].unitLength(epsilon: 0.5) })
}
