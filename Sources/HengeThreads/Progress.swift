// SPDX-License-Identifier: MIT
internal import Synchronization

/// The progress of long work: reported by the work, drawn by an observer.
///
/// Nested work is reported separately, and the innermost that has lasted for half a second is
/// shown; nested work with the same title counts as a part of the outer work. Work in the rounds of a
/// loop is shown as if it were one: what is drawn of a round stays until the next one draws. Reports
/// may come from any thread.
public final class Progress: Sendable {
  /// A report of the progress of some work.
  public struct Report: Sendable, Equatable {
    /// The name of the work: `step`.
    public let title: String
    /// The amount done.
    public let done: Int
    /// The total amount of work; `nil` if unknown.
    public let total: Int?
    /// The unit, in the plural: `updates`.
    public let unit: String
    /// Further details, such as the losses.
    public let detail: String
    /// The seconds since it began.
    public let seconds: Double
    /// What is drawn of it besides a line, if something is.
    public let view: LiveView?
    /// Whether nothing more is done.
    public let isLast: Bool

    /// A report from its parts.
    public init(
      title: String, done: Int, total: Int?, unit: String, detail: String, seconds: Double,
      view: LiveView? = nil, isLast: Bool = false
    ) {
      self.title = title
      self.done = done
      self.total = total
      self.unit = unit
      self.detail = detail
      self.seconds = seconds
      self.view = view
      self.isLast = isLast
    }
  }

  /// Work in progress, which reports how much is done.
  public struct Work: Sendable {
    fileprivate let progress: Progress
    fileprivate let level: Int

    /// Reports the total amount `done`; `detail` is computed only when it is shown.
    public func reach(_ done: Int, detail: () -> String = { "" }) {
      progress.tell(level, detail: detail) { $0 = done }
    }

    /// As ``reach(_:detail:)``, with a view that is drawn at most twice a second.
    ///
    /// The view is computed only when it is shown. The last state is shown where `isLast` if any was,
    /// and stays on the screen.
    public func reach(
      _ done: Int, isLast: Bool = false, detail: () -> String, view: () -> LiveView
    ) {
      progress.tell(
        level, interval: isLast ? .zero : Progress.viewInterval, onlyAgain: isLast,
        detail: detail, view: view
      ) { $0 = done }
    }

    /// Reports that `count` more is done.
    public func advance(by count: Int = 1) {
      progress.tell(level, detail: { "" }) { $0 += count }
    }
  }

  private struct State {
    let title: String
    let total: Int?
    let unit: String
    let start = ContinuousClock.now
    var done = 0
  }

  private struct Stack {
    var works: [State] = []
    var lastShown = ContinuousClock.now
    /// The level of the work that is shown.
    var shown: Int?
    /// When the loops began that all work is in, if it is in any.
    var loops: ContinuousClock.Instant?
    /// Whether something is drawn of a round that ended, or of the loops themselves.
    var lingers = false

    /// The outermost work that the work at `level` is a part of.
    func whole(of level: Int) -> Int {
      works.firstIndex { $0.title == works[level].title } ?? level
    }
  }

  private let stack = Mutex(Stack())
  private let show: @Sendable (Report?) -> Void
  /// Shorter work shows nothing.
  private static let patience = Duration.milliseconds(500)
  private static let interval = Duration.milliseconds(100)
  private static let viewInterval = Duration.milliseconds(500)

  /// A progress that calls `show` at most every tenth of a second, and with `nil` when the work is
  /// over.
  public init(show: @escaping @Sendable (Report?) -> Void = { _ in }) { self.show = show }

  /// Runs `body`, which reports its progress.
  public func track<Result>(
    _ title: String, total: Int?, unit: String, _ body: (Work) throws -> Result
  ) rethrows -> Result {
    let level = stack.withLock { stack in
      stack.works.append(State(title: title, total: total, unit: unit))
      return stack.works.count - 1
    }
    defer { end(level) }
    return try body(Work(progress: self, level: level))
  }

  private func end(_ level: Int) {
    let wasShown = stack.withLock { stack in
      let isPart = stack.whole(of: level) != level
      stack.works.removeSubrange(level...)
      // What is shown of the work around this one stays.
      guard !isPart, let shown = stack.shown, shown >= level else { return false }
      stack.shown = nil
      stack.lingers = stack.loops != nil
      return !stack.lingers
    }
    if wasShown { show(nil) }
  }

  private func tell(
    _ level: Int, interval: Duration = Progress.interval, onlyAgain: Bool = false,
    detail: () -> String, view: () -> LiveView? = { nil }, _ change: (inout Int) -> Void
  ) {
    let now = ContinuousClock.now
    let due: State? = stack.withLock { stack in
      guard level < stack.works.count else { return nil }
      change(&stack.works[level].done)
      let whole = stack.whole(of: level)
      var work = stack.works[whole]
      if whole != level { work.done += stack.works[level].done }
      let isDrawn = stack.shown != nil || stack.lingers
      guard now - (stack.loops ?? work.start) >= Progress.patience, isDrawn || !onlyAgain,
        !isDrawn || now - stack.lastShown >= interval
      else { return nil }
      stack.lastShown = now
      stack.shown = whole
      return work
    }
    guard let due else { return }
    let passed = (now - due.start).components
    show(
      Report(
        title: due.title, done: due.done, total: due.total, unit: due.unit, detail: detail(),
        seconds: Double(passed.seconds) + Double(passed.attoseconds) * 1e-18, view: view(),
        isLast: onlyAgain))
  }

  // MARK: Loops

  /// Loops of the program begin.
  public func beginLoops() { stack.withLock { ($0.loops, $0.lingers) = (.now, false) } }

  /// Shows how far the loops are, where nothing in them shows more.
  public func reachLoops(_ text: () -> String) {
    let now = ContinuousClock.now
    let isDue = stack.withLock { stack in
      guard stack.works.isEmpty, let start = stack.loops, now - start >= Progress.patience,
        !stack.lingers || now - stack.lastShown >= Progress.interval
      else { return false }
      (stack.lastShown, stack.lingers) = (now, true)
      return true
    }
    if isDue { show(Report(title: "", done: 0, total: nil, unit: "", detail: text(), seconds: 0)) }
  }

  /// The loops are over.
  public func endLoops() {
    let wasShown = stack.withLock { stack in
      defer { (stack.loops, stack.lingers) = (nil, false) }
      return stack.lingers
    }
    if wasShown { show(nil) }
  }
}
