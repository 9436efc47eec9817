// SPDX-License-Identifier: MIT
public import HengeBackend

extension Tensor {
  /// Layer normalization over `axes` (all but the first if `nil`):
  /// `(x - mean) / √(variance + epsilon) · scale + shift`.
  ///
  /// [Ba et al. 2016] The variance is the population variance; `scale` and `shift` broadcast.
  /// Throws `E-index` for axes that do not exist, `E-type` for elements that are not floats.
  public func layerNormalized(
    over axes: [Int]? = nil, epsilon: Double = 1e-5, scale: Tensor? = nil, shift: Tensor? = nil
  ) throws -> Tensor {
    guard type.isFloat else {
      throw Failure.wrongType("layer normalization", type, wants: "f32 and f64", try: "f32(x)")
    }
    let axes = try self.axes(axes ?? Array(1..<max(1, rank)))
    let x = detached()
    let spread = try x.variance(axes, keepingAxes: true) + .num(epsilon)
    let inverse = try Tensor.ones(spread.shape, type, on: backend) / spread.map(.sqrt)
    let normal = try (x - x.mean(axes, keepingAxes: true)) * inverse
    var result = Tensor.record("layer normalization", from: [self], normal) { gradient, _ in
      let mean = try gradient.mean(axes, keepingAxes: true)
      let product = try (gradient * normal).mean(axes, keepingAxes: true)
      return [try (gradient - mean - normal * product) * inverse]
    }
    if let scale { result = try result * scale }
    if let shift { result = try result + shift }
    return result
  }

  /// Each channel scaled and moved, `act(x · scale + shift)`: what a batch normalization is once its
  /// statistics are known.
  ///
  /// Shape: `[N, C, …]` → the same; `scale` and `shift` `[C]`. Throws `E-shape` for another number of
  /// channels.
  public func affine(
    scale: Tensor, shift: Tensor, activation: Activation = .none
  ) throws -> Tensor {
    guard rank > 1, scale.shape.sizes == [shape[1]], shift.shape == scale.shape else {
      throw Failure(
        "E-shape",
        "the channels of \(shape) cannot be scaled by \(scale.shape) and moved by \(shift.shape)",
        parameter: "x")
    }
    let column = [shape[1]] + [Int](repeating: 1, count: rank - 2)
    return try (self * scale.reshaped(column) + shift.reshaped(column)).activated(activation)
  }

  /// Normalizes each channel with known statistics:
  /// `act((x - mean) / √(variance + epsilon) · scale + shift)`.
  ///
  /// Shape: `[N, C, …]` → the same; all others `[C]`. Throws `E-shape` for another number of
  /// channels.
  public func normalized(
    mean: Tensor, variance: Tensor, epsilon: Double = 1e-5, scale: Tensor? = nil,
    shift: Tensor? = nil, activation: Activation = .none
  ) throws -> Tensor {
    let deviation = try (variance + .num(epsilon)).map(.sqrt)
    let ones = try Tensor.ones(variance.shape, variance.type, on: backend)
    let rate = try (scale ?? ones) / deviation
    let offset = try -(mean * rate)
    return try affine(
      scale: rate, shift: try shift.map { try offset + $0 } ?? offset, activation: activation)
  }
}

extension OpCheck {
  static let layerNormalisation = OpCheck(
    "layer normalization", sizes: { [maps(&$0, from: 2)] }, { try $0[0].layerNormalized() },
    { try $0[0].layerNormalized(over: [1], epsilon: 0.1) })
}
