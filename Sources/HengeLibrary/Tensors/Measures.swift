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
      "mae", "Gives the mean absolute difference.", x, y,
      examples: [Example("mae(zeros(2x2), ones(2x2))", gives: "1.0")], seeAlso: ["mse", "psnr"],
      errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor) in try x.difference(to: y, "mae").map(.abs).mean().item().double },
    Builtin(
      "mse", "Gives the mean squared difference.", x, y,
      examples: [Example("mse(zeros(2x2), full(2x2, 3))", gives: "9.0")], seeAlso: ["mae", "psnr"],
      errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor) in try x.difference(to: y, "mse").map(.square).mean().item().double
    },
    Builtin(
      "psnr", "Gives the peak signal-to-noise ratio in decibels: 10 log10(range^2 / mse).", x, y,
      Parameter("range", "The distance from black to white.", default: 2.0),
      examples: [Example("psnr(zeros(2x2), full(2x2, 2))", gives: "0.0")], seeAlso: ["mse"],
      errors: ["E-shape"]
    ) { (x: Tensor, y: Tensor, range: Double) in
      10
        * log10(range * range / (try x.difference(to: y, "psnr").map(.square).mean().item().double))
    },
  ]
}

extension Tensor {
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
