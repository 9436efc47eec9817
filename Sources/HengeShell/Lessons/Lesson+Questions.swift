// SPDX-License-Identifier: MIT
internal import HengeDocuments
internal import HengeLanguage
internal import HengeSession

// Questions of a lesson: answers are compared with the value of the cell, or with one of the choices.

extension Lesson {
  func right(_ place: Int) throws -> Move {
    try draw { $0.add("Right.\n", .bold) }
    return try runCell(place, cell(at: place).source, answer: tries == 1 ? .first : .later)
  }

  func wrong(_ cell: Cell) throws -> Move {
    let hint = cell.options.hint.map { $0 + " " } ?? ""
    try draw { $0.add(markdown: "**Not right.** \(hint)Try again, or Enter shows the answer.") }
    return .stay
  }

  /// Says the answer of a question that was given up.
  func reveal(_ cell: Cell) throws {
    try draw {
      if let answer = cell.options.answer { $0.add("The answer: \(answer)\n") }
      if !cell.options.showsCode { $0.add(code: cell.source) }
    }
  }

  /// Whether `text` is the right answer; nil if it is no answer but an entry.
  func compare(_ text: String, _ place: Int) throws -> Bool? {
    let options = cell(at: place).options
    guard !EntryText.isRequest(text) else { return nil }
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
      // The answer is given before the cell runs.
      guard let value = try session.value(of: text), let wanted = try wanted(place) else {
        return nil
      }
      return try session.interpreter.machine.isAnswer(value, to: wanted, within: options.tolerance)
    } catch {
      // What cannot be understood is no answer: as an entry it is an error with its place.
      return nil
    }
  }

  /// The value that is asked for: of the expression in the options, or of the cell.
  ///
  /// The cell runs for it, and what it shows is kept until the answer is right. Nil where the cell ends in
  /// no value.
  func wanted(_ place: Int) throws -> Value? {
    if let known { return known.value }
    let cell = cell(at: place)
    let statements = try program.program(ofCell: codeCells[place])?.block.statements ?? []
    let endsInValue = if case .expression = statements.last?.kind { true } else { false }
    guard cell.options.runs, cell.options.answer != nil || endsInValue else { return nil }
    willRun(codeCells[place])
    let kept = KeptEvents(width: session.output.width)
    let sink = session.output.sink
    session.output.sink = kept
    defer { session.output.sink = sink }
    _ = try perform(cell.source, of: cell)
    let hasFailed = session.hasFailed && !cell.options.allowsError
    let value =
      hasFailed
      ? nil
      : try cell.options.answer.map { try session.value(of: $0) } ?? session.interpreter["ans"]
    known = (value, kept.events)
    return value
  }
}

/// Keeps what a cell shows until it is to be seen; remarks are kept with it.
private final class KeptEvents: EntrySink {
  let width: Int
  private(set) var events: [EntryEvent] = []

  init(width: Int) { self.width = width }

  func take(_ event: EntryEvent) { events.append(event) }
}
