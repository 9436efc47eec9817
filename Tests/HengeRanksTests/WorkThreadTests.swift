// SPDX-License-Identifier: MIT
import Synchronization
import Testing

@testable import HengeRanks

/// The thread that exchanges while others compute.
@Suite struct WorkThreadTests {
  private struct Failed: Error, Equatable { let number: Int }

  @Test func `work is done in order, on one other thread`() throws {
    let thread = WorkThread()
    let done = Mutex<[Int]>([])
    #expect(!thread.isCurrent)
    for number in 0..<100 {
      let isTaken = thread.add {
        #expect(thread.isCurrent)
        done.withLock { $0.append(number) }
      }
      #expect(isTaken)
    }
    try thread.wait()
    #expect(done.withLock { $0 } == Array(0..<100))
  }

  @Test func `what follows work that failed is not done, until somebody heard of it`() throws {
    let thread = WorkThread()
    let done = Mutex<[Int]>([])
    for number in 0..<5 {
      _ = thread.add {
        if number == 2 { throw Failed(number: number) }
        done.withLock { $0.append(number) }
      }
    }
    thread.settle()
    #expect(throws: Failed(number: 2)) { try thread.wait() }
    #expect(done.withLock { $0 } == [0, 1])
    _ = thread.add { done.withLock { $0.append(9) } }
    try thread.wait()
    #expect(done.withLock { $0 } == [0, 1, 9])
  }
}
