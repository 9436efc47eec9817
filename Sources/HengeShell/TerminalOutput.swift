// SPDX-License-Identifier: MIT
internal import HengeLanguage
public import HengeSession

/// Shows what entries and scripts produce: values on standard output, errors and notes on standard error.
public final class TerminalOutput: EntrySink {
  /// Draws displays; its capabilities may be changed between entries.
  public var screen: Screen
  /// How entries look while they are typed.
  public var typing: TypingAppearance
  let console: Console
  private let areErrorsColoured: Bool

  /// An output that draws on `screen` and writes to `console`.
  public init(_ console: Console, screen: Screen = Screen(), areErrorsColoured: Bool = false) {
    self.console = console
    self.screen = screen
    self.areErrorsColoured = areErrorsColoured
    let isColoured = screen.capabilities.colours != .none
    typing = TypingAppearance(isColoured: isColoured, suggests: isColoured)
  }

  /// The width of an echo in the current window.
  public var width: Int {
    if screen.capabilities.isTerminal, let columns = console.columns {
      screen.capabilities.columns = columns
    }
    return screen.width
  }

  /// Writes or draws an event; throws as ``Console/flush()`` does.
  public func take(_ event: EntryEvent) throws {
    switch event {
    case .text(let text): try console.write(text)
    case .display(let display): try show(display)
    case .supplement: break
    case .result(let displays, _): try displays.forEach(show)
    case .announcement(let text):
      // A line that the terminal would break within a word.
      let lines =
        console.isTerminal ? TextWidth.wrapped(text, width: width, indent: 2) : [text]
      try console.write(lines.joined(separator: "\n") + "\n")
    case .note(let text): try console.note(text)
    case .error(let diagnostic): try complain(diagnostic, isAgain: false)
    case .lastError(let diagnostic, let calls):
      try complain(diagnostic, isAgain: true)
      try complain(of: calls)
    case .timing(let timing): try console.write(timing.text + "\n")
    }
  }

  /// Writes what is pending; throws as ``Console/flush()`` does.
  public func flush() throws { try console.flush() }

  /// Shows a display as lines; a picture is described where none can be drawn.
  private func show(_ display: Display) throws {
    screen.capabilities.rows = console.rows
    for part in try screen.parts(of: display) { try console.write(part) }
  }

  private func complain(_ diagnostic: Diagnostic, isAgain: Bool) throws {
    let renderer = Renderer(
      width: width, isColoured: areErrorsColoured, isWrapped: console.isErrorTerminal)
    try console.complain(
      renderer.render(diagnostic), isColoured: areErrorsColoured,
      followsKey: diagnostic.code == Diagnostic.interruptCode && !isAgain)
  }

  /// Lists the calls that an error left, with their variables.
  private func complain(of calls: [CallRecord]) throws {
    let lines = calls.flatMap(\.lines)
    if !lines.isEmpty { try console.complain(lines.joined(separator: "\n")) }
  }
}
