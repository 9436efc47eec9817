// SPDX-License-Identifier: MIT

/// Elements in a device's memory, one after another: what a tensor's views share.
///
/// A buffer knows the backend that made it, so an operation asks its operands where to run. Each
/// backend has its own subclass; ``HostBuffer`` serves those that compute in the process's memory.
open class Buffer {
  /// The number of elements; zero is legal.
  public let count: Int
  /// The element type.
  public let type: ElementType
  /// The backend that made it, and alone can compute with it.
  public let backend: any Backend

  /// Initializes the properties that all buffers have.
  public init(count: Int, type: ElementType, backend: any Backend) {
    precondition(count >= 0, "a buffer's count cannot be negative")
    self.count = count
    self.type = type
    self.backend = backend
  }

  /// The size in bytes.
  public var byteCount: Int { count * type.size }
}

/// A buffer in the process's memory, aligned to 64 bytes and counted in a budget until it is freed.
public final class HostBuffer: Buffer {
  /// The first byte.
  public let address: UnsafeMutableRawPointer
  private let budget: MemoryBudget
  private let spare: SpareMemory?
  private let reserved: Int

  /// Allocates `count` elements without setting them, in memory kept in `spare` where that has some;
  /// throws `E-memory` where the budget, or the system, has not got them.
  public init(
    count: Int, type: ElementType, backend: any Backend, budget: MemoryBudget,
    spare: SpareMemory? = nil
  ) throws {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: type.size)
    let whole = overflow || bytes > Int.max - 64 ? Int.max : (bytes + 63) & ~63
    let block = SpareMemory.blockSize(whole)
    // Where the block does not fit, the elements alone may; and a refusal names their size.
    let wanted = spare == nil || !budget.canHold(block) ? whole : block
    address =
      try spare?.take(wanted)
      ?? HostBuffer.allocate(wanted, budget, spare) {
        "a tensor of \(count) \(type.rawValue) elements"
      }
    self.budget = budget
    self.spare = spare
    reserved = wanted
    super.init(count: count, type: type, backend: backend)
  }

  private static func allocate(
    _ bytes: Int, _ budget: MemoryBudget, _ spare: SpareMemory?, for purpose: () -> String
  ) throws -> UnsafeMutableRawPointer {
    try budget.reserve(bytes, for: purpose())
    spare?.trim()
    if let address = allocateAligned(bytes) { return address }
    spare?.empty()
    if let address = allocateAligned(bytes) { return address }
    budget.release(bytes)
    throw Failure.systemHasNoMemory(for: purpose(), bytes: bytes)
  }

  deinit {
    if let spare { return spare.give(address, reserved) }
    freeAligned(address, reserved)
    budget.release(reserved)
  }
}
