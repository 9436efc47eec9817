// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeCPU
internal import HengeDocuments
internal import HengeFiles
internal import HengeLanguage
internal import HengeLibrary
internal import HengeReports
internal import HengeSession
internal import HengeShell
internal import HengeThreads

extension Application {
  /// The document at `path`, or on standard input for `-`, with its programs.
  func document(_ path: String, named name: String? = nil) throws -> DocumentProgram {
    let file: DocumentFile
    if path == "-" {
      file = try DocumentFile(Source(name: "stdin", text: standardInput()))
    } else {
      if let (stem, format) = DocumentFormat.split(path), !format.isRun {
        throw Diagnostic(
          "E-file", "\(path) is a notebook, which henge runs as a document",
          suggestion: "henge convert \(path) \(stem).henge")
      }
      file = try session.documentFile(
        at: Paths.absolute(path, from: session.paths.workingFolder), named: name)
    }
    return try DocumentProgram(file, parse: session.parse)
  }

  /// The values of the command line for the params of `program`, relative paths relative to its folder:
  /// as pages and records keep them, they mean the same wherever the document is run.
  private func parameters(of program: DocumentProgram) -> [(name: String, value: String)] {
    ScriptParameters(program.runnable).moved(
      arguments.parameters, from: session.paths.workingFolder, to: folder(of: program))
  }

  private func folder(of program: DocumentProgram) -> String {
    let folder = session.paths.workingFolder
    return program.file.source.folder.map { Paths.absolute($0, from: folder) } ?? folder
  }

  /// Passes the values of the command line to `program`.
  ///
  /// Throws what is wrong with a program that cannot be run: its params are not known.
  func answerParameters(of program: DocumentProgram) throws {
    if let refusal = program.refusal, !arguments.parameters.isEmpty { throw refusal }
    try ScriptParameters(program.runnable).answer(
      parameters(of: program), relativeTo: folder(of: program), in: interpreter, session)
  }

  /// Refuses a text that runs and is too long for anything else.
  private func refuseLong(_ file: DocumentFile) throws {
    guard file.isLong else { return }
    throw Diagnostic(
      "E-limit",
      "\(file.source.name) has more than \(formatBytes(DocumentFile.longest)): it can be run, but is no document"
    )
  }

  /// The circumstances of a run of `program`.
  func circumstances(of program: DocumentProgram) throws -> RunCircumstances {
    try circumstances(of: program.file.original.bytes, parameters(of: program))
  }

  /// The circumstances of a run of the text with the bytes `source`.
  func circumstances(
    of source: [UInt8], _ parameters: [(name: String, value: String)] = []
  ) throws -> RunCircumstances {
    RunCircumstances(
      version: Application.version, processor: CPUBackend.features,
      seed: arguments.seed ?? 0,
      parameters: Dictionary(parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
      stepLimit: arguments.stepLimit, source: try SHA256.hex(of: source))
  }

  /// The report of `verify` with the folder in which it is computed again.
  static func verifiedReport(
    _ arguments: Arguments, _ workingFolder: String
  ) throws(Arguments.Misuse) -> (report: Report, folder: ReportFolder)? {
    guard case .verify(let path) = arguments.command else { return nil }
    do {
      let file = Paths.absolute(path, from: workingFolder)
      let budget = MemoryBudget(limit: 4_000_000_000)
      let report = try Report(parsing: readRegularFile(file, budget: budget), name: path)
      let own = "/" + file.split(separator: "/").dropLast().joined(separator: "/")
      return (report, try ReportFolder(report, inputsBelow: [own, workingFolder]))
    } catch let diagnostic as Diagnostic {
      throw Arguments.Misuse(diagnostic.message)
    } catch let failure as Failure {
      throw Arguments.Misuse(failure.message)
    } catch {
      throw Arguments.Misuse("\(path) cannot be read")
    }
  }

  /// Refuses to write the file `target` where that is the document at `path`.
  private func refuseOverwriting(_ path: String, by target: String) throws {
    let folder = session.paths.workingFolder
    let (one, other) = (Paths.absolute(path, from: folder), Paths.absolute(target, from: folder))
    var (first, second) = (stat(), stat())
    let isSame =
      one == other
      || stat(one, &first) == 0 && stat(other, &second) == 0
        && first.st_dev == second.st_dev && first.st_ino == second.st_ino
    if isSame { throw Diagnostic("E-file", "\(target) is the document itself") }
  }

  // MARK: Records

  /// Runs a document and keeps its outputs in the file of `--record`.
  func runRecorded(
    _ program: DocumentProgram, to path: String?,
    willRun: @escaping (Cell, Int) -> Void = { _, _ in }
  ) throws -> (Ending, RecordingSink) {
    if let refusal = program.refusal { throw refusal }
    if let path { try refuseOverwriting(program.file.source.name, by: path) }
    let sink = try RecordingSink(
      terminal, of: program.file,
      to: path.map { Paths.absolute($0, from: session.paths.workingFolder) },
      try circumstances(of: program), budget: session.budget)
    runner.output.sink = sink
    defer { runner.output.sink = terminal }
    let ending = DocumentRun(program, runner, observer: sink, willRun: willRun).run()
    try sink.finish(ending)
    return (ending, sink)
  }

  /// The record at `path`.
  func record(at path: String) throws -> RunLog {
    let file = Paths.absolute(path, from: session.paths.workingFolder)
    return try RunLog(
      parsing: readRegularFile(file, budget: session.budget), name: path, budget: session.budget)
  }

  /// Compares the outputs of a run with the record `log`, which is at `path`.
  func comparison(
    of sink: RecordingSink, _ program: DocumentProgram, with log: RunLog, at path: String
  ) throws -> RunComparison {
    let now = try circumstances(of: program)
    for text in now.differences(from: log.circumstances) { session.note(text) }
    if log.ending == nil { session.note("\(path) is of a run that was killed") }
    return RunComparison(of: sink.rows, with: log.rows)
  }

  // MARK: Pages

  /// Writes the page of a document.
  func render(_ path: String) throws -> Int32 {
    guard path != "-" else {
      throw Diagnostic("E-file", "render needs a file", suggestion: "henge render f.henge")
    }
    let file = Paths.absolute(path, from: session.paths.workingFolder)
    let name = String(file.split(separator: "/").last ?? "")
    let program = try document(path, named: name)
    try refuseLong(program.file)
    let parameters = ScriptParameters(program.runnable)
    if arguments.wantsScriptHelp { return try show(parameters.help(path)) }
    try answerParameters(of: program)
    try job?.beginScript(program.file.original.bytes, path)
    let named = Paths.absolute(
      arguments.pagePath ?? (DocumentFormat.split(name)?.stem ?? name) + ".html",
      from: session.paths.workingFolder)
    try refuseOverwriting(path, by: named)
    // The pages of other processes than the first go where all goes that they write.
    let page = (session.paths.mirror ?? "") + named
    if session.paths.mirror != nil { try AtomicFile.makeFolders(above: page) }
    session.supplement = runner.output.supplement
    let circumstances = try circumstances(of: program)
    let inputs = DocumentInputs(session, folder: Paths.absolute("..", from: file))
    let rendering = try rendering(
      program, of: file, name: name, setting(of: file, circumstances, inputs))
    showExpectedErrors()
    let start = try arguments.firstCell.map { try index(ofCell: $0, in: program.file.document) }
    if start != nil, let job { throw job.refusal("henge render --from") }
    let kept = job == nil ? try keptStatements(of: program, circumstances, inputs) : nil
    interpreter.memory = kept
    defer { interpreter.memory = nil }
    let ending = try rendering.render(
      to: page, runner, runner.output, willShow: { kept?.output = $0 }
    ) { [checksUnlessAnErrorIsShown] cell, index in
      checksUnlessAnErrorIsShown(cell, index)
      kept?.keeps = !cell.options.isVolatile
      kept?.recalls = !cell.options.isVolatile && index < start ?? 0
    }
    if ending == .finished {
      if start != nil, let count = kept?.recalled {
        session.note("\(count) long statement\(count == 1 ? "" : "s") taken from earlier runs")
      }
      session.note("wrote \(session.paths.shown(page))")
    }
    return ending.rawValue
  }

  private func rendering(
    _ program: DocumentProgram, of file: String, name: String, _ setting: Rendering.Setting
  ) throws -> Rendering {
    let bytes = try readRegularFile(file, budget: session.budget)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic("E-file", "\(name) is not UTF-8")
    }
    return Rendering(program, text: text, name: name, setting)
  }

  /// Lets checks catch the errors that they expect, except in a cell that is to show its error.
  var checksUnlessAnErrorIsShown: (Cell, Int) -> Void {
    { [interpreter] cell, _ in interpreter.isChecking = !cell.options.allowsError }
  }

  /// Shows on a page the errors that checks expect and catch.
  private func showExpectedErrors() {
    interpreter.showExpected = { [runner] in
      try runner.output.supplement(.text(Renderer(width: 90).render($0)))
    }
  }

  /// What the page of the document at `file` states besides its cells.
  private func setting(
    of file: String, _ circumstances: RunCircumstances, _ inputs: DocumentInputs
  ) -> Rendering.Setting {
    let folder = "/" + file.split(separator: "/").dropLast().joined(separator: "/")
    return Rendering.Setting(
      circumstances: circumstances, threads: session.pool.threads, budget: session.budget,
      image: { [session] path in
        // Only what is below the document's folder.
        guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else { return nil }
        let image = Paths.absolute(path, from: folder)
        guard let bytes = try? readRegularFile(image, budget: session.budget) else { return nil }
        _ = session.paths.toRead(path, from: folder)
        return bytes
      },
      inputs: inputs.all)
  }

  /// Runs the code of a report again and says what differs; the exit code.
  func verify(_ path: String) throws -> Int32 {
    guard let verified else { return 2 }
    let (report, folder) = (verified.report, verified.folder)
    defer { folder.remove() }
    let file = folder.document(report.name)
    let program = try document(file, named: report.name)
    let parameters = report.circumstances.parameters.map { (name: $0.key, value: $0.value) }
    try ScriptParameters(program.runnable).answer(
      parameters, relativeTo: folder.documentFolder, in: interpreter, session)
    let now = try circumstances(of: Array(report.text.utf8), parameters)
    for text in now.differences(from: report.circumstances) { try say(text) }
    for path in folder.missing {
      try say("the input \(path) is missing, in the folder of the page and in this one")
    }
    session.supplement = runner.output.supplement
    showExpectedErrors()
    // The page is made as the report was, but for what its code shows.
    var setting = setting(
      of: file, report.circumstances,
      DocumentInputs(session, folder: Paths.absolute("..", from: file)))
    setting.threads = report.threads
    let rendering = try rendering(program, of: file, name: report.name, setting)
    let (ending, result) = try rendering.compare(
      with: report, isSameVersion: now.version == report.circumstances.version, runner,
      runner.output, willRun: checksUnlessAnErrorIsShown)
    guard ending == .finished || ending == .failed else { return ending.rawValue }
    for (place, text) in result.differences { try say("\(place): \(text)") }
    let skipped = result.skipped == 0 ? "" : ", \(result.skipped) that may differ not compared"
    let isSame = result.differences.isEmpty && folder.missing.isEmpty
    try say(
      isSame
        ? "the same: \(result.same) cells of \(path)\(skipped)"
        : "not the same: \(result.differences.count) of \(result.same + result.differences.count) places differ in \(path)\(skipped)"
    )
    return isSame ? 0 : 1
  }

  private func say(_ text: String) throws {
    try console.write(TextWidth.visible(text) + "\n")
    try console.flush()
  }

  func show(_ text: String) throws -> Int32 {
    try console.write(text)
    try console.flush()
    return 0
  }

  // MARK: Formats

  /// Writes the document at `from` in the format of the name `to`.
  func convert(_ from: String, to: String) throws -> Int32 {
    let folder = session.paths.workingFolder
    let (source, target) = (Paths.absolute(from, from: folder), Paths.absolute(to, from: folder))
    let document: Document
    if DocumentFormat.split(from)?.format == .notebook {
      let reading = try Notebook.read(
        readRegularFile(source, budget: session.budget), name: from)
      for note in reading.notes { session.note(note) }
      document = reading.document
    } else {
      let file = try session.documentFile(at: source)
      try refuseLong(file)
      document = file.document
    }
    var ending = Ending.finished
    let bytes: [UInt8]
    do {
      switch DocumentFormat.split(to)?.format {
      case .percent: bytes = Array(try document.percent().utf8)
      case .markdown: bytes = Array(try document.markdown().utf8)
      case .notebook:
        var outputs: [Int: [NotebookOutput]] = [:]
        if arguments.wantsOutputs { (ending, outputs) = try self.outputs(of: from) }
        bytes = try Notebook.write(document, outputs: outputs)
      case nil:
        throw Diagnostic(
          "E-file", "\(to) is no name of a document",
          suggestion: "a name that ends in .henge, .henge.md or .ipynb")
      }
    } catch let error as Unwritable {
      throw Diagnostic("E-file", "\(to) cannot be written: \(error.reason)")
    }
    try AtomicFile.write(bytes, to: target)
    return ending.rawValue
  }

  /// Runs a document; how it ended, and the outputs of its cells for a notebook.
  private func outputs(of path: String) throws -> (Ending, [Int: [NotebookOutput]]) {
    let sink = NotebookSink(budget: session.budget, errors: terminal)
    let program = try document(path)
    try answerParameters(of: program)
    runner.output.sink = sink
    defer { runner.output.sink = terminal }
    let ending = DocumentRun(
      program, runner, observer: sink, willRun: checksUnlessAnErrorIsShown
    ).run(showsMistakes: true)
    return (ending, sink.outputs)
  }
}

/// The files and folders that a document reads, with the hashes of what is in them.
final class DocumentInputs {
  private let session: Session
  private let folder: String
  private var known: [Paths.Input: PageInput] = [:]

  /// The inputs of the document in `folder`.
  init(_ session: Session, folder: String) { (self.session, self.folder) = (session, folder) }

  /// All inputs so far, in the order in which they were first read.
  func all() throws -> [PageInput] { try withPaths().map(\.input) }

  /// All inputs so far with how they were named.
  func withPaths() throws -> [(named: Paths.Input, input: PageInput)] {
    try session.paths.inputs.compactMap { named in
      let path = named.file
      if let input = known[named] { return (named, input) }
      guard access(path, R_OK) == 0 else { return nil }
      let shown = named.isNamedRelatively ? Paths.relative(path, to: folder) : path
      let isScript = DocumentFormat.split(path)?.format.isRun ?? false
      let text =
        isScript
        ? String(validating: try readRegularFile(path, budget: session.budget), as: UTF8.self) : nil
      let input = PageInput(
        path: shown, hash: try session.hash(ofFileOrFolder: path), script: text)
      known[named] = input
      return (named, input)
    }
  }
}

extension RunCircumstances {
  /// What is other than in `before`, in words.
  func differences(from before: RunCircumstances) -> [String] {
    var texts: [String] = []
    if version != before.version {
      texts.append("it is of henge \(before.version), this is \(version)")
    }
    if processor != before.processor {
      texts.append(
        "it is of a processor with \(before.processor), this one has \(processor): the last digits may differ"
      )
    }
    if seed != before.seed { texts.append("its seed is \(before.seed), this run has \(seed)") }
    if stepLimit != before.stepLimit {
      texts.append(
        "one of the runs has a limit of steps: \(before.stepLimit.map(String.init) ?? "none"), now \(stepLimit.map(String.init) ?? "none")"
      )
    }
    if parameters != before.parameters {
      texts.append("its parameters are other ones")
    }
    if source != before.source { texts.append("the document was changed since") }
    return texts
  }
}
