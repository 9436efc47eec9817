// SPDX-License-Identifier: MIT
import Glibc

/// Arithmetic of ints and nums as the language defines it: Python's, with checked 64-bit ints.
enum Arithmetic {
  /// `left op right`; none when the operator is not arithmetic.
  static func apply(_ operation: BinaryOperator, _ left: Int, _ right: Int) throws -> Value? {
    let (result, hasOverflow): (Int, Bool)
    switch operation {
    case .add: (result, hasOverflow) = left.addingReportingOverflow(right)
    case .subtract: (result, hasOverflow) = left.subtractingReportingOverflow(right)
    case .multiply: (result, hasOverflow) = left.multipliedReportingOverflow(by: right)
    case .divide:
      guard right != 0 else { throw Diagnostic.zeroDivision(operation, .int(left)) }
      return .num(Double(left) / Double(right))
    case .floorDivide:
      guard right != 0 else { throw Diagnostic.zeroDivision(operation, .int(left)) }
      let (quotient, overflow) = left.dividedReportingOverflow(by: right)
      let isRounded = !overflow && quotient &* right != left && (left < 0) != (right < 0)
      (result, hasOverflow) = (isRounded ? quotient - 1 : quotient, overflow)
    case .remainder:
      guard right != 0 else { throw Diagnostic.zeroDivision(operation, .int(left)) }
      let rest = left.remainderReportingOverflow(dividingBy: right).partialValue
      (result, hasOverflow) = (rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest, false)
    case .power:
      guard right >= 0 else {
        guard left != 0 else { throw Diagnostic.negativePowerOfZero(.int(left), .int(right)) }
        return try apply(.power, Double(left), Double(right))
      }
      (result, hasOverflow) = power(left, right)
    case .bitAnd: return .int(left & right)
    case .bitOr: return .int(left | right)
    default: return nil
    }
    guard !hasOverflow else { throw Diagnostic.overflow(operation, left, right) }
    return .int(result)
  }

  /// `left op right`; none when the operator is not arithmetic.
  static func apply(_ operation: BinaryOperator, _ left: Double, _ right: Double) throws -> Value? {
    switch operation {
    case .add: return .num(left + right)
    case .subtract: return .num(left - right)
    case .multiply: return .num(left * right)
    case .divide, .floorDivide, .remainder:
      guard right != 0 else { throw Diagnostic.zeroDivision(operation, .num(left)) }
      if operation == .divide { return .num(left / right) }
      let (quotient, rest) = floorDivision(left, right)
      return .num(operation == .floorDivide ? quotient : rest)
    case .power:
      if left == 0 && right < 0 { throw Diagnostic.negativePowerOfZero(.num(left), .num(right)) }
      let result = pow(left, right)
      if result.isNaN && !left.isNaN && !right.isNaN {
        throw Diagnostic(
          "E-range", "\(left.shortestText) ** \(right.shortestText) is not a real number")
      }
      return .num(result)
    default: return nil
    }
  }

  private static func power(_ base: Int, _ exponent: Int) -> (Int, Bool) {
    var result = 1
    var square = base
    var rest = exponent
    var squareOverflow = false
    while rest > 0 {
      if rest & 1 == 1 {
        let (next, overflow) = result.multipliedReportingOverflow(by: square)
        if overflow || squareOverflow { return (0, true) }
        result = next
      }
      rest >>= 1
      if rest > 0 {
        let (next, overflow) = square.multipliedReportingOverflow(by: square)
        squareOverflow = squareOverflow || overflow
        square = next
      }
    }
    return (result, false)
  }

  /// The floor of the quotient and the rest with the divisor's sign, as Python computes them.
  static func floorDivision(_ left: Double, _ right: Double) -> (quotient: Double, rest: Double) {
    var rest = fmod(left, right)
    var quotient = (left - rest) / right
    if rest != 0 {
      if (right < 0) != (rest < 0) {
        rest += right
        quotient -= 1
      }
    } else {
      rest = right.sign == .minus ? -0.0 : 0.0
    }
    guard quotient != 0 else {
      return ((left / right).sign == .minus ? -0.0 : 0.0, rest)
    }
    let floor = quotient.rounded(.down)
    return (quotient - floor > 0.5 ? floor + 1 : floor, rest)
  }
}

extension Diagnostic {
  static func zeroDivision(_ operation: BinaryOperator, _ left: Value) -> Diagnostic {
    Diagnostic("E-zero", "\(left.representation) \(operation.rawValue) 0 divides by zero")
  }

  static func negativePowerOfZero(_ left: Value, _ right: Value) -> Diagnostic {
    Diagnostic(
      "E-zero", "\(left.representation) ** \(right.representation) divides by zero",
      notes: ["a negative power is 1 divided by the positive one"])
  }

  static func overflow(_ operation: BinaryOperator, _ left: Int, _ right: Int) -> Diagnostic {
    Diagnostic(
      "E-overflow", "\(left) \(operation.rawValue) \(right) does not fit a 64-bit int",
      suggestion: "\(Double(left).shortestText) \(operation.rawValue) \(right)")
  }

  static func noOperation(_ operation: BinaryOperator, _ left: Value, _ right: Value) -> Diagnostic
  {
    let first = left.kindWithArticle
    let second = right.kindWithArticle
    let message: String
    switch operation {
    case .add: message = "cannot add \(first) and \(second)"
    case .subtract: message = "cannot subtract \(second) from \(first)"
    case .multiply: message = "cannot multiply \(first) by \(second)"
    case .divide, .floorDivide, .remainder: message = "cannot divide \(first) by \(second)"
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      message = "cannot order \(first) and \(second)"
    case .contained, .notContained:
      message =
        switch right {
        case .str, .record, .object: "cannot look for \(first) in \(second)"
        default: "nothing can be in \(second)"
        }
    default: message = "`\(operation.rawValue)` does not accept \(first) and \(second)"
    }
    return Diagnostic("E-type", message, suggestion: suggestion(operation, left, right))
  }

  private static func suggestion(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) -> String? {
    switch (operation, left, right) {
    case (.contained, _, .str), (.notContained, _, .str): "str(§) \(operation.rawValue) ¶"
    case (.contained, _, _), (.notContained, _, _): nil
    case (.add, .str, _): "§ + str(¶)"
    case (.add, _, .str): "str(§) + ¶"
    case (.matmul, .list, .list): "tensor(§) @ tensor(¶)"
    case (.matmul, .object, .int), (.matmul, .object, .num): "§ * ¶"
    case (_, .object, .list): "§ \(operation.rawValue) tensor(¶)"
    case (_, .list, .object): "tensor(§) \(operation.rawValue) ¶"
    case (.multiply, .list, .num), (.divide, .list, .num), (.divide, .list, .int),
      (.subtract, .list, .num), (.subtract, .list, .int):
      "tensor(§) \(operation.rawValue) ¶"
    // Operators order tensors element by element: this is of a list of them.
    case (.less, .object, .object), (.greater, .object, .object):
      left.kind == "tensor" && right.kind == "tensor"
        ? "stack(§).\(operation == .less ? "min" : "max")(axis=0)" : nil
    case (.add, .object, .object):
      left.kind == "dataset" && right.kind == "dataset" ? "§.join(¶)" : nil
    case (.remainder, .str(let format), .list(let list)):
      Habits.interpolation(of: format.string, (0..<list.count).map { "¶[\($0)]" })
    case (.remainder, .str(let format), _): Habits.interpolation(of: format.string, ["¶"])
    case (.add, .list, _): "§ + [¶]"
    case (_, .bool, .int), (_, .bool, .num): "int(§) \(operation.rawValue) ¶"
    case (_, .int, .bool), (_, .num, .bool): "§ \(operation.rawValue) int(¶)"
    case (_, .str, .int), (_, .str, .num): "num(§) \(operation.rawValue) ¶"
    case (_, .int, .str), (_, .num, .str): "§ \(operation.rawValue) num(¶)"
    default: nil
    }
  }
}
