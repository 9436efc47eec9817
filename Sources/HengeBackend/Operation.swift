// SPDX-License-Identifier: MIT

/// A function of one element: `f32` and `f64`; `negate`, `abs` and `square` of `i64`, too.
public struct UnaryOperation: Sendable {
  /// Its name, by which a backend finds its loop.
  public let name: String
  /// The function in double precision: the slow version that backends are compared with.
  public let definition: @Sendable (Double) -> Double

  /// An operation with its name and definition.
  public init(_ name: String, _ definition: @escaping @Sendable (Double) -> Double) {
    self.name = name
    self.definition = definition
  }
}

/// An operation that accumulates along an axis.
public enum Accumulation: String, Sendable, CaseIterable {
  /// The sums, or the products, of all elements up to each one.
  case sum, product
}

/// A function of two elements of one type, with a result of that type.
public enum BinaryOperation: String, Sendable, CaseIterable {
  /// On `f32`, `f64` and `i64` (which reports overflow).
  case add, subtract, multiply
  /// Floats only.
  case divide
  /// Rounded down, and the remainder with the divisor's sign; floats and `i64`.
  case floorDivide, modulo
  /// `a^b`; floats and `i64` (which reports overflow and negative exponents).
  case power
  /// The larger and the smaller; NaN wins.
  case maximum, minimum
  /// The angle of (b, a) in radians; floats only.
  case arcTangent
  /// Bitwise on `i64` and `u8`, logical on `bool`.
  case and, or, xor
}

/// A question about two elements of one type, with a `bool` result.
///
/// NaN equals nothing.
public enum Comparison: String, Sendable, CaseIterable {
  /// The six orders.
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

/// A function of all elements along some axes.
///
/// Sums of floats are taken in double precision, in an order fixed by the shape alone. The result's
/// type is in parentheses; "same" is the operand's.
public enum Reduction: String, Sendable, CaseIterable {
  /// The sum: `f32` and `f64` (same), others (`i64`, which reports overflow).
  case sum
  /// The arithmetic mean (`f32`, `f64` from `f64`), NaN of nothing.
  case mean
  /// The population variance: the mean of (x - mean)², in two passes (types as `mean`).
  case variance
  /// The sum of x² (types as `mean`).
  case sumOfSquares
  /// The largest and smallest (same); NaN wins; of at least one element.
  case maximum, minimum
  /// The index of the first largest and smallest element, or of the first NaN (`i64`).
  case argMaximum, argMinimum
}

/// A fault of integer arithmetic that the caller must report.
public enum ArithmeticFault: Sendable {
  /// A result needs more than 64 bits.
  case overflow
  /// An integer was divided by 0.
  case zeroDivision
  /// An integer was raised to a negative power.
  case negativePower
  /// A float that is NaN, infinite or too large was to become an integer.
  case notAnInteger
}

/// The rounding of floats to `u8`; both clamp to 0...255, and NaN becomes 0.
public enum Rounding: String, Sendable {
  /// To the nearest, ties to even.
  case nearest
  /// Towards zero.
  case down
}

/// Statistics of a tensor, computed in one pass.
///
/// NaN and infinities are counted, but excluded from everything else.
public struct Statistics: Equatable, Sendable {
  /// Elements that are neither NaN nor infinite.
  public var finite = 0
  /// Elements that are NaN.
  public var nan = 0
  /// Elements that are infinite.
  public var infinite = 0
  /// The smallest finite element, NaN if there is none.
  public var minimum = Double.nan
  /// The largest finite element, NaN if there is none.
  public var maximum = Double.nan
  /// The mean of the finite elements, NaN if there is none.
  public var mean = Double.nan
  /// The population standard deviation of the finite elements, NaN if there is none.
  public var deviation = Double.nan

  /// Statistics of nothing.
  public init() {}
}

/// The distribution of random numbers.
public enum RandomDistribution: String, Sendable {
  /// Even over [0, 1).
  case uniform
  /// Normal with mean 0 and standard deviation 1.
  case normal
}

/// The gradient that a step of an optimizer reads: its elements, or the factors of a sum of outer products.
public enum GradientOperand {
  /// A whole buffer as large as the parameter.
  case elements(Buffer)
  /// `left [m, rank]` times `right [rank, n]`, whole buffers, with m · n as many as the parameter has.
  case product(left: Buffer, right: Buffer, rank: Int)
}
