// SPDX-License-Identifier: MIT

// From the tree to register code, one top-level statement at a time. Names become registers and
// global slots; temporaries are allocated like a stack, above the variables. A temporary with the
// only reference to a value is cleared when the value moves on, so that lists can be changed in
// place.

/// A register's number.
typealias Register = UInt16

/// Makes the code of one statement or function.
final class Compiler {
  /// Where a name lives, seen from the code being made.
  enum Location {
    /// A variable of this scope.
    case local(Register)
    /// A variable around this comprehension, or captured: it can be read only.
    case outer(Register)
    /// A global read from a function, with its slot.
    case global(Register)
    /// A built-in, function or constant.
    case builtin(Value)
  }

  /// A loop under way, for `break` and `continue`.
  struct Loop {
    var breaks: [Int] = []
    var continues: [Int] = []
  }

  let module: Module
  let source: Source
  let literal: FunctionLiteral?
  /// The top-level statement's place; none in a function.
  let whole: Span?
  let parent: Compiler?
  /// Whether checks and assertions are counted.
  let isChecking: Bool
  /// Whether checks of values and assertions are left out.
  let skipsValues: Bool
  var builder = CodeBuilder()
  /// Variables of a function; a statement's are the module's slots.
  var locals: [String: Register] = [:]
  var captured: [String: Register] = [:]
  /// The variables of comprehensions around the place being compiled, innermost last.
  var comprehensions: [[String: Register]] = []
  var loops: [Loop] = []
  var nextRegister = 0
  /// Below are variables, from here on temporaries.
  var firstTemporary = 0
  /// Whether reading a variable must copy it, because an assignment may come before its use.
  var copiesOperands = false
  /// What the statement assigns, so that a slot of a built-in's name is known to be a variable.
  var usage: NameUsage

  /// Prepares for a top-level statement.
  init(
    _ module: Module, _ source: Source, _ statement: Statement, isChecking: Bool = false,
    skipsValues: Bool = false
  ) throws {
    self.module = module
    self.isChecking = isChecking
    self.skipsValues = skipsValues
    self.source = source
    literal = nil
    whole = statement.span
    parent = nil
    usage = NameUsage(statement)
    copiesOperands = usage.hasAssignmentInExpression
    let unknown = usage.used.filter { !module.library.isKnown($0) }.sorted()
    for name in usage.assigned + unknown + usage.captured.sorted() {
      guard module.slot(for: name) != nil else {
        throw Diagnostic.tooLarge("a program with this many names", source, statement.span)
      }
    }
    nextRegister = module.count
    firstTemporary = nextRegister
    builder.registerCount = nextRegister
  }

  /// Prepares for a function within `parent`'s code.
  init(_ parent: Compiler, _ literal: FunctionLiteral) throws {
    module = parent.module
    source = parent.source
    self.literal = literal
    whole = nil
    self.parent = parent
    isChecking = parent.isChecking
    skipsValues = parent.skipsValues
    usage = NameUsage(literal.body)
    copiesOperands = usage.hasAssignmentInExpression
  }

  // MARK: Emission

  var here: Int { builder.instructions.count }

  @discardableResult
  func emit(
    _ op: Opcode, _ a: Register = 0, _ b: Register = 0, _ c: Register = 0, _ d: Int = 0,
    at span: Span
  ) -> Int {
    builder.instructions.append(Instruction(op: op, a: a, b: b, c: c, d: d))
    builder.spans.append(span)
    return here - 1
  }

  /// Lets the jump at `index` go to `target`, keeping a packed operand.
  func patch(_ index: Int, to target: Int) {
    let instruction = builder.instructions[index]
    builder.instructions[index].d =
      instruction.op.hasPackedTarget
      ? Instruction.pack(target: target, operand: Int32(truncatingIfNeeded: instruction.operand))
      : target
  }

  func patch(_ indices: [Int], to target: Int) {
    for index in indices { patch(index, to: target) }
  }

  func addConstant(_ value: Value) -> Int {
    builder.constants.append(value)
    return builder.constants.count - 1
  }

  // MARK: Registers

  /// Takes `count` neighbouring temporaries.
  func take(_ count: Int = 1, at span: Span) throws -> Register {
    let first = nextRegister
    nextRegister += count
    // The last few are left for the machine's own sentinels.
    guard nextRegister < Module.capacity - 8 else {
      throw Diagnostic.tooLarge("an expression with this many parts", source, span)
    }
    builder.registerCount = max(builder.registerCount, nextRegister)
    return Register(first)
  }

  /// Whether a register may be written before the whole expression is known to succeed.
  func isTemporary(_ register: Register) -> Bool {
    Int(register) >= firstTemporary && !comprehensions.contains { $0.values.contains(register) }
  }

  // MARK: Names

  /// Where `name` lives.
  func location(of name: String, at span: Span) -> Location {
    if let innermost = comprehensions.last, let register = innermost[name] {
      return .local(register)
    }
    for scope in comprehensions.dropLast().reversed() {
      if let register = scope[name] { return .outer(register) }
    }
    let isInside = !comprehensions.isEmpty
    if literal != nil {
      if let register = locals[name] { return isInside ? .outer(register) : .local(register) }
      if let register = captured[name] { return .outer(register) }
      if let slot = module.slots[name] { return .global(slot) }
    } else if let slot = module.slots[name] {
      let isVariable = module[name] != nil || usage.assigns(name)
      guard isVariable || !module.library.isKnown(name) else { return .global(slot) }
      return isInside ? .outer(slot) : .local(slot)
    }
    if let value = module.library.value(named: name) { return .builtin(value) }
    // Every other name received a slot when the statement began.
    preconditionFailure("The name \(name) has no place.")
  }

  /// The register of a variable around a function that is being prepared, if it is one.
  func capturableRegister(of name: String) -> Register? {
    for scope in comprehensions.reversed() { if let register = scope[name] { return register } }
    guard literal != nil else { return nil }
    return locals[name] ?? captured[name]
  }
}

extension Opcode {
  /// Whether `d` contains a target and an operand.
  var hasPackedTarget: Bool {
    switch self {
    case .unlessLessInt, .unlessLessOrEqualInt, .unlessGreaterInt, .unlessGreaterOrEqualInt,
      .unlessEqualInt, .unlessNotEqualInt:
      true
    default: false
    }
  }
}

extension Library {
  /// Whether programs can name it without having assigned it.
  func isKnown(_ name: String) -> Bool { functions[name] != nil || constants[name] != nil }

  /// The value of a built-in's name.
  func value(named name: String) -> Value? {
    if let constant = constants[name] { return constant }
    return functions[name].map { .function(Function($0)) }
  }
}
