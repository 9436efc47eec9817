// SPDX-License-Identifier: MIT
public import HengeBackend

extension Tensor {
  /// `x` where it is positive, `slope · x` elsewhere, for each element.
  ///
  /// [Maas et al. 2013] Throws `E-range` for a negative slope, `E-type` for elements that are no floats.
  public func leakyRelu(slope: Float = 0.2) throws -> Tensor {
    guard slope >= 0 else {
      throw Failure("E-range", "leaky ReLU has a slope of 0 or more, not \(slope)")
    }
    guard type.isFloat else {
      throw Failure.wrongType("leaky ReLU", type, wants: "f32 and f64", try: "f32(x)")
    }
    let x = detached()
    let below = try x * .num(Double(slope))
    // The larger of the two where the slope is flat, the smaller where it is steep; NaN stays.
    let y = try Tensor.combine(slope <= 1 ? .maximum : .minimum, .tensor(x), .tensor(below))
    return Tensor.record("leaky ReLU", from: [self], y) { gradient, _ in
      [try gradient.beforeActivation(.leakyReLU(slope: slope), result: y)]
    }
  }

  /// The function that convolutions and normalizations can apply to their result, alone.
  public func activated(_ activation: Activation) throws -> Tensor {
    switch activation {
    case .none: self
    case .relu: try map(.relu)
    case .leakyReLU(let slope): try leakyRelu(slope: slope)
    case .tanh: try map(.tanh)
    case .sigmoid: try map(.sigmoid)
    }
  }
}

extension OpCheck {
  static let leakyReLU = OpCheck(
    "leaky ReLU", avoiding: [0], { try $0[0].leakyRelu() }, { try $0[0].leakyRelu(slope: 1.5) })
}
