// SPDX-License-Identifier: MIT

// Calls from programs, and calls from Swift.

/// A call's arguments once spreads are spread: what each parameter is bound from.
struct Arguments {
  var positional: [Value] = []
  var named: [(name: String, value: Value)] = []
}

extension Machine {
  /// A call from the loop; true if a frame was pushed, otherwise the result is in its register.
  @inline(__always)
  func call(
    _ site: Unmanaged<CallSite>, _ r: UnsafeMutablePointer<Value>, _ i: Instruction
  ) throws -> Bool {
    try site._withUnsafeGuaranteedRef { site in
      guard i.op == .call, site.isSimple, case .function(let function) = r[Int(i.a)] else {
        return try callSlowly(site, r, i)
      }
      if let overloads = function.overloads {
        try overloads._withUnsafeGuaranteedRef { try callBuiltin($0, r, i, site) }
        return false
      }
      guard case .code(let code, let captures, _, let module) = function.body,
        site.arguments.count == code.parameterCount, code.positionalCount == code.parameterCount
      else { return try callSlowly(site, r, i) }
      try checkDepth(code.registerCount)
      let arguments = r + Int(i.a) + 1
      let count = site.arguments.count
      top.moveInitialize(from: arguments, count: count)
      arguments.initialize(repeating: .undefined, count: count)
      try begin(code, captures, function, module, given: count, i.b, isEntry: false)
      return true
    }
  }

  /// Calls a built-in with the arguments after its register.
  @inline(never)
  private func callBuiltin(
    _ overloads: Overloads, _ r: UnsafeMutablePointer<Value>, _ i: Instruction, _ site: CallSite
  ) throws {
    let first = r + Int(i.a) + 1
    defer { for index in 0..<site.arguments.count { first[index] = .undefined } }
    let result = try callBuiltin(overloads, first, site, 0)
    discardIfHeavy(r + Int(i.b))
    r[Int(i.b)] = result
  }

  /// Pushes the frame whose parameters are above the stack already.
  @inline(__always)
  private func begin(
    _ code: Code, _ captures: [Value], _ function: Function, _ module: Module, given: Int,
    _ destination: UInt16, isEntry: Bool
  ) throws {
    let registers = top
    try push(code, module, given: given, destination: destination, isEntry: isEntry)
    for (index, value) in captures.enumerated() {
      registers[code.parameterCount + index] = value
    }
    if let register = code.selfRegister { registers[Int(register)] = .function(function) }
  }

  @inline(never)
  private func callSlowly(
    _ site: CallSite, _ r: UnsafeMutablePointer<Value>, _ i: Instruction
  ) throws -> Bool {
    let first = r + Int(i.a) + 1
    let count = site.arguments.count
    defer { for index in 0..<count { first[index] = .undefined } }
    var callee: Value
    var skipped = 0
    if let name = site.member {
      switch try memberCallee(name, first.pointee, site) {
      case .builtin(let overloads):
        let result = try callBuiltin(overloads, first, site, 0)
        discardIfHeavy(r + Int(i.b))
        r[Int(i.b)] = result
        return false
      case .value(let value, let isBound):
        callee = value
        skipped = isBound ? 1 : 0
      }
    } else {
      callee = try operand(r, i.a)
    }
    if case .object(let object) = callee, let scalar = object as? any ScalarLike,
      !(object is any Callable), let value = scalar.scalar
    {
      callee = value
    }
    if case .function(let function) = callee, case .builtin(let overloads) = function.body {
      let result = try callBuiltin(overloads, first + skipped, site, skipped)
      discardIfHeavy(r + Int(i.b))
      r[Int(i.b)] = result
      return false
    }
    let arguments = try spreadArguments(first + skipped, site, skipped)
    switch callee {
    case .function(let function):
      guard case .code(let code, let captures, _, let module) = function.body else { return false }
      do { try bind(function, code, arguments) } catch {
        throw located(error, site, nil, arguments.positional)
      }
      try begin(
        code, captures, function, module, given: code.parameterCount, i.b, isEntry: false)
      return true
    default:
      r[Int(i.b)] = try callObject(callee, arguments, site)
      return false
    }
  }

  /// Calls what is no function: `m(x)` is the call that is declared for its type.
  private func callObject(
    _ callee: Value, _ arguments: Arguments, _ site: CallSite
  ) throws -> Value {
    guard library.calling(callee) != nil else {
      throw Diagnostic.notCallable(callee, site, library)
    }
    let all = Arguments(positional: [callee] + arguments.positional, named: arguments.named)
    return try callBuiltin(library.calls, all, site)
  }

  /// What `x.name(…)` calls.
  private enum MemberCallee {
    /// A built-in, whose first argument the receiver is.
    case builtin(Overloads)
    /// A value; the receiver is no argument if it is bound already.
    case value(Value, isBound: Bool)
  }

  private func memberCallee(
    _ name: String, _ receiver: Value, _ site: CallSite
  ) throws -> MemberCallee {
    if let own = try ownMember(name, of: receiver) { return .value(own, isBound: true) }
    if let property = site.properties?.accepting(receiver) {
      return .value(try invoke(property, [receiver]), isBound: true)
    }
    if let overloads = site.functions, overloads.accepting(receiver) != nil {
      return .builtin(overloads)
    }
    if let value = frames[depth - 1].variable(named: name), case .function = value {
      return .value(value, isBound: false)
    }
    throw noMember(name, of: receiver, site)
  }

  // MARK: Binding

  /// Lays a function's parameters above the stack.
  private func bind(_ function: Function, _ code: Code, _ arguments: Arguments) throws {
    guard case .code(_, _, let defaults, _) = function.body, let literal = code.literal else {
      return
    }
    try checkDepth(code.registerCount)
    let name = literal.name ?? "this function"
    guard arguments.positional.count <= code.positionalCount else {
      throw Diagnostic.tooManyArguments(
        name, takes: code.positionalCount, given: arguments.positional.count, function.brief)
    }
    var slots: [Value?] = arguments.positional
    slots += [Value?](repeating: nil, count: code.parameterCount - slots.count)
    for (key, value) in arguments.named {
      guard let index = literal.parameters.firstIndex(where: { $0.name.text == key }) else {
        throw Refusal(
          .unknownKeyword(key, of: name, known: literal.parameters.map(\.name.text)),
          parameter: key)
      }
      guard slots[index] == nil else { throw Diagnostic.doubleArgument(key, name) }
      slots[index] = value
    }
    for (index, parameter) in literal.parameters.enumerated() where slots[index] == nil {
      let initial = code.defaultIndices[index]
      guard initial >= 0 else {
        throw Diagnostic.missingArgument(parameter.name.text, name, function.brief)
      }
      slots[index] = defaults[initial]
    }
    for (index, slot) in slots.enumerated() { (top + index).initialize(to: slot ?? .none) }
  }

  // MARK: From Swift

  /// Calls a function, model or other callable from Swift.
  func call(
    _ callee: Value, _ positional: [Value], named: [(name: String, value: Value)],
    from site: CallSite
  ) throws -> Value {
    let arguments = Arguments(positional: positional, named: named)
    switch callee {
    case .function(let function):
      switch function.body {
      case .code(let code, let captures, _, let module):
        ticks -= 1
        if ticks <= 0 { try tick() }
        try bind(function, code, arguments)
        try begin(
          code, captures, function, module, given: code.parameterCount, 0, isEntry: true)
        return try enter()
      case .builtin(let overloads): return try callBuiltin(overloads, arguments, site)
      }
    default: return try callObject(callee, arguments, site)
    }
  }

  /// The result of a built-in, unless it is nested too deeply.
  @inline(__always)
  func checked(_ value: Value) throws -> Value {
    switch value {
    case .list, .record, .function, .object: try value.checkNesting()
    default: break
    }
    return value
  }
}

extension Frame {
  /// The value of a variable that this frame can see by name.
  func variable(named name: String) -> Value? {
    if let register = code.registerNames.first(where: { $0.value == name })?.key {
      return registers[Int(register)]
    }
    return module[name]
  }
}
