// SPDX-License-Identifier: MIT
internal import Synchronization

/// Memory of freed buffers, kept for the next buffer of the same size.
///
/// A training step allocates the same large buffers as the step before. From the system they would
/// come as zeroed pages, with a page fault for every 4 kB; kept memory costs nothing. It is
/// returned to the system as soon as the budget needs it, and before the process would grow much beyond the
/// most that it ever used at once: sizes that are not needed again are freed for those that are.
public final class SpareMemory: Sendable {
  /// Smaller buffers are left to the allocator, which keeps them itself.
  static let smallest = 1 << 16

  private struct Shelf {
    /// Blocks by their size, the one freed last at the end.
    var blocks: [Int: [UInt]] = [:]
    /// When each size was last taken or given, by `clock`.
    var used: [Int: Int] = [:]
    var clock = 0
    var bytes = 0

    mutating func use(_ size: Int) {
      clock += 1
      used[size] = clock
    }

    /// A block of the size that was used least recently.
    mutating func removeOldest() -> (size: Int, address: UInt)? {
      let oldest = blocks.keys.min { used[$0, default: 0] < used[$1, default: 0] }
      guard let size = oldest, let address = blocks[size]?.popLast() else { return nil }
      if blocks[size]?.isEmpty ?? false { blocks[size] = nil }
      bytes -= size
      return (size, address)
    }
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
      shelf.use(size)
      guard let address = shelf.blocks[size]?.popLast() else { return nil }
      if shelf.blocks[size]?.isEmpty ?? false { shelf.blocks[size] = nil }
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
      shelf.use(size)
      shelf.blocks[size, default: []].append(UInt(bitPattern: address))
      shelf.bytes += size
      return true
    }
    if isKept { return }
    freeAligned(address, size)
    budget.release(size)
  }

  /// Frees the blocks used least recently, until live and kept bytes are together within 16 MB of the most
  /// that were live at once.
  func trim() {
    let bound = max(budget.mostLive, budget.live) + (16 << 20)
    var freed: [(size: Int, address: UInt)] = []
    shelf.withLock { shelf in
      while shelf.bytes > 0, budget.live + shelf.bytes > bound,
        let oldest = shelf.removeOldest()
      {
        freed.append(oldest)
      }
    }
    for (size, address) in freed {
      if let pointer = UnsafeMutableRawPointer(bitPattern: address) { freeAligned(pointer, size) }
      budget.forget(size)
    }
  }

  /// Returns all kept memory to the system and the budget.
  public func empty() {
    let shelf = shelf.withLock { shelf in
      defer { shelf = Shelf() }
      return shelf
    }
    for (size, addresses) in shelf.blocks {
      for address in addresses {
        if let pointer = UnsafeMutableRawPointer(bitPattern: address) { freeAligned(pointer, size) }
      }
    }
    budget.forget(shelf.bytes)
  }
}
