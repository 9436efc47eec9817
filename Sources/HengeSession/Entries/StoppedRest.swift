// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// What is left of an entry that Ctrl-C stopped, as a text that does it.
struct StoppedRest {
  let text: String
  /// What is said about it with the interrupt.
  var advice: String {
    let first = text.split(separator: "\n").first.map(String.init) ?? text
    return ":go, which continues with \(TextWidth.cut(first, to: 60))"
  }

  /// The rest of the program in `source` whose statement `index` was stopped and is continued by `call`;
  /// nil where no call does: the statement is a loop, or did something other than whole steps.
  init?(of source: Source, _ program: Program, from index: Int, _ call: String?) {
    guard let call else { return nil }
    let statements = program.block.statements.dropFirst(index + 1)
    text = ([call] + statements.map { source.text($0.span) }).joined(separator: "\n")
  }
}

extension EntrySession {
  /// `:go`: runs what is left of the entry that was stopped last.
  func go() throws -> Continuation {
    guard let rest else {
      throw Diagnostic(
        "E-name", "nothing was stopped that can go on",
        notes: [
          "Ctrl-C in a call of t.step or t.train leaves a rest; of a loop or a function it leaves none"
        ])
    }
    self.rest = nil
    try output.answer(rest.text)
    return try run(text: rest.text)
  }
}
