// SPDX-License-Identifier: MIT
public import HengeThreads

/// Reads entries line by line and has each one run when it is complete.
public struct Prompt {
  private let session: PromptSession
  private let console: Console
  private let interrupt: Interrupt
  /// Whether prompts are shown: not where the input or the output is no terminal.
  private let isShown: Bool

  /// A prompt that hands entries to `session`.
  public init(
    _ session: PromptSession, _ console: Console, interrupt: Interrupt, isShown: Bool = true
  ) {
    self.session = session
    self.console = console
    self.interrupt = interrupt
    self.isShown = isShown
  }

  /// Runs entries until the input ends or `:quit`; the exit code.
  public func run() throws -> Int32 {
    while true {
      interrupt.clear()
      guard let entry = try read(session.number) else { break }
      interrupt.clear()
      if case .quit(let code) = try session.perform(entry) {
        session.end()
        return code
      }
    }
    session.end()
    if isShown { try console.write("\n") }
    try console.flush()
    return 0
  }

  /// One entry of as many lines as it takes; `nil` at the end of the input.
  private func read(_ number: Int) throws -> String? {
    let prompt = isShown ? "henge[\(number)]> " : ""
    guard var entry = try console.readLine(after: prompt) else { return nil }
    while !PromptSession.isComplete(entry) {
      let indent = isShown ? String(repeating: " ", count: prompt.count - 3) + "…> " : ""
      guard let line = try console.readLine(after: indent) else { return entry }
      entry += "\n" + line
    }
    return entry
  }
}
