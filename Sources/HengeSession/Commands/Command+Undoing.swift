// SPDX-License-Identifier: MIT
internal import HengeLanguage

extension EntrySession {
  /// `:back`, `:back 3`, `:back to 68`, `:back ?`.
  func goBack(_ argument: String, isSilent: Bool = false) throws {
    if argument == "?" { return try listUndoable() }
    let words = argument.split(whereSeparator: \.isWhitespace)
    let count: Int
    if words.first == "to", words.count == 2, let number = Int(words[1]) {
      count = try countAfter(number)
    } else if let number = argument.isEmpty ? 1 : Int(argument), number >= 1 {
      count = number
    } else {
      throw Diagnostic(
        "E-arg", ":back needs the number of entries to undo, not \(argument)",
        suggestion: ":back 1, or :back to 3, which undoes all after [3]")
    }
    guard let state = past.goBack(count) else {
      let known = past.states.count
      throw Diagnostic(
        "E-range",
        known == 0
          ? "there is nothing to undo"
          : "only \(known) \(known == 1 ? "entry" : "entries") can be undone, not \(count)",
        notes: ["entries without effects do not count"],
        suggestion: known > 0 ? ":back \(known)" : nil)
    }
    try state.checkpoint.restore(in: interpreter)
    origins = state.origins
    // What was stopped before the entries that are undone can still go on.
    if let rest, rest.number >= state.number { self.rest = nil }
    let undone = log.filter { $0.number >= state.number && $0.hasChanged }
    try forget(from: state.number)
    guard !isSilent else { return }
    let lines = EntrySession.lines(of: undone, width: output.width)
    try output.answer("undone to the state before [\(state.number)]:\n" + lines)
  }

  /// Takes note that the entries from `number` on have no effect any more.
  func forget(from number: Int) throws {
    for index in log.indices where log[index].number >= number { log[index].outcome = .nothing }
    inputs.forget(from: number)
    outputs.forget(from: number)
    try say(setup.journal?.wentBack(to: number))
  }

  /// How many states are of entries after `number`.
  private func countAfter(_ number: Int) throws -> Int {
    let later = log.filter { $0.number > number && $0.hasChanged }
    guard !later.isEmpty else {
      throw Diagnostic("E-range", "nothing after [\(number)] changed anything")
    }
    let known = past.states.filter { $0.number > number }
    guard known.count == later.count else {
      let oldest = past.states.first.map { ", only to [\($0.number - 1)]" } ?? ""
      throw Diagnostic("E-range", "the state after [\(number)] is no longer kept\(oldest)")
    }
    return known.count
  }

  private func listUndoable() throws {
    let entries = past.states.compactMap { state in log.first { $0.number == state.number } }
    guard !entries.isEmpty else { return try output.answer("there is nothing to undo") }
    try output.answer(EntrySession.lines(of: entries, width: output.width))
  }

  /// Entries in a line each, newest first.
  private static func lines(of entries: [Entry], width: Int) -> String {
    let most = 20
    var lines = entries.suffix(most).reversed().map { entry in
      TextWidth.cut("  [\(entry.number)] \(entry.title)", to: width)
    }
    if entries.count > most { lines.append("  and \(entries.count - most) before them") }
    return lines.joined(separator: "\n")
  }

  /// All settings: those of the front end, and how many states are kept.
  var settings: [Setting] {
    setup.settings + [
      Setting(
        "undo", "How many entries :back can undo, 0 to \(UndoHistory.longest).",
        value: { [self] in "\(past.limit)" }
      ) { [self] text in
        guard let limit = Int(text), (0...UndoHistory.longest).contains(limit) else {
          return "it must be a number from 0 to \(UndoHistory.longest), not \(text)"
        }
        past.limit(to: limit)
        interpreter.machine.host.giveBackMemory()
        return nil
      }
    ]
  }
}
