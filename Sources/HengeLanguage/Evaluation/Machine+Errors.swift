// SPDX-License-Identifier: MIT

// Errors at run time: an error is phrased, gets its place, and is either caught by the program or
// thrown to Swift code.

extension Machine {
  /// Codes that no `catch` catches.
  static let uncatchable: Set<String> = [
    Diagnostic.interruptCode, Diagnostic.closedCode, "E-steps", "E-ranks",
  ]

  /// Finds the handler of an error among the frames down to `entry`, and makes its frame the
  /// last; throws the error, with those frames gone, when there is none.
  @inline(never)
  func unwind(_ error: any Error, to entry: Int) throws {
    var diagnostic = placed(error)
    let canCatch = !Machine.uncatchable.contains(diagnostic.code)
    while true {
      let frame = frames[depth - 1]
      let at = frame.counter - 1
      if canCatch, let handler = frame.code.handlers.first(where: { $0.start <= at && at < $0.end })
      {
        frame.registers[Int(handler.register)] = diagnostic.record
        frames[depth - 1].counter = handler.target
        lastCalls = []
        return
      }
      let name = frame.code.literal.map { $0.name ?? "a function" }
      if keepsCalls { keepCall() }
      if !canCatch { discardHeavyRegisters() }
      pop()
      if frame.isEntry { throw diagnostic }
      let caller = frames[depth - 1]
      if let name {
        diagnostic.trace.append(
          Diagnostic.Label(
            caller.code.source, caller.code.spans[caller.counter - 1], "in \(name)"))
      }
      precondition(depth >= entry, "An entry frame ends every search for a handler.")
    }
  }

  /// The error as a diagnostic with its place.
  private func placed(_ error: any Error) -> Diagnostic {
    let refusal = refusal(for: error)
    var diagnostic = refusal.diagnostic
    guard diagnostic.labels.isEmpty else { return diagnostic }
    let frame = frames[depth - 1]
    let at = frame.counter - 1
    let source = frame.code.source
    let span = frame.code.spans[at]
    guard let (left, right) = frame.code.operandSpans[at], diagnostic.code != "E-cond" else {
      diagnostic.labels = [Diagnostic.Label(source, span)]
      if diagnostic.suggestion == Diagnostic.chainExample {
        diagnostic.suggestion = source.text(span).withoutChain ?? diagnostic.suggestion
      }
      if diagnostic.code == "E-name", let line = library.elsewhere(source, span) {
        diagnostic.suggestion = line
      }
      diagnostic.quote(source, span)
      return diagnostic
    }
    diagnostic.quote(source, left, right)
    if frame.code.instructions[at].op == .member {
      // Where the name before the dot is unknown, it is at fault, not the member.
      let isUnknown = diagnostic.code == "E-name"
      diagnostic.labels = [Diagnostic.Label(source, isUnknown ? left : right)]
      if isUnknown, let line = library.elsewhere(source, left) { diagnostic.suggestion = line }
      return diagnostic
    }
    let (first, second) = operands(frame, at)
    diagnostic.labels = [
      Diagnostic.Label(source, left, first), Diagnostic.Label(source, right, second),
    ]
    if diagnostic.code == "E-name" {
      // The operand that nothing is known of is the one without a name.
      let place = first.isEmpty ? left : right
      diagnostic.labels = [Diagnostic.Label(source, place)]
      if let line = library.elsewhere(source, place) { diagnostic.suggestion = line }
    }
    return diagnostic
  }

  /// The operands of the instruction, as texts next to the carets.
  private func operands(_ frame: Frame, _ at: Int) -> (String, String) {
    let i = frame.code.instructions[at]
    func brief(_ register: UInt16) -> String {
      let value = frame.registers[Int(register)]
      if case .undefined = value { return "" }
      return value.brief
    }
    switch i.op {
    case .addInt, .subtractInt, .multiplyInt: return (brief(i.b), "int \(i.d)")
    case .augment: return (brief(i.a), brief(i.c))
    default:
      if i.op.hasPackedTarget { return (brief(i.b), "int \(i.operand)") }
      return (brief(i.b), brief(i.c))
    }
  }

  /// Any error as words, with the parameter at fault when it is known.
  func refusal(for error: any Error) -> Refusal {
    if let diagnostic = error as? Diagnostic { return Refusal(diagnostic) }
    if let refusal = error as? Refusal { return refusal }
    if let refusal = host.refusal(for: error) { return refusal }
    return Refusal(Diagnostic("E-internal", "\(error)"))
  }

  /// A built-in's error with its place: the argument at fault, else the call and its operands.
  func located(
    _ error: any Error, _ site: CallSite, _ builtin: Builtin?, _ values: [Value]
  ) -> Diagnostic {
    let refusal = refusal(for: error)
    var diagnostic = refusal.diagnostic
    guard diagnostic.labels.isEmpty else {
      // It happened inside a function that the built-in called.
      if let builtin {
        diagnostic.trace.append(Diagnostic.Label(site.source, site.span, "in \(builtin.name)"))
      }
      return diagnostic
    }
    let parameter = refusal.parameter ?? (diagnostic.code == "E-file" ? builtin?.fileName : nil)
    if let parameter, let span = site.span(of: parameter, in: builtin, at: refusal.place) {
      var value = builtin?.parameters.firstIndex { $0.name == parameter }.map { values[$0] }
      if let place = refusal.place, case .list(let list)? = value, place < list.count {
        value = list.elements[place]
      }
      diagnostic.labels = [Diagnostic.Label(site.source, span, value?.label ?? "")]
      diagnostic.quote(site.source, span)
      return diagnostic
    }
    let isOperation = builtin?.naming == .operation
    // A wrong number of arguments is a fault of the call, not of those that are there.
    let isOfCall = diagnostic.code == "E-arg"
    if let builtin, !isOfCall, diagnostic.code != "E-fail", builtin.naming == .function,
      site.isSimple, site.member == nil, site.arguments.count == 1,
      builtin.parameters.first?.role == .single, let value = values.first
    {
      diagnostic.labels = [
        Diagnostic.Label(site.source, site.arguments[0].span, value.label)
      ]
      diagnostic.quoteLabels()
      return diagnostic
    }
    guard let builtin, site.isSimple, builtin.isFixed, !site.arguments.isEmpty, !isOfCall else {
      diagnostic.labels = [Diagnostic.Label(site.source, site.span)]
      diagnostic.quoteLabels(areOperands: false)
      return diagnostic
    }
    var labels: [Diagnostic.Label] = []
    // What is called, or the handle that it is a member of, is no operand.
    let isCall = builtin.naming == .call
    let arguments = site.arguments.dropFirst(isCall && site.member != nil ? 1 : 0)
    for (argument, value) in zip(arguments, values.dropFirst(isCall ? 1 : 0))
    where isOperation || value.isObject {
      labels.append(Diagnostic.Label(site.source, argument.span, value.label))
    }
    diagnostic.labels = labels.isEmpty ? [Diagnostic.Label(site.source, site.span)] : labels
    diagnostic.quoteLabels(areOperands: !labels.isEmpty)
    return diagnostic
  }

  /// The instruction under way as a call's place.
  func currentSite() -> CallSite {
    guard depth > 0 else {
      // Swift code calls a function back while no program runs.
      return CallSite(Source(name: "", text: []), Span(0, 0), callee: Span(0, 0))
    }
    let frame = frames[depth - 1]
    let at = max(0, frame.counter - 1)
    let span = frame.code.spans[at]
    return CallSite(frame.code.source, span, callee: span)
  }
}

extension CallSite {
  /// The span of the argument for `parameter`; of the one at `place` where it gathers several.
  func span(of parameter: String, in builtin: Builtin?, at place: Int? = nil) -> Span? {
    let index = builtin?.parameters.firstIndex { $0.name == parameter }
    for argument in arguments where argument.kind == .named(parameter) {
      return index == nil ? argument.nameSpan ?? argument.span : argument.span
    }
    guard var index else { return nil }
    index += place ?? 0
    if builtin?.naming == .call {
      if index == 0 { return calleeSpan }
      // The handle of the member is in the place of the callee.
      if member == nil { index -= 1 }
    }
    guard index < arguments.count else { return nil }
    return arguments[index].kind == .positional ? arguments[index].span : nil
  }
}

extension Builtin {
  /// The parameter that names a file or folder.
  fileprivate var fileName: String? {
    parameters.first { $0.name == "path" || $0.name == "folder" }?.name
  }
}

extension Value {
  /// The text next to carets; empty for what the source shows anyway.
  fileprivate var label: String {
    if case .undefined = self { return "" }
    return brief
  }
}

extension Diagnostic {
  /// Whether `catch` catches it.
  public var canBeCaught: Bool { !Machine.uncatchable.contains(code) }

  /// What `catch e` binds.
  var record: Value {
    let line = labels.first.map { $0.source.position(of: $0.span.start).line }
    return Value(fields: [
      ("code", Value(code)), ("message", Value(message)), ("line", line.map(Value.int) ?? .none),
    ])
  }
}
