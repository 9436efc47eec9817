// SPDX-License-Identifier: MIT
public import HengeSession
public import HengeThreads

/// Reads entries and has each one run by a session.
public struct Prompt {
  private let session: EntrySession
  private let assistance: Assistance
  private let terminal: TerminalOutput
  private let interrupt: Interrupt
  /// Whether prompts are shown: not where the input or the output is no terminal.
  private let isShown: Bool
  private var console: Console { terminal.console }

  /// A prompt that passes entries to `session` and uses `assistance` while they are typed.
  public init(
    _ session: EntrySession, _ terminal: TerminalOutput, interrupt: Interrupt,
    assistance: Assistance = Assistance(), isShown: Bool = true
  ) {
    self.session = session
    self.terminal = terminal
    self.interrupt = interrupt
    self.assistance = assistance
    self.isShown = isShown
  }

  /// Runs entries until the input ends or one of them ends the session; returns the exit code.
  ///
  /// A session that ends by a signal keeps its journal, so that it can be recovered after the
  /// terminal was closed.
  public func run() throws -> Int32 {
    var reader = makeReader()
    while true {
      // Before the entry is read: a Ctrl-C typed directly after it is meant for it.
      interrupt.clear()
      if let code = interrupt.exitCode { return code }
      guard let entry = try reader.read(session.number) else { break }
      if case .quit(let code) = try console.withoutEcho({ try session.perform(entry) }) {
        if let code = interrupt.exitCode { return code }
        // A terminal that went away has not ended the session.
        if code != Ending.closed.rawValue || !console.isTerminal { session.end() }
        return code
      }
    }
    if let code = interrupt.exitCode { return code }
    session.end()
    if isShown { try console.write("\n") }
    try console.flush()
    return 0
  }

  /// An editor where there is a terminal that can have one, and else a reader of lines.
  private func makeReader() -> any EntryReader {
    if isShown, console.isInteractive,
      let editor = LineEditor(console, assistance, appearance: { [terminal] in terminal.typing })
    {
      return editor
    }
    return PlainReader(console, interrupt, isShown: isShown)
  }
}
