// SPDX-License-Identifier: MIT

// Calls of built-ins, from binding their arguments to phrasing their errors.

extension Machine {
  /// Calls the built-in that the arguments in registers ask for.
  func callBuiltin(
    _ overloads: Overloads, _ first: UnsafeMutablePointer<Value>, _ site: CallSite, _ skipped: Int
  ) throws -> Value {
    guard site.isSimple else {
      return try callBuiltin(overloads, spreadArguments(first, site, skipped), site)
    }
    let count = site.arguments.count - skipped
    // The library keeps it.
    let builtin =
      try overloads.only ?? (count > 0 ? overloads.accepting(UnsafePointer(first)) : nil)
      ?? Unmanaged.passUnretained(chosen(overloads, count > 0 ? first.pointee : nil, site))
    return try builtin._withUnsafeGuaranteedRef { builtin in
      if count == builtin.fixedCount {
        try host.checkInterrupt()
        return try perform(
          Call(machine: self, site: site, builtin: builtin, slots: UnsafePointer(first)))
      }
      if builtin.inPlaceCount <= count,
        count <= builtin.positionalCount || builtin.gathersInPlace
      {
        try host.checkInterrupt()
        return try performInPlace(builtin, first, count, site)
      }
      return try callBuiltin(overloads, spreadArguments(first, site, skipped), site)
    }
  }

  /// Runs the body on `count` arguments, those that its rest parameter gathers left where they are,
  /// and on the defaults of all other parameters.
  private func performInPlace(
    _ builtin: Builtin, _ first: UnsafeMutablePointer<Value>, _ count: Int, _ site: CallSite
  ) throws -> Value {
    let all = builtin.initials.count
    try checkDepth(all)
    let slots = top
    let bound = min(count, builtin.positionalCount)
    slots.initialize(from: first, count: bound)
    for index in bound..<all { (slots + index).initialize(to: builtin.initials[index]) }
    top += all
    defer {
      top -= all
      top.deinitialize(count: all)
    }
    var call = Call(machine: self, site: site, builtin: builtin, slots: UnsafePointer(slots))
    if builtin.gathersInPlace {
      call.gathered = UnsafeBufferPointer(start: first + bound, count: count - bound)
    }
    return try perform(call)
  }

  /// The arguments in registers, with spreads spread.
  func spreadArguments(
    _ first: UnsafeMutablePointer<Value>, _ site: CallSite, _ skipped: Int
  ) throws -> Arguments {
    var arguments = Arguments()
    for (index, description) in site.arguments.dropFirst(skipped).enumerated() {
      let value = first[index]
      switch description.kind {
      case .positional: arguments.positional.append(value)
      case .named(let name): arguments.named.append((name, value))
      case .spread: arguments.positional += try elements(of: value)
      case .spreadNamed:
        guard case .record(let record) = value else {
          throw Diagnostic(
            "E-type", "`**` unpacks a record, not \(value.kindWithArticle)",
            labels: [Diagnostic.Label(site.source, description.span)])
        }
        for (name, value) in zip(record.names, record.values) {
          arguments.named.append((name, value))
        }
      }
    }
    return arguments
  }

  /// Calls the built-in that these arguments ask for.
  func callBuiltin(
    _ overloads: Overloads, _ arguments: Arguments, _ site: CallSite
  ) throws -> Value {
    try host.checkInterrupt()
    var first = arguments.positional.first
    if first == nil, overloads.builtins.count > 1 {
      let names = Set(overloads.builtins.compactMap { $0.parameters.first?.name })
      first = arguments.named.first { names.contains($0.name) }?.value
    }
    let builtin = try chosen(overloads, first, site)
    let count = builtin.parameters.count
    try checkDepth(count)
    let slots = top
    slots.initialize(repeating: .undefined, count: count)
    top += count
    defer {
      top -= count
      top.deinitialize(count: count)
    }
    let call = Call(machine: self, site: site, builtin: builtin, slots: UnsafePointer(slots))
    do {
      try bind(builtin, arguments, site, slots)
    } catch {
      throw rewritten(
        located(error, site, builtin, call.values), site, builtin, arguments.positional)
    }
    return try perform(call)
  }

  /// The overload whose first parameter takes the first argument.
  private func chosen(
    _ overloads: Overloads, _ first: Value?, _ site: CallSite
  ) throws -> Builtin {
    if overloads.builtins.count == 1 { return overloads.builtins[0] }
    guard let first else {
      return overloads.builtins.first { $0.parameters.allSatisfy { $0.isOmissible } }
        ?? overloads.builtins[0]
    }
    if let builtin = overloads.accepting(first) { return builtin }
    observer?(overloads.name, nil, [first])
    let kinds = overloads.builtins.compactMap { $0.parameters.first?.kind }
    let label = site.arguments.first.map { Diagnostic.Label(site.source, $0.span, first.brief) }
    var diagnostic = Diagnostic(
      "E-type", "`\(overloads.name)` takes \(kinds.alternatives), not \(first.kindWithArticle)",
      labels: label.map { [$0] } ?? [],
      notes: overloads.builtins.compactMap(\.parameters.first).flatMap {
        Diagnostic.partAtFault($0, first)
      },
      suggestion: exchanged(overloads, first, site)
        ?? Habits.hint(forCall: overloads.name, of: first.kind)
        ?? kinds.lazy.compactMap { Diagnostic.conversion(of: first, to: $0) }.first)
    diagnostic.quoteLabels()
    throw diagnostic
  }

  /// `map(xs, f)` for `map(f, xs)`, `save(x, "x.png")` for `save("x.png", x)`.
  private func exchanged(_ overloads: Overloads, _ first: Value, _ site: CallSite) -> String? {
    let kind: String? =
      switch first {
      case .function: "fn"
      case .str: "str"
      default: nil
      }
    guard let kind, site.arguments.count == 2, site.isSimple, site.member == nil,
      overloads.builtins.contains(where: { $0.parameters.dropFirst().first?.kind == kind })
    else { return nil }
    let texts = site.arguments.map { site.source.text($0.span) }
    // A text in place of a value is no value in place of a text.
    guard texts[1].first != "\"", texts[1].first != "'" else { return nil }
    let call = "\(overloads.name)(\(texts[1]), \(texts[0]))"
    return call.utf8.count <= 72 ? call : nil
  }

  /// A related built-in that takes as many arguments of these types: `step(t, 100)` for
  /// `train(t, 100)`.
  private func relative(of builtin: Builtin, taking values: [Value]) -> Builtin? {
    builtin.seeAlso.lazy.flatMap { self.library.functions[$0]?.builtins ?? [] }.first { other in
      other.positionalCount >= values.count
        && zip(other.parameters, values).allSatisfy { $0.accepts($1) }
    }
  }

  private func bind(
    _ builtin: Builtin, _ arguments: Arguments, _ site: CallSite,
    _ slots: UnsafeMutablePointer<Value>
  ) throws {
    let given = arguments.positional.count
    for index in 0..<min(given, builtin.positionalCount) {
      slots[index] = arguments.positional[index]
    }
    if let rest = builtin.restIndex {
      slots[rest] = Value(Array(arguments.positional.dropFirst(builtin.positionalCount)))
    } else if given > builtin.positionalCount {
      // What is called is no argument.
      let own = builtin.naming == .call ? 1 : 0
      var diagnostic = Diagnostic.tooManyArguments(
        builtin.name, takes: builtin.positionalCount - own, given: given - own,
        builtin.briefSignature)
      diagnostic.suggestion = builtin.gathering(arguments.positional, at: site)
      if builtin.positionalCount > own,
        let other = relative(of: builtin, taking: arguments.positional)
      {
        let names = other.parameters.prefix(given).map(\.name).joined(separator: ", ")
        diagnostic.notes.append("`\(other.name)` takes \(given): \(other.name)(\(names))")
      }
      throw diagnostic
    }
    let extra = builtin.keywordsIndex.map { _ in Record() }
    for (name, value) in arguments.named {
      if let index = builtin.parameters.firstIndex(where: {
        $0.name == name && $0.role == .single
      }) {
        guard case .undefined = slots[index] else {
          throw Diagnostic.doubleArgument(name, builtin.name)
        }
        slots[index] = value
      } else if let extra {
        extra.set(name, value)
      } else {
        let known = builtin.parameters.filter { $0.role == .single }.map(\.name)
          .dropFirst(builtin.naming == .call ? 1 : 0)
        let rest = builtin.restIndex.map { builtin.parameters[$0].name }
        throw Refusal(
          .unknownKeyword(name, of: builtin.name, known: Array(known), rest: rest, at: site),
          parameter: name)
      }
    }
    if let index = builtin.keywordsIndex, let extra { slots[index] = .record(extra) }
    let preset = builtin.presetIndex.flatMap { index in
      String.from(slots[index]).flatMap { builtin.parameters[index].presets[$0] }
    }
    for (index, parameter) in builtin.parameters.enumerated() {
      guard case .undefined = slots[index] else { continue }
      guard let initial = preset?[parameter.name] ?? parameter.initial else {
        var diagnostic = Diagnostic.missingArgument(
          parameter.name, builtin.name, builtin.briefSignature)
        if given == 0, arguments.named.isEmpty, builtin.naming == .function {
          let needed = builtin.parameters.filter { $0.initial == nil && $0.role == .single }
          diagnostic.suggestion = "\(builtin.name)(\(needed.map(\.name).joined(separator: ", ")))"
        }
        throw diagnostic
      }
      slots[index] = initial
    }
  }

  /// Runs the body of a call whose arguments are bound.
  @inline(__always)
  private func perform(_ call: Call) throws -> Value {
    if observer != nil { observe(call) }
    do {
      return try checked(call.builtin.body(call))
    } catch {
      let (site, builtin, values) = (call.site, call.builtin, call.values)
      let place = located(checkedError(error, of: builtin), site, builtin, values)
      let given = site.arguments.prefix { $0.kind == .positional }.count
      throw rewritten(place, site, builtin, Array(values.prefix(given)))
    }
  }

  /// The error with the call that the built-in suggests for its positional arguments `values`.
  private func rewritten(
    _ diagnostic: Diagnostic, _ site: CallSite, _ builtin: Builtin, _ values: [Value]
  ) -> Diagnostic {
    let positional = site.arguments.prefix { $0.kind == .positional }
    guard positional.count == values.count else { return diagnostic }
    guard let rewrite = builtin.rewritten else {
      return advised(diagnostic, site, builtin, values.first)
    }
    let written = zip(positional, values).map { argument, value in
      WrittenArgument(text: site.source.text(argument.span), value: value)
    }
    guard let call = rewrite(written), call.utf8.count <= 100 else {
      return advised(diagnostic, site, builtin, values.first)
    }
    var diagnostic = diagnostic
    diagnostic.suggestion = call
    return diagnostic
  }

  /// The error of a call whose first argument is of a kind with which other languages call what has this
  /// name, with what to write here.
  private func advised(
    _ diagnostic: Diagnostic, _ site: CallSite, _ builtin: Builtin, _ first: Value?
  ) -> Diagnostic {
    guard let first,
      diagnostic.code == "E-type" && !builtin.accepts(first)
        || diagnostic.code == "E-arg" && diagnostic.suggestion == nil,
      let argument = site.arguments.first,
      let hint = Habits.hint(forCall: builtin.name, of: first.kind)
    else { return diagnostic }
    var diagnostic = diagnostic
    diagnostic.suggestion = hint
    diagnostic.quote(site.source, argument.span)
    return diagnostic
  }

  /// The error of a built-in's body; in debug builds, with which tests run, `E-internal` for one that
  /// names a parameter which the built-in does not have: the carets would mark another argument.
  private func checkedError(_ error: any Error, of builtin: Builtin) -> any Error {
    #if DEBUG
      let refusal = refusal(for: error)
      if refusal.diagnostic.labels.isEmpty, let name = refusal.parameter,
        !builtin.parameters.contains(where: { $0.name == name })
      {
        let own = builtin.parameters.map(\.name).joined(separator: ", ")
        return Diagnostic(
          "E-internal",
          "an error of \(builtin.name)(\(own)) names its parameter `\(name)`: \(refusal.diagnostic.message)"
        )
      }
    #endif
    return error
  }

  @inline(never)
  private func observe(_ call: Call) {
    observer?(call.builtin.name, call.builtin, call.values)
  }

  /// Runs an operator's or property's body; its errors are placed as the instruction's.
  func invoke(_ builtin: Builtin, _ operands: [Value]) throws -> Value {
    let site = currentSite()
    observer?(builtin.name, builtin, operands)
    // A call does not retain its site.
    return try withExtendedLifetime(site) {
      try operands.withUnsafeBufferPointer { buffer in
        guard let slots = buffer.baseAddress else { return .none }
        return try checked(
          builtin.body(Call(machine: self, site: site, builtin: builtin, slots: slots)))
      }
    }
  }
}

extension Parameter {
  /// Whether a call may leave it out.
  var isOmissible: Bool { initial != nil || role != .single }
}

extension Builtin {
  /// Whether each parameter takes one positional argument.
  var isFixed: Bool { fixedCount >= 0 }
}
