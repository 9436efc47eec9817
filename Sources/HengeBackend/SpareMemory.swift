// SPDX-License-Identifier: MIT
internal import Synchronization

/// Memory of freed buffers, kept for the next buffer of the same size.
///
/// A training step allocates the same large buffers as the step before. From the system they would
/// come as zeroed pages, with a page fault for every 4 kB; kept memory costs nothing. It is
/// returned to the system as soon as the budget needs it.
public final class SpareMemory: Sendable {
  /// Smaller buffers are left to the allocator, which keeps them itself.
  static let smallest = 1 << 16

  private struct Shelf {
    /// Blocks by their size, the one freed last at the end.
    var blocks: [Int: [UInt]] = [:]
    var bytes = 0
  }

  private let shelf = Mutex(Shelf())
  private let budget: MemoryBudget

  /// Keeps the memory of freed buffers counted in `budget`, up to a quarter of it.
  public init(budget: MemoryBudget) {
    self.budget = budget
    budget.whenShort { [weak self] in self?.empty() }
  }

  deinit { empty() }

  /// The bytes kept now.
  public var bytes: Int { shelf.withLock { $0.bytes } }

  /// The size of the block in which `bytes` are put: classes an eighth apart, so that what differs
  /// little is kept for each other.
  static func blockSize(_ bytes: Int) -> Int {
    guard bytes >= smallest, bytes < Int.max / 2 else { return bytes }
    let step = 1 << (Int.bitWidth - 1 - bytes.leadingZeroBitCount - 3)
    return (bytes + step - 1) & ~(step - 1)
  }

  /// A kept block of `size`, live again.
  func take(_ size: Int) -> UnsafeMutableRawPointer? {
    guard size >= Self.smallest else { return nil }
    let address = shelf.withLock { shelf -> UInt? in
      guard let address = shelf.blocks[size]?.popLast() else { return nil }
      shelf.bytes -= size
      return address
    }
    if address != nil { budget.use(size) }
    return address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
  }

  /// Keeps a live block of `size`, or frees it.
  func give(_ address: UnsafeMutableRawPointer, _ size: Int) {
    let isKept = shelf.withLock { shelf in
      guard size >= Self.smallest, shelf.bytes + size <= budget.limit / 4, budget.keep(size) else {
        return false
      }
      shelf.blocks[size, default: []].append(UInt(bitPattern: address))
      shelf.bytes += size
      return true
    }
    if isKept { return }
    freeAligned(address)
    budget.release(size)
  }

  /// Returns all kept memory to the system and the budget.
  public func empty() {
    let shelf = shelf.withLock { shelf in
      defer { shelf = Shelf() }
      return shelf
    }
    for (_, addresses) in shelf.blocks {
      for address in addresses {
        if let pointer = UnsafeMutableRawPointer(bitPattern: address) { freeAligned(pointer) }
      }
    }
    budget.forget(shelf.bytes)
  }
}
