// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeDocuments
internal import HengeFiles
internal import HengeLanguage
internal import HengeLibrary
internal import HengeReports
internal import HengeSession
internal import HengeShell

extension Application {
  /// Goes through a document as a lesson.
  func step(_ path: String) throws -> Int32 {
    if arguments.wantsScriptHelp {
      return try show(ScriptParameters(document(path).runnable).help(path))
    }
    guard isAtTerminal else {
      try console.complain("henge: step needs a terminal; `henge run` and `henge render` do not")
      return Ending.misused.rawValue
    }
    guard path != "-" else {
      try console.complain("henge: step needs a file: henge step f.henge.md")
      return Ending.misused.rawValue
    }
    let program = try document(path)
    try answerParameters(of: program)
    if let crossing = program.crossing { throw crossing }
    let record = try arguments.recordPath.map { path in
      try RecordingSink(
        terminal, of: program.file, to: Paths.absolute(path, from: session.paths.workingFolder),
        circumstances(of: program), budget: session.budget)
    }
    runner.output.sink = record ?? terminal
    let prompt = try EntrySession(
      interpreter, runner.output, interrupt: session.interrupt, lessonSetup())
    let file = Paths.absolute(path, from: session.paths.workingFolder)
    let bytes = try readRegularFile(file, budget: session.budget)
    let code = try Lesson(
      program, hash: SHA256.hex(of: bytes), prompt, terminal, interrupt: session.interrupt,
      assistance: Assistance(
        interpreter, workingFolder: session.paths.workingFolder,
        commands: prompt.commands.map(\.name)),
      file: StateFolder().path.map { LessonFile(folder: $0, document: file) },
      willRun: { record?.begin(cell: $0) }
    ).run()
    try record?.finish(.finished)
    return code
  }

  private func lessonSetup() -> EntrySession.Setup {
    let budget = session.budget
    var setup = EntrySession.Setup(
      seed: arguments.seed, workingFolder: session.paths.workingFolder,
      memoryLimit: { budget.limit })
    setup.addPrompt(interpreter, runner.output, terminal, interrupt: session.interrupt)
    setup.settings = settings
    return setup
  }

  /// Lists the lessons of henge, or begins the one that `name` begins or whose number it is.
  func lesson(_ name: String?) throws -> Int32 {
    guard let folder = Application.lessonFolder else {
      throw Diagnostic(
        "E-file", "the lessons are not next to this program",
        notes: ["they are in Docs/lessons of henge's repository"],
        suggestion: "henge step FILE, for a lesson of your own")
    }
    let names = try folderEntries(folder).filter { $0.hasSuffix(".henge.md") }
      .sorted { Application.number(of: $0) < Application.number(of: $1) }
    guard let name else {
      for name in names {
        let file = try session.documentFile(at: "\(folder)/\(name)")
        let number = Application.number(of: name)
        try console.write("\(number)  \(file.document.title ?? name)\n")
      }
      try console.write("henge lesson 1, or lesson 1 at the prompt, begins the first.\n")
      try console.flush()
      return 0
    }
    guard
      let found = names.first(where: {
        "\(Application.number(of: $0))" == name || $0.hasPrefix(name)
      })
    else {
      throw Diagnostic(
        "E-name", "there is no lesson \(name)",
        suggestion: "henge lesson, which lists \(names.count)")
    }
    return try step("\(folder)/\(found)")
  }

  private static func number(of name: String) -> Int {
    Int(name.prefix { $0.isNumber }) ?? .max
  }

  /// `Docs/lessons` of the repository that contains the program.
  private static var lessonFolder: String? {
    guard let program = realpath("/proc/self/exe", nil) else { return nil }
    defer { free(program) }
    var parts = String(cString: program).split(separator: "/")
    while !parts.isEmpty {
      parts.removeLast()
      let folder = "/" + parts.joined(separator: "/") + "/Docs/lessons"
      if access(folder, R_OK) == 0 { return folder }
    }
    return nil
  }
}
