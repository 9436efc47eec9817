// SPDX-License-Identifier: MIT

extension Compiler {
  /// `callee(arguments)`; a member call hands its receiver on as the first argument.
  func call(
    _ callee: Expression, _ arguments: [Argument], into target: Register, at span: Span
  ) throws {
    let registers: Register
    var descriptions: [CallSite.Argument] = []
    var member: String?
    var calleeSpan = callee.span
    if case .member(let receiver, let name, let nameSpan) = callee.node {
      registers = try take(2 + arguments.count, at: span)
      try expression(receiver, into: registers + 1)
      descriptions.append(CallSite.Argument(kind: .positional, span: receiver.span))
      member = name
      calleeSpan = nameSpan
    } else {
      registers = try take(1 + arguments.count, at: span)
      try expression(callee, into: registers)
    }
    let first = registers + 1 + Register(descriptions.count)
    for (index, argument) in arguments.enumerated() {
      let (kind, value) = try self.argument(argument)
      try expression(value, into: first + Register(index))
      var nameSpan: Span?
      if case .named(let name, _) = argument.kind { nameSpan = name.span }
      descriptions.append(CallSite.Argument(kind: kind, span: value.span, nameSpan: nameSpan))
    }
    let site = CallSite(
      source, span, callee: calleeSpan, name: callee.callName, member: member, of: module.library,
      descriptions)
    builder.sites.append(site)
    emit(
      member == nil ? .call : .callMember, registers, target, 0, builder.sites.count - 1, at: span)
  }

  private func argument(_ argument: Argument) throws -> (CallSite.Argument.Kind, Expression) {
    switch argument.kind {
    case .positional(let value): (.positional, value)
    case .named(let name, let value): (.named(name.text), value)
    case .spread(let value): (.spread, value)
    case .spreadNamed(let value): (.spreadNamed, value)
    case .slice, .ellipsis:
      throw Diagnostic.refused("a slice is only allowed in an index", source, argument.span)
    }
  }

  /// A function's value: its code, and instructions that copy what it captures.
  func closure(_ literal: FunctionLiteral, into target: Register, at span: Span) throws {
    let compiler = try Compiler(self, literal)
    for parameter in literal.parameters {
      let register = try compiler.take(at: parameter.name.span)
      guard compiler.locals.updateValue(register, forKey: parameter.name.text) == nil else {
        throw Diagnostic.refused(
          "two parameters are called \(parameter.name.text)", source, parameter.name.span)
      }
    }
    let captures = try compiler.prepareCaptures(of: self)
    for name in compiler.usage.assigned where compiler.locals[name] == nil {
      compiler.locals[name] = try compiler.take(at: literal.span)
    }
    for (name, register) in compiler.locals { compiler.builder.registerNames[register] = name }
    for (name, register) in compiler.captured { compiler.builder.registerNames[register] = name }
    compiler.firstTemporary = compiler.nextRegister
    let result = try compiler.take(at: literal.span)
    try compiler.block(literal.body, into: result)
    compiler.emit(.giveBack, result, at: literal.body.span)

    var defaults: [Register] = []
    for parameter in literal.parameters {
      guard let initial = parameter.initial else { continue }
      let register = try take(at: initial.span)
      try expression(initial, into: register)
      defaults.append(register)
    }
    builder.closures.append(
      ClosureCode(
        code: Code(compiler.builder, source: source, literal: literal), captures: captures,
        defaults: defaults))
    emit(.closure, target, 0, 0, builder.closures.count - 1, at: span)
  }

  /// Assigns registers to the names captured from around the function, and to the function itself
  /// if its body calls it; returns the registers there that they are copied from.
  private func prepareCaptures(of parent: Compiler) throws -> [Register] {
    guard let literal else { return [] }
    var sources: [Register] = []
    for name in NameUsage.freeNames(of: literal).sorted() {
      guard let register = parent.capturableRegister(of: name), name != literal.name else {
        continue
      }
      captured[name] = try take(at: literal.span)
      sources.append(register)
    }
    builder.captureCount = sources.count
    if let name = literal.name, locals[name] == nil, !usage.assigns(name),
      parent.capturableRegister(of: name) != nil
    {
      let register = try take(at: literal.span)
      captured[name] = register
      builder.selfRegister = register
    }
    return sources
  }
}

extension Expression {
  /// What a call of this expression is called in messages.
  fileprivate var callName: String? {
    switch node {
    case .name(let name): name
    case .member(_, let name, _): name
    default: nil
    }
  }
}
