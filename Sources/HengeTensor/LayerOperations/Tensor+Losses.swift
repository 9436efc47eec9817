// SPDX-License-Identifier: MIT
public import HengeBackend

// Losses: a number that measures the difference of a prediction from its target, the mean over all
// elements. The shapes must be equal: with accidental broadcasting a model would still learn, but
// something else.

extension Tensor {
  /// The mean squared error, `mean((x - target)²)`.
  ///
  /// Throws `E-shape` for other shapes.
  public func mse(_ target: Tensor) throws -> Tensor {
    let (x, t) = try compared("mse", with: target)
    let difference = try x.detached() - t.detached()
    return Tensor.record("mse", from: [x, t], try difference.map(.square).mean()) {
      gradient, wanted in
      let rate = try gradient * .num(2 / Double(difference.count))
      let slope = try difference * rate
      return [slope, wanted[1] ? try -slope : nil]
    }
  }

  /// The mean squared distance from one number, the target of least-squares adversaries.
  ///
  /// [Mao et al. 2017]
  public func mse(_ target: Scalar) throws -> Tensor {
    try mse(try Tensor.full(.scalar, target, lossType("mse"), on: backend).broadcast(to: shape))
  }

  /// The mean absolute error, `mean(|x - target|)`.
  ///
  /// Throws `E-shape` for other shapes.
  public func l1(_ target: Tensor) throws -> Tensor {
    let (x, t) = try compared("l1", with: target)
    let difference = try x.detached() - t.detached()
    return Tensor.record("l1", from: [x, t], try difference.map(.abs).mean()) { gradient, wanted in
      let rate = try gradient / .int(difference.count)
      let slope = try difference.sign() * rate
      return [slope, wanted[1] ? try -slope : nil]
    }
  }

  /// The mean binary cross-entropy of probabilities in the form of logits:
  /// `mean(max(x, 0) - x·target + log(1 + e^-|x|))`, which cannot overflow.
  ///
  /// Throws `E-shape` for other shapes.
  public func bceWithLogits(_ target: Tensor) throws -> Tensor {
    let (prediction, goal) = try compared("bce", with: target)
    let (x, t) = (prediction.detached(), goal.detached())
    let tail = try ((-x.map(.abs)).map(.exp) + 1).map(.log)
    let terms = try x.map(.relu) - x * t + tail
    return Tensor.record("bce", from: [prediction, goal], try terms.mean()) { gradient, wanted in
      let rate = try gradient / .int(x.count)
      return [
        wanted[0] ? try (x.map(.sigmoid) - t) * rate : nil, wanted[1] ? try -(x * rate) : nil,
      ]
    }
  }

  /// As ``bceWithLogits(_:)`` to one number.
  public func bceWithLogits(_ target: Scalar) throws -> Tensor {
    try bceWithLogits(
      try Tensor.full(.scalar, target, lossType("bce"), on: backend).broadcast(to: shape))
  }

  private func lossType(_ name: String) throws -> ElementType {
    guard type.isFloat else {
      throw Failure.wrongType(name, type, wants: "f32 and f64", try: "f32(x)")
    }
    return type
  }

  /// The prediction and the target in its type.
  private func compared(_ name: String, with target: Tensor) throws -> (Tensor, Tensor) {
    let type = try lossType(name)
    guard shape == target.shape else {
      throw Failure(
        "E-shape", "\(name) compares \(shape) with \(target.shape)",
        notes: ["a prediction and its target have one shape: a loss does not broadcast"])
    }
    return (self, try target.cast(to: type))
  }
}

extension OpCheck {
  private static func loss(
    _ name: String, _ loss: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
  ) -> OpCheck {
    OpCheck(
      name,
      sizes: { stream in
        let sizes = anySizes(&stream)
        return [sizes, sizes]
      }
    ) { try loss($0[0], $0[1]) }
  }

  static let mse = loss("mse") { try $0.mse($1) }
  static let l1 = loss("l1") { try $0.l1($1) }
  static let bce = loss("bce") { try $0.bceWithLogits($1) }
}
