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

  /// How wide an echo may be.
  public static let width = 80

  private let interpreter: Interpreter
  private let console: Console

  /// A runner of programs in the session of `interpreter`.
  public init(_ interpreter: Interpreter, _ console: Console) {
    self.interpreter = interpreter
    self.console = console
  }

  /// Runs `source` from top to bottom and stops at the first error.
  public func run(_ source: Source) -> Ending {
    ending { try interpreter.run(Parser.parse(source), report: show) }
  }

  /// Runs a parsed program from top to bottom and stops at the first error.
  public func run(_ program: Program) -> Ending {
    ending { try interpreter.run(program, report: show) }
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
    for display in try interpreter.displays(of: value, width: Runner.width) { try show(display) }
  }

  /// Shows a display as lines; a picture is described where none can be drawn.
  public func show(_ display: Display) throws {
    switch display {
    case .text(let text), .note(let text): try console.write(text + "\n")
    case .pixels(let picture):
      try console.write(
        "picture \(picture.height)x\(picture.width), \(picture.channels) channels\n")
    }
  }

  /// Draws an error on standard error, unless it is that nobody reads; the ending that it makes.
  @discardableResult
  public func report(_ error: any Error) -> Ending {
    let diagnostic = interpreter.diagnostic(for: error)
    let ending = Ending(diagnostic)
    guard ending != .closed else { return ending }
    let renderer = Renderer(width: Runner.width, isColoured: console.isErrorColoured)
    do {
      // A terminal shows `^C` where the cursor was.
      let start = ending == .interrupted && console.isInteractive ? "\n" : ""
      try console.complain(start + renderer.render(diagnostic))
      return ending
    } catch {
      return report(error)
    }
  }
}
