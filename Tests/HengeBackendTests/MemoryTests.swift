// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTestSupport
import Testing

@Suite struct MemoryTests {
  @Test func `a buffer counts in the budget from birth to death`() throws {
    let budget = MemoryBudget(limit: 10_000)
    let backend = ReferenceBackend(budget: budget)
    do {
      let buffer = try HostBuffer(count: 1000, type: .f64, backend: backend, budget: budget)
      #expect(budget.live == 8000)
      #expect(Int(bitPattern: buffer.address) % 64 == 0)
      #expect(throws: Failure.self) { try backend.allocate(1000, .f64) }
      #expect(budget.live == 8000)
      withExtendedLifetime(buffer) {}
    }
    #expect(budget.live == 0)
  }

  @Test func `no elements need no memory`() throws {
    let budget = MemoryBudget(limit: 0)
    let buffer = try ReferenceBackend(budget: budget).allocate(0, .f32)
    #expect(buffer.count == 0 && budget.live == 0)
  }

  @Test func `sizes beyond counting are a lack of memory`() throws {
    let backend = ReferenceBackend(budget: MemoryBudget(limit: .max))
    for count in [Int.max, Int.max / 8, 1 << 60] {
      let failure = try #require(throws: Failure.self) { try backend.allocate(count, .f64) }
      #expect(failure.code == "E-memory")
    }
  }
}
