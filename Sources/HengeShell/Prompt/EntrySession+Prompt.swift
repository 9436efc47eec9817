// SPDX-License-Identifier: MIT
public import HengeLanguage
public import HengeSession
public import HengeThreads

extension EntrySession.Setup {
  /// Adds what entries may be at the prompt of `terminal`: questions, commands of the system, lessons,
  /// the words with which other prompts are left, and `:edit`.
  ///
  /// They write to `output`; call it last, as help lists the commands that are there.
  public mutating func addPrompt(
    _ interpreter: Interpreter, _ output: EntryOutput, _ terminal: TerminalOutput,
    interrupt: Interrupt
  ) {
    let system = SystemCommands(
      output: output, console: terminal.console, interrupt: interrupt)
    commands += [system.edit, system.lesson]
    let help = Help(
      atPromptOf: interpreter,
      commands: allCommands.map { .init($0.usage, $0.summary) })
    guide += help.keys.map { ($0.name, $0.text) }
    otherEntries += [
      system.entryKind,
      .farewell(in: interpreter),
      EntryKind { entry in
        guard let lesson = PromptHelp.lesson(entry, in: interpreter) else { return nil }
        return try system.runLesson(lesson)
      },
      .question(in: interpreter, help, width: { PromptHelp.width }) { answer in
        try Pager(terminal.console).show(answer + "\n", write: output.write)
        try output.flush()
      },
    ]
  }
}
