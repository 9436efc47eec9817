// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage
internal import HengeSession
public import HengeThreads
internal import Synchronization

/// Shows the progress of long work on standard error: one line updated in place on a terminal, a
/// line every ten seconds elsewhere.
public final class ProgressLine: Sendable {
  private struct State {
    var isDrawn = false
    /// Whether it was taken away and nothing was written since.
    var isTakenAway = false
    var lastLine: Double = 0
  }

  private let state = Mutex(State())
  private let isTerminal: Bool
  private let write: @Sendable (String) -> Void
  /// The current number of columns of the terminal.
  private let columns: @Sendable () -> Int?
  private static let lineInterval = 10.0

  /// A line on standard error, or on `write`; `columns` returns the available width.
  public init(
    isTerminal: Bool? = nil, write: (@Sendable (String) -> Void)? = nil,
    columns: (@Sendable () -> Int?)? = nil
  ) {
    self.isTerminal = isTerminal ?? (isatty(2) == 1)
    self.columns = columns ?? { Console.columns(of: 2) }
    self.write = write ?? { _ = writeAll(Array($0.utf8), to: 2) }
  }

  /// Shows a report; `nil` takes the line away.
  public func show(_ report: Progress.Report?) {
    guard let report else { return erase() }
    if isTerminal {
      // A line that fills its row, or is longer, is not in place when it is drawn again.
      let text = TextWidth.cut(ProgressLine.text(report), to: max(1, (columns() ?? 80) - 2))
      state.withLock { state in
        state.isDrawn = true
        state.isTakenAway = false
      }
      write("\r" + text + "\u{1B}[K")
      return
    }
    let isDue = state.withLock { state in
      if report.seconds < state.lastLine { state.lastLine = 0 }
      guard report.seconds - state.lastLine >= ProgressLine.lineInterval else { return false }
      state.lastLine = report.seconds
      return true
    }
    if isDue { write(ProgressLine.text(report) + "\n") }
  }

  /// Removes the line, before something else is written.
  public func erase() {
    let wasDrawn = state.withLock { state in
      defer { state.isDrawn = false }
      if state.isDrawn { state.isTakenAway = true }
      return state.isDrawn
    }
    if wasDrawn { write("\r\u{1B}[K") }
  }

  /// Removes the line before something else is written; returns whether the line was the last
  /// output, so that the cursor is where the line began.
  @discardableResult
  func makeWay() -> Bool {
    erase()
    return state.withLock { state in
      defer { state.isTakenAway = false }
      return state.isTakenAway
    }
  }

  /// `step 437 of 1000 updates  3.2/s  2:53 left  loss 0.1`.
  static func text(_ report: Progress.Report) -> String {
    let total = report.total.map { " of \($0)" } ?? ""
    var parts = ["\(report.title) \(report.done)\(total) \(report.unit)"]
    let rate = report.seconds > 0 ? Double(report.done) / report.seconds : 0
    if rate > 0 {
      parts.append("\(rateText(rate))/s")
      if let total = report.total, total > report.done {
        parts.append("\(timeText(Double(total - report.done) / rate)) left")
      }
    }
    if !report.detail.isEmpty { parts.append(report.detail) }
    return parts.joined(separator: "  ")
  }

  private static func rateText(_ rate: Double) -> String {
    guard rate < 100 else { return rate < 1e15 ? String(Int(rate.rounded())) : "many" }
    let tenths = Int((rate * 10).rounded())
    return tenths > 0 ? "\(tenths / 10).\(tenths % 10)" : "under 0.1"
  }

  /// `2:53`, `1:02:53`.
  private static func timeText(_ seconds: Double) -> String {
    guard seconds < 360_000 else { return "days" }
    let whole = Int(seconds.rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes = whole / 60 % 60
    return whole < 3600
      ? "\(minutes):\(two(whole % 60))" : "\(whole / 3600):\(two(minutes)):\(two(whole % 60))"
  }
}
