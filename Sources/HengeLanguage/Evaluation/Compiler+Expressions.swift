// SPDX-License-Identifier: MIT

extension Compiler {
  /// The register with the expression's value: a variable's own, or a temporary.
  func expression(_ expression: Expression) throws -> Register {
    if case .name(let name) = expression.node, !copiesOperands {
      switch location(of: name, at: expression.span) {
      case .local(let register), .outer(let register): return register
      case .global, .builtin: break
      }
    }
    let register = try take(at: expression.span)
    try self.expression(expression, into: register)
    return register
  }

  /// Writes the expression's value to `target`, and nothing there before it is known.
  func expression(_ expression: Expression, into target: Register) throws {
    let mark = nextRegister
    defer { nextRegister = mark }
    let span = expression.span
    switch expression.node {
    case .none: none(into: target, at: span)
    case .bool(let bool): constant(.bool(bool), into: target, at: span)
    case .int(let int): emit(.int, target, 0, 0, int, at: span)
    case .num(let num): constant(.num(num), into: target, at: span)
    case .str(let string): constant(Value(string), into: target, at: span)
    case .shape(let sizes):
      guard let shape = ShapeValue(sizes) else {
        throw Diagnostic.tooLarge("a shape with this many elements", source, span)
      }
      constant(.shape(shape), into: target, at: span)
    case .name(let name): self.name(name, into: target, at: span)
    case .unary(let operation, let operand):
      try unary(operation, operand, into: target, at: span)
    case .not(let operand):
      emit(.not, target, try self.expression(operand), at: operand.span)
    case .binary(let operation, let left, let right, _):
      try binary(operation, left, right, expression, into: target)
    case .range(let start, let stop, let step):
      let first = try self.expression(start)
      let last = try self.expression(stop)
      let by = try step.map { Int(try self.expression($0)) } ?? -1
      emit(.range, target, first, last, by, at: span)
    case .call(let callee, let arguments, _):
      try call(callee, arguments, into: target, at: span)
    case .index(let value, let arguments):
      let register = try self.expression(value)
      let index = try indexCode(arguments, of: value, at: span)
      if case .value(let only, _)? = builder.indices[index].subscripts.first, arguments.count == 1 {
        emit(.indexOne, target, register, only, index, at: span)
      } else {
        emit(.index, target, register, 0, index, at: span)
      }
    case .member(let value, let name, let nameSpan):
      let register = try self.expression(value)
      let index = emit(.member, target, register, 0, addConstant(Value(name)), at: nameSpan)
      builder.operandSpans[index] = (value.span, nameSpan)
    case .list(let elements): try list(elements, into: target, at: span)
    case .interpolated(let pieces): try interpolated(pieces, into: target, at: span)
    case .function(let literal): try closure(literal, into: target, at: span)
    default: try gradual(expression, into: target)
    }
  }

  /// Expressions whose code writes its register before the end.
  ///
  /// If the target is a variable they use a temporary, because they may read that variable, or
  /// fail.
  private func gradual(_ expression: Expression, into target: Register) throws {
    let span = expression.span
    let scratch = isTemporary(target) ? target : try take(at: span)
    switch expression.node {
    case .and(let left, let right): try both(left, right, .jumpUnless, into: scratch)
    case .or(let left, let right): try both(left, right, .jumpIf, into: scratch)
    case .chain(let first, let links): try chain(first, links, expression, into: scratch)
    case .conditional(let condition, let then, let otherwise):
      try conditional(condition, then, otherwise, into: scratch, at: span)
    case .record(let fields): try record(fields, into: scratch, at: span)
    case .comprehension(let element, let names, let values, let condition):
      try comprehension(element, names, values, condition, into: scratch, at: span)
    case .time(let body):
      let registers = try take(2, at: span)
      emit(.clock, registers, at: span)
      try block(body, into: registers + 1)
      emit(.clockRecord, scratch, registers, registers + 1, at: span)
    case .bench(let body):
      let bench = try take(at: span)
      emit(.bench, bench, at: span)
      let start = emit(.benchNext, bench, at: span)
      try block(body, into: nil)
      emit(.loop, 0, 0, 0, start, at: span)
      patch(start, to: here)
      emit(.take, scratch, bench, at: span)
    default: preconditionFailure("Every other expression is written at once.")
    }
    if scratch != target { emit(.take, target, scratch, at: span) }
  }

  func constant(_ value: Value, into target: Register, at span: Span) {
    emit(.constant, target, 0, 0, addConstant(value), at: span)
  }

  private func name(_ name: String, into target: Register, at span: Span) {
    switch location(of: name, at: span) {
    case .local(let register), .outer(let register): emit(.move, target, register, at: span)
    case .global(let slot):
      let fallback = module.library.value(named: name).map(addConstant) ?? -1
      emit(.global, target, slot, 0, fallback, at: span)
    case .builtin(let value): constant(value, into: target, at: span)
    }
  }

  // MARK: Operators

  private func unary(
    _ operation: UnaryOperator, _ operand: Expression, into target: Register, at span: Span
  ) throws {
    let register = try expression(operand)
    let op: Opcode =
      switch operation {
      case .negate: .negate
      case .plus: .plus
      case .invert: .invert
      }
    emit(op, target, register, at: span)
  }

  private func binary(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ whole: Expression,
    into target: Register
  ) throws {
    let first = try expression(left)
    if let op = operation.immediateOpcode, case .int(let int) = right.node {
      let index = emit(op, target, first, 0, int, at: whole.span)
      builder.operandSpans[index] = (left.span, right.span)
      return
    }
    let second = try expression(right)
    emitBinary(operation, target, first, second, whole, left.span, right.span)
  }

  /// The instruction of a binary operator between registers.
  func emitBinary(
    _ operation: BinaryOperator, _ target: Register, _ left: Register, _ right: Register,
    _ whole: Expression, _ leftSpan: Span, _ rightSpan: Span
  ) {
    let index: Int
    if let op = operation.opcode {
      index = emit(op, target, left, right, at: whole.span)
    } else {
      index = emit(.binary, target, left, right, operation.index, at: whole.span)
    }
    builder.operandSpans[index] = (leftSpan, rightSpan)
  }

  private func both(
    _ left: Expression, _ right: Expression, _ jump: Opcode, into target: Register
  ) throws {
    try expression(left, into: target)
    emit(.bool, target, at: left.span)
    let skip = emit(jump, target, at: left.span)
    try expression(right, into: target)
    emit(.bool, target, at: right.span)
    patch(skip, to: here)
  }

  private func chain(
    _ first: Expression, _ links: [Link], _ whole: Expression, into target: Register
  ) throws {
    var left = try take(at: whole.span)
    var leftSpan = first.span
    try expression(first, into: left)
    var skips: [Int] = []
    for (index, link) in links.enumerated() {
      let right = try take(at: whole.span)
      try expression(link.right, into: right)
      let part = Expression(
        whole.node, leftSpan.joined(with: link.right.span), height: whole.height)
      emitBinary(link.comparison, target, left, right, part, leftSpan, link.right.span)
      // In c: a tensor here gets the message that shows how to write the chain.
      emit(.bool, target, 0, 1, at: whole.span)
      if index < links.count - 1 { skips.append(emit(.jumpUnless, target, at: part.span)) }
      left = right
      leftSpan = link.right.span
    }
    patch(skips, to: here)
  }

  // MARK: Lists, records, strings

  /// Lists longer than this are appended to, so that they do not take a register per element.
  private static let directListLimit = 64

  private func list(_ elements: [Expression], into target: Register, at span: Span) throws {
    if elements.count <= Compiler.directListLimit {
      let first = try take(max(1, elements.count), at: span)
      for (index, element) in elements.enumerated() {
        try expression(element, into: first + Register(index))
      }
      emit(.list, target, first, Register(elements.count), at: span)
      return
    }
    let scratch = try take(at: span)
    emit(.list, scratch, scratch, 0, at: span)
    for element in elements {
      let mark = nextRegister
      emit(.append, scratch, try expression(element), at: element.span)
      nextRegister = mark
    }
    emit(.take, target, scratch, at: span)
  }

  private func record(_ fields: [Field], into target: Register, at span: Span) throws {
    let scratch = try take(at: span)
    emit(.record, scratch, at: span)
    for field in fields {
      let mark = nextRegister
      switch field {
      case .named(let name, let value):
        let register = try expression(value)
        emit(.field, scratch, register, 0, addConstant(Value(name.text)), at: value.span)
      case .spread(let value):
        emit(.spreadFields, scratch, try expression(value), at: value.span)
      }
      nextRegister = mark
    }
    emit(.take, target, scratch, at: span)
  }

  private func comprehension(
    _ element: Expression, _ names: [Name], _ values: Expression, _ filter: Expression?,
    into target: Register, at span: Span
  ) throws {
    let result = try take(at: span)
    emit(.list, result, result, 0, at: span)
    let inner = NameUsage.inComprehension(element, names, filter)
    let iterator = try take(2, at: values.span)
    emit(
      .iterate, iterator, try expression(values), Register(min(names.count, 255)), at: values.span)
    var scope: [String: Register] = [:]
    for name in inner.assigned { scope[name] = try take(at: span) }
    comprehensions.append(scope)
    let outerLoops = loops
    loops = []
    defer { loops = outerLoops }
    for register in scope.values.sorted() { emit(.clear, register, at: span) }
    let start = here
    if names.count == 1, let variable = scope[names[0].text] {
      emit(.next, iterator, variable, at: values.span)
    } else {
      let item = try take(1 + names.count, at: values.span)
      emit(.next, iterator, item, at: values.span)
      emit(.unpack, item + 1, item, Register(names.count), at: values.span)
      for (index, name) in names.enumerated() {
        try store(item + 1 + Register(index), in: name)
      }
    }
    let skips = try filter.map(condition) ?? []
    let mark = nextRegister
    emit(.append, result, try expression(element), at: element.span)
    nextRegister = mark
    patch(skips, to: here)
    emit(.loop, 0, 0, 0, start, at: span)
    patch(start, to: here)
    comprehensions.removeLast()
    emit(.take, target, result, at: span)
  }

  private func interpolated(_ pieces: [Piece], into target: Register, at span: Span) throws {
    let text = try take(at: span)
    emit(.text, text, at: span)
    for piece in pieces {
      switch piece {
      case .text(let string): emit(.appendText, text, 0, 0, addConstant(Value(string)), at: span)
      case .value(let value, let specification):
        let mark = nextRegister
        let operand = try expression(value)
        if specification.isEmpty {
          emit(.format, text, operand, 0, -2, at: value.span)
        } else if let format = known(specification) {
          builder.formats.append(format)
          emit(.format, text, operand, 0, builder.formats.count - 1, at: value.span)
        } else {
          let written = try take(at: span)
          try interpolated(specification, into: written, at: span)
          emit(.format, text, operand, written, -1, at: value.span)
        }
        nextRegister = mark
      }
    }
    emit(.finishText, target, text, at: span)
  }

  /// The specification, if it is the same each time; a wrong one is an error when it is used.
  private func known(_ pieces: [Piece]) -> FormatSpecification? {
    guard pieces.count == 1, case .text(let text) = pieces[0] else { return nil }
    return try? FormatSpecification(text)
  }
}

extension BinaryOperator {
  /// Its place among all operators.
  var index: Int { BinaryOperator.allCases.firstIndex(of: self) ?? 0 }

  /// The instruction for the operator, if it has one.
  var opcode: Opcode? {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .floorDivide: .floorDivide
    case .remainder: .remainder
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .equal: .equal
    case .notEqual: .notEqual
    default: nil
    }
  }

  /// The instruction whose right operand is an integer in the code.
  var immediateOpcode: Opcode? {
    switch self {
    case .add: .addInt
    case .subtract: .subtractInt
    case .multiply: .multiplyInt
    default: nil
    }
  }
}
