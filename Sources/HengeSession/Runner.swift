// SPDX-License-Identifier: MIT
public import HengeLanguage

/// The ending of a program or a session; the raw value is the exit code.
public enum Ending: Int32, Sendable {
  /// Every statement ran.
  case finished = 0
  /// A statement failed, or the text is no program.
  case failed = 1
  /// Ctrl-C stopped it.
  case interrupted = 130
  /// The reader of the output has ended; the exit code of a program killed by SIGPIPE.
  case closed = 141
  /// An invalid value for a `param` on the command line.
  case misused = 2

  /// The ending of a program that is stopped by `diagnostic`.
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

/// Runs programs from top to bottom; their values and errors become events.
public final class Runner {
  /// The destination of values and errors.
  public let output: EntryOutput
  private let interpreter: Interpreter

  /// A runner of programs in the session of `interpreter`.
  public init(_ interpreter: Interpreter, _ output: EntryOutput) {
    self.interpreter = interpreter
    self.output = output
  }

  /// Runs `source` from top to bottom and stops at the first error.
  public func run(_ source: Source) -> Ending {
    ending { try interpreter.run(interpreter.parseInParts(source), report: show) }
  }

  /// Runs a parsed program from top to bottom and stops at the first error.
  public func run(_ program: Program) -> Ending {
    ending { try interpreter.run(program, report: show) }
  }

  /// Runs `body`, reports its error, and returns how that ends a program.
  public func ending(_ body: () throws -> Void) -> Ending {
    do {
      try body()
      try output.flush()
      return .finished
    } catch {
      return report(error)
    }
  }

  private func show(_ outcome: Interpreter.Outcome) throws {
    if outcome.isEchoed { try show(outcome.value) }
    try output.flush()
  }

  /// Shows a value as an echo does; throws what laying it out and the sink throw.
  func show(_ value: Value) throws {
    try output.echo(interpreter.displays(of: value, width: output.width), of: value)
  }

  /// Reports an error, unless the reader of the output has ended, and returns how it ends a
  /// program.
  @discardableResult
  public func report(_ error: any Error) -> Ending {
    let diagnostic = interpreter.diagnostic(for: error)
    let ending = Ending(diagnostic)
    guard ending != .closed else { return ending }
    do {
      try output.report(diagnostic)
      return ending
    } catch {
      return report(error)
    }
  }
}
