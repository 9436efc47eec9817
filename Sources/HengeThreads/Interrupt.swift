// SPDX-License-Identifier: MIT
import Synchronization

/// A request to stop, set by a signal handler and polled at safe points.
public final class Interrupt: Sendable {
  private let flag = Atomic<Bool>(false)

  /// Makes a flag that is not set.
  public init() {}

  /// Whether someone asked to stop.
  public var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Asks whatever is running to stop at its next safe point; safe to call in a signal handler.
  public func request() { flag.store(true, ordering: .relaxed) }

  /// Forgets an earlier request.
  public func clear() { flag.store(false, ordering: .relaxed) }

  /// Throws ``Interrupted`` if someone asked to stop.
  public func check() throws {
    if isRequested { throw Interrupted() }
  }
}

/// Thrown at a safe point after Ctrl-C; no script can catch it.
public struct Interrupted: Error {
  /// Makes one.
  public init() {}
}
