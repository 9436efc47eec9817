// SPDX-License-Identifier: MIT
import HengeTestSupport
import Testing

@testable import HengeBackend

/// Freed memory is kept for the next buffer of its size, and never stands in anyone's way.
@Suite struct SpareMemoryTests {
  private let budget = MemoryBudget(limit: 40 << 20)

  private func buffer(_ bytes: Int, _ spare: SpareMemory, _ other: MemoryBudget? = nil) throws
    -> HostBuffer
  {
    let budget = other ?? budget
    return try HostBuffer(
      count: bytes, type: .u8, backend: ReferenceBackend(budget: budget), budget: budget,
      spare: spare)
  }

  @Test func `a buffer comes back for the next of its size`() throws {
    let spare = SpareMemory(budget: budget)
    var first: HostBuffer? = try buffer(1 << 20, spare)
    let address = first?.address
    first = nil
    #expect(budget.live == 0 && budget.kept == 1 << 20)
    let second = try buffer(1 << 20, spare)
    #expect(second.address == address)
    #expect(budget.live == 1 << 20 && budget.kept == 0)
  }

  @Test func `small buffers and more than a quarter of the budget are not kept`() throws {
    let spare = SpareMemory(budget: budget)
    _ = try buffer(1000, spare)
    #expect(budget.live == 0 && budget.kept == 0)
    var many: [HostBuffer] = try (0..<14).map { _ in try buffer(1 << 20, spare) }
    many = []
    #expect(many.isEmpty && budget.live == 0 && budget.kept == 10 << 20)
  }

  @Test func `what is kept is given back before memory is refused`() throws {
    let spare = SpareMemory(budget: budget)
    var first: HostBuffer? = try buffer(8 << 20, spare)
    withExtendedLifetime(first) {}
    first = nil
    #expect(budget.kept == 8 << 20)
    try budget.reserve(35 << 20, for: "something else")
    #expect(budget.kept == 0)
    #expect { try buffer(8 << 20, spare) } throws: { ($0 as? Failure)?.code == "E-memory" }
    budget.release(35 << 20)
  }

  @Test func `sizes that are no longer needed are freed for those that are`() throws {
    let budget = MemoryBudget(limit: 1 << 30)
    let spare = SpareMemory(budget: budget)
    func use(_ megabytes: [Int]) throws {
      var buffers = try megabytes.map { try buffer($0 << 20, spare, budget) }
      buffers = []
      #expect(buffers.isEmpty)
    }
    try use([64, 8])
    #expect(budget.kept == 72 << 20 && budget.mostLive == 72 << 20)
    // 72 MB are the most that was live: beside 96 MB, what is kept may be 8 MB, the size used last.
    try use([8, 96])
    #expect(budget.kept == 104 << 20)
    try use([96, 8])
    #expect(budget.kept == 104 << 20)
  }

  @Test func `large blocks are aligned, are zero at first, and can be written whole`() throws {
    for bytes in [4 << 20, (4 << 20) + 1, (9 << 20) + 4097] {
      let address = try #require(allocateAligned(bytes))
      let all = UnsafeMutableRawBufferPointer(start: address, count: bytes)
      #expect(Int(bitPattern: address) % (2 << 20) == 0)
      #expect(all.allSatisfy { $0 == 0 })
      all.initializeMemory(as: UInt8.self, repeating: 7)
      #expect(all[bytes - 1] == 7)
      freeAligned(address, bytes)
    }
    #expect(allocateAligned(.max) == nil)
  }

  @Test func `sizes are rounded up by an eighth at most`() {
    for bytes in [1 << 16, (1 << 16) + 64, 1_000_000, 123_456_768, 1 << 30] {
      let size = SpareMemory.blockSize(bytes)
      #expect(size >= bytes && size - bytes <= bytes / 8)
    }
  }
}
