// SPDX-License-Identifier: MIT
internal import Synchronization

/// Memory of freed buffers, kept for the next one of its size.
///
/// A training step makes the same large buffers as the step before. Taken from the system each time
/// they would come as pages of zeros, one fault for every 4 kB; kept, they cost nothing. What is kept
/// is given back to the system as soon as the budget is short of it.
public final class SpareMemory: Sendable {
  /// Smaller buffers are left to the allocator, which keeps them itself.
  static let smallest = 1 << 16

  private struct Shelf {
    /// Blocks by their size, the one freed last at the end.
    var blocks: [Int: [UInt]] = [:]
    var bytes = 0
    /// When a block of a size was last asked for.
    var asked: [Int: Int] = [:]
    var clock = 0

    mutating func take(_ size: Int) -> UInt? {
      guard let address = blocks[size]?.popLast() else { return nil }
      bytes -= size
      return address
    }

    mutating func takeOldest() -> (address: UInt, size: Int)? {
      let sizes = blocks.filter { !$0.value.isEmpty }.keys
      guard let size = sizes.min(by: { (asked[$0] ?? 0, $0) < (asked[$1] ?? 0, $1) }) else {
        return nil
      }
      guard let address = blocks[size]?.popLast() else { return nil }
      bytes -= size
      return (address, size)
    }
  }

  private let shelf = Mutex(Shelf())
  private let budget: MemoryBudget

  /// Keeps what buffers counted in `budget` leave, up to a quarter of it.
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

  /// A kept block of `size` or up to a quarter more, live again, and how large it is.
  ///
  /// Where none fits, kept blocks make way for a new one, those of the size asked for least recently
  /// first: what is live and what is kept stay together within the most that ever was live.
  func take(_ size: Int) -> (address: UnsafeMutableRawPointer, size: Int)? {
    guard size >= Self.smallest, budget.canHold(size) else { return nil }
    let found = shelf.withLock { shelf -> (address: UInt, size: Int)? in
      shelf.clock += 1
      shelf.asked[size] = shelf.clock
      var fitting = size
      for _ in 0..<3 {
        if let address = shelf.take(fitting) { return (address, fitting) }
        fitting = Self.blockSize(fitting + 1)
      }
      return nil
    }
    guard let found, let pointer = UnsafeMutableRawPointer(bitPattern: found.address) else {
      makeWay(for: size)
      return nil
    }
    budget.use(found.size)
    return (pointer, found.size)
  }

  private func makeWay(for size: Int) {
    let live = budget.live + size
    var excess = live + budget.kept - max(live, budget.mostLive)
    while excess > 0 {
      guard let (address, size) = shelf.withLock({ $0.takeOldest() }) else { return }
      if let pointer = UnsafeMutableRawPointer(bitPattern: address) { freeAligned(pointer) }
      budget.forget(size)
      excess -= size
    }
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

  /// Gives all that is kept back to the system and the budget.
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
