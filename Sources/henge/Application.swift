// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeCPU
internal import HengeData
internal import HengeDocuments
internal import HengeFiles
internal import HengeImage
internal import HengeJupyter
internal import HengeLanguage
internal import HengeLibrary
internal import HengeRanks
internal import HengeReports
internal import HengeSession
internal import HengeShell
internal import HengeThreads

/// One run of the program: its parts, connected as the command line requires.
struct Application {
  let arguments: Arguments
  let console: Console
  /// Shows what entries and scripts produce.
  let terminal: TerminalOutput
  let session: Session
  let interpreter: Interpreter
  let runner: Runner
  /// The session to recover, with `--recover`.
  let lost: RecoverableSession?
  /// The report to compute again, with `verify`, and where.
  let verified: (report: Report, folder: ReportFolder)?
  /// Shows the progress of cells, with `kernel`.
  let live = LiveDisplay()
  /// The processes of the job, where a launcher started several.
  let job: Job?

  /// Connects the parts; Ctrl-C sets `interrupt`.
  init(_ arguments: Arguments, interrupt: Interrupt) throws(Arguments.Misuse) {
    let job = try Job(arguments)
    self.job = job
    let lost = try Application.lostSession(arguments)
    self.lost = lost
    var arguments = arguments
    if let lost {
      arguments.seed = lost.seed
      arguments.outputFolder = lost.outputFolder
    }
    let workingFolder = WorkingFolder()
    try Application.checkOutputFolder(arguments.outputFolder, workingFolder.path)
    let threads = try Application.threadCount(arguments, job)
    let verified = try Application.verifiedReport(arguments, workingFolder.path)
    self.verified = verified
    if let verified {
      arguments.seed = verified.report.circumstances.seed
      arguments.parameters = verified.report.circumstances.parameters.map { ($0.key, $0.value) }
      arguments.stepLimit = verified.report.circumstances.stepLimit
      arguments.outputFolder = verified.folder.outputFolder
    }
    self.arguments = arguments
    let known = TerminalCapabilities(terminalOf: terminalEnvironment())
    let terminalColours = known.colours
    // What is redrawn in place needs a terminal that moves its cursor and shows more than ASCII.
    let line = ProgressLine(colours: isatty(1) == 1 && known.isUnicode ? terminalColours : nil)
    let console = Console(interrupt: interrupt, progress: line)
    self.console = console
    let budget = MemoryBudget(
      limit: arguments.memory ?? (availableBytes() ?? 4_000_000_000) / (job?.neighbors ?? 1),
      largest: machineBytes() ?? 64_000_000_000,
      raising: arguments.keepsSession ? ":set memory" : "henge --memory", stop: interrupt.check)
    let pool = Pool(threads: threads)
    terminal = TerminalOutput(
      console,
      screen: Screen(capabilities(of: console, pictures: arguments.pictures)) { picture in
        try encodePNG(Pixels(picture), budget: budget)
      },
      areErrorsColoured: console.isErrorTerminal
        && terminalColours != .none)
    let isQuiet = arguments.isQuiet
    let output = EntryOutput(job?.keeping(terminal) ?? terminal, isQuiet: isQuiet)
    let note: (String) -> Void = { try? output.note($0) }
    let isKernel = arguments.command == .kernel
    session = Session(
      backend: CPUBackend(pool: pool, budget: budget, interrupt: interrupt), pool: pool,
      budget: budget,
      interrupt: interrupt, cache: PixelCache(limit: budget.limit / 2, budget: budget),
      paths: Paths(
        workingFolder: lost?.workingFolder ?? workingFolder.path,
        outputFolder: arguments.outputFolder),
      seed: arguments.seed ?? 0, arguments: arguments.words,
      progress: isQuiet ? Progress() : Progress(show: isKernel ? live.show : line.show),
      note: note)
    if !isQuiet { session.liveRoom = { isKernel ? LiveDisplay.room : line.viewRoom } }
    session.commandLineSeed = arguments.seed
    session.stepLimit = arguments.stepLimit
    session.paths.isWholeOutputFenced = verified != nil
    session.hdf5 = HDF5Reader()
    try job?.begin(session, note: note)
    let host = SessionHost(
      session,
      output: SessionHost.Output(
        print: output.write, show: output.show, note: { note($0.text) },
        width: { output.width }))
    interpreter = Interpreter(library: Library(session), host: host)
    interpreter.skipsValues = arguments.stepLimit != nil
    runner = Runner(interpreter, output)
    if lost == nil, let trouble = workingFolder.trouble {
      note("\(trouble): relative paths cannot be used")
    }
  }

  /// Refuses a folder of `--out` in which nothing can be written, before anything was computed for it.
  private static func checkOutputFolder(
    _ given: String?, _ workingFolder: String
  ) throws(Arguments.Misuse) {
    guard let given else { return }
    var folder = Paths.absolute(given, from: workingFolder)
    // What is missing is made when the first file is written.
    while folder != "/", access(folder, F_OK) != 0, errno == ENOENT || errno == ENOTDIR {
      folder = Paths.absolute("..", from: folder)
    }
    var status = stat()
    let problem =
      stat(folder, &status) != 0
      ? String(cString: strerror(errno))
      : status.st_mode & S_IFMT != S_IFDIR
        ? "it is a file, not a folder"
        : access(folder, W_OK | X_OK) != 0 ? "nothing can be written there" : nil
    guard let problem else { return }
    let place = folder == Paths.absolute(given, from: workingFolder) ? "" : "\(folder): "
    throw Arguments.Misuse("--out \(given): \(place)\(problem)")
  }

  private static func threadCount(
    _ arguments: Arguments, _ job: Job?
  ) throws(Arguments.Misuse) -> Int {
    if let threads = arguments.threads { return threads }
    if let text = getenv("HENGE_THREADS").map({ String(cString: $0) }), !text.isEmpty {
      return try Arguments.threads(text, from: "HENGE_THREADS")
    }
    let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return max(1, job.map { $0.share(of: processors) } ?? processors)
  }

  /// Runs the command and returns the exit code.
  ///
  /// If a signal stopped the program, the exit code is that of the signal, whatever else failed.
  func run() -> Int32 {
    let code: Int32
    do { code = try perform() } catch { code = runner.report(error).rawValue }
    if let job { return job.end(code, runner, session) }
    guard code != 0, let signalled = session.interrupt.exitCode else { return code }
    return signalled
  }

  private func perform() throws -> Int32 {
    switch arguments.command {
    case .interact: return try interact()
    case .evaluate(let text):
      return run(Source(name: "-e", text: Array(text.utf8)))
    case .run(let path), .check(let path): return try runScript(path)
    case .render(let path): return try render(path)
    case .verify(let path): return try alone("verify") { try verify(path) }
    case .convert(let from, let to): return try alone("convert") { try convert(from, to: to) }
    case .step(let path): return try alone("step") { try step(path) }
    case .lesson(let name): return try alone("lesson") { try lesson(name) }
    case .kernel: return try alone("kernel") { try kernel() }
    case .explain(let code): return try explain(code)
    case .reference(let what): return try printReference(what)
    case .version:
      try console.write(versionText())
    case .help:
      try console.write(helpText)
    }
    try console.flush()
    return 0
  }

  /// Runs a command that several processes do not share.
  private func alone(_ command: String, _ body: () throws -> Int32) throws -> Int32 {
    if let job { throw job.refusal("henge \(command)") }
    return try body()
  }

  private func interact() throws -> Int32 {
    if try wantsPrompt() { return try prompt() }
    if arguments.recordPath != nil { return try runScript("-") }
    return run(Source(name: "stdin", text: try standardInput()))
  }

  /// Runs a text, or answers it if it is a single question, as in `echo '?mean' | henge`.
  ///
  /// A question among other lines is an error, as in a script.
  private func run(_ source: Source) -> Int32 {
    let text = source.text(Span(0, source.bytes.count))
    if let request = HelpRequest(entry: text, isDefined: { interpreter[$0] != nil }) {
      let help = Help(
        atPromptOf: interpreter,
        commands: Command.ofEverySession.map { .init($0.usage, $0.summary) })
      return runner.answer(request, from: help).rawValue
    }
    return runner.run(source).rawValue
  }

  func standardInput() throws -> [UInt8] {
    guard let job else { return try console.readAll(interrupt: session.interrupt) }
    let own = job.ranks.mine == 0 ? try console.readAll(interrupt: session.interrupt) : []
    return try job.ranks.gather(own, at: "standard input")[0]
  }

  private func runScript(_ path: String) throws -> Int32 {
    let program = try document(path)
    let parameters = ScriptParameters(program.runnable)
    if arguments.wantsScriptHelp {
      try console.write(parameters.help(path))
      try console.flush()
      return 0
    }
    try answerParameters(of: program)
    if case .check = arguments.command { return try check(program) }
    try job?.beginScript(program.file.original.bytes, path)
    if arguments.isInteractive { return try prompt(after: program.runnable) }
    guard path != "-", job?.isHidden != true, let folder = StateFolder().path else {
      return try run(program).rawValue
    }
    let record = RunRecord(
      folder: folder, script: Paths.absolute(path, from: session.paths.workingFolder))
    sayWhatCanBeResumed(record, path)
    session.saves = record.saves
    let ending = try run(program)
    if ending == .finished { record.end() }
    return ending.rawValue
  }

  /// Runs a document, with a record if one is asked for.
  private func run(_ program: DocumentProgram) throws -> Ending {
    guard let path = arguments.recordPath, job?.isHidden != true else {
      return DocumentRun(program, runner).run()
    }
    return try runRecorded(program, to: path).0
  }

  /// Reports trainers that were saved by earlier, unfinished runs of the script.
  private func sayWhatCanBeResumed(_ record: RunRecord, _ path: String) {
    for file in record.unfinished() {
      guard let (steps, call) = session.savedTrainer(at: file) else { continue }
      session.note(
        "an earlier run of \(path) was stopped; it saved its trainer at step \(steps). To continue from there: \(call). This run starts from the beginning"
      )
    }
  }

  /// Runs `program` with its checks and prints how many passed.
  private func check(_ program: DocumentProgram) throws -> Int32 {
    var ending: Ending
    var differences: [Diagnostic] = []
    var same = 0
    if let against = arguments.againstPath {
      let log = try record(at: against)
      let (end, sink) = try runRecorded(program, to: nil, willRun: checksUnlessAnErrorIsShown)
      let comparison = try comparison(of: sink, program, with: log, at: against)
      ending = end
      differences = comparison.differences.map {
        Diagnostic(
          "E-check", "cell \($0.cell), line \($0.line), differs from \(against): \($0.text)")
      }
      same = differences.isEmpty ? 1 : 0
    } else {
      ending = DocumentRun(program, runner, willRun: checksUnlessAnErrorIsShown).run()
    }
    let failures = interpreter.checks.compactMap(\.failure) + differences
    for failure in failures { runner.report(failure) }
    let stopped = ending == .finished ? 0 : 1
    let skipped = interpreter.checks.filter(\.isSkipped).count
    let passed = interpreter.checks.filter { $0.failure == nil && !$0.isSkipped }.count + same
    let also = skipped > 0 ? ", \(skipped) skipped" : ""
    try console.write("\(passed) passed, \(failures.count + stopped) failed\(also)\n")
    try console.flush()
    guard ending == .finished || ending == .failed else { return ending.rawValue }
    return failures.count + stopped == 0 ? 0 : 1
  }
}
