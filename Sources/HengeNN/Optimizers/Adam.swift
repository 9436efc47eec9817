// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

/// Adam: `m ← β₁m + (1 - β₁)g`, `v ← β₂v + (1 - β₂)g²`, `p ← p - lr·m̂ / (√v̂ + ε)` with
/// `m̂ = m / (1 - β₁ᵗ)` and `v̂ = v / (1 - β₂ᵗ)`. [Kingma and Ba 2015]
///
/// In Keras' form ε stands beside √v, not √v̂. `decay` times the parameter is added to its gradient.
public final class Adam: Optimizer {
  /// Where ε stands.
  public let form: AdamStep.Form
  /// β₁ and β₂.
  public var betas: (Double, Double)
  /// ε.
  public var epsilon: Double
  /// The weight decay (L2).
  public var decay: Double

  /// Keeps the settings.
  public init(
    _ layers: [Layer], learningRate: Double = 2e-4, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, decay: Double = 0, form: AdamStep.Form = .pytorch
  ) {
    self.form = form
    self.betas = betas
    self.epsilon = epsilon
    self.decay = decay
    super.init(layers, learningRate: learningRate)
  }

  /// `m` and `v`.
  public override var stateNames: [String] { ["m", "v"] }

  /// One step for one parameter.
  public override func updated(
    _ parameter: Parameter, _ gradient: Tensor, _ state: [Tensor], number: Int
  ) throws -> (value: Tensor, state: [Tensor]) {
    let step = AdamStep(
      form: form, learningRate: learningRate, beta1: betas.0, beta2: betas.1, epsilon: epsilon,
      decay: decay, number: number)
    let (value, mean, square) = try parameter.value.adam(
      step, gradient: gradient, mean: state[0], square: state[1])
    return (value, [mean, square])
  }
}
