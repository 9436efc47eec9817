// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

/// Adam: `m ← β₁m + (1 - β₁)g`, `v ← β₂v + (1 - β₂)g²`, `p ← p - lr·m̂ / (√v̂ + ε)` with
/// `m̂ = m / (1 - β₁ᵗ)` and `v̂ = v / (1 - β₂ᵗ)`. [Kingma and Ba 2015]
///
/// In Keras' form ε is added to √v, not √v̂. `decay` times the parameter is added to its gradient.
public final class Adam: Optimizer {
  /// Where ε is added.
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

  /// `adam`.
  public override var kind: String { "adam" }

  /// `m` and `v`.
  public override var stateNames: [String] { ["m", "v"] }

  /// The range of its squares, with as much again for the weight decay.
  public override func bound(_ type: ElementType) -> Double { type.largest.squareRoot() / 2 }

  /// One step for one parameter, over its own memory.
  public override func prepare(
    _ parameter: ModelParameter, _ gradient: GradientSum, _ state: inout [Tensor], number: Int
  ) throws -> Prepared {
    let step = AdamStep(
      form: form, learningRate: learningRate, beta1: betas.0, beta2: betas.1, epsilon: epsilon,
      decay: decay, number: number, bounds: parameter.bounds)
    let gradient = try gradient.whole()
    try parameter.makeOwn()
    for place in state.indices { try state[place].makeOwn() }
    let limits =
      decay > 0
      ? [("the weight decay of", parameter.value, bound(gradient.type) / decay)] : []
    return Prepared(limits: limits) { state in
      try parameter.value.stepped(step, gradient: gradient, mean: state[0], square: state[1])
    } apply: { state in
      var (mean, square) = (state[0], state[1])
      state = []
      parameter.change {
        $0.makeStep(step, gradient: gradient, mean: &mean, square: &square)
      }
      state = [mean, square]
    }
  }
}
