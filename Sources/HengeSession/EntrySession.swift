// SPDX-License-Identifier: MIT
public import HengeLanguage
public import HengeThreads

/// Runs entries: numbers them, takes back what a failed or stopped one did beyond its finished
/// statements, and remembers them for `:back`, `:save` and recovery.
///
/// It knows no terminal. What entries produce goes to the sink of its ``output``; what only one kind of
/// front end can do, such as handing the terminal to an editor, the front end adds by its ``Setup``.
public final class EntrySession {
  /// Whether the session continues.
  public enum Continuation: Equatable, Sendable {
    /// Another entry is read.
    case goOn
    /// The program ends with this exit code.
    case quit(Int32)
  }

  /// Runs the programs.
  public let interpreter: Interpreter
  /// The destination of everything that entries produce.
  public let output: EntryOutput
  /// The commands that begin with a colon, in the order in which help lists them.
  public let commands: [Command]
  let runner: Runner
  let interrupt: Interrupt
  let setup: Setup
  /// The number of the entry that is read next.
  public private(set) var number = 1
  var log: [Entry] = []
  let inputs = Inputs()
  let outputs = Outputs()
  /// States to go back to, oldest first.
  var past = UndoHistory()
  var origins = AssignmentHistory()
  /// The last error, with the calls that it left.
  var lastError: (diagnostic: Diagnostic, calls: [CallRecord])?
  /// The rest of the entry that Ctrl-C stopped last, for `:go`; none where nothing can go on.
  var rest: StoppedRest?
  /// The state after the last round of the loop that runs, as far as one was kept.
  var lastRound: RoundState?
  /// The folder that entries read relative paths from, absolute.
  public internal(set) var workingFolder: String
  /// The folder before it.
  var folderBefore: String?
  private var hasSaidThatResultsAreNotKept = false
  private var saves: SavesUnderWay?
  /// Whether the text that the last entry should run instead of its own failed, so that its own
  /// ran.
  var substitutesFail = false
  /// Whether what runs was handed to other processes.
  var isHandedOn = false
  /// Whether its end was compared with theirs.
  var hasMet = false
  var machine: Machine { interpreter.machine }

  /// A session of entries over the names of `interpreter`, whose host writes to `output` as well.
  ///
  /// Throws E-limit where the interpreter has no room for the session's own names.
  public init(
    _ interpreter: Interpreter, _ output: EntryOutput, interrupt: Interrupt, _ setup: Setup
  ) throws {
    self.interpreter = interpreter
    self.output = output
    self.interrupt = interrupt
    self.setup = setup
    workingFolder = setup.workingFolder
    runner = Runner(interpreter, output)
    commands = setup.allCommands
    try interpreter.define("In", .object(inputs))
    try interpreter.define("Out", .object(outputs))
    machine.keepsCalls = true
    machine.effects.isKept = true
    machine.guide = commands.map { ($0.usage, $0.summary) } + setup.guide
    machine.keptValues = { [unowned self] in kept }
    if setup.journal != nil {
      saves = SavesUnderWay(interpreter) { [unowned self] save in
        try? say(self.setup.journal?.saved(save))
      }
    }
  }

  /// Runs an entry, a `:command` or what the front end knows besides; what it produces becomes events.
  ///
  /// A program that a front end runs for itself is not numbered, unless it changes something. Throws
  /// only when the sink receives nothing any more.
  public func perform(_ text: String, isNumbered: Bool = true) throws -> Continuation {
    let entry = text.trimmed
    guard !entry.isEmpty else { return .goOn }
    // Only now does nothing of the entry refer to what it dropped.
    defer {
      if machine.effects.hasDropped { machine.host.giveBackMemory() }
      machine.effects.clearDropped()
    }
    do {
      if entry.hasPrefix(":") { return try command(entry) }
      for kind in setup.otherEntries {
        if let continuation = try kind.perform(entry) { return continuation }
      }
      return try handingOn(text) { try run(entrySource(text), isNumbered: isNumbered) }
    } catch {
      if runner.report(error) == .closed { return .quit(Ending.closed.rawValue) }
      return setup.peers?.areLost ?? false ? .quit(Ending.failed.rawValue) : .goOn
    }
  }

  /// Continues with a higher entry number.
  func skip(to number: Int) { self.number = max(self.number, number) }

  /// Ends the session well: what was kept for a recovery is removed.
  public func end() { setup.journal?.end() }

  /// Runs `text` as the next entry, which is a program.
  ///
  /// Its errors become events; throws only when the sink receives nothing any more.
  public func run(text: String) throws -> Continuation {
    try handingOn(text) { try run(entrySource(text)) }
  }

  private func entrySource(_ text: String) -> Source {
    Source(name: "[\(number)]", text: Array(text.utf8))
  }

  /// Runs a script before the first entry is read, as an entry; throws as ``run(text:)`` does.
  public func runScript(_ program: Program) throws -> Continuation {
    try handingOn(nil) { try run(program.source) }
  }

  // MARK: One entry

  /// An entry under way.
  struct Attempt {
    var entry: Entry
    /// The state before the statement that runs.
    var start: Checkpoint
    /// How many statements are done.
    var done = 0
    var isInStatement = false
    var result: Value?

    /// Where the statements that are done end.
    var ended: Int {
      done > 0 ? entry.program?.block.statements[done - 1].span.end ?? 0 : 0
    }

    /// Whether its statements are expressions only.
    var hasOnlyExpressions: Bool {
      entry.program?.block.statements.allSatisfy {
        if case .expression = $0.kind { true } else { false }
      } ?? false
    }

    /// The statement that runs.
    var statement: Statement? {
      guard isInStatement, let statements = entry.program?.block.statements,
        statements.indices.contains(done)
      else { return nil }
      return statements[done]
    }
  }

  /// Runs `source` as the next entry.
  ///
  /// `typed` is what `In` has of it, where that is another text. A recovery runs a text that leads to
  /// the same state `insteadOf` that of the entry, from a trainer that was saved. An `arrival` is the
  /// state that the entry leads to, so that it need not run. An entry that is not numbered leaves no
  /// trace where it changes nothing.
  func run(
    _ source: Source, typed: String? = nil, insteadOf other: Substitute? = nil,
    at arrival: Arrival? = nil, isNumbered: Bool = true
  ) throws -> Continuation {
    let number = number
    self.number += 1
    setup.willRun(number, typed ?? String(decoding: source.bytes, as: UTF8.self))
    let before = Checkpoint(interpreter)
    let writes = machine.host.writes
    for text in past.make(room: setup.memoryLimit() / 8, beside: before) { try say(text) }
    var attempt = Attempt(
      entry: Entry(number: number, source: source, place: workingFolder), start: before)
    if let typed, typed != attempt.entry.text { attempt.entry.typed = typed }
    let answer = interpreter["ans"]
    if isNumbered {
      inputs.keep(typed ?? attempt.entry.text, number: number)
      try say(setup.journal?.begin(attempt.entry))
    }
    if let save = other?.save { try say(setup.journal?.saved(save)) }
    var failure =
      if let arrival {
        arrive(&attempt, at: arrival)
      } else {
        execute(&attempt, as: other, isSaved: isNumbered)
      }
    substitutesFail = other != nil && failure != nil && !interrupt.isRequested
    if substitutesFail {
      try before.restore(in: interpreter)
      attempt = Attempt(entry: attempt.entry, start: before)
      attempt.entry.valued = []
      failure = execute(&attempt, as: nil, isSaved: isNumbered)
    }
    attempt.entry.reads = arrival?.reads ?? machine.host.takeReads()
    if other != nil, !substitutesFail { attempt.entry.matchAnswers() }
    var diagnostic = failure.map { interpreter.diagnostic(for: $0) }
    let cause = diagnostic
    if diagnostic == nil {
      attempt.entry.outcome = .good
    } else {
      try keepWhatStays(of: &attempt, &diagnostic)
    }
    try meetPeers(&attempt, cause, &diagnostic, before: before)
    // A text that ran instead leaves out what the entry changed.
    let isOwnText = other.map { $0.text.bytes == source.bytes } ?? true
    attempt.entry.onlyLooked =
      isOwnText && attempt.hasOnlyExpressions && attempt.entry.outcome == .good
      && machine.host.writes == writes && !machine.effects.isBeyondWords
      && before.isState(of: interpreter)
    let isLogged = isNumbered || attempt.entry.hasChanged
    if isLogged, attempt.entry.isKept { try remember(attempt.entry, attempt.result, before) }
    machine.effects.clear()
    lastRound = nil
    attempt.entry.program = nil
    if isLogged {
      if !isNumbered {
        inputs.keep(attempt.entry.text, number: number)
        try say(setup.journal?.begin(attempt.entry))
      }
      log.append(attempt.entry)
      try say(setup.journal?.end(attempt.entry))
    } else {
      self.number = number
      try interpreter.define("ans", answer ?? .undefined)
    }
    guard var diagnostic else { return .goOn }
    origins.explain(&diagnostic)
    lastError = (diagnostic, machine.lastCalls)
    if diagnostic.code == "E-memory", let advice = past.advice(beside: before) {
      diagnostic.notes.append(advice)
    }
    let ending = runner.report(diagnostic)
    return ending == .closed ? .quit(ending.rawValue) : .goOn
  }

  /// Runs the statements one by one; the error that stopped them.
  private func execute(
    _ attempt: inout Attempt, as other: Substitute?, isSaved: Bool
  ) -> (any Error)? {
    machine.forgetCalls()
    machine.effects.clear()
    machine.effects.clearDropped()
    _ = machine.host.takeReads()
    _ = machine.host.takeWritten()
    defer { machine.onRound = nil }
    do {
      let program = try interpreter.parse(other?.text ?? attempt.entry.source)
      attempt.entry.program = program
      var world: Object?
      try interpreter.run(program) { outcome in
        attempt.isInStatement = false
        saves?.end()
        if let world, program.source.text(outcome.statement.span) == other?.loading {
          machine.host.restore(world)
        }
        if case .expression = outcome.statement.kind { try take(outcome.value, &attempt) }
        attempt.done += 1
        if case .assign(let places, _) = outcome.statement.kind {
          try announce(places, since: attempt.start)
        }
        if outcome.isEchoed { try runner.show(outcome.value) }
        try sayWhatWasWritten()
        try output.flush()
      } prepare: { statement in
        if attempt.done > 0 { attempt.start = Checkpoint(interpreter) }
        attempt.isInStatement = true
        keepRounds(since: attempt.start)
        world = other == nil ? nil : machine.host.state
        if isSaved {
          saves?.begin(
            statement, of: program.source, number: attempt.entry.number, ended: attempt.ended)
        }
        machine.effects.clear()
        machine.forgetCalls()
      }
      try output.flush()
      return nil
    } catch {
      saves?.end()
      try? sayWhatWasWritten()
      return error
    }
  }

  /// Makes `value` the last one.
  private func take(_ value: Value, _ attempt: inout Attempt) throws {
    if case .none = value { return }
    attempt.entry.valued.insert(attempt.done)
    attempt.result = value
    try interpreter.define("ans", value)
  }

  private func remember(_ entry: Entry, _ result: Value?, _ before: Checkpoint) throws {
    if entry.hasChanged { past.keep(before, origins, number: entry.number) }
    origins.note(entry)
    if machine.effects.hasDropped {
      past.clear()
      if rest?.loop != nil { rest = nil }
    }
    guard let result, let bytes = outputs.keep(result, number: entry.number) else { return }
    // What has a name is not missed.
    let isNamed = interpreter.globals.contains { name, value in
      !Checkpoint.ownNames.contains(name) && value.isIdentical(to: result)
    }
    guard !isNamed, !hasSaidThatResultsAreNotKept else { return }
    hasSaidThatResultsAreNotKept = true
    try say(
      "Out[\(entry.number)] was not kept: its size is \(sizeText(bytes)), the limit is 1 MB"
    )
  }

  // MARK: Failed, or stopped by Ctrl-C

  /// Keeps the effects of the statements that finished, and the whole steps of trainers of the one
  /// that did not; `diagnostic` reports in one line what was kept and what was restored.
  private func keepWhatStays(of attempt: inout Attempt, _ diagnostic: inout Diagnostic?) throws {
    guard let program = attempt.entry.program else { return }
    let isInterrupt = diagnostic?.code == Diagnostic.interruptCode
    let done = attempt.done
    var lines: [String] = []
    var stays: [String] = []
    var wentBack: [String] = []
    if done > 0, done < program.block.statements.count {
      stays.append(done == 1 ? "the statement before it" : "the \(done) statements before it")
    }
    if attempt.isInStatement {
      let remains = PartialStatement(
        of: attempt.start, attempt.statement, in: attempt.entry.source, interpreter)
      try remains.leave(in: interpreter)
      lines = remains.lines
      wentBack = remains.wentBack
      if remains.isBeyondWords {
        stays = ["all effects, but :save cannot repeat this entry"]
      } else if isInterrupt {
        if let position = remains.positions.first {
          diagnostic?.message += "; \(position) (consistent)"
          stays += remains.positions.dropFirst()
        }
      } else {
        stays += remains.positions
      }
      let loop = StoppedLoop(
        program, statement: done, of: attempt.entry.number, after: lastRound)
      if isInterrupt {
        rest =
          loop.map(StoppedRest.init)
          ?? StoppedRest(
            of: attempt.entry.source, program, from: done, remains.rest,
            number: attempt.entry.number)
        diagnostic?.suggestion = rest?.advice ?? remains.continuation
      } else if let loop {
        rest = StoppedRest(loop)
        diagnostic?.notes.append(":go continues after \(loop.round)")
      }
    }
    let time = attempt.statement?.isLoop ?? false ? "the loop" : "the statement"
    let parts =
      (stays.isEmpty ? [] : ["kept: " + stays.joined(separator: ", ")])
      + (wentBack.isEmpty
        ? [] : ["restored: \(EntrySession.listed(wentBack)), as before \(time)"])
    if !parts.isEmpty { diagnostic?.notes.append(parts.joined(separator: "; ")) }
    if done == program.block.statements.count {
      attempt.entry.outcome = .good
    } else if done > 0 || !lines.isEmpty {
      attempt.entry.outcome = .part(statements: done, lines: lines)
    }
  }

  private static func listed(_ names: [String]) -> String {
    names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
  }

  // MARK: Notes

  /// Prints a note.
  func say(_ text: String?) throws {
    if let text { try output.note(text) }
  }

  /// The values that are kept besides the names, for `who()`.
  private var kept: [(holder: String, values: [Value])] {
    let results = outputs.all.map { ("Out[\($0.number)]", [$0.value]) }
    let earlier = past.states.flatMap { $0.checkpoint.values(in: interpreter) }
    let round = rest?.loop?.state.values(in: interpreter) ?? []
    return results + [("states for :back", earlier), ("state for :go", round)]
  }
}
