// SPDX-License-Identifier: MIT
public import HengeBackend

/// What an operand contributes to the type of a result.
enum OperandType: Equatable {
  /// A tensor's elements.
  case elements(ElementType)
  /// A scalar, or a tensor without axes combined with one that has axes: it takes the other's type.
  case weak(Kind)

  enum Kind { case bool, int, num }
}

extension ElementType {
  /// Whether the elements are floats.
  public var isFloat: Bool { self == .f32 || self == .f64 }

  /// The type of a scalar combined with a tensor.
  var kind: OperandType.Kind {
    switch self {
    case .f32, .f64: .num
    case .u8, .i64: .int
    case .bool: .bool
    }
  }

  /// The type in which both can be computed with; of equal types, that type.
  func joined(with other: ElementType) -> ElementType {
    if self == other { return self }
    if self == .f64 || other == .f64 { return .f64 }
    if self == .f32 || other == .f32 { return .f32 }
    if self == .i64 || other == .i64 { return .i64 }
    return .u8
  }

  /// The type in which this one is computed with: bytes in floats, truth values as integers.
  var arithmetic: ElementType {
    switch self {
    case .u8: .f32
    case .bool: .i64
    case .f32, .f64, .i64: self
    }
  }
}

/// The rules of result types, in one place.
enum Promotion {
  /// The type in which `a` and `b` are added, and of the result.
  static func arithmetic(_ a: OperandType, _ b: OperandType) -> ElementType {
    switch (a, b) {
    case (.elements(let x), .elements(let y)):
      return x.arithmetic.joined(with: y.arithmetic)
    case (.elements(let x), .weak(let kind)), (.weak(let kind), .elements(let x)):
      return kind == .num && !x.isFloat ? .f32 : x.arithmetic
    case (.weak(let x), .weak(let y)):
      return x == .num || y == .num ? .f64 : .i64
    }
  }

  /// The type of a result that is one of `a` and `b`: as ``common(_:_:)``, but `f64` only if one is.
  static func chosen(_ a: OperandType, _ b: OperandType) -> ElementType {
    let type = common(a, b)
    return type == .f64 && a != .elements(.f64) && b != .elements(.f64) ? .f32 : type
  }

  /// The type in which `a` and `b` are compared: one that can represent both.
  static func common(_ a: OperandType, _ b: OperandType) -> ElementType {
    switch (a, b) {
    case (.elements(let x), .elements(let y)):
      let isWide = (x == .i64 && y.isFloat) || (y == .i64 && x.isFloat)
      return isWide ? .f64 : x.joined(with: y)
    case (.elements(let x), .weak(let kind)), (.weak(let kind), .elements(let x)):
      switch kind {
      case .num: return x.isFloat ? x : (x == .i64 ? .f64 : .f32)
      case .int: return x == .bool ? .i64 : x
      case .bool: return x
      }
    case (.weak(let x), .weak(let y)):
      return x == .num || y == .num ? .f64 : (x == .int || y == .int ? .i64 : .bool)
    }
  }
}
