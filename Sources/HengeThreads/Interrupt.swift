// SPDX-License-Identifier: MIT
import Synchronization

/// A request to stop, set by a signal handler and polled at safe points.
public final class Interrupt: Sendable {
  private let flag = Atomic<Bool>(false)
  private let signal = Atomic<Int32>(0)
  private let shields = Atomic<Int>(0)
  private let saveFlag = Atomic<Bool>(false)
  private let isHeld = Atomic<Bool>(false)

  /// A flag that is not set.
  public init() {}

  /// Whether someone asked to stop, and nothing is being finished first.
  public var isRequested: Bool {
    wasAsked && shields.load(ordering: .relaxed) == 0 && !isHeld.load(ordering: .relaxed)
  }

  /// Whether someone asked to stop, even where nothing stops yet.
  public var wasAsked: Bool {
    flag.load(ordering: .relaxed) || signal.load(ordering: .relaxed) != 0
  }

  /// Whether requests wait until all processes of a job agree to stop at the same place.
  public var waitsForOthers: Bool {
    get { isHeld.load(ordering: .relaxed) }
    set { isHeld.store(newValue, ordering: .relaxed) }
  }

  /// Asks a trainer that runs with `save=` to save at its next whole step; safe to call in a signal
  /// handler.
  public func askToSave() { saveFlag.store(true, ordering: .relaxed) }

  /// Whether someone asked to save since the last call.
  public func takeSaveWish() -> Bool {
    saveFlag.load(ordering: .relaxed) && saveFlag.exchange(false, ordering: .relaxed)
  }

  /// Asks whatever is running to stop at its next safe point; safe to call in a signal handler.
  public func request() { flag.store(true, ordering: .relaxed) }

  /// Asks the process to end after the signal `number`.
  ///
  /// What runs stops as by ``request()``, and ``clear()`` does not forget it. Safe to call in a signal
  /// handler.
  public func terminate(by number: Int32) { signal.store(number, ordering: .relaxed) }

  /// The signal after which the process must end, or nil.
  public var termination: Int32? {
    let number = signal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// The exit code after ``termination``: 128 and the signal's number.
  public var exitCode: Int32? { termination.map { 128 + $0 } }

  /// Forgets an earlier request, but not that the process must end.
  public func clear() { flag.store(false, ordering: .relaxed) }

  /// Throws ``Interrupted`` if someone asked to stop.
  public func check() throws {
    if isRequested { throw Interrupted() }
  }

  /// Runs `body` to its end despite an interrupt, to save what must be saved.
  public func shielded<Result>(_ body: () throws -> Result) rethrows -> Result {
    shields.add(1, ordering: .relaxed)
    defer { shields.subtract(1, ordering: .relaxed) }
    return try body()
  }
}

/// Thrown at a safe point after Ctrl-C or a signal that ends the process; no script can catch it.
public struct Interrupted: Error {
  /// The error.
  public init() {}
}
