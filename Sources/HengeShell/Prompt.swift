// SPDX-License-Identifier: MIT
public import HengeLanguage
public import HengeThreads

/// Reads entries line by line and runs each one when it is complete.
public struct Prompt {
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
    var number = 1
    while let entry = try read(number) {
      if entry == ":quit" { return }
      interrupt.clear()
      _ = runner.run(Source(name: "[\(number)]", text: Array(entry.utf8)))
      if !entry.allSatisfy(\.isWhitespace) { number += 1 }
    }
    try console.write("\n")
    try console.flush()
  }

  /// One entry of as many lines as it takes; `nil` at the end of the input.
  private func read(_ number: Int) throws -> String? {
    let prompt = "henge[\(number)]> "
    guard var entry = try console.readLine(after: prompt) else { return nil }
    while case .incomplete = Completeness.of(Source(name: "[\(number)]", text: Array(entry.utf8))) {
      let indent = String(repeating: " ", count: prompt.count - 3) + "…> "
      guard let line = try console.readLine(after: indent) else { return entry }
      entry += "\n" + line
    }
    return entry
  }
}
