// SPDX-License-Identifier: MIT
public import HengeLanguage
public import HengeThreads

/// Reads entries and runs each one.
public struct Prompt {
  /// What helps the user while an entry is typed.
  public var assistance = Assistance()
  private let interpreter: Interpreter
  private let runner: Runner
  private let console: Console
  private let interrupt: Interrupt

  /// A prompt over the session of `interpreter`.
  public init(
    _ interpreter: Interpreter, _ runner: Runner, _ console: Console, interrupt: Interrupt
  ) {
    self.interpreter = interpreter
    self.runner = runner
    self.console = console
    self.interrupt = interrupt
  }

  /// Runs entries until the input ends or `:quit`.
  public func run() throws {
    var reader = makeReader()
    var number = 1
    while true {
      // Before the entry is read: a Ctrl-C typed right behind it is meant for it.
      interrupt.clear()
      guard let entry = try reader.read(number) else { break }
      if entry == ":quit" { return }
      _ = runner.run(Source(name: "[\(number)]", text: Array(entry.utf8)))
      if !entry.allSatisfy(\.isWhitespace) { number += 1 }
    }
    try console.write("\n")
    try console.flush()
  }

  /// An editor where there is a terminal that can have one, and else a reader of lines.
  private func makeReader() -> any EntryReader {
    if console.isInteractive,
      let editor = LineEditor(console, assistance)
    {
      return editor
    }
    return PlainReader(console, interrupt)
  }
}
