// SPDX-License-Identifier: MIT
public import HengeLanguage
public import HengeSession

// Kinds of entries that every front end with a person at it has.

extension EntryKind {
  /// `!cmd`, by the system's shell; `run` runs a program until it ends and returns its exit status.
  public static func shellCommand(
    _ output: EntryOutput, run: @escaping ([String]) throws -> Int
  ) -> EntryKind {
    EntryKind(listing: ("!cmd", "Runs a shell command.")) { entry in
      guard entry.hasPrefix("!") else { return nil }
      let line = String(entry.dropFirst())
      guard !line.trimmed.isEmpty else {
        throw Diagnostic("E-arg", "! needs a shell command", suggestion: "!ls")
      }
      let words = line.split(separator: " ")
      if words.first == "cd", words.count <= 2, !line.contains(where: { "&|;".contains($0) }) {
        throw Diagnostic(
          "E-arg", "!cd changes the folder of the shell that it starts, which then ends",
          suggestion: ":\(line.trimmed)")
      }
      let status = try run(["/bin/sh", "-c", line])
      if status != 0 { try output.note("the command ended with status \(status)") }
      return .goOn
    }
  }

  /// The words with which other prompts are left.
  public static func farewell(in interpreter: Interpreter) -> EntryKind {
    EntryKind { PromptHelp.isFarewell($0, in: interpreter) ? .quit(0) : nil }
  }

  /// `?x`, whose answer in lines of `width` columns goes to `show`.
  public static func question(
    in interpreter: Interpreter, _ help: Help, width: @escaping () -> Int,
    show: @escaping (String) throws -> Void
  ) -> EntryKind {
    EntryKind { entry in
      guard let request = PromptHelp.request(entry, in: interpreter) else { return nil }
      try show(help.answer(request, width: width()))
      return .goOn
    }
  }
}
