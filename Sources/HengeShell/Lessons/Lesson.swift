// SPDX-License-Identifier: MIT
public import HengeDocuments
internal import HengeLanguage
public import HengeSession
public import HengeThreads

/// A document as a lesson in the terminal: its text is shown, its code runs cell by cell, and its
/// questions are asked.
public final class Lesson {
  let program: DocumentProgram
  let session: EntrySession
  let terminal: TerminalOutput
  let interrupt: Interrupt
  private let assistance: Assistance
  private let file: LessonFile?
  /// Called with the index of each cell before it runs.
  let willRun: (_ cell: Int) -> Void
  private var progress: LessonProgress
  /// The number of the first entry of each cell of code that is done.
  private var firstEntries: [Int] = []
  /// How often the question of the cell was answered.
  var tries = 0
  /// The value that the question of the cell asks for, and what the cell showed when it ran for it.
  var known: (value: Value?, events: [EntryEvent])?
  /// The cells of code, by their index in the document.
  let codeCells: [Int]
  private var console: Console { terminal.console }

  /// The keys of a lesson, with what they do.
  static let keys = [
    ("Enter", "runs the code that is shown"), ("e", "edits it first"), ("s", "skips it"),
    ("b", "goes back one cell, with the state before it"), ("?", "lists these keys"),
    ("q", "leaves; the lesson goes on here the next time"),
  ]

  /// A lesson of `program`, whose text has the hash `hash`, with entries run by `session`; `file` keeps
  /// how far it is.
  public init(
    _ program: DocumentProgram, hash: String, _ session: EntrySession, _ terminal: TerminalOutput,
    interrupt: Interrupt, assistance: Assistance, file: LessonFile?,
    willRun: @escaping (_ cell: Int) -> Void = { _ in }
  ) {
    self.willRun = willRun
    (self.program, self.session, self.terminal) = (program, session, terminal)
    (self.interrupt, self.assistance, self.file) = (interrupt, assistance, file)
    progress = LessonProgress(document: hash)
    codeCells = program.file.document.cells.indices.filter {
      program.file.document.cells[$0].kind == .code
    }
  }

  /// How an entry at the prompt moved the lesson.
  enum Move { case stay, next, back, leave(Int32) }

  /// Goes through the lesson; returns the exit code.
  public func run() throws -> Int32 {
    var reader = makeReader()
    try begin()
    try resume(&reader)
    while progress.steps.count < codeCells.count {
      let place = progress.steps.count
      try showText(before: place)
      firstEntries = Array(firstEntries.prefix(place)) + [session.number]
      var move = Move.stay
      (tries, known) = (0, nil)
      try show(cellAt: place)
      while case .stay = move { move = try ask(&reader, place) }
      if case .leave(let code) = move { return try leave(code) }
      if case .back = move { try back(from: place) }
      _ = file?.write(progress)
    }
    try showText(before: codeCells.count)
    try summarize()
    file?.remove()
    session.end()
    return 0
  }

  private func makeReader() -> any EntryReader {
    // In a lesson the next step is not to be told by an earlier session.
    let look = TypingAppearance(isColoured: isColoured)
    if let editor = LineEditor(console, assistance, appearance: { look }) { return editor }
    return PlainReader(console, interrupt)
  }

  private var isColoured: Bool { terminal.screen.capabilities.colours != .none }

  // MARK: What is shown

  func draw(_ body: (inout TerminalText) -> Void) throws {
    var text = TerminalText(width: min(80, terminal.width), isColoured: isColoured)
    body(&text)
    for part in text.parts { try console.write(part) }
    try console.flush()
  }

  private func begin() throws {
    let first = program.file.document.cells.first
    let showsTitle = first?.kind == .text && first?.source.hasPrefix("# ") ?? false
    try draw {
      if !showsTitle { $0.add("\(program.file.document.title ?? "A lesson")\n", .heading) }
      $0.add(markdown: "\(codeCells.count) cells. \(Lesson.keyLine)")
    }
  }

  private static var keyLine: String {
    keys.map { "\($0.0) \($0.1.split(whereSeparator: { ",;" .contains($0) })[0])" }
      .joined(separator: ", ") + "."
  }

  /// Shows the texts between the cell of code before `place` and that at it.
  private func showText(before place: Int) throws {
    let cells = program.file.document.cells
    let start = place == 0 ? 0 : codeCells[place - 1] + 1
    let end = place < codeCells.count ? codeCells[place] : cells.count
    for index in start..<max(start, end) {
      try draw {
        $0.add("\n")
        $0.add(markdown: cells[index].source)
      }
    }
  }

  func cell(at place: Int) -> Cell { program.file.document.cells[codeCells[place]] }

  private func show(cellAt place: Int) throws {
    let cell = cell(at: place)
    try draw {
      $0.add("\n")
      if !cell.title.isEmpty { $0.add("\(cell.title)\n", .bold) }
      if cell.options.showsCode { $0.add(code: cell.source) }
      if let question = cell.options.question {
        $0.add("\n")
        $0.add(markdown: "**Question:** \(question)")
        for (index, choice) in cell.options.choices.enumerated() {
          $0.add("  \(index + 1). \(choice)\n")
        }
      }
      let what =
        !cell.options.runs
        ? "Enter goes on; it does not run"
        : cell.options.question == nil
          ? "Enter runs it" : "Type your answer; Enter alone shows it"
      $0.add("(cell \(place + 1) of \(codeCells.count): \(what))\n", .faint)
    }
  }

  // MARK: One cell

  private func ask(_ reader: inout any EntryReader, _ place: Int) throws -> Move {
    interrupt.clear()
    if let code = interrupt.exitCode { return .leave(code) }
    guard let entry = try reader.read(session.number) else { return .leave(0) }
    let cell = cell(at: place)
    switch entry.trimmed {
    case "":
      guard cell.options.question != nil else {
        return try runCell(place, cell.source, answer: nil)
      }
      try reveal(cell)
      return try runCell(place, cell.source, answer: .open)
    case "s":
      finish(.skipped, answer: cell.options.question == nil ? nil : .open)
      return .next
    case "e":
      reader.offer(cell.source)
      guard let edited = try reader.read(session.number) else { return .leave(0) }
      return try runCell(place, edited, answer: cell.options.question == nil ? nil : .open)
    case "b": return .back
    case "q": return .leave(0)
    case "?", "help":
      try draw { text in
        for (key, meaning) in Lesson.keys {
          text.add("  \(key)" + String(repeating: " ", count: 7 - key.count) + meaning + "\n")
        }
        text.add("  Anything else is run as at the prompt: x.shape, ?mean, :who.\n")
      }
      return .stay
    default:
      let choices = cell.options.choices.count
      if choices > 0, let number = Int(entry.trimmed), !(1...choices).contains(number) {
        try draw { $0.add("Choose a number from 1 to \(choices).\n") }
        return .stay
      }
      if cell.options.question != nil, let isRight = try compare(entry, place) {
        tries += 1
        return isRight ? try right(place) : try wrong(cell)
      }
      // Only programs are repeated when the lesson goes on another time.
      if !EntryText.isRequest(entry) { progress.typed.append(entry) }
      if case .quit(let code) = try console.withoutEcho({ try session.perform(entry) }) {
        return .leave(code)
      }
      return .stay
    }
  }

  private func finish(_ outcome: LessonProgress.Outcome, answer: LessonProgress.Answer?) {
    progress.steps.append(.init(typed: progress.typed, outcome: outcome, answer: answer))
    progress.typed = []
  }

  /// Runs the code of a cell, as it is or as it was edited.
  func runCell(
    _ place: Int, _ code: String, answer: LessonProgress.Answer?
  ) throws -> Move {
    guard cell(at: place).options.runs || code != cell(at: place).source else {
      finish(.skipped, answer: answer)
      return .next
    }
    if let known, code == cell(at: place).source {
      // It ran when it was asked for.
      for event in known.events { try session.output.sink.take(event) }
      try session.output.flush()
    } else {
      willRun(codeCells[place])
      if case .quit(let code) = try perform(code, of: cell(at: place)) { return .leave(code) }
    }
    known = nil
    if let code = interrupt.exitCode { return .leave(code) }
    if session.hasFailed, !cell(at: place).options.allowsError {
      try draw {
        $0.add(
          "(the cell ended with an error: e edits it, s skips it, Enter runs it again)\n", .faint)
      }
      return .stay
    }
    if let caption = cell(at: place).options.caption {
      try draw { $0.add(markdown: "*\(caption)*") }
    }
    finish(.ran(code), answer: answer)
    return .next
  }

  /// Runs the code of a cell with its checks.
  ///
  /// An error that the cell is to show is shown, and not caught as what a check expects.
  func perform(_ code: String, of cell: Cell) throws -> EntrySession.Continuation {
    session.interpreter.isChecking = !cell.options.allowsError
    defer { session.interpreter.isChecking = false }
    return try console.withoutEcho { try session.run(text: code) }
  }

  // MARK: Going back and on

  private func back(from place: Int) throws {
    guard place > 0 else { return try draw { $0.add("This is the first cell.\n", .faint) } }
    let isBack = try session.restore(before: firstEntries[place - 1])
    let steps = progress.steps.dropLast()
    progress.typed = []
    if isBack {
      progress.steps.removeLast()
      firstEntries = Array(firstEntries.prefix(place - 1))
    } else {
      // In the middle of a training step, or where memory was short, no state is kept: the cells
      // before run again, to the same state.
      guard try session.restore(before: firstEntries[0]) else {
        return try draw {
          $0.add(markdown: "The states before were dropped to free memory: begin the lesson again.")
        }
      }
      (progress.steps, firstEntries) = ([], [])
      try repeatSteps(Array(steps))
    }
    try draw { $0.add("Back, with the state before the cell.\n", .faint) }
  }

  /// Runs again what was run before, in silence.
  private func repeatSteps(_ steps: [LessonProgress.Step]) throws {
    for (place, step) in steps.enumerated() {
      firstEntries.append(session.number)
      try session.muted {
        for text in step.typed { _ = try session.perform(text) }
        if case .ran(let text) = step.outcome { _ = try perform(text, of: cell(at: place)) }
      }
      if interrupt.isRequested { return }
      progress.steps.append(step)
    }
  }

  /// Continues where the lesson was left, if the reader wants to.
  private func resume(_ reader: inout any EntryReader) throws {
    guard let before = file?.read(document: progress.document), !before.steps.isEmpty,
      before.steps.count <= codeCells.count
    else { return }
    try draw {
      $0.add(
        "\nYou left this lesson after cell \(before.steps.count). Enter goes on there, n begins anew.\n"
      )
    }
    guard let entry = try reader.read(session.number), entry.trimmed != "n" else { return }
    try draw { $0.add("Running what you ran before …\n", .faint) }
    try repeatSteps(before.steps)
    for text in before.typed { _ = try session.muted { try session.perform(text) } }
    progress.typed = before.typed
  }

  private func leave(_ code: Int32) throws -> Int32 {
    let isKept = file?.write(progress) ?? false
    if let code = interrupt.exitCode { return code }
    if code == 0, !progress.steps.isEmpty, isKept {
      try draw {
        $0.add("\nThe next time the lesson goes on at cell \(self.progress.steps.count + 1).\n")
      }
    }
    session.end()
    return code
  }

  private func summarize() throws {
    let answers = progress.steps.compactMap(\.answer)
    let skipped = progress.steps.filter { $0.outcome == .skipped }.count
    let checks = session.interpreter.checks
    let failed = checks.filter { $0.failure != nil }.count
    try draw {
      $0.add("\nThe end. ", .bold)
      $0.add("\(codeCells.count - skipped) of \(codeCells.count) cells run.\n")
      if !answers.isEmpty {
        let first = answers.filter { $0 == .first }.count
        let later = answers.filter { $0 == .later }.count
        $0.add(
          "Questions: \(first + later) of \(answers.count) answered right, \(first) at the first try.\n"
        )
      }
      if !checks.isEmpty {
        $0.add("Checks: \(checks.count - failed) passed, \(failed) failed.\n")
      }
    }
  }
}
