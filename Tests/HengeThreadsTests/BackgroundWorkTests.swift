// SPDX-License-Identifier: MIT
import Glibc
import HengeThreads
import Synchronization
import Testing

@Suite struct BackgroundWorkTests {
  /// Says when it is freed, and by which thread.
  private final class Freed: Sendable {
    struct Note: Sendable {
      var count = 0
      var isOurs = false
    }
    private let note: Box
    private let owner: pthread_t

    /// Holds the note, which outlives the value.
    final class Box: Sendable {
      let note = Mutex(Note())
      var count: Int { note.withLock { $0.count } }
    }

    init(_ note: Box) {
      self.note = note
      owner = pthread_self()
    }

    deinit {
      let isOurs = pthread_self() == owner
      note.note.withLock { note in
        note.count += 1
        note.isOurs = isOurs
      }
    }
  }

  private func waitUntil(_ condition: () -> Bool) -> Bool {
    for _ in 0..<5000 where !condition() { usleep(1000) }
    return condition()
  }

  @Test func `what is released is gone at once, and freed by another thread`() {
    let box = Freed.Box()
    var value: Freed? = Freed(box)
    BackgroundWork.release(&value)
    #expect(value == nil)
    #expect(waitUntil { box.count == 1 })
    #expect(box.note.withLock { $0.isOurs } == false)
  }

  @Test func `what others hold lives on`() {
    let box = Freed.Box()
    let kept = Freed(box)
    var value: Freed? = kept
    BackgroundWork.release(&value)
    usleep(20_000)
    #expect(withExtendedLifetime(kept) { box.count } == 0)
  }

  @Test func `a lent value is there until the end, whether that is good or an error`() throws {
    struct Stop: Error {}
    let box = Freed.Box()
    let count = BackgroundWork.lend(Freed(box)) { value in withExtendedLifetime(value) { box.count }
    }
    #expect(count == 0)
    #expect(waitUntil { box.count == 1 })
    #expect(throws: Stop.self) { try BackgroundWork.lend(Freed(box)) { _ in throw Stop() } }
    #expect(waitUntil { box.count == 2 })
  }

  @Test func `work aside runs on another thread`() {
    final class Seen: Sendable {
      let thread = Atomic<UInt>(0)
    }
    let seen = Seen()
    BackgroundWork.start { seen.thread.store(UInt(pthread_self()), ordering: .releasing) }
    #expect(waitUntil { seen.thread.load(ordering: .acquiring) != 0 })
    #expect(seen.thread.load(ordering: .acquiring) != UInt(pthread_self()))
  }
}
