// SPDX-License-Identifier: MIT

extension Compiler {
  /// Code that continues if the condition is true; returns the jumps that are taken if it is false.
  func condition(_ expression: Expression) throws -> [Int] {
    let mark = nextRegister
    defer { nextRegister = mark }
    switch expression.node {
    case .and(let left, let right):
      return try condition(left) + condition(right)
    case .binary(let operation, let left, let right, _):
      guard let op = operation.unlessOpcode else { break }
      let first = try self.expression(left)
      if let immediate = operation.unlessIntOpcode, case .int(let int) = right.node,
        let operand = Int32(exactly: int)
      {
        let packed = Instruction.pack(target: 0, operand: operand)
        let jump = emit(immediate, 0, first, 0, packed, at: expression.span)
        builder.operandSpans[jump] = (left.span, right.span)
        return [jump]
      }
      let second = try self.expression(right)
      let jump = emit(op, 0, first, second, at: expression.span)
      builder.operandSpans[jump] = (left.span, right.span)
      return [jump]
    default: break
    }
    let register = try self.expression(expression)
    return [emit(.jumpUnless, register, at: expression.span)]
  }

  /// `if`, whose value goes to `result` when one is wanted.
  func conditional(
    _ condition: Expression, _ then: Block, _ otherwise: Block?, into result: Register?,
    at span: Span
  ) throws {
    let exits = try self.condition(condition)
    try block(then, into: result)
    guard otherwise != nil || result != nil else { return patch(exits, to: here) }
    let skip = emit(.jump, at: span)
    patch(exits, to: here)
    if let otherwise {
      try block(otherwise, into: result)
    } else if let result {
      none(into: result, at: span)
    }
    patch(skip, to: here)
  }
}

extension BinaryOperator {
  fileprivate var unlessOpcode: Opcode? {
    switch self {
    case .less: .unlessLess
    case .lessOrEqual: .unlessLessOrEqual
    case .greater: .unlessGreater
    case .greaterOrEqual: .unlessGreaterOrEqual
    case .equal: .unlessEqual
    case .notEqual: .unlessNotEqual
    default: nil
    }
  }

  fileprivate var unlessIntOpcode: Opcode? {
    switch self {
    case .less: .unlessLessInt
    case .lessOrEqual: .unlessLessOrEqualInt
    case .greater: .unlessGreaterInt
    case .greaterOrEqual: .unlessGreaterOrEqualInt
    case .equal: .unlessEqualInt
    case .notEqual: .unlessNotEqualInt
    default: nil
    }
  }
}
