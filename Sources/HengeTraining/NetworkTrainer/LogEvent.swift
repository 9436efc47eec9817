// SPDX-License-Identifier: MIT

/// Something that happened to a trainer's log.
public enum LogEvent {
  /// A step was made and published; this is its line.
  case stepped(NetworkTrainer.Entry)
  /// In that step a loss went far beyond what it began with, for the first time.
  case diverged(Divergence)
  /// In that step something was noticed.
  case noticed(Notice)
  /// Numbers were measured after a step; `best` is the measure by which the networks are kept, if any.
  case measured(MetricLog.Row, best: String?)
}

extension NetworkTrainer {
  /// Calls `observer` with everything that happens to the log while `work` runs, after it happened.
  ///
  /// Whoever follows a run (the journal of a session, the line of progress, a file of curves) does it
  /// here. An observer cannot fail, and must not change the trainer.
  public func observed<Result>(
    by observer: @escaping (LogEvent) -> Void, _ work: () throws -> Result
  ) rethrows -> Result {
    observers.append(observer)
    defer { observers.removeLast() }
    return try work()
  }

  func tell(_ event: LogEvent) {
    for observer in observers { observer(event) }
  }
}
