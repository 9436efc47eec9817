// SPDX-License-Identifier: MIT
import Glibc
import HengeThreads
import Synchronization
import Testing

@Suite struct PoolTests {
  @Test(arguments: [1, 2, 3, 8]) func `every block runs once`(threads: Int) {
    let pool = Pool(threads: threads)
    #expect(pool.threads == threads)
    for blocks in [0, 1, 2, 3, 17, 1000] {
      let runs = (0..<max(1, blocks)).map { _ in Counter() }
      pool.run(blocks: blocks) { runs[$0].add() }
      #expect(runs.prefix(blocks).allSatisfy { $0.value == 1 })
      if blocks == 0 { #expect(runs[0].value == 0) }
    }
  }

  @Test func `no wake-up is lost over twenty thousand short runs`() {
    let pool = Pool(threads: 3)
    let total = Counter()
    for _ in 0..<20_000 { pool.run(blocks: 3) { _ in total.add() } }
    #expect(total.value == 60_000)
  }

  @Test func `the workers take part`() {
    let pool = Pool(threads: 2)
    let mine = pthread_self()
    let others = Counter()
    // A block waits until another thread has come, so both must be there.
    pool.run(blocks: 2) { _ in
      if pthread_self() != mine { others.add() }
      for _ in 0..<1000 where others.value == 0 { usleep(1000) }
    }
    #expect(others.value >= 1)
  }

  @Test func `each thread begins with blocks of its own`() {
    let pool = Pool(threads: 2)
    let mine = pthread_self()
    for _ in 0..<100 {
      let firstOfOther = Mutex<Int?>(nil)
      // The caller stays at its first block until the worker has one: of four it is the third.
      pool.run(blocks: 4) { block in
        if pthread_self() != mine { firstOfOther.withLock { $0 = $0 ?? block } }
        for _ in 0..<1000 where firstOfOther.withLock({ $0 == nil }) { usleep(1000) }
      }
      #expect(firstOfOther.withLock { $0 } == 2)
    }
  }

  @Test func `a run inside a run executes in place`() {
    let pool = Pool(threads: 3)
    let total = Counter()
    pool.run(blocks: 8) { _ in
      pool.run(blocks: 8) { _ in total.add() }
    }
    #expect(total.value == 64)
  }

  struct Broken: Error, Equatable { let block: Int }

  @Test(arguments: [1, 2, 3]) func `the lowest failing block is the one reported`(threads: Int) {
    let pool = Pool(threads: threads)
    for _ in 0..<200 {
      #expect(throws: Broken(block: 5)) {
        try pool.run(blocks: 100) { block throws(Broken) in
          if block >= 5 { throw Broken(block: block) }
        }
      }
    }
    let after = Counter()
    pool.run(blocks: 10) { _ in after.add() }
    #expect(after.value == 10)
  }

  @Test(arguments: [1, 2]) func `an interrupt stops between blocks`(threads: Int) {
    let pool = Pool(threads: threads)
    let interrupt = Interrupt()
    let ran = Counter()
    #expect(throws: Interrupted.self) {
      try pool.run(blocks: 1000, interrupt: interrupt) { block in
        ran.add()
        if block == 10 { interrupt.request() }
      }
    }
    #expect(ran.value < 1000)
    interrupt.clear()
    #expect(throws: Never.self) { try pool.run(blocks: 10, interrupt: interrupt) { _ in } }
  }

  @Test func `workers leave Ctrl-C to the others`() {
    let before = isInterruptBlocked()
    let pool = Pool(threads: 2)
    let mine = pthread_self()
    let blocked = Counter()
    let seen = Counter()
    pool.run(blocks: 2) { _ in
      if pthread_self() != mine {
        if isInterruptBlocked() { blocked.add() }
        seen.add()
      }
      for _ in 0..<1000 where seen.value == 0 { usleep(1000) }
    }
    #expect(seen.value == blocked.value && seen.value >= 1)
    #expect(isInterruptBlocked() == before)
  }

  private func isInterruptBlocked() -> Bool {
    var mask = sigset_t()
    pthread_sigmask(SIG_SETMASK, nil, &mask)
    return sigismember(&mask, SIGINT) == 1
  }

  @Test func `threads end with their pool`() {
    let before = threadCount()
    for _ in 0..<20 {
      let pool = Pool(threads: 4)
      pool.run(blocks: 4) { _ in }
    }
    // Other suites start pools of their own meanwhile; sixty threads would be the leak.
    #expect(threadCount() < before + 30)
  }

  private func threadCount() -> Int {
    guard let folder = opendir("/proc/self/task") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
  }
}

private final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  var value: Int { count.load(ordering: .relaxed) }
  func add() { count.add(1, ordering: .relaxed) }
}
