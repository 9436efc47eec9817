// SPDX-License-Identifier: MIT
internal import HengeBackend

// Functions that are straight in pieces: signs, and rounding to whole numbers.

extension Elementwise {
  /// The function `-x`.
  public static let negate: Elementwise = .init(
    "negate", integers: .arithmetic, slope: .constant { try -$0 }
  ) { -$0 }

  /// The absolute value.
  public static let abs: Elementwise = .init(
    "abs", "Returns the absolute value of `x`", integers: .magnitude, avoiding: [0],
    slope: .ofOperand { try $0 * $1.sign() }
  ) { $0.magnitude }

  /// `max(x, 0)`; keeps NaN.
  public static let relu: Elementwise = .init(
    "relu", "Returns the larger of `x` and 0", example: ("-2", "0.0"), integers: .rectified,
    avoiding: [0], slope: .ofResult { try $0.beforeActivation(.relu, result: $1) }
  ) { $0 < 0 ? 0 : $0 }

  /// Rounds down.
  public static let floor: Elementwise = .init(
    "floor", "Rounds down to a whole number", example: ("1.5", "1.0"), integers: .unchanged,
    avoiding: steps, slope: .flat
  ) { $0.rounded(.down) }

  /// Rounds up.
  public static let ceil: Elementwise = .init(
    "ceil", "Rounds up to a whole number", example: ("1.5", "2.0"), integers: .unchanged,
    avoiding: steps, slope: .flat
  ) { $0.rounded(.up) }

  /// Rounds to the nearest whole number, halves to the even one; the built-ins of this name take digits
  /// and are declared for themselves.
  public static let round: Elementwise = .init(
    "round", integers: .unchanged, avoiding: steps, slope: .flat
  ) { $0.rounded(.toNearestOrEven) }

  /// Where rounding jumps.
  private static let steps = (-4...4).map { Double($0) / 2 }
}

extension Tensor {
  /// -1, 0 or 1 of each element, in its type.
  func sign() throws -> Tensor {
    let isPositive = try isMore(than: 0).cast(to: type)
    return try Tensor.choose(isLess(than: 0), .scalar(.num(-1)), .tensor(isPositive))
  }

  /// Whether each element is less than `value`, as `bool`.
  func isLess(than value: Scalar) throws -> Tensor {
    try Tensor.compare(.less, .tensor(self), .scalar(value))
  }

  /// Whether each element is greater than `value`, as `bool`.
  func isMore(than value: Scalar) throws -> Tensor {
    try Tensor.compare(.greater, .tensor(self), .scalar(value))
  }
}
