// SPDX-License-Identifier: MIT
public import HengeDocuments
internal import HengeLanguage
public import HengeSession
public import HengeThreads

/// A document as a lesson in the terminal: its text is shown, its code runs cell by cell, and its
/// questions are asked.
public final class Lesson {
  private let program: DocumentProgram
  private let session: EntrySession
  private let terminal: TerminalOutput
  private let interrupt: Interrupt
  private let assistance: Assistance
  private let file: LessonFile?
  /// Called with the index of each cell before it runs.
  private let willRun: (_ cell: Int) -> Void
  private var progress: LessonProgress
  /// The number of the first entry of each cell of code that is done.
  private var firstEntries: [Int] = []
  /// The cells of code, by their index in the document.
  private let codeCells: [Int]
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
  private enum Move { case stay, next, back, leave(Int32) }

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
      try show(cellAt: place)
      while case .stay = move { move = try ask(&reader, place) }
      if case .leave(let code) = move { return try leave(code) }
      if case .back = move { try back(from: place) }
      file?.write(progress)
    }
    try showText(before: codeCells.count)
    try summarize()
    file?.remove()
    session.end()
    return 0
  }

  private func makeReader() -> any EntryReader {
    if let editor = LineEditor(console, assistance, isColoured: isColoured) { return editor }
    return PlainReader(console, interrupt)
  }

  private var isColoured: Bool { terminal.screen.capabilities.colours != .none }

  // MARK: What is shown

  private func draw(_ body: (inout TerminalText) -> Void) throws {
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

  private func cell(at place: Int) -> Cell { program.file.document.cells[codeCells[place]] }

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
        cell.options.question == nil
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
      return try runCell(place, cell.source, answer: cell.options.question == nil ? nil : .open)
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
      if cell.options.question != nil, let move = try answer(entry, place, &reader) { return move }
      progress.typed.append(entry)
      if case .quit(let code) = try session.perform(entry) { return .leave(code) }
      return .stay
    }
  }

  private func finish(_ outcome: LessonProgress.Outcome, answer: LessonProgress.Answer?) {
    progress.steps.append(.init(typed: progress.typed, outcome: outcome, answer: answer))
    progress.typed = []
  }

  /// Runs the code of a cell, as it is or as it was edited.
  private func runCell(
    _ place: Int, _ code: String, answer: LessonProgress.Answer?
  ) throws -> Move {
    guard cell(at: place).options.runs || code != cell(at: place).source else {
      finish(.skipped, answer: answer)
      return .next
    }
    willRun(codeCells[place])
    // An error that the cell is to show is shown, and not caught as what a check expects.
    session.interpreter.isChecking = !cell(at: place).options.allowsError
    defer { session.interpreter.isChecking = false }
    if case .quit(let code) = try session.run(text: code) { return .leave(code) }
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

  // MARK: Questions

  /// Compares an entry with the answer of the cell at `place`; nil if it is no answer.
  private func answer(
    _ entry: String, _ place: Int, _ reader: inout any EntryReader
  ) throws -> Move? {
    let options = cell(at: place).options
    if let request = entry.trimmed.first, ":!?".contains(request) { return nil }
    var tries = 0
    var given = entry
    while true {
      guard let isRight = try compare(given, place) else { return nil }
      tries += 1
      if isRight {
        try draw { $0.add("Right.\n", .bold) }
        return try runCell(place, cell(at: place).source, answer: tries == 1 ? .first : .later)
      }
      try draw {
        $0.add("Not right.", .bold)
        $0.add(" \(options.hint.map { $0 + " " } ?? "")Try again, or Enter shows the answer.\n")
      }
      interrupt.clear()
      guard let next = try reader.read(session.number) else { return .leave(0) }
      switch next.trimmed {
      case "":
        if let answer = options.choices.isEmpty ? nil : options.answer {
          try draw { $0.add("The answer: \(answer)\n") }
        } else if !options.showsCode {
          try draw { $0.add(code: cell(at: place).source) }
        }
        return try runCell(place, cell(at: place).source, answer: .open)
      case "q": return .leave(0)
      case "s":
        finish(.skipped, answer: .open)
        return .next
      case "b": return .back
      default: given = next
      }
    }
  }

  /// Whether `text` is the right answer; nil if it is none, or not to be understood, which is said.
  private func compare(_ text: String, _ place: Int) throws -> Bool? {
    let options = cell(at: place).options
    if !options.choices.isEmpty {
      let given = text.trimmed
      if let number = Int(given), options.choices.indices.contains(number - 1) {
        return options.choices[number - 1] == options.answer
      }
      guard options.choices.contains(where: { $0.lowercased() == given.lowercased() }) else {
        return nil
      }
      return options.answer?.lowercased() == given.lowercased()
    }
    do {
      guard let value = try session.value(of: text) else { return nil }
      guard let wanted = try wanted(place) else { return nil }
      return try session.interpreter.machine.isAnswer(value, to: wanted, within: options.tolerance)
    } catch {
      let diagnostic = session.interpreter.diagnostic(for: error)
      try terminal.take(.error(diagnostic))
      return false
    }
  }

  /// The value that is asked for: of the expression in the options, or of the cell, which runs for it
  /// and is taken back.
  private func wanted(_ place: Int) throws -> Value? {
    let cell = cell(at: place)
    let first = session.number
    _ = try session.muted { try session.run(text: cell.source) }
    let value =
      try cell.options.answer.map { try session.value(of: $0) } ?? session.interpreter["ans"]
    _ = try session.restore(before: first)
    return value
  }

  // MARK: Going back and on

  private func back(from place: Int) throws {
    guard place > 0 else { return try draw { $0.add("This is the first cell.\n", .faint) } }
    guard try session.restore(before: firstEntries[place - 1]) else {
      return try draw {
        $0.add("The state before the cell was dropped to free memory: run the lesson again.\n")
      }
    }
    progress.steps.removeLast()
    progress.typed = []
    firstEntries.removeLast()
    try draw { $0.add("Back, with the state before the cell.\n", .faint) }
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
    for step in before.steps {
      firstEntries.append(session.number)
      try session.muted {
        for text in step.typed { _ = try session.perform(text) }
        if case .ran(let text) = step.outcome { _ = try session.run(text: text) }
      }
      if interrupt.isRequested { return }
      progress.steps.append(step)
    }
    for text in before.typed { _ = try session.muted { try session.perform(text) } }
    progress.typed = before.typed
  }

  private func leave(_ code: Int32) throws -> Int32 {
    file?.write(progress)
    if let code = interrupt.exitCode { return code }
    if code == 0, !progress.steps.isEmpty, file != nil {
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
