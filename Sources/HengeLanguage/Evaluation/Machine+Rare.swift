// SPDX-License-Identifier: MIT

// The longer instructions, and the slow paths of the others.

extension Machine {
  /// Instructions that are not worth a place in the loop.
  @inline(never)
  func executeRare(
    _ i: Instruction, _ code: Code, _ r: UnsafeMutablePointer<Value>, _ pc: Int
  ) throws {
    frames[depth - 1].counter = pc
    let (a, b) = (Int(i.a), Int(i.b))
    switch i.op {
    case .member: r[a] = try member(code.constants[i.d].text, of: operand(r, i.b))
    case .index: r[a] = try element(operand(r, i.b), code.indices[i.d], r)
    case .assign: try assign(code.places[i.d], r, i, isOuter: false)
    case .assignOuter: try assign(code.places[i.d], r, i, isOuter: true)
    case .list: r[a] = try list(r + b, Int(i.c))
    case .append: try append(r, i)
    case .record: r[a] = .record(Record())
    case .field: try setField(r + a, code.constants[i.d].text, operand(r, i.b))
    case .spreadFields: try spread(operand(r, i.b), into: r + a)
    case .range: r[a] = try range(r, i)
    case .closure: r[a] = try closure(code.closures[i.d], r)
    case .iterate: try iterate(r, i)
    case .countdown: try countDown(r, i)
    case .unpack: try unpack(operand(r, i.b), into: r + a, Int(i.c))
    case .clock: r[a] = .object(Clock(host))
    case .clockRecord: r[a] = try clockRecord(r, i)
    case .bench: r[a] = .object(Bench())
    case .assertion: throw assertion(r, i)
    case .assertionMessage: throw Diagnostic("E-assert", try operand(r, i.b).text)
    case .check, .checkError: try check(code, r, i)
    case .checkSkipped:
      recordCheck(CheckResult(source: code.source, span: code.spans[pc - 1], isSkipped: true))
    case .assertionHeld: recordCheck(CheckResult(source: code.source, span: code.spans[pc - 1]))
    case .importing: r[a] = try importing(code.constants[i.d].text, code.source)
    case .parameter:
      r[a] = try parameterValue(code.constants[i.d].text, operand(r, i.b))
    default: preconditionFailure("Every other instruction is in the loop.")
    }
  }

  // MARK: Operands

  /// The value of a register; an undefined one is a built-in's name, or an error.
  @inline(__always)
  func operand(_ r: UnsafeMutablePointer<Value>, _ register: UInt16) throws -> Value {
    let value = r[Int(register)]
    if case .undefined = value { return try resolved(r, register) }
    return value
  }

  /// The value of an undefined register's name.
  @inline(never)
  func resolved(_ r: UnsafeMutablePointer<Value>, _ register: UInt16) throws -> Value {
    let frame = frames[depth - 1]
    let isStatement = frame.code.literal == nil
    let isGlobal = isStatement && Int(register) < frame.module.count
    let name = isGlobal ? frame.module.names[Int(register)] : frame.code.registerNames[register]
    guard let name else { throw Diagnostic("E-name", "a name is used before it is assigned") }
    if isGlobal, let value = library.value(named: name) { return value }
    throw unknownName(name, in: frame)
  }

  /// E-name for a global that is not assigned and is no built-in.
  @inline(never)
  func unknownGlobal(_ i: Instruction) -> Diagnostic {
    let frame = frames[depth - 1]
    return unknownName(frame.module.names[Int(i.b)], in: frame)
  }

  /// E-name, with the nearest name in scope.
  private func unknownName(_ name: String, in frame: Frame) -> Diagnostic {
    if frame.code.registerNames.values.contains(name) {
      return Diagnostic(
        "E-name", "`\(name)` is used before it is assigned",
        notes: ["a name that a function assigns is local to it, from its first line"])
    }
    let locals = Array(frame.code.registerNames.values)
    let globals = frame.module.names.filter { frame.module[$0] != nil }
    return Diagnostic.unknownName(
      name, among: locals + globals, library: library)
  }

  // MARK: Slow roads of operators

  @inline(never)
  func operate(
    _ operation: BinaryOperator, _ r: UnsafeMutablePointer<Value>, _ i: Instruction, _ pc: Int
  ) throws {
    frames[depth - 1].counter = pc
    r[Int(i.a)] = try binary(operation, operand(r, i.b), operand(r, i.c))
  }

  @inline(never)
  func operateInt(
    _ operation: BinaryOperator, _ r: UnsafeMutablePointer<Value>, _ i: Instruction, _ pc: Int
  ) throws {
    frames[depth - 1].counter = pc
    r[Int(i.a)] = try binary(operation, operand(r, i.b), .int(i.d))
  }

  @inline(never)
  func holds(
    _ operation: BinaryOperator, _ r: UnsafeMutablePointer<Value>, _ i: Instruction, _ pc: Int
  ) throws -> Bool {
    frames[depth - 1].counter = pc
    if case .num(let x) = r[Int(i.b)], case .num(let y) = r[Int(i.c)] {
      return Ordering(x, y).satisfies(operation)
    }
    return try isTrue(binary(operation, operand(r, i.b), operand(r, i.c)))
  }

  @inline(never)
  func holdsInt(
    _ operation: BinaryOperator, _ r: UnsafeMutablePointer<Value>, _ i: Instruction, _ pc: Int
  ) throws -> Bool {
    frames[depth - 1].counter = pc
    return try isTrue(binary(operation, operand(r, i.b), .int(i.operand)))
  }

  @inline(__always)
  func truth(_ r: UnsafeMutablePointer<Value>, _ register: UInt16) throws -> Bool {
    if case .bool(let bool) = r[Int(register)] { return bool }
    return try isTrue(operand(r, register))
  }

  /// `a op= b` where `a` is cleared first, so that a list with no other reference grows in place.
  @inline(never)
  func augment(
    _ operation: BinaryOperator, _ r: UnsafeMutablePointer<Value>, _ i: Instruction, _ pc: Int
  ) throws {
    frames[depth - 1].counter = pc
    let added = try operand(r, i.c)
    if case .undefined = r[Int(i.a)] { r[Int(i.a)] = try resolved(r, i.a) }
    try combine(r + Int(i.a), operation, added)
  }

  /// `place op= value`, in place for lists and strings with no other reference.
  func combine(
    _ place: UnsafeMutablePointer<Value>, _ operation: BinaryOperator, _ added: Value
  ) throws {
    if operation == .add {
      if case .list(let other) = added, case .list(var list) = place.pointee {
        place.pointee = .undefined
        defer { place.pointee = .list(list) }
        // What is checked before the list is touched leaves it whole when it fails.
        let isUnique = isKnownUniquelyReferenced(&list)
        try charge(
          isUnique
            ? list.growth(appending: other.count)
            : (list.count + other.count) * MemoryLayout<Value>.stride)
        try list.checkNesting(with: other.depth, weight: other.weight)
        if !isUnique { list = List(list.elements) }
        list.append(contentsOf: other)
        return
      }
      if case .str(let other) = added, case .str(var text) = place.pointee {
        place.pointee = .undefined
        defer { place.pointee = .str(text) }
        try charge(other.string.utf8.count)
        if isKnownUniquelyReferenced(&text) {
          text.append(other)
        } else {
          try charge(text.string.utf8.count)
          text = Text(text.string + other.string)
        }
        return
      }
    }
    place.pointee = try binary(operation, place.pointee, added)
  }
}

extension Machine {
  /// The message of a failed `assert`: both sides of a comparison, with their values.
  func assertion(_ r: UnsafeMutablePointer<Value>, _ i: Instruction) -> Diagnostic {
    let frame = frames[depth - 1]
    let source = frame.code.source
    let text = source.text(frame.code.spans[frame.counter - 1])
    var diagnostic = Diagnostic("E-assert", "assertion failed: \(text)")
    if i.d == 1 {
      let left = r[Int(i.b)].representation(limit: 60)
      let right = r[Int(i.c)].representation(limit: 60)
      diagnostic.notes = ["left: \(left)", "right: \(right)"]
    }
    return diagnostic
  }

  func importing(_ path: String, _ source: Source) throws -> Value {
    guard let importer else { throw Diagnostic("E-file", "nothing can be imported here") }
    return try importer(path, source)
  }
}
