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
      "Returns the mean absolute error: mean |x - y|. Inside minimize and grad it is a loss. `l1` is another name for it.",
      x, y, examples: [Example("mae(zeros(2x2), ones(2x2))", gives: "1.0")],
      seeAlso: ["mse", "l1", "psnr"], errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor) in try x.exactlyOrOnTape(y) { try $0.l1($1) } },
    Builtin(
      "mse",
      "Returns the mean squared error: mean (x - y)². Inside minimize and grad it is a loss.", x,
      y, examples: [Example("mse(zeros(2x2), full(2x2, 3))", gives: "9.0")],
      seeAlso: ["mae", "psnr", "lsgan"], errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor) in try x.exactlyOrOnTape(y) { try $0.mse($1) } },
    Builtin(
      "l1", "Returns the L1 loss: mean |x - y|. CycleGAN's cycle-consistency loss uses it.", x, y,
      examples: [Example("l1(zeros(2x2), ones(2x2))", gives: "1.0")], seeAlso: ["mae", "mse"],
      errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor) in try x.exactlyOrOnTape(y) { try $0.l1($1) } },
    Builtin(
      "bce_logits",
      "Returns the binary cross-entropy of logits, averaged over all elements: max(x, 0) - x·y + log(1 + e^-|x|).",
      Parameter("x", "Logits: scores before the sigmoid."),
      Parameter("y", "Targets of the same shape, 0..1."),
      examples: [Example("bce_logits(full(2, -100), zeros(2))", gives: "0.0")],
      seeAlso: ["lsgan", "sigmoid"], errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor) in try x.exactlyOrOnTape(y) { try $0.bceWithLogits($1) } },
    Builtin(
      "lsgan",
      "Returns the least-squares GAN loss of a discriminator's scores: mean (x - 1)² for real images, mean x² for generated ones (Mao et al. 2017).",
      Parameter("x", "A discriminator's scores, of any shape."),
      Parameter("real", "Whether the target is 1 (real) or 0 (generated).", isKeywordOnly: true),
      examples: [Example("lsgan(full(1x30x30, 0.5), real=true)", gives: "0.25")],
      seeAlso: ["mse", "patchgan", "bce_logits"]
    ) { (x: Tensor, real: Bool) in try x.mse(.num(real ? 1 : 0)) },
    Builtin(
      "psnr",
      "Returns the peak signal-to-noise ratio (PSNR) in decibels: 10 log₁₀(range² / mse(x, y)). It is inf for identical images.",
      x, y,
      Parameter(
        "range", "Difference between white and black: 2 for images in -1..1.", default: 2.0),
      examples: [Example("psnr(zeros(2x2), full(2x2, 2))", gives: "0.0")],
      seeAlso: ["mse", "ssim"], errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor, range: Double) in
      10
        * log10(range * range / (try x.difference(to: y, "psnr").map(.square).mean().item().double))
    },
    Builtin(
      "ssim",
      """
      Returns the structural similarity (SSIM) of two images or batches, 1 for identical images \
      (Wang et al. 2004). It averages (2 m₁ m₂ + c₁)(2 s₁₂ + c₂) / ((m₁² + m₂² + c₁)(s₁² + s₂² + \
      c₂)) over all windows of 11x11 pixels inside the image and over the channels, where m, s² and \
      s₁₂ are the means, variances and covariance of a window weighted by a Gaussian (σ = 1.5), \
      c₁ = (0.01 range)² and c₂ = (0.03 range)².
      """,
      Parameter("x", "Images [..., H, W] of at least 11x11 pixels."), y,
      Parameter(
        "range", "Difference between white and black: 2 for images in -1..1.", default: 2.0),
      examples: [
        Example("x = rand(3x16x16)\nssim(x, x)\n#=> 1.0"),
        Example("ssim(full(1x11x11, -1), ones(1x11x11)) < 0", gives: "true"),
      ], seeAlso: ["psnr", "swd"], errors: ["E-shape", "E-range"]
    ) { (x: Tensor, y: Tensor, range: Double) in
      try x.structuralSimilarity(to: y, range: range)
    }.inPlaceOf(
      "lpips", "perceptual loss",
      advice: "l1(tap(m, x, \"conv1\"), tap(m, y, \"conv1\")) compares feature maps of a model"),
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
        "E-shape", "\(name) compares tensors of the same shape, not \(shape) and \(other.shape)",
        parameter: "y")
    }
    return try cast(to: .f64) - other.cast(to: .f64)
  }
}
