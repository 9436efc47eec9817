// SPDX-License-Identifier: MIT
import Synchronization

/// Bytes reserved from a budget, released when the last reference to this object is gone.
public final class Reservation: Sendable {
  private let budget: MemoryBudget
  private let bytes = Atomic<Int>(0)

  /// Reserves `bytes` for `purpose`; throws `E-memory`.
  public init(
    _ bytes: Int = 0, of budget: MemoryBudget, for purpose: @autoclosure () -> String
  ) throws {
    self.budget = budget
    try grow(by: bytes, for: purpose())
  }

  /// Reserves `more` bytes; if they do not fit, throws `E-memory` and is unchanged.
  public func grow(by more: Int, for purpose: @autoclosure () -> String) throws {
    try budget.reserve(more, for: purpose())
    bytes.add(more, ordering: .relaxed)
  }

  deinit { budget.release(bytes.load(ordering: .relaxed)) }
}
