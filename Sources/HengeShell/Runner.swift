// SPDX-License-Identifier: MIT
public import HengeLanguage

/// Runs programs and shows what they give: values on standard output, errors on standard error.
public final class Runner {
  /// How a program ended.
  public enum Ending: Int32, Sendable {
    /// Every statement ran.
    case finished = 0
    /// A statement failed, or the text is no program.
    case failed = 1
    /// Ctrl-C stopped it.
    case interrupted = 130
    /// Nobody reads the output any more; as a program killed by SIGPIPE.
    case closed = 141
    /// The command line gave a `param` what it does not take.
    case misused = 2

    /// How a program ends that is stopped by `diagnostic`.
    public init(_ diagnostic: Diagnostic) {
      self =
        switch diagnostic.code {
        case Diagnostic.interruptCode: .interrupted
        case Diagnostic.closedCode: .closed
        case "E-param": .misused
        default: .failed
        }
    }
  }

  /// Draws values; its capabilities may be changed between programs.
  public var screen: Screen

  private let interpreter: Interpreter
  private let console: Console
  private let areErrorsColoured: Bool

  /// A runner of programs in the session of `interpreter` that shows values on `screen`.
  public init(
    _ interpreter: Interpreter, _ console: Console, screen: Screen = Screen(),
    areErrorsColoured: Bool = false
  ) {
    self.interpreter = interpreter
    self.console = console
    self.screen = screen
    self.areErrorsColoured = areErrorsColoured
  }

  /// How wide an echo may be, in the window as it is now.
  public var width: Int {
    if screen.capabilities.isTerminal, let columns = console.columns {
      screen.capabilities.columns = columns
    }
    return screen.width
  }

  /// Runs `source` from top to bottom and stops at the first error.
  public func run(_ source: Source) -> Ending {
    ending { try interpreter.run(interpreter.parseInParts(source), report: show) }
  }

  /// Runs a parsed program from top to bottom and stops at the first error.
  public func run(_ program: Program) -> Ending {
    ending { try interpreter.run(program, report: show) }
  }

  /// Shows the answer to a question, in lines of at most `width` columns.
  public func answer(_ request: HelpRequest, from help: Help, width: Int? = nil) -> Ending {
    ending { try console.write(help.answer(request, width: width ?? self.width) + "\n") }
  }

  private func ending(_ body: () throws -> Void) -> Ending {
    do {
      try body()
      try console.flush()
      return .finished
    } catch {
      return report(error)
    }
  }

  private func show(_ outcome: Interpreter.Outcome) throws {
    if outcome.isEchoed { try show(outcome.value) }
    try console.flush()
  }

  /// Shows a value as an echo does.
  public func show(_ value: Value) throws {
    for display in try interpreter.displays(of: value, width: width) { try show(display) }
  }

  /// Shows a display as lines; a picture is described where none can be drawn.
  public func show(_ display: Display) throws {
    for part in try screen.parts(of: display) { try console.write(part) }
  }

  /// Draws an error on standard error, unless it is that nobody reads; the ending that it makes.
  ///
  /// With `isAgain`, it was drawn before, when it happened.
  @discardableResult
  public func report(_ error: any Error, isAgain: Bool = false) -> Ending {
    let diagnostic = interpreter.diagnostic(for: error)
    let ending = Ending(diagnostic)
    guard ending != .closed else { return ending }
    let renderer = Renderer(
      width: width, isColoured: areErrorsColoured, isWrapped: console.isErrorTerminal)
    do {
      try console.complain(
        renderer.render(diagnostic), isColoured: areErrorsColoured,
        followsKey: ending == .interrupted && !isAgain)
      return ending
    } catch {
      return report(error)
    }
  }
}
