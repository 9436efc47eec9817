// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import Glibc
public import HengeBackend

extension CPUBackend {
  /// One step of Adam.
  public func adam(
    _ step: AdamStep, parameter: View, gradient: View, mean: View, square: View,
    into parameters: Buffer, mean means: Buffer, square squares: Buffer
  ) throws {
    let (p, g) = (try contiguous(parameter), try contiguous(gradient))
    let (m, v) = (try contiguous(mean), try contiguous(square))
    let settings = hk_adam_step(step)
    try eachRows(parameters.count, of: 1) { i, count in
      if p.type == .f32 {
        kernels.optimizer.adam(
          settings, start(p) + i, start(g) + i, start(m) + i, start(v) + i,
          elements(parameters) + i, elements(means) + i, elements(squares) + i, count)
      } else {
        hk_adam_f64(
          settings, start(p) + i, start(g) + i, start(m) + i, start(v) + i,
          elements(parameters) + i, elements(means) + i, elements(squares) + i, count)
      }
    }
  }
}

extension hk_adam_step {
  /// Both forms as one formula: p -= rate · m / (root · √v + ε).
  fileprivate init(_ step: AdamStep) {
    let first = 1 - pow(step.beta1, Double(step.number))
    let second = 1 - pow(step.beta2, Double(step.number))
    let (rate, root) =
      switch step.form {
      case .pytorch: (step.learningRate / first, 1 / second.squareRoot())
      case .keras: (step.learningRate * second.squareRoot() / first, 1)
      }
    self.init(
      rate: rate, root: root, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon,
      decay: step.decay)
  }
}
