// SPDX-License-Identifier: MIT

/// A single number or truth value, as written in a script or contained in a tensor without axes.
public enum Scalar: Hashable, Sendable {
  /// True or false.
  case bool(Bool)
  /// A 64-bit integer.
  case int(Int)
  /// A 64-bit float.
  case num(Double)

  /// The value as a float; true is 1.
  public var double: Double {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): Double(value)
    case .num(let value): value
    }
  }
}

extension Scalar: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral
{
  /// An integer.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A float.
  public init(floatLiteral value: Double) { self = .num(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension Scalar: CustomStringConvertible {
  /// `true`, `3`, `0.5`.
  public var description: String {
    switch self {
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .num(let value): "\(value)"
    }
  }
}
