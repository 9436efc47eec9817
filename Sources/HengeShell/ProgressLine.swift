// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage
internal import HengeSession
public import HengeThreads
internal import Synchronization

/// Shows the progress of long work on standard error: one line updated in place on a terminal, a
/// line every ten seconds elsewhere; where the work has a view, a panel in place of the line.
public final class ProgressLine: Sendable {
  private struct State {
    /// The rows that are drawn, the cursor in the last one.
    var rows: [LivePanel.Row] = []
    var columns = 0
    /// Whether a view is drawn, which stays when the work is over.
    var isView = false
    /// Whether the drawing was taken away and nothing was written since.
    var isTakenAway = false
    var lastLine: Double = 0
  }

  private let state = Mutex(State())
  private let isTerminal: Bool
  private let isReflowing: Bool
  /// Where views are drawn, the colors that they have.
  private let colours: TerminalCapabilities.Colours?
  private let write: @Sendable (String) -> Void
  /// The current size of the terminal.
  private let room: @Sendable () -> LiveView.Room?
  private static let lineInterval = 10.0

  /// A line on standard error, or on `write`; `room` returns the size of the terminal.
  ///
  /// Views are drawn in `colours`, which may be none, and not at all without; `isReflowing` if the terminal
  /// wraps rows that became too long.
  public init(
    isTerminal: Bool? = nil, colours: TerminalCapabilities.Colours? = nil,
    isReflowing: Bool? = nil, write: (@Sendable (String) -> Void)? = nil,
    room: (@Sendable () -> LiveView.Room?)? = nil
  ) {
    self.isTerminal = isTerminal ?? (isatty(2) == 1)
    self.colours = colours
    self.isReflowing = isReflowing ?? LineEditor.terminalReflows()
    self.room = room ?? { Console.size(of: 2) }
    self.write = write ?? { _ = writeAll(Array($0.utf8), to: 2) }
  }

  /// The room of a view, which leaves the entry in sight; nil where none can be drawn.
  public var viewRoom: LiveView.Room? {
    guard isTerminal, colours != nil, let room = room(), room.rows >= 8, room.columns >= 40 else {
      return nil
    }
    return LiveView.Room(columns: room.columns, rows: room.rows - 2)
  }

  /// Shows a report; `nil` says that the work is over: a line is taken away, a view stays.
  public func show(_ report: Progress.Report?) {
    guard let report else { return state.withLock { $0.isView } ? leave() : erase() }
    if let view = report.view, let colours, let room = viewRoom {
      let panel = LivePanel(colours: colours, room: room)
      return draw(
        panel.rows(ProgressLine.text(report), view), isView: true)
    }
    if isTerminal {
      if state.withLock({ $0.isView && !$0.rows.isEmpty }) {
        // Work within the one that has a view shows nothing.
        if report.view == nil { return }
        // The window became too small.
        erase()
      }
      // A line that fills its row, or is longer, is not in place when it is drawn again.
      let text = TextWidth.cut(
        ProgressLine.text(report), to: max(1, (room()?.columns ?? 80) - 2))
      return draw([LivePanel.Row(text: text, width: TextWidth.of(text))], isView: false)
    }
    let isDue = state.withLock { state in
      if report.seconds < state.lastLine { state.lastLine = 0 }
      guard report.seconds - state.lastLine >= ProgressLine.lineInterval else { return false }
      state.lastLine = report.seconds
      return true
    }
    if isDue { write(ProgressLine.text(report) + "\n") }
  }

  /// Draws rows where those before were.
  private func draw(_ rows: [LivePanel.Row], isView: Bool) {
    let columns = room()?.columns ?? 80
    let above = state.withLock { state in
      defer {
        (state.rows, state.columns) = (rows, columns)
        state.isView = isView
        state.isTakenAway = false
      }
      return rowsAbove(state, columns)
    }
    let text = rows.map { $0.text + "\u{1B}[K" }.joined(separator: "\r\n")
    write(ProgressLine.back(above) + text + (isView ? "\u{1B}[J" : ""))
  }

  /// How many rows of the screen are above the cursor's, in a terminal that is `columns` wide now.
  private func rowsAbove(_ state: State, _ columns: Int) -> Int {
    guard isReflowing, columns > 0, columns < state.columns else {
      return max(0, state.rows.count - 1)
    }
    return max(0, state.rows.reduce(0) { $0 + max(1, ($1.width + columns - 1) / columns) } - 1)
  }

  private static func back(_ rows: Int) -> String { rows > 0 ? "\r\u{1B}[\(rows)A" : "\r" }

  /// Leaves what is drawn; what is written next begins below.
  private func leave() {
    let wasDrawn = state.withLock { state in
      defer { (state.rows, state.isView) = ([], false) }
      if !state.rows.isEmpty { state.isTakenAway = true }
      return !state.rows.isEmpty
    }
    if wasDrawn { write("\r\n") }
  }

  /// Removes what is drawn, before something else is written.
  public func erase() {
    let columns = room()?.columns ?? 80
    let above: Int? = state.withLock { state in
      defer { (state.rows, state.isView) = ([], false) }
      guard !state.rows.isEmpty else { return nil }
      state.isTakenAway = true
      return rowsAbove(state, columns)
    }
    guard let above else { return }
    write(above == 0 ? "\r\u{1B}[K" : ProgressLine.back(above) + "\u{1B}[J")
  }

  /// Removes what is drawn before something else is written; returns whether it was the last
  /// output, so that the cursor is where it began.
  @discardableResult
  func makeWay() -> Bool {
    erase()
    return state.withLock { state in
      defer { state.isTakenAway = false }
      return state.isTakenAway
    }
  }

  /// `step 437 of 1000 updates  3.2/s  2:53 left  loss 0.1`.
  public static func text(_ report: Progress.Report) -> String {
    if report.title.isEmpty { return report.detail }
    let total = report.total.map { " of \($0)" } ?? ""
    // "step 3 of 9" needs no unit.
    let unit = report.unit == report.title + "s" ? "" : " \(report.unit)"
    var parts = ["\(report.title) \(report.done)\(total)\(unit)"]
    let rate = report.seconds > 0 ? Double(report.done) / report.seconds : 0
    if rate > 0 {
      parts.append("\(rateText(rate))/s")
      if let total = report.total, total > report.done, !report.isLast {
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
