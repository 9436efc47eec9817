// SPDX-License-Identifier: MIT

/// Floats that an operation works in, aligned to 64 bytes and counted in a budget until freed.
///
/// Unlike a ``Buffer`` it belongs to no tensor and knows no backend, so a backend may keep some.
public final class Workspace {
  /// The number of floats.
  public let count: Int
  /// The first of them.
  public let floats: UnsafeMutablePointer<Float>
  private let budget: MemoryBudget
  private let bytes: Int

  /// Allocates `count` floats without setting them; throws `E-memory`.
  public init(_ count: Int, of budget: MemoryBudget, for purpose: String) throws {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
    let wanted = overflow ? Int.max : bytes
    try budget.reserve(wanted, for: purpose)
    guard let address = allocateAligned(wanted) else {
      budget.release(wanted)
      throw Failure.systemHasNoMemory(for: purpose, bytes: wanted)
    }
    floats = address.bindMemory(to: Float.self, capacity: count)
    self.count = count
    self.budget = budget
    self.bytes = wanted
  }

  deinit {
    freeAligned(UnsafeMutableRawPointer(floats), bytes)
    budget.release(bytes)
  }
}
