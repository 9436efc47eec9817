// SPDX-License-Identifier: MIT

// `#=>` inside blocks. The interpreter handles those after a top-level statement.

extension Compiler {
  /// One statement of a block, with its check.
  func checked(_ statement: Statement, into result: Register?) throws {
    guard isChecking, let check = statement.check else {
      return try self.statement(statement, into: result)
    }
    let mark = nextRegister
    defer { nextRegister = mark }
    let value = try result ?? take(at: statement.span)
    builder.checks.append(check)
    let index = builder.checks.count - 1
    switch check.expected {
    case .value where skipsValues:
      try self.statement(statement, into: value)
      emitSkipped(at: check.span)
    case .value(_, let expected, let tolerance):
      try self.statement(statement, into: value)
      let parts = try take(2, at: check.span)
      try deferred(expected, into: parts, at: check.span)
      try deferred(tolerance, into: parts + 1, at: check.span)
      emit(.check, value, parts, parts + 1, index, at: check.span)
    case .error:
      let record = try take(at: check.span)
      let start = here
      try self.statement(statement, into: value)
      let end = here
      none(into: record, at: check.span)
      let skip = emit(.jump, at: check.span)
      builder.handlers.append(ErrorHandler(start: start, end: end, target: here, register: record))
      none(into: value, at: check.span)
      patch(skip, to: here)
      emit(.checkError, value, record, 0, index, at: check.span)
    }
  }

  /// Counts the check at `span` as skipped.
  func emitSkipped(at span: Span) {
    if isChecking { emit(.checkSkipped, at: span) }
  }

  /// A function that returns the value of `expression`, called only if the echo of a value differs
  /// from the expected text; `none` without an expression.
  private func deferred(_ expression: Expression?, into target: Register, at span: Span) throws {
    guard let expression else { return none(into: target, at: span) }
    try closure(Check.function(giving: expression), into: target, at: expression.span)
  }
}

extension Check {
  /// The expressions that are evaluated to compare with.
  var expressions: [Expression] {
    guard case .value(_, let expected, let tolerance) = expected else { return [] }
    return [expected, tolerance].compactMap(\.self)
  }

  /// The function `() => expression`.
  static func function(giving expression: Expression) -> FunctionLiteral {
    let statement = Statement(.expression(expression, isMuted: false), expression.span)
    return FunctionLiteral(
      name: nil, parameters: [], body: Block([statement], expression.span), documentation: nil,
      span: expression.span)
  }
}
