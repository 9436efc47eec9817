// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// What is left of an entry that was stopped, as a text that does it.
struct StoppedRest {
  let text: String
  /// The entry that was stopped.
  let number: Int
  /// The loop whose rounds come first; none where a call of steps is continued.
  let loop: StoppedLoop?

  /// What is said about it with the interrupt.
  var advice: String {
    if let loop { return ":go, which continues after \(loop.round)" }
    let first = text.split(separator: "\n").first.map(String.init) ?? text
    return ":go, which continues with \(TextWidth.cut(first, to: 60))"
  }

  /// The rest of the program in `source` whose statement `index` was stopped and is continued by `call`;
  /// nil where no call does.
  init?(
    of source: Source, _ program: Program, from index: Int, _ call: String?, number: Int
  ) {
    guard let call else { return nil }
    self.number = number
    let statements = program.block.statements.dropFirst(index + 1)
    text = ([call] + statements.map { source.text($0.span) }).joined(separator: "\n")
    loop = nil
  }

  /// The rounds of `loop` that did not end, and what follows it.
  init(_ loop: StoppedLoop) {
    text = loop.rest
    number = loop.number
    self.loop = loop
  }
}

/// A state that an entry leads to, known without running it.
struct Arrival {
  let state: Checkpoint
  /// The relative paths that the entry reads.
  let reads: [String]
}

extension EntrySession {
  /// Makes the state of `arrival` that of the session, as if the entry had run.
  func arrive(_ attempt: inout Attempt, at arrival: Arrival) -> (any Error)? {
    do {
      let program = try interpreter.parse(attempt.entry.source)
      try arrival.state.restore(in: interpreter)
      attempt.entry.program = program
      attempt.done = program.block.statements.count
      return nil
    } catch {
      return error
    }
  }

  /// `:go`: runs what is left of the entry that was stopped last.
  func go() throws -> Continuation {
    guard let rest else {
      throw Diagnostic(
        "E-name", "nothing was stopped that can go on",
        notes: [
          "Ctrl-C in a call of t.step or t.train leaves a rest, and in a loop after a second or more;"
            + " a function leaves none"
        ])
    }
    if let loop = rest.loop { try returnTo(loop) }
    self.rest = nil
    try output.answer(rest.text)
    return try run(text: rest.text)
  }

  /// Makes the state after the last whole round that of the session.
  private func returnTo(_ loop: StoppedLoop) throws {
    if let later = log.last(where: { $0.number > loop.number && $0.hasChanged }) {
      throw Diagnostic(
        "E-name", "[\(later.number)] changed the session since the loop was stopped",
        notes: [":go returns to the end of \(loop.round), which would undo that"],
        suggestion: ":back to \(later.number - 1), then :go")
    }
    let stopped = log.first { $0.number == loop.number }
    if let stopped, stopped.place != workingFolder {
      throw Diagnostic(
        "E-name", "the loop was stopped in another folder",
        suggestion: ":cd \(stopped.place), then :go")
    }
    let isUndoable = past.states.last?.number == loop.number
    if isUndoable { try goBack("", isSilent: true) } else { try forget(from: loop.number) }
    _ = try run(
      Source(name: "[\(number)]", text: Array(loop.done.utf8)),
      at: Arrival(state: loop.state, reads: stopped?.reads ?? []))
    // What is then before the new entry is a state that no script has.
    if !isUndoable, stopped?.hasChanged ?? false { past.clear() }
  }
}
