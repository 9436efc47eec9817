// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage
internal import HengeSession
internal import HengeThreads

// Commands that run another program in the terminal.

/// Runs other programs, which use the terminal until they end: `!cmd` and `:edit`.
struct SystemCommands {
  let output: EntryOutput
  let console: Console
  let interrupt: Interrupt

  /// `!cmd`, by the system's shell.
  var entryKind: EntryKind { .shellCommand(output, run: runProgram) }

  /// `:edit [n]`.
  var edit: Command {
    Command("edit", "[n]", "Edits entry n or the last one in $EDITOR, then runs it.") {
      try edit($1, in: $0)
    }
  }

  /// `:lesson [n]`.
  var lesson: Command {
    Command("lesson", "[n]", "Lists the lessons, or starts lesson n; this session waits.") {
      try runLesson($1)
    }
  }

  /// Runs `henge lesson`, by this program, in a process and so a session of its own.
  func runLesson(_ name: String) throws -> EntrySession.Continuation {
    guard let program = realpath("/proc/self/exe", nil) else {
      throw Diagnostic("E-file", "this program cannot be found: \(systemMessage(errno))")
    }
    defer { free(program) }
    let words = [String(cString: program), "lesson"] + (name.isEmpty ? [] : [name])
    _ = try runProgram(words)
    return .goOn
  }

  /// Opens the text of an entry in the editor and runs what was written.
  private func edit(
    _ argument: String, in session: EntrySession
  ) throws -> EntrySession.Continuation {
    let entries = session.entries
    var text = entries.last?.text ?? ""
    if !argument.isEmpty {
      guard let number = Int(argument), let entry = entries.first(where: { $0.number == number })
      else {
        throw Diagnostic(
          "E-range", "there is no entry \(argument) to edit",
          suggestion: entries.last.map { ":edit \($0.number)" })
      }
      text = entry.text
    }
    let edited = try edited(text).trimmed
    guard !edited.isEmpty else {
      try output.note("the entry is empty; nothing is run")
      return .goOn
    }
    try output.answer(edited)
    return try session.run(text: edited)
  }

  /// What the user's editor makes of `text`.
  private func edited(_ text: String) throws -> String {
    let folder = environment("TMPDIR") ?? "/tmp"
    var template = Array("\(folder)/henge-XXXXXX.henge".utf8CString)
    let descriptor = mkstemps(&template, 6)
    guard descriptor >= 0 else {
      throw Diagnostic("E-file", "no file can be made in \(folder): \(systemMessage(errno))")
    }
    let path = template.withUnsafeBufferPointer {
      String(cString: $0.baseAddress.unsafelyUnwrapped)
    }
    defer { unlink(path) }
    let isWritten = writeAll(Array((text + "\n").utf8), to: descriptor)
    close(descriptor)
    guard isWritten else { throw Diagnostic("E-file", "\(path) cannot be written") }
    let editor = environment("VISUAL") ?? environment("EDITOR") ?? "vi"
    let status = try runProgram(["/bin/sh", "-c", "exec \(editor) \"$1\"", "henge", path])
    guard status == 0 else {
      throw Diagnostic(
        "E-file", "\(editor) ended with status \(status); nothing is run",
        suggestion: "EDITOR=nano henge")
    }
    let bytes = try readAll(path)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Runs a program with the process's own streams until it ends; its exit status.
  private func runProgram(_ words: [String]) throws -> Int {
    try output.flush()
    return try console.withEcho {
      let status = try SystemProgram(words).wait()
      interrupt.clear()
      return status
    }
  }
}

/// The value of an environment variable that is set to something.
func environment(_ name: String) -> String? {
  guard let text = getenv(name).map({ String(cString: $0) }), !text.isEmpty else { return nil }
  return text
}
