// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import Glibc

// Trigonometric and hyperbolic functions, and the error function.

extension Elementwise {
  /// The sine, in radians.
  public static let sin: Elementwise = .init(
    "sin", "Returns the sine of `x`, in radians", example: ("0", "0.0"),
    slope: .ofOperand { try $0 * $1.map(.cos) }
  ) { Glibc.sin($0) }

  /// The cosine, in radians.
  public static let cos: Elementwise = .init(
    "cos", "Returns the cosine of `x`, in radians", example: ("0", "1.0"),
    slope: .ofOperand { try $0 * (-$1.map(.sin)) }
  ) { Glibc.cos($0) }

  /// The hyperbolic tangent.
  public static let tanh: Elementwise = .init(
    "tanh", "Returns the hyperbolic tangent of `x`", example: ("0", "0.0"),
    slope: .ofResult { try $0.beforeActivation(.tanh, result: $1) }
  ) { Glibc.tanh($0) }

  /// The error function, `2/√π ∫₀ˣ e^-t² dt`.
  public static let erf: Elementwise = .init(
    "erf", "Returns the error function of `x`, 2/√π times the integral of e^-t² from 0 to x",
    example: ("0", "0.0"),
    slope: .ofOperand { gradient, x in
      try gradient * ((-x.map(.square)).map(.exp) * .num(2 / Double.pi.squareRoot()))
    }
  ) { Glibc.erf($0) }
}
