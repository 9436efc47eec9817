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
    var reader: any EntryReader = PlainReader(console)
    var number = 1
    while let entry = try reader.read(number) {
      if entry == ":quit" { return }
      interrupt.clear()
      _ = runner.run(Source(name: "[\(number)]", text: Array(entry.utf8)))
      if !entry.allSatisfy(\.isWhitespace) { number += 1 }
    }
    try console.write("\n")
    try console.flush()
  }
}
