// SPDX-License-Identifier: MIT

extension Compiler {
  /// The code of a top-level statement; it returns the statement's value.
  ///
  /// The caller handles the statement's own check; checks inside its blocks are part of the code.
  static func compile(
    _ statement: Statement, _ source: Source, in module: Module, isChecking: Bool = false,
    skipsValues: Bool = false
  ) throws -> Code {
    let compiler = try Compiler(
      module, source, statement, isChecking: isChecking, skipsValues: skipsValues)
    let result = try compiler.take(at: statement.span)
    try compiler.statement(statement, into: result)
    compiler.emit(.giveBack, result, at: statement.span)
    return Code(compiler.builder, source: source, literal: nil)
  }

  /// The code of a separate expression, such as a check's expected value.
  static func compile(_ expression: Expression, _ source: Source, in module: Module) throws -> Code
  {
    try compile(
      Statement(.expression(expression, isMuted: false), expression.span), source, in: module)
  }

  /// A block's statements; its value goes to `result` when one is wanted.
  func block(_ block: Block, into result: Register?) throws {
    for statement in block.statements.dropLast() { try checked(statement, into: nil) }
    if let last = block.statements.last {
      try checked(last, into: result)
    } else if let result {
      none(into: result, at: block.span)
    }
  }

  func none(into result: Register, at span: Span) {
    emit(.constant, result, 0, 0, addConstant(.none), at: span)
  }

  /// One statement; `result` receives its value, `none` unless it is an expression.
  func statement(_ statement: Statement, into result: Register?) throws {
    let mark = nextRegister
    defer { nextRegister = mark }
    if case .expression(let value, _) = statement.kind {
      if let result {
        try expression(value, into: result)
      } else {
        try discard(value)
      }
      return
    }
    try effect(statement)
    if let result { none(into: result, at: statement.span) }
  }

  /// Evaluates for its effect; a mere name is still looked up.
  private func discard(_ value: Expression) throws {
    if case .conditional(let condition, let then, let otherwise) = value.node {
      return try conditional(condition, then, otherwise, into: nil, at: value.span)
    }
    let scratch = try take(at: value.span)
    try expression(value, into: scratch)
  }

  private func effect(_ statement: Statement) throws {
    let span = statement.span
    switch statement.kind {
    case .expression: break
    case .assign(let places, let values): try assign(places, values, at: span)
    case .augment(let place, let operation, let value, let operatorSpan):
      try augment(place, operation, value, operatorSpan, at: span)
    case .parameter(let name, let value, _):
      let register = try expression(value)
      let scratch = try take(at: span)
      emit(.parameter, scratch, register, 0, addConstant(Value(name.text)), at: span)
      try store(scratch, in: name)
    case .importing(let path, let pathSpan, let name):
      let scratch = try take(at: span)
      emit(.importing, scratch, 0, 0, addConstant(Value(path)), at: pathSpan)
      try store(scratch, in: name)
    case .function(let literal, let nameSpan):
      guard let name = literal.name else { break }
      let scratch = try take(at: span)
      try closure(literal, into: scratch, at: nameSpan)
      try store(scratch, in: Name(name, nameSpan))
    case .forEach(let names, let source, let body): try forEach(names, source, body, at: span)
    case .whileLoop(let condition, let body): try whileLoop(condition, body, at: span)
    case .repeatLoop(let count, let body): try repeatLoop(count, body, at: span)
    case .attempt(let body, let name, let handler): try attempt(body, name, handler, at: span)
    case .giveBack(let value): try giveBack(value, at: span)
    case .breakLoop, .continueLoop: try leaveLoop(statement)
    case .assertion(let condition, let message): try assertion(condition, message, at: span)
    }
  }

  private func giveBack(_ value: Expression?, at span: Span) throws {
    guard literal != nil else {
      throw Diagnostic.refused("return is outside of a function", source, span)
    }
    let scratch = try take(at: span)
    if let value {
      try expression(value, into: scratch)
    } else {
      none(into: scratch, at: span)
    }
    emit(.giveBack, scratch, at: span)
  }

  private func leaveLoop(_ statement: Statement) throws {
    guard !loops.isEmpty else {
      throw Diagnostic.refused("break and continue are in a loop", source, statement.span)
    }
    let jump = emit(.jump, at: statement.span)
    if case .breakLoop = statement.kind {
      loops[loops.count - 1].breaks.append(jump)
    } else {
      loops[loops.count - 1].continues.append(jump)
    }
  }

  // MARK: Loops

  /// A loop's body, then a jump back to `start`; breaks and `exits` continue after it.
  ///
  /// `state` is what the loop keeps: what it iterates over, or the number of rounds that are left.
  private func loop(
    _ body: Block, from start: Int, exits: [Int], state: Register? = nil, at span: Span
  ) throws {
    let isStatement = span == whole
    loops.append(Loop())
    try block(body, into: nil)
    // `continue` goes through the counted jump too, or a loop of it could not be stopped.
    let kind: Register = isStatement ? (state == nil ? 1 : 2) : 0
    let end = emit(.loop, kind, state ?? 0, 0, start, at: span)
    let done = loops.removeLast()
    patch(done.continues, to: end)
    patch(done.breaks + exits, to: here)
  }

  private func whileLoop(_ condition: Expression, _ body: Block, at span: Span) throws {
    let start = here
    let exits = try self.condition(condition)
    try loop(body, from: start, exits: exits, at: span)
  }

  private func repeatLoop(_ count: Expression, _ body: Block, at span: Span) throws {
    let counter = try take(at: span)
    let register = try expression(count)
    emit(.countdown, counter, register, at: count.span)
    let start = emit(.countNext, counter, at: span)
    try loop(body, from: start, exits: [start], state: counter, at: span)
  }

  private func forEach(
    _ names: [Name], _ values: Expression, _ body: Block, at span: Span
  ) throws {
    let (iterator, start) = try iterate(values, names) { try self.store($0, in: $1) }
    try loop(body, from: start, exits: [start], state: iterator, at: span)
  }

  /// Begins a loop over `values`: where it keeps them, and the instruction that begins each turn, which
  /// is also the exit.
  func iterate(
    _ values: Expression, _ names: [Name], store: (Register, Name) throws -> Void
  ) throws -> (iterator: Register, start: Int) {
    let iterator = try take(2, at: values.span)
    let register = try expression(values)
    emit(.iterate, iterator, register, Register(min(names.count, 255)), at: values.span)
    let start = here
    if names.count == 1, case .local(let variable) = location(of: names[0].text, at: names[0].span)
    {
      emit(.next, iterator, variable, at: values.span)
      return (iterator, start)
    }
    let item = try take(1 + names.count, at: values.span)
    emit(.next, iterator, item, at: values.span)
    emit(.unpack, item + 1, item, Register(names.count), at: values.span)
    for (index, name) in names.enumerated() { try store(item + 1 + Register(index), name) }
    return (iterator, start)
  }

  // MARK: Errors

  private func attempt(_ body: Block, _ name: Name, _ handler: Block, at span: Span) throws {
    let record = try take(at: span)
    let start = here
    try block(body, into: nil)
    let end = here
    let skip = emit(.jump, at: span)
    builder.handlers.append(ErrorHandler(start: start, end: end, target: here, register: record))
    try store(record, in: name)
    try block(handler, into: nil)
    patch(skip, to: here)
  }

  private func assertion(_ condition: Expression, _ message: Expression?, at span: Span) throws {
    guard !skipsValues else { return emitSkipped(at: condition.span) }
    let result = try take(at: span)
    var sides: (Register, Register)?
    if case .binary(let operation, let left, let right, _) = condition.node, operation.isComparison
    {
      let first = try take(2, at: span)
      try expression(left, into: first)
      try expression(right, into: first + 1)
      emitBinary(operation, result, first, first + 1, condition, left.span, right.span)
      sides = (first, first + 1)
    } else {
      try expression(condition, into: result)
    }
    let skip = emit(.jumpIf, result, at: condition.span)
    if let message {
      let register = try expression(message)
      emit(.assertionMessage, 0, register, at: condition.span)
    } else {
      let (left, right) = sides ?? (0, 0)
      emit(.assertion, 0, left, right, sides == nil ? 0 : 1, at: condition.span)
    }
    patch(skip, to: here)
    if isChecking { emit(.assertionHeld, at: condition.span) }
  }
}

extension BinaryOperator {
  /// Whether its result is a bool for scalars.
  var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .contained,
      .notContained:
      true
    default: false
    }
  }
}
