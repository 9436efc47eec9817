// SPDX-License-Identifier: MIT
import HengeBackend

/// Bytes taken from the memory budget, given back when the last holder goes.
final class Reservation: Sendable {
  private let budget: MemoryBudget
  private let bytes: Int

  /// Takes `bytes` from `budget`; throws `E-memory` naming what they were `purpose`d for.
  init(_ bytes: Int, of budget: MemoryBudget, for purpose: @autoclosure () -> String) throws {
    try budget.reserve(bytes, for: purpose())
    self.budget = budget
    self.bytes = bytes
  }

  deinit { budget.release(bytes) }
}
