// SPDX-License-Identifier: MIT

/// A session of the language: its globals, and programs run one statement at a time.
///
/// After any error it is ready for the next program.
public final class Interpreter {
  /// The result of a statement.
  public struct Outcome {
    /// The statement.
    public let statement: Statement
    /// The source that contains it.
    public let source: Source
    /// Its value; `none` unless it is an expression.
    public let value: Value

    /// Whether the value is to be shown: it is something, and no `;` mutes it.
    public var isEchoed: Bool {
      guard case .expression(_, isMuted: false) = statement.kind else { return false }
      if case .none = value { return false }
      return true
    }
  }

  /// All globals at one time; cheap, as values are shared.
  public struct Globals {
    fileprivate let values: [Value]
  }

  /// The built-ins.
  public let library: Library
  /// The machine that runs the code; use it to call functions and to limit steps.
  public let machine: Machine
  /// Whether `#=>` checks are run and assertions counted; otherwise checks are read over.
  public var isChecking = false
  /// Whether checks of values and assertions are skipped and counted, as where training is cut short.
  public var skipsValues = false
  /// Called with each error that a check at the top of a program expected, for who shows it.
  public var showExpected: (Diagnostic) throws -> Void = { _ in }
  /// Is asked what statements did before; they run where there is none.
  public weak var memory: (any StatementMemory)?
  /// The results of the checks and assertions so far, each place once.
  public private(set) var checks: [CheckResult] = []
  /// The index in `checks` for each place, because a check in a loop runs many times.
  private var checkIndices: [CheckResult.Place: Int] = [:]
  private let module: Module
  private var imported: [String: Value] = [:]
  private var importing: [String] = []

  /// Begins a session without globals.
  public init(library: Library, host: any Host) {
    self.library = library
    machine = Machine(library, host)
    module = Module(library)
    machine.recordCheck = { [weak self] in self?.record($0) }
    machine.importer = { [weak self] path, source in
      guard let self else { throw Diagnostic("E-file", "the session has ended") }
      return try importFile(path, from: source)
    }
    machine.programRunner = { [weak self] program in
      guard let self else { throw Diagnostic("E-file", "the session has ended") }
      return try load(program) { outcome in
        guard outcome.isEchoed else { return }
        for display in try outcome.value.displays(width: host.width) { try host.show(display) }
      }
    }
  }

  deinit {
    // A function refers to its module, and the module's name to the function.
    module.forget()
    for case .object(let object) in imported.values { (object as? ModuleObject)?.module.forget() }
  }

  /// Parses all of `source`, as long as the host has memory for it and no interrupt is requested.
  public func parse(_ source: Source) throws(Diagnostic) -> Program {
    try Parser.parse(source) { [machine] (bytes) throws(Diagnostic) in
      try Interpreter.ask(machine, for: bytes)
    }
  }

  /// Parses `source` as ``parse(_:)`` does, to be run once: the tree of a long text is not kept.
  public func parseInParts(_ source: Source) throws(Diagnostic) -> Program {
    try Parser.parseInParts(source) { [machine] (bytes) throws(Diagnostic) in
      try Interpreter.ask(machine, for: bytes)
    }
  }

  private static func ask(_ machine: Machine, for bytes: Int) throws(Diagnostic) {
    do {
      try machine.host.checkInterrupt()
      if bytes > 0 { try machine.host.reserve(bytes) }
    } catch {
      throw machine.refusal(for: error).diagnostic
    }
  }

  // MARK: Running

  /// Runs a program's statements in order and reports each one's outcome.
  ///
  /// Before each statement `prepare` is called. Throws a `Diagnostic`, or an error of these
  /// functions.
  @discardableResult
  public func run(
    _ program: Program, report: (Outcome) throws -> Void = { _ in },
    prepare: (Statement) throws -> Void = { _ in }
  ) throws -> Value {
    try run(program, in: module, report: report, prepare: prepare)
  }

  private func run(
    _ program: Program, in module: Module, report: (Outcome) throws -> Void,
    prepare: (Statement) throws -> Void = { _ in }
  ) throws -> Value {
    var last = Value.none
    try program.forEachStatement { statement in
      try prepare(statement)
      guard let check = statement.check, isChecking, !(skipsValues && check.isOfValue) else {
        last = try run(statement, program.source, in: module)
        if isChecking, let check = statement.check {
          record(CheckResult(source: program.source, span: check.span, isSkipped: true))
        }
        try report(Outcome(statement: statement, source: program.source, value: last))
        return
      }
      var thrown: Diagnostic?
      do { last = try run(statement, program.source, in: module) } catch let error as Diagnostic {
        guard !Machine.uncatchable.contains(error.code) else { throw error }
        thrown = error
        last = .none
      }
      let (source, found) = (program.source, last)
      record(
        try worded {
          try machine.result(of: check, found, thrown, source) { expression in
            try self.evaluate(expression, in: source, of: module)
          }
        })
      if let thrown {
        try showExpected(thrown)
      } else {
        try report(Outcome(statement: statement, source: program.source, value: last))
      }
    }
    return last
  }

  private func run(_ statement: Statement, _ source: Source, in module: Module) throws -> Value {
    guard let memory, module === self.module else {
      return try execute(statement, source, in: module)
    }
    if let known = try memory.recall(statement, of: source) { return known }
    let value = try execute(statement, source, in: module)
    try memory.keep(value)
    return value
  }

  private func execute(_ statement: Statement, _ source: Source, in module: Module) throws -> Value
  {
    let code = try Compiler.compile(
      statement, source, in: module, isChecking: isChecking, skipsValues: skipsValues)
    return try machine.run(code, in: module)
  }

  /// Keeps one result for each place: the first failure, if there is one.
  private func record(_ result: CheckResult) {
    guard let index = checkIndices[result.place] else {
      checkIndices[result.place] = checks.count
      return checks.append(result)
    }
    if checks[index].failure == nil { checks[index] = result }
  }

  /// The value of a separate expression; names are the session's.
  public func evaluate(_ expression: Expression, in source: Source) throws -> Value {
    try machine.run(Compiler.compile(expression, source, in: module), in: module)
  }

  private func evaluate(
    _ expression: Expression, in source: Source, of module: Module
  ) throws -> Value {
    try machine.run(Compiler.compile(expression, source, in: module), in: module)
  }

  /// Any error of a program, of the host or of reading a file, as words.
  public func diagnostic(for error: any Error) -> Diagnostic {
    machine.refusal(for: error).diagnostic
  }

  /// Answers `param name = initial` with the command line's value, or `initial`.
  public func answerParameters(
    _ answer: @escaping (_ name: String, _ initial: Value) throws -> Value
  ) {
    machine.parameterValue = answer
  }

  /// The echo of `value`; throws a `Diagnostic`, also for Ctrl-C and missing memory.
  public func displays(of value: Value, width: Int) throws -> [Display] {
    try worded { try value.displays(width: width) }
  }

  /// The result of `body`; errors of lower layers, such as Ctrl-C, become a `Diagnostic`.
  private func worded<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch { throw machine.refusal(for: error).diagnostic }
  }

  /// Discards the results of the checks so far.
  public func clearChecks() {
    checks = []
    checkIndices = [:]
  }

  // MARK: Globals

  /// The globals that have a value, in the order in which they were first named.
  public var globals: [(name: String, value: Value)] {
    module.names.compactMap { name in module[name].map { (name, $0) } }
  }

  /// The value of a global or a built-in.
  public subscript(name: String) -> Value? { module[name] ?? library.value(named: name) }

  /// Sets a global, such as `ans`; only between programs.
  ///
  /// Throws when there are too many.
  public func define(_ name: String, _ value: Value) throws {
    guard let slot = module.slot(for: name) else {
      throw Diagnostic("E-limit", "there are too many names")
    }
    module.registers[Int(slot)] = value
  }

  /// The globals of `globals` that have a value, with their names.
  public func named(_ globals: Globals) -> [(name: String, value: Value)] {
    zip(module.names, globals.values).compactMap { name, value in
      if case .undefined = value { return nil }
      return (name, value)
    }
  }

  /// The current values of all globals.
  public func snapshot() -> Globals {
    Globals(values: (0..<module.count).map { module.registers[$0] })
  }

  /// Returns to globals as they were; those named since are unassigned.
  public func restore(_ globals: Globals) {
    for index in 0..<module.count {
      module.registers[index] = index < globals.values.count ? globals.values[index] : .undefined
    }
  }

  // MARK: Imports

  private func importFile(_ path: String, from source: Source) throws -> Value {
    let program = try machine.host.program(at: path, importedFrom: source)
    let name = program.source.name
    if let value = imported[name] { return value }
    let value = try load(program) { _ in }
    imported[name] = value
    return value
  }

  /// Runs a file with names of its own, which become the members of the returned module.
  private func load(_ program: Program, report: (Outcome) throws -> Void) throws -> Value {
    let name = program.source.name
    guard !importing.contains(name) else {
      let circle = (importing + [name]).joined(separator: " uses ")
      throw Diagnostic("E-import", "files import or run each other in a circle", notes: [circle])
    }
    importing.append(name)
    defer { importing.removeLast() }
    let own = Module(library, source: program.source, documentation: program.documentation)
    _ = try run(program, in: own, report: report)
    return .object(ModuleObject(own, path: name))
  }
}
