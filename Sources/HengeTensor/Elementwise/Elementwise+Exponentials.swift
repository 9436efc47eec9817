// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import Glibc

// Exponentials, logarithms and powers.

extension Elementwise {
  /// `e^x`.
  public static let exp: Elementwise = .init(
    "exp", "Returns e to the power of `x`", example: ("0", "1.0"),
    slope: .ofResult { try $0 * $1 }
  ) { Glibc.exp($0) }

  /// `e^x - 1`, exact for small x.
  public static let expm1: Elementwise = .init(
    "expm1", "Returns e to the power of `x`, minus 1, exact for small `x`", example: ("0", "0.0"),
    slope: .ofOperand { try $0 * $1.map(.exp) }
  ) { Glibc.expm1($0) }

  /// The natural logarithm.
  public static let log: Elementwise = .init(
    "log", "Returns the natural logarithm of `x`", example: ("1", "0.0"), checkedIn: 0.2...3,
    slope: .ofOperand { try $0 / $1 }
  ) { Glibc.log($0) }

  /// `log(1 + x)`, exact for small x.
  public static let log1p: Elementwise = .init(
    "log1p", "Returns the natural logarithm of 1 + `x`, exact for small `x`",
    example: ("0", "0.0"), checkedIn: -0.8...3,
    slope: .ofOperand { try $0 / ($1 + 1) }
  ) { Glibc.log1p($0) }

  /// The square root.
  public static let sqrt: Elementwise = .init(
    "sqrt", "Returns the square root of `x`", example: ("9", "3.0"), checkedIn: 0.2...3,
    slope: .ofResult { try $0 / ($1 * 2) }
  ) { $0.squareRoot() }

  /// `x²`: what `x ** 2` computes.
  public static let square: Elementwise = .init(
    "square", integers: .arithmetic, slope: .ofOperand { try $0 * ($1 * 2) }
  ) { $0 * $0 }

  /// The logistic function, `1 / (1 + e^-x)`.
  public static let sigmoid: Elementwise = .init(
    "sigmoid", "Returns the logistic function of `x`, 1 / (1 + e^-x)", example: ("0", "0.5"),
    slope: .ofResult { try $0.beforeActivation(.sigmoid, result: $1) }
  ) { x in
    let small = Glibc.exp(-x.magnitude)
    return (x < 0 ? small : 1) / (1 + small)
  }

  /// `log(1 + e^x)`.
  public static let softplus: Elementwise = .init(
    "softplus", "Returns log(1 + e^x), a smooth version of relu",
    example: ("0", "0.6931471805599453"), slope: .ofOperand { try $0 * $1.map(.sigmoid) }
  ) { x in (x < 0 ? 0 : x) + Glibc.log1p(Glibc.exp(-x.magnitude)) }
}
