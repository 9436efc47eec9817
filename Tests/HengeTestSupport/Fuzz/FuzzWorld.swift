// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeCPU
internal import HengeData
internal import HengeLanguage
internal import HengeLibrary
internal import HengeThreads

/// A host that forwards to the product's, prints nothing, and presses Ctrl-C at a given look.
private final class FuzzHost: Host {
  let world: SessionHost
  let interrupt: Interrupt
  /// Looks at the world until Ctrl-C.
  var looksLeft = Int.max

  init(_ session: Session) {
    let output = SessionHost.Output(print: { _ in }, show: { _ in }, note: { _ in })
    world = SessionHost(session, output: output)
    interrupt = session.interrupt
  }

  func checkInterrupt() throws {
    looksLeft -= 1
    if looksLeft <= 0 { interrupt.request() }
    try world.checkInterrupt()
  }
  func reserve(_ bytes: Int) throws { try world.reserve(bytes) }
  var liveBytes: Int { world.liveBytes }
  func refusal(for error: any Error) -> Refusal? { world.refusal(for: error) }
  func program(at path: String, importedFrom source: Source) throws -> Program {
    try world.program(at: path, importedFrom: source)
  }
}

/// What a few hundred random programs share: files, data sets, a budget, random streams.
final class FuzzWorld {
  /// How many programs a world runs.
  static let size = 2000
  /// The bytes that the session may hold.
  static let memory = 300_000_000
  private static let stepLimit = 200_000
  private static let patience = 100

  private let session: Session
  private let library: Library
  private let files: FuzzFiles
  private let host: FuzzHost
  private let maker: Interpreter
  private let palette: FuzzPalette
  private let watch: FuzzWatch
  private var generator: FuzzGenerator
  private var interpreter: Interpreter
  private(set) var report = FuzzReport()
  private var hasReached = false

  /// The world of number `number`, whose programs depend on the two numbers alone.
  init(
    seed: UInt64, number: Int, watch: FuzzWatch, interrupt: Interrupt, isRoomy: Bool,
    scripts: FuzzScripts
  ) {
    files = FuzzFiles()
    let budget = MemoryBudget(limit: isRoomy ? 6_000_000_000 : FuzzWorld.memory)
    let pool = Pool(threads: 2)
    session = Session(
      backend: CPUBackend(pool: pool, budget: budget, interrupt: interrupt), pool: pool,
      budget: budget, interrupt: interrupt,
      cache: PixelCache(limit: FuzzWorld.memory / 4, budget: budget),
      paths: Paths(workingFolder: files.path, outputFolder: files.path), seed: seed, note: { _ in })
    library = Library(session)
    host = FuzzHost(session)
    maker = Interpreter(library: library, host: host)
    for code in FuzzFiles.writers {
      let source = Source(name: "files", text: Array(code.utf8), folder: files.path)
      _ = try? maker.run(Parser.parse(source))
    }
    palette = FuzzPalette(maker)
    let calls = FuzzCalls(library, palette)
    let texts = palette.entries.map(\.text)
    generator = FuzzGenerator(
      palette: palette,
      mutation: FuzzMutation(corpus: scripts.corpus(with: library), values: texts),
      calls: calls)
    generator.dice = FuzzDice(seed: seed, stream: UInt64(number))
    // Another phase in each world, so that what an interrupt left out comes elsewhere.
    generator.next = number * (FuzzWorld.size * 3 + 3)
    self.watch = watch
    interpreter = Interpreter(library: library, host: host)
    report.kinds = Set(palette.kinds)
    for row in calls.rows {
      for kind in palette.kinds { report.cells.insert("\(row.key)|\(kind)") }
    }
  }

  func close() { files.remove() }

  /// Runs the programs; `begin` is told of each before it runs, and may put another text in its
  /// place or, with none, leave it out.
  func run(_ begin: (_ index: Int, _ program: FuzzProgram) -> [UInt8]?) {
    var left = 0
    for index in 0..<FuzzWorld.size {
      if left == 0 {
        left = 1 + generator.dice.roll(6)
        beginSession()
      }
      left -= 1
      var program = generator.program()
      guard let text = begin(index, program) else { continue }
      program.text = text
      run(program)
      if left == 0 { checkUse(after: program) }
    }
  }

  private func beginSession() {
    report.count("sessions")
    if generator.dice.once(in: 8) { files.breakOne(&generator.dice) }
    interpreter = Interpreter(library: library, host: host)
    interpreter.isChecking = generator.dice.once(in: 4)
    for (name, value) in palette.globals { try? interpreter.define(name, value) }
    interpreter.machine.observer = { [unowned self] name, builtin, arguments in
      observe(name, builtin, arguments)
    }
  }

  // MARK: One program

  private func run(_ program: FuzzProgram) {
    report.count("programs")
    report.count("origin \(program.origin)")
    hasReached = false
    let start = FuzzWatch.now()
    // Each cell has its own time: a call that takes too long leaves out none behind it.
    let texts =
      program.origin == "every kind"
      ? program.text.split(separator: 10).map(Array.init) : [program.text]
    let ends = texts.map { run($0, of: program) }
    if !ends.contains(.refused) { report.count("parsed") }
    if ends.allSatisfy({ $0 == .finished }) { report.count("finished") }
    if hasReached { report.count("reached") }
    report.met.formUnion(program.cells)
    let seconds = Double(FuzzWatch.now() - start) * 1e-9
    if seconds > 2 * Double(texts.count) {
      report.slow.append("\(seconds) s\n\(FuzzWorld.shown(program))")
    }
  }

  private enum End {
    case refused
    case failed
    case finished
  }

  private func run(_ text: [UInt8], of program: FuzzProgram) -> End {
    let source = Source(name: "fuzz", text: text, folder: files.path)
    let parsed: Program
    do { parsed = try Parser.parse(source) } catch {
      tell(error, of: program)
      _ = Completeness.of(source)
      return .refused
    }
    defer {
      watch.end()
      host.looksLeft = Int.max
    }
    interpreter.machine.stepsLeft = FuzzWorld.stepLimit
    host.looksLeft = program.interruptedAt ?? Int.max
    watch.begin(program.interruptedAfter ?? FuzzWorld.patience)
    do {
      try interpreter.run(parsed) { outcome in
        if outcome.isEchoed { _ = try interpreter.displays(of: outcome.value, width: 80) }
      }
      return .finished
    } catch {
      tell(error, of: program)
      return .failed
    }
  }

  private func tell(_ error: any Error, of program: FuzzProgram) {
    guard let diagnostic = error as? Diagnostic else {
      report.faults.append("not a diagnostic: \(error)\n\(FuzzWorld.shown(program))")
      return
    }
    report.count("error \(diagnostic.code)")
    let text = Renderer().render(diagnostic)
    if diagnostic.code == "E-internal" {
      report.faults.append("an error without words: \(text)\n\(FuzzWorld.shown(program))")
    }
  }

  /// After whatever happened, the session has to run programs as before.
  private func checkUse(after program: FuzzProgram, isAnew: Bool = false) {
    interpreter.machine.stepsLeft = FuzzWorld.stepLimit
    let source = Source(
      name: "use",
      text: Array("try { fail(1) } catch e { e.code.len() }; [(x => x + 1)(1)][0]".utf8))
    do {
      let value = try interpreter.run(Parser.parse(source))
      if case .int(2) = value { return }
      report.faults.append("afterwards 1 + 1 is \(value.brief):\n\(FuzzWorld.shown(program))")
    } catch let diagnostic as Diagnostic where diagnostic.code == Diagnostic.interruptCode {
      // Ctrl-C came in the moment between the program and this one.
      session.interrupt.clear()
    } catch let diagnostic as Diagnostic where diagnostic.code == "E-memory" && !isAnew {
      // Its variables may hold all there is; without them there has to be memory again.
      interpreter = Interpreter(library: library, host: host)
      checkUse(after: program, isAnew: true)
    } catch {
      report.faults.append("afterwards: \(error)\n\(FuzzWorld.shown(program))")
    }
  }

  static func shown(_ program: FuzzProgram) -> String {
    String(decoding: program.text, as: UTF8.self)
  }

  // MARK: What was reached

  private func observe(_ name: String, _ builtin: Builtin?, _ arguments: [Value]) {
    hasReached = true
    report.count("calls")
    guard let builtin else {
      for other in library.functions[name]?.builtins ?? [] where !other.parameters.isEmpty {
        meet(other, 0, arguments[0])
      }
      return
    }
    guard builtin.naming == .function else { return }
    for (index, value) in arguments.enumerated() { meet(builtin, index, value) }
    // What one overload takes the others of the name were offered.
    guard var first = arguments.first else { return }
    if builtin.parameters.first?.role == .rest, case .list(let list) = first {
      guard let taken = list.elements.first else { return }
      first = taken
    }
    for other in library.functions[name]?.builtins ?? []
    where other !== builtin && !other.parameters.isEmpty {
      meet(other, 0, first)
    }
  }

  private func meet(_ builtin: Builtin, _ index: Int, _ value: Value) {
    let key = FuzzCalls.key(builtin, index)
    switch (builtin.parameters[index].role, value) {
    case (.rest, .list(let list)): list.elements.forEach { meet(key, $0) }
    case (.keywords, .record(let record)): record.values.forEach { meet(key, $0) }
    default: meet(key, value)
    }
  }

  private func meet(_ key: String, _ value: Value) {
    report.met.insert("\(key)|\(FuzzPalette.kind(of: value))")
  }
}
