// SPDX-License-Identifier: MIT

/// A call in progress: its code, its registers, and where it continues when a call it made returns.
struct Frame {
  // The function's value is in the caller's registers, or retained by the caller, meanwhile.
  unowned(unsafe) var code: Code
  unowned(unsafe) var module: Module
  var registers: UnsafeMutablePointer<Value>
  /// The code's and the module's own, here because to reach them there would count references.
  let constants: UnsafeMutablePointer<Value>
  let sites: UnsafeMutablePointer<Unmanaged<CallSite>>
  let globals: UnsafeMutablePointer<Value>
  var counter: Int
  /// The caller's register for the result.
  var destination: UInt16
  /// Whether the caller is Swift code, which receives the result.
  var isEntry: Bool

  init(
    _ code: Code, _ module: Module, _ registers: UnsafeMutablePointer<Value>, destination: UInt16,
    isEntry: Bool
  ) {
    self.code = code
    self.module = module
    self.registers = registers
    constants = code.constants
    sites = code.sites
    globals = module.registers
    counter = 0
    self.destination = destination
    self.isEntry = isEntry
  }
}

/// The machine that runs register code.
///
/// Frames and registers are on the heap, so that the depth of calls is limited by a number and not
/// by the native stack; only built-ins that call functions nest natively. After any error the
/// machine is ready for the next call.
public final class Machine {
  /// The world that programs run in.
  public let host: any Host
  let library: Library
  /// Runs an imported file; set by the interpreter.
  var importer: ((_ path: String, _ source: Source) throws -> Value)?
  /// Runs a parsed file as a separate program; set by the interpreter.
  var programRunner: ((Program) throws -> Value)?
  /// Keeps what a check found; set by the interpreter.
  var recordCheck: (CheckResult) -> Void = { _ in }
  /// The value of a `param` from the command line.
  var parameterValue: (_ name: String, _ initial: Value) throws -> Value = { $1 }

  /// The effects of programs on handles.
  public let effects = EffectJournal()
  /// The subjects of help besides built-ins and errors, such as the prompt's commands.
  public var guide: [(name: String, text: String)] = []
  /// Values that are kept besides the names, such as numbered results, for `who()`.
  public var keptValues: () -> [(holder: String, values: [Value])] = { [] }
  /// The calls in progress at the last error, innermost first; recorded only if requested.
  public internal(set) var lastCalls: [CallRecord] = []
  /// Whether ``lastCalls`` is kept.
  public var keepsCalls = false

  let frames: UnsafeMutablePointer<Frame>
  var depth = 0
  /// The first unused register; memory from there on is not initialized.
  var top: UnsafeMutablePointer<Value>
  let stack: UnsafeMutablePointer<Value>
  private var nativeDepth = 0
  private var uncharged = 0
  private var beats = 0
  /// The loops of the statement that runs, for estimates of the time that all of them take.
  var loops = LoopsUnderWay()
  /// The rounds of the loop that the statement is, for who keeps states between them.
  var rounds = RoundCounter()
  /// How many of them end until ``endRounds(_:_:)`` looks.
  var roundsLeft = Int.max
  /// Called between two rounds of a loop that is a statement; returns the seconds until the next call.
  public var onRound: ((EndedRound) -> Double)?
  /// The seconds of a loop until ``onRound`` is called first; 0, for tests, calls it after every round.
  public var roundPause = 1.0
  /// Steps until the next look at the clock.
  var ticks = 1
  /// The steps between two looks: as many as take little time.
  private var tickStep = 1
  /// The steps since the last look at the world.
  private var unsettled = 0
  private var lastTick = ContinuousClock.now
  /// When the progress of loops was last reported.
  var lastReport = ContinuousClock.now
  /// Notes that are said once at each place, as far as they were said.
  private var notes: Set<String> = []
  /// How many such notes are remembered.
  private static let mostNotes = 10_000

  /// Steps, counted at loops and calls, that may still be made; for tests.
  public var stepsLeft = Int.max

  /// Called for every built-in call, with its bound arguments, and for every first argument that
  /// all overloads of a name refuse (then without a built-in); for tests of coverage.
  package var observer: ((_ name: String, _ builtin: Builtin?, _ arguments: [Value]) -> Void)?

  /// The most calls under way at once.
  public static let depthLimit = 2000
  /// The most callbacks from built-ins under way at once.
  public static let nativeDepthLimit = 200
  /// The most steps between two looks at the world.
  private static let mostSteps = 1024
  /// The number of work units between two checks of the interrupt and the budget.
  static let beatStep = 1 << 15
  private static let stackCapacity = 1 << 20
  /// Values that are freed within a few milliseconds.
  private static let heavy = 1 << 16
  private static let chargeStep = 1 << 20

  /// Whether nothing said `text` at this place before.
  func saysFirst(_ text: String, at span: Span, of source: Source) -> Bool {
    if notes.count >= Machine.mostNotes { notes = [] }
    return notes.insert("\(source.name) \(span.start) \(text)").inserted
  }

  init(_ library: Library, _ host: any Host) {
    self.library = library
    self.host = host
    frames = .allocate(capacity: Machine.depthLimit + 1)
    // Untouched pages of a large allocation cost nothing.
    stack = .allocate(capacity: Machine.stackCapacity)
    top = stack
  }

  deinit {
    frames.deallocate()
    stack.deallocate()
  }

  // MARK: The world

  /// Asks for `bytes`: at once when they are many, else together with what follows.
  @inline(__always)
  func charge(_ bytes: Int) throws {
    let (total, overflow) = uncharged.addingReportingOverflow(bytes)
    uncharged = overflow ? Int.max : total
    if uncharged >= Machine.chargeStep { try settle() }
  }

  /// Asks for the memory that was charged, and whether the user asked to stop: filling it takes time
  /// that steps do not count, as in `while true { f"{1:30000000}" }`.
  @inline(never)
  func settle() throws {
    try host.checkInterrupt()
    let bytes = uncharged
    uncharged = 0
    try host.reserve(bytes)
  }

  /// Looks at the world every few steps: interrupts, the step limit, memory, the progress of loops.
  ///
  /// Steps may be additions, or trainings: so the number of them between two looks follows the clock.
  @inline(never)
  func tick() throws {
    let made = tickStep
    let now = ContinuousClock.now
    let passed = now - lastTick
    lastTick = now
    if passed < .microseconds(500) {
      tickStep = min(Machine.mostSteps, 2 * tickStep)
    } else if passed > .milliseconds(20) {
      tickStep = max(1, tickStep / 8)
    }
    ticks = tickStep
    stepsLeft -= made
    guard stepsLeft > 0 else {
      stepsLeft = 0
      throw Diagnostic("E-steps", "the step limit is reached")
    }
    unsettled += made
    if unsettled >= Machine.mostSteps || passed > .milliseconds(1) {
      unsettled = 0
      try settle()
    }
    reportLoops(now)
  }

  /// Counts `units` of work that a built-in does without calling anything, some tens of nanoseconds
  /// each, and looks every so often whether the user asked to stop.
  @inline(__always)
  func beat(_ units: Int = 1) throws {
    beats += units
    if beats >= Machine.beatStep { try lookUp() }
  }

  @inline(never)
  private func lookUp() throws {
    beats = 0
    try host.checkInterrupt()
  }

  // MARK: The stack

  /// Makes a frame of `count` registers, of which the caller initializes the first `given`.
  @inline(__always)
  func push(
    _ code: Code, _ module: Module, given: Int, destination: UInt16, isEntry: Bool
  ) throws {
    try checkDepth(code.registerCount)
    let registers = top
    (registers + given).initialize(repeating: .undefined, count: code.registerCount - given)
    top = registers + code.registerCount
    (frames + depth).initialize(
      to: Frame(code, module, registers, destination: destination, isEntry: isEntry))
    depth += 1
  }

  @inline(__always)
  func checkDepth(_ registerCount: Int) throws {
    if depth >= Machine.depthLimit || (top - stack) + registerCount > Machine.stackCapacity {
      throw Diagnostic.tooDeep()
    }
  }

  /// Drops the last frame with its registers; those of a statement are in its module.
  @inline(__always)
  func pop() {
    depth -= 1
    let frame = frames[depth]
    let isStatement = frame.code.literal == nil
    let skipped = isStatement ? frame.module.count : 0
    let registers = frame.registers + skipped
    registers.deinitialize(count: frame.code.registerCount - skipped)
    if !isStatement { top = frame.registers }
  }

  /// Empties a register whose value takes long to free, without waiting for that.
  @inline(__always)
  func discardIfHeavy(_ register: UnsafeMutablePointer<Value>) {
    if register.pointee.weight > Machine.heavy { discardList(in: register) }
  }

  @inline(never)
  private func discardList(in register: UnsafeMutablePointer<Value>) {
    guard var list = register.takeList() else { return }
    // Where others have it too, it is not freed.
    if isKnownUniquelyReferenced(&list) { host.discard(.list(consume list)) }
  }

  /// Empties the last frame's registers of what takes long to free: whoever asked to stop waits.
  func discardHeavyRegisters() {
    let frame = frames[depth - 1]
    let skipped = frame.code.literal == nil ? frame.module.count : 0
    for index in skipped..<max(skipped, frame.code.registerCount) {
      discardIfHeavy(frame.registers + index)
    }
  }

  // MARK: Entry

  /// Runs a top-level statement; its value.
  func run(_ code: Code, in module: Module) throws -> Value {
    guard depth < Machine.depthLimit else { throw Diagnostic.tooDeep() }
    let outerRoundsLeft = roundsLeft
    let isStatement = depth == 0
    if isStatement {
      loops = LoopsUnderWay()
      (ticks, tickStep, lastTick) = (1, 1, .now)
      rounds = RoundCounter(pause: onRound == nil ? nil : roundPause)
      roundsLeft = rounds.asked
    } else {
      // A file that is run in a loop has loops of its own, which do not count.
      roundsLeft = .max
    }
    defer {
      roundsLeft = outerRoundsLeft
      if isStatement, loops.haveBegun { host.endLoops() }
    }
    let temporaries = module.registers + module.count
    temporaries.initialize(repeating: .undefined, count: code.registerCount - module.count)
    (frames + depth).initialize(
      to: Frame(code, module, module.registers, destination: 0, isEntry: true))
    depth += 1
    return try enter()
  }

  /// Executes the last frame as Swift code's callee.
  func enter() throws -> Value {
    guard nativeDepth < Machine.nativeDepthLimit else {
      pop()
      throw Diagnostic(
        "E-depth",
        "more than \(Machine.nativeDepthLimit) nested calls of built-ins that call functions",
        notes: ["a recursive function needs a case in which it does not call itself"])
    }
    nativeDepth += 1
    defer { nativeDepth -= 1 }
    return try execute()
  }
}

extension Diagnostic {
  static func tooDeep() -> Diagnostic {
    Diagnostic(
      "E-depth", "more than \(Machine.depthLimit) nested calls",
      notes: ["a recursive function needs a case in which it does not call itself"])
  }

  static func tooNested() -> Diagnostic {
    Diagnostic("E-depth", "values are nested more than \(Value.depthLimit) deep")
  }

  static func tooHeavy() -> Diagnostic {
    Diagnostic(
      "E-depth", "this value would have more than \(Value.weightLimit) elements written out",
      notes: ["a list that another contains several times counts each time"])
  }
}
