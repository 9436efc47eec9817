// SPDX-License-Identifier: MIT
import Synchronization

/// Bytes taken from a budget and given back when nobody holds this any more.
public final class Reservation: Sendable {
  private let budget: MemoryBudget
  private let bytes = Atomic<Int>(0)

  /// Takes `bytes` for `purpose`, or throws `E-memory`.
  public init(
    _ bytes: Int = 0, of budget: MemoryBudget, for purpose: @autoclosure () -> String
  ) throws {
    self.budget = budget
    try grow(by: bytes, for: purpose())
  }

  /// Takes `more` bytes, or throws `E-memory` and keeps what it had.
  public func grow(by more: Int, for purpose: @autoclosure () -> String) throws {
    try budget.reserve(more, for: purpose())
    bytes.add(more, ordering: .relaxed)
  }

  deinit { budget.release(bytes.load(ordering: .relaxed)) }
}
