// SPDX-License-Identifier: MIT
public import HengeLanguage
public import HengeSession
internal import HengeFiles
internal import HengeShell

extension Kernel {
  /// Adds what entries may be in a notebook: questions, commands of the system, `:clear`, and the words
  /// with which prompts are left.
  ///
  /// Call it last, as help lists the commands that are there.
  public func addEntries(
    to setup: inout EntrySession.Setup, _ interpreter: Interpreter, _ output: EntryOutput
  ) {
    setup.commands += [
      Command("clear", "", "Clears what the cell has shown so far.") { [kernelSink] _, _ in
        kernelSink.clear()
        return .goOn
      }
    ]
    setup.commands += ["edit", "lesson"].map { name in
      Command(name, "[n]", "Needs a terminal: not in notebooks.") { _, _ in
        throw Diagnostic(
          "E-arg", ":\(name) needs a terminal, which a notebook has not",
          suggestion: "`henge` in a terminal, then :\(name)")
      }
    }
    let program = ShellProgram(output: output, interrupt: interrupt) { [kernelSink] text in
      kernelSink.write(error: text)
    }
    let help = Help(
      interpreter, commands: setup.allCommands.map { .init($0.usage, $0.summary) })
    setup.otherEntries += [
      .shellCommand(output, run: program.run), .farewell(in: interpreter),
      .question(in: interpreter, help, width: { Assistant.width }) { [kernelSink] page in
        kernelSink.add(
          payload: .of([
            "source": .string("page"), "data": .of(["text/plain": .string(page)]),
            "start": .integer(0),
          ]))
      },
    ]
  }
}
