// SPDX-License-Identifier: MIT
public import HengeBackend

// The operators of ``Tensor/combine(_:_:_:)`` for Swift code; scripts reach the same functions.

extension Tensor {
  /// The sum, element by element.
  public static func + (a: Tensor, b: Tensor) throws -> Tensor {
    try combine(.add, .tensor(a), .tensor(b))
  }
  /// The sum with a number.
  public static func + (a: Tensor, b: Scalar) throws -> Tensor {
    try combine(.add, .tensor(a), .scalar(b))
  }
  /// The difference, element by element.
  public static func - (a: Tensor, b: Tensor) throws -> Tensor {
    try combine(.subtract, .tensor(a), .tensor(b))
  }
  /// The difference with a number.
  public static func - (a: Tensor, b: Scalar) throws -> Tensor {
    try combine(.subtract, .tensor(a), .scalar(b))
  }
  /// The product, element by element.
  public static func * (a: Tensor, b: Tensor) throws -> Tensor {
    try combine(.multiply, .tensor(a), .tensor(b))
  }
  /// The product with a number.
  public static func * (a: Tensor, b: Scalar) throws -> Tensor {
    try combine(.multiply, .tensor(a), .scalar(b))
  }
  /// The quotient, element by element.
  public static func / (a: Tensor, b: Tensor) throws -> Tensor {
    try combine(.divide, .tensor(a), .tensor(b))
  }
  /// The quotient by a number.
  public static func / (a: Tensor, b: Scalar) throws -> Tensor {
    try combine(.divide, .tensor(a), .scalar(b))
  }
  /// The elements with their signs changed.
  public static prefix func - (a: Tensor) throws -> Tensor { try a.map(.negate) }
  /// `bool` inverted, or the bits of `u8` and `i64`; throws `E-type` for floats.
  public static prefix func ~ (a: Tensor) throws -> Tensor {
    switch a.type {
    case .bool: return try combine(.xor, .tensor(a), .scalar(.bool(true)))
    case .u8: return try combine(.xor, .tensor(a), .scalar(.int(255)))
    case .i64: return try combine(.xor, .tensor(a), .scalar(.int(-1)))
    case .f32, .f64:
      throw Failure.wrongType(
        "~", a.type, wants: "bool, u8 and i64", try: "compare first: ~(x > 0)")
    }
  }
}
