// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

/// Built-ins that compare tensors; none broadcasts the one against the other.
func measures() -> [Builtin] {
  let x = Parameter("x", "A tensor.")
  let y = Parameter("y", "A tensor of the same shape.")
  return [
    Builtin(
      "mae",
      "Gives the mean absolute difference, a number or, inside minimize and grad, a loss; l1 is the same.",
      x, y, examples: [Example("mae(zeros(2x2), ones(2x2))", gives: "1.0")],
      seeAlso: ["mse", "l1", "psnr"], errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor) in try x.exactlyOrOnTape(y) { try $0.l1($1) } },
    Builtin(
      "mse", "Gives the mean squared difference, a number or, inside minimize and grad, a loss.", x,
      y, examples: [Example("mse(zeros(2x2), full(2x2, 3))", gives: "9.0")],
      seeAlso: ["mae", "psnr", "lsgan"], errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor) in try x.exactlyOrOnTape(y) { try $0.mse($1) } },
    Builtin(
      "l1", "Gives the mean absolute difference: the loss of cycles.", x, y,
      examples: [Example("l1(zeros(2x2), ones(2x2))", gives: "1.0")], seeAlso: ["mae", "mse"],
      errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor) in try x.exactlyOrOnTape(y) { try $0.l1($1) } },
    Builtin(
      "bce_logits",
      "Gives the mean binary cross-entropy of logits: max(x, 0) - x·y + log(1 + e^-|x|), with y from 0 to 1.",
      Parameter("x", "Logits."), Parameter("y", "A tensor of the same shape, of 0 to 1."),
      examples: [Example("bce_logits(full(2, -100), zeros(2))", gives: "0.0")],
      seeAlso: ["lsgan", "sigmoid"], errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor) in try x.exactlyOrOnTape(y) { try $0.bceWithLogits($1) } },
    Builtin(
      "lsgan",
      "Gives the least-squares loss of a discriminator's answers: the mean of (x - 1)² where they should say real, of x² where not (Mao et al. 2017).",
      Parameter("x", "What a discriminator gives."),
      Parameter("real", "Whether it should say real.", isKeywordOnly: true),
      examples: [Example("lsgan(full(1x30x30, 0.5), real=true)", gives: "0.25")],
      seeAlso: ["mse", "patchgan", "bce_logits"]
    ) { (x: Tensor, real: Bool) in try x.mse(.num(real ? 1 : 0)) },
    Builtin(
      "psnr", "Gives the peak signal-to-noise ratio in decibels: 10 log10(range^2 / mse).", x, y,
      Parameter("range", "The distance from black to white.", default: 2.0),
      examples: [Example("psnr(zeros(2x2), full(2x2, 2))", gives: "0.0")],
      seeAlso: ["mse", "ssim"], errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor, range: Double) in
      10
        * log10(range * range / (try x.difference(to: y, "psnr").map(.square).mean().item().double))
    },
    Builtin(
      "ssim",
      """
      Gives the structural similarity of two pictures or batches, 1 for the same: the mean, over \
      windows of 11x11 pixels weighted by a Gaussian of deviation 1.5, of (2 m₁ m₂ + c₁)(2 s₁₂ + \
      c₂) / ((m₁² + m₂² + c₁)(s₁² + s₂² + c₂)), with the windows' means, variances and covariance, \
      c₁ = (0.01 range)² and c₂ = (0.03 range)². Windows lie inside the picture, channels count \
      alike (Wang et al. 2004).
      """,
      Parameter("x", "Pictures [..., H, W] of 11x11 or more."), y,
      Parameter("range", "The distance from black to white.", default: 2.0),
      examples: [
        Example("x = rand(3x16x16); ssim(x, x)", gives: "1.0"),
        Example("ssim(full(1x11x11, -1), ones(1x11x11)) < 0", gives: "true"),
      ], seeAlso: ["psnr", "swd"], errors: ["E-shape", "E-range"]
    ) { (x: Tensor, y: Tensor, range: Double) in
      try x.structuralSimilarity(to: y, range: range)
    },
  ]
}

extension Tensor {
  /// `measure` in double precision, or as it is where something is on the tape.
  fileprivate func exactlyOrOnTape(
    _ other: Tensor, _ measure: (Tensor, Tensor) throws -> Tensor
  ) throws -> Tensor {
    guard !isOnTape, !other.isOnTape else { return try measure(self, other) }
    return try measure(cast(to: .f64), other.cast(to: .f64))
  }

  /// The difference in double precision to a tensor that must have the same shape.
  fileprivate func difference(to other: Tensor, _ name: String) throws -> Tensor {
    guard shape == other.shape else {
      throw Failure(
        "E-shape", "\(name) compares tensors of one shape, not \(shape) and \(other.shape)",
        parameter: "y")
    }
    return try cast(to: .f64) - other.cast(to: .f64)
  }
}
