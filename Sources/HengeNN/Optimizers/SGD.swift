// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Stochastic gradient descent: `b ← momentum·b + g`, `p ← p - lr·b`, as PyTorch has it.
///
/// `decay` times the parameter is added to its gradient.
public final class SGD: Optimizer {
  /// Momentum: the fraction of the last step's direction that is kept.
  public var momentum: Double
  /// The weight decay (L2).
  public var decay: Double

  /// Keeps the settings.
  public init(_ layers: [Layer], learningRate: Double, momentum: Double = 0, decay: Double = 0) {
    self.momentum = momentum
    self.decay = decay
    super.init(layers, learningRate: learningRate)
  }

  /// `sgd`.
  public override var kind: String { "sgd" }

  /// The direction, where there is momentum.
  public override var stateNames: [String] { momentum == 0 ? [] : ["momentum"] }

  /// One step for one parameter.
  public override func prepare(
    _ parameter: ModelParameter, _ gradient: GradientSum, _ state: inout [Tensor], number: Int
  ) throws -> Prepared {
    let (value, gradient) = (parameter.value, try gradient.tensor())
    var direction = decay == 0 ? gradient : try gradient + (try value * .num(decay))
    if momentum != 0 { direction = try (try state[0] * .num(momentum)) + direction }
    var changed = try value - (try direction * .num(learningRate))
    let bound = bound(value.type)
    let limits = [("the new value of", changed, bound), ("the update of", direction, bound)]
    if let range = parameter.bounds {
      changed = try changed.clip(
        low: .scalar(.num(range.lowerBound)), high: .scalar(.num(range.upperBound)))
    }
    return Prepared(limits: limits) { [changed] _ in
      changed
    } apply: { [momentum, changed] state in
      parameter.set(changed)
      state = momentum == 0 ? [] : [direction]
    }
  }
}
