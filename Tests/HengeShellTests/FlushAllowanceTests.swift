// SPDX-License-Identifier: MIT
import Testing

@testable import HengeShell

@Suite struct FlushAllowanceTests {
  @Test func `lines that come slowly are written at once`() {
    var allowance = FlushAllowance()
    for second in 0..<1000 {
      for _ in 0..<10 {
        let isTaken = allowance.take(at: Double(second))
        #expect(isTaken)
      }
    }
  }

  @Test
  func `a loop that prints without end writes in blocks, until it has been still for a while`() {
    var allowance = FlushAllowance()
    let taken = (0..<100_000).count { allowance.take(at: Double($0) * 1e-6) }
    // What it begins with, and what is added in a tenth of a second.
    #expect((64...71).contains(taken))
    let isTaken = allowance.take(at: 1)
    #expect(isTaken)
  }

  @Test func `a clock that goes back adds nothing`() {
    var allowance = FlushAllowance()
    for _ in 0..<64 { _ = allowance.take(at: 10) }
    let isTaken = allowance.take(at: 3)
    #expect(!isTaken)
  }
}
