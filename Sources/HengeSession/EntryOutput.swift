// SPDX-License-Identifier: MIT
public import HengeLanguage

// The session of entries, without a terminal: entries in, events out. A prompt, a notebook's kernel
// and a rendered page use the same session and differ only in their sink.

/// The output of an entry or a script, in order.
public enum EntryEvent {
  /// Text that a program prints, or with which the session answers a command.
  case text(String)
  /// An image, a plot or a text that a program shows.
  case display(Display)
  /// What only a page shows, such as the curve of a training; it is no output of the program.
  case supplement(Display)
  /// The value of a statement, as an echo shows it.
  case result([Display], of: Value)
  /// What was newly assigned to a name, in a line; only an entry's, a script assigns in silence.
  case announcement(String)
  /// A remark that is no result.
  case note(String)
  /// The error that ended an entry or a script.
  case error(Diagnostic)
  /// An error that was reported before, with the calls that it left, innermost first.
  case lastError(Diagnostic, calls: [CallRecord])
  /// The time of an entry, if the user asked for it.
  case timing(EntryTiming)
}

extension CallRecord {
  /// The call in lines: its function, then each variable.
  public var lines: [String] {
    ["  in \(name):" + (variables.isEmpty ? " no variables" : "")]
      + variables.map { "    \($0.name): \($0.value.brief)" }
  }
}

/// The time and memory of an entry.
public struct EntryTiming: Equatable, Sendable {
  /// Wall-clock seconds.
  public let seconds: Double
  /// The increase of the session's memory in bytes; negative for a decrease.
  public let bytes: Int

  /// Both as text: `12 ms, 4.0 MB more`.
  public var text: String {
    let memory =
      bytes == 0 ? "" : bytes > 0 ? ", \(sizeText(bytes)) more" : ", \(sizeText(-bytes)) less"
    return durationText(seconds) + memory
  }
}

/// Receives what entries produce: a terminal, a notebook's messages, a page.
public protocol EntrySink: AnyObject {
  /// The columns to which echoes are fitted, asked anew for each.
  var width: Int { get }
  /// Receives one event.
  ///
  /// Throws E-closed if no more events can be received, which ends the session, and any other
  /// error, such as `Interrupted`, which stops the entry and is then reported as an event itself.
  func take(_ event: EntryEvent) throws
  /// Makes visible what it received: a statement, or an answer to a command, has ended. Throws as
  /// ``take(_:)`` does.
  func flush() throws
}

extension EntrySink {
  /// 80 columns.
  public var width: Int { 80 }
  /// Does nothing: each event was visible at once.
  public func flush() throws {}
}

/// The one way from programs, built-ins and the session to the sink.
///
/// Whoever wires a session passes the same output to the interpreter's host and to the session, so that
/// what `print` writes and what an echo shows arrive in one order.
public final class EntryOutput {
  /// Receives the events.
  public var sink: any EntrySink
  /// Whether notes are left out.
  public var isQuiet: Bool
  /// Whether results are left out, as when entries run again whose results were shown before; notes
  /// and errors are not.
  var isMuted = false

  /// An output into `sink`.
  public init(_ sink: any EntrySink, isQuiet: Bool = false) {
    self.sink = sink
    self.isQuiet = isQuiet
  }

  /// The columns to which echoes are fitted.
  public var width: Int { sink.width }

  /// Writes text as a result; throws as ``EntrySink/take(_:)`` does, like all below.
  public func write(_ text: String) throws { try result(.text(text)) }

  /// Writes an answer of one or more lines and makes it visible.
  public func answer(_ text: String) throws {
    try write(text + "\n")
    try flush()
  }

  /// Shows what a program asked to show.
  public func show(_ display: Display) throws { try result(.display(display)) }

  /// Shows on a page what is no output of the program.
  public func supplement(_ display: Display) throws { try result(.supplement(display)) }

  /// Shows the value of a statement.
  func echo(_ displays: [Display], of value: Value) throws {
    try result(.result(displays, of: value))
  }

  /// Says what was assigned to a name.
  func announce(_ text: String) throws { try result(.announcement(text)) }

  /// Shows how long an entry took.
  func show(_ timing: EntryTiming) throws {
    try result(.timing(timing))
    try flush()
  }

  /// Passes on a remark that is no result.
  public func note(_ text: String) throws {
    if !isQuiet { try sink.take(.note(text)) }
  }

  /// Reports an error.
  func report(_ diagnostic: Diagnostic) throws { try sink.take(.error(diagnostic)) }

  /// Reports an error again, with the calls that it left.
  func reportAgain(_ diagnostic: Diagnostic, calls: [CallRecord]) throws {
    try sink.take(.lastError(diagnostic, calls: calls))
  }

  /// Makes all events so far visible.
  public func flush() throws { try sink.flush() }

  private func result(_ event: EntryEvent) throws {
    if !isMuted { try sink.take(event) }
  }
}
