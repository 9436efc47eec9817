// SPDX-License-Identifier: MIT
internal import CHengeCrash
internal import Glibc
internal import HengeBackend
internal import HengeDocuments
internal import HengeLanguage
internal import HengeLibrary
internal import HengeRanks
internal import HengeReports
internal import HengeSession
internal import HengeShell
internal import HengeThreads

extension Application {
  /// Whether input and output are a terminal.
  var isAtTerminal: Bool { isatty(0) == 1 && isatty(1) == 1 }

  /// Whether entries are read: of several processes rank 0 decides it.
  func wantsPrompt() throws -> Bool {
    guard let job else {
      return arguments.isInteractive || arguments.isRecovering || isAtTerminal
    }
    if arguments.isRecovering { throw job.refusal("henge --recover") }
    return try job.hasPrompt(arguments.isInteractive || isAtTerminal || isTypedAtLauncher)
  }

  /// Whether a launcher such as mpirun hands on what is typed at its terminal.
  private var isTypedAtLauncher: Bool { job?.isHidden == false && Launch.isTyped }

  /// Runs the prompt, after recovering the lost session or running a script; returns the exit code.
  ///
  /// Of several processes the first has the prompt, and the others run its entries.
  func prompt(after program: HengeLanguage.Program? = nil) throws -> Int32 {
    guard let job else { return try prompt(after: program, among: nil) }
    return try job.prompt(session) { peers in
      try prompt(after: program, among: peers)
    } following: { peers in
      try follow(peers, after: program)
    }
  }

  /// Runs the entries that another process reads, after `program`.
  private func follow(
    _ peers: Peers, after program: HengeLanguage.Program?
  ) throws -> Int32 {
    let budget = session.budget
    var setup = EntrySession.Setup(
      seed: arguments.seed, workingFolder: session.paths.workingFolder,
      memoryLimit: { budget.limit })
    setup.settings = settings
    setup.changeFolder = changeFolder
    setup.peers = peers
    let follower = try EntrySession(
      interpreter, runner.output, interrupt: session.interrupt, setup)
    if let program, case .quit(let code) = try follower.runScript(program) { return code }
    while case .entry(let entry) = try peers.next() {
      if let entry, case .quit(let code) = try follower.perform(entry) { return code }
    }
    return peers.endCode
  }

  private func prompt(
    after program: HengeLanguage.Program?, among peers: Peers?
  ) throws -> Int32 {
    try greet()
    let transcript = SessionTranscript(terminal)
    let record = try arguments.recordPath.map { path in
      try RecordingSink(
        transcript, of: nil, to: Paths.absolute(path, from: session.paths.workingFolder),
        circumstances(of: []), budget: session.budget)
    }
    runner.output.sink = record ?? transcript
    var setup = try promptSetup()
    let willRun = setup.willRun
    setup.willRun = { number, text in
      willRun(number, text)
      transcript.begin(entry: number)
      // A cell that is pasted has its options.
      let cell = record == nil ? nil : try? Document.cell(ofCode: text, named: "[\(number)]")
      record?.begin(entry: number, isVolatile: cell?.options.isVolatile ?? false)
    }
    setup.commands.append(renderCommand(transcript))
    setup.peers = peers
    let prompt = try EntrySession(
      interpreter, runner.output, interrupt: session.interrupt, setup)
    defer { try? record?.finish(.finished) }
    if let lost {
      try prompt.recover(lost)
    } else if let program {
      if case .quit(let code) = try prompt.runScript(program) { return code }
    }
    return try Prompt(
      prompt, terminal, interrupt: session.interrupt,
      assistance: Assistance(
        interpreter, workingFolder: session.paths.workingFolder,
        commands: prompt.commands.map(\.name)),
      isShown: isAtTerminal || isTypedAtLauncher
    ).run()
  }

  /// Says what this is and how to go on, where there is room for it.
  private func greet() throws {
    guard isAtTerminal, !arguments.isQuiet, console.columns ?? 0 >= 40 else { return }
    try console.write("henge \(Application.version), image-to-image translation\n")
    try console.write("? for help, lesson for a start, :quit\n")
    try console.flush()
  }

  /// `:render f.html`.
  private func renderCommand(_ transcript: SessionTranscript) -> Command {
    Command(
      "render", "f.html", "Writes the session as a page with its outputs."
    ) { [self] session, argument in
      guard argument.hasSuffix(".html") else {
        throw Diagnostic(
          "E-arg", ":render needs the name of a page, which ends in .html",
          suggestion: ":render session.html")
      }
      let folder = self.session.paths.workingFolder
      let dropped = try transcript.write(
        to: Paths.absolute(argument, from: folder), entries: session.keptEntries,
        Rendering.Setting(
          circumstances: circumstances(of: []), threads: self.session.pool.threads,
          budget: self.session.budget,
          inputs: DocumentInputs(self.session, folder: folder).all))
      let note =
        dropped == 0 ? "" : "; the outputs of \(dropped) entries were dropped to save memory"
      try runner.output.answer("wrote \(argument)\(note)")
      if session.hasMoved {
        try runner.output.note(
          "the page has the paths as they were typed; henge verify will look for those after :cd in one folder"
        )
      }
      return .goOn
    }
  }

  private func promptSetup() throws -> EntrySession.Setup {
    if lost == nil, let folder = StateFolder().path { try sayWhatIsLost(in: folder) }
    var setup = sessionSetup(settings)
    setup.addPrompt(interpreter, runner.output, terminal, interrupt: session.interrupt)
    return setup
  }

  /// The setup of a session whose entries are kept in a journal.
  func sessionSetup(_ settings: [Setting]) -> EntrySession.Setup {
    let budget = session.budget
    var setup = EntrySession.Setup(
      seed: arguments.seed, workingFolder: session.paths.workingFolder,
      memoryLimit: { budget.limit })
    setup.hash = { [session] in try? session.hash(ofFile: $0) }
    setup.settings = settings
    setup.changeFolder = changeFolder
    let state = StateFolder()
    guard let folder = state.path else {
      if let trouble = state.trouble {
        session.note("\(trouble): no journal for --recover")
      }
      return setup
    }
    do throws(Journal.Refusal) {
      setup.journal = try Journal(
        folder: folder, seed: arguments.seed, workingFolder: session.paths.workingFolder,
        outputFolder: arguments.outputFolder.map {
          Paths.absolute($0, from: session.paths.workingFolder)
        })
    } catch {
      session.note(
        "cannot write \(folder): \(error.reason); no journal for --recover")
    }
    let isKept = setup.journal != nil
    setup.willRun = { number, _ in henge_crash_entry(Int32(clamping: number), isKept ? 1 : 0) }
    return setup
  }

  /// Makes a folder the one that relative paths are in.
  private var changeFolder: (String) throws -> Void {
    { [session] folder in
      guard chdir(folder) == 0 else {
        throw Diagnostic(
          "E-file", "cannot change to \(folder): \(String(cString: strerror(errno)))")
      }
      session.paths.move(to: folder)
    }
  }

  /// Reports in one line whether sessions were killed.
  private func sayWhatIsLost(in folder: String) throws {
    let sessions = RecoverableSession.all(in: folder, note: session.note)
    guard let last = sessions.first else { return }
    let more = sessions.count > 1 ? ", and \(sessions.count - 1) before it" : ""
    let entries = last.count == 1 ? "1 entry" : "\(last.count) entries"
    session.note(
      "a session of \(entries) in \(last.workingFolder) was killed\(more): henge --recover restores it"
    )
  }

  /// What `:set` changes.
  var settings: [Setting] {
    let terminal = terminal
    return [
      memorySetting, pictureSetting,
      switchSetting(
        "highlight", "Whether what you type has colors",
        value: { terminal.typing.isColoured }, set: { terminal.typing.isColoured = $0 }),
      switchSetting(
        "suggestions", "Whether the rest of an earlier entry is shown (End takes it)",
        value: { terminal.typing.suggests }, set: { terminal.typing.suggests = $0 }),
    ]
  }

  private func switchSetting(
    _ name: String, _ summary: String, value: @escaping () -> Bool, set: @escaping (Bool) -> Void
  ) -> Setting {
    Setting(name, "\(summary): on or off.", value: { value() ? "on" : "off" }) { text in
      guard ["on", "off"].contains(text) else { return "it must be on or off, not \(text)" }
      set(text == "on")
      return nil
    }
  }

  private var pictureSetting: Setting {
    let (terminal, styles) = (terminal, PictureStyle.choices.joined(separator: ", "))
    return Setting(
      "images", "How to draw images: \(styles).",
      value: { terminal.screen.capabilities.pictures.rawValue }
    ) { text in
      terminal.screen.capabilities.choosePictures(text)
        ? nil : "it must be one of \(styles), not \(text)"
    }
  }

  var memorySetting: Setting {
    let budget = session.budget
    return Setting(
      "memory", "Memory limit, such as 8GB.", value: { formatBytes(budget.limit) }
    ) { text in
      do throws(Arguments.Misuse) {
        let bytes = try Arguments.bytes(text)
        if let wrong = Arguments.fault(of: bytes, held: max(budget.live, residentBytes() ?? 0)) {
          return wrong
        }
        budget.limit = bytes
        return nil
      } catch {
        return error.message
      }
    }
  }

  /// The session to recover with `--recover`; changes to its working directory.
  static func lostSession(_ arguments: Arguments) throws(Arguments.Misuse) -> RecoverableSession? {
    guard arguments.isRecovering, arguments.command == .interact else { return nil }
    var damaged: [String] = []
    guard let folder = StateFolder().path,
      let lost = RecoverableSession.all(in: folder, note: { damaged.append($0) }).first
    else {
      throw Arguments.Misuse(
        "--recover: \(damaged.last ?? "no killed session found")")
    }
    guard chdir(lost.workingFolder) == 0 else {
      let reason = String(cString: strerror(errno))
      throw Arguments.Misuse(
        "--recover: cannot change to the folder \(lost.workingFolder): \(reason)")
    }
    return lost
  }
}
