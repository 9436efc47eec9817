// SPDX-License-Identifier: MIT
internal import Glibc
internal import Synchronization

/// A fixed set of threads that share the blocks of one piece of work at a time.
///
/// The caller divides the work into numbered blocks that depend only on its shape. Each thread
/// starts with its own range of blocks and then takes blocks that others have left: a thread reads
/// in one run the rows that it wrote in the previous one, while other threads' rows come from
/// another core's cache, at two fifths of the speed if the cores share none. Which thread runs a
/// block is a matter of chance and does not affect the result. The calling thread takes part, and
/// waits only for workers that joined before the blocks ran out; a worker that wakes too late finds
/// nothing and sleeps again, so a slow core delays nobody. Workers spin for a moment before they
/// sleep, because waking one takes longer than many runs: networks consist of runs of 20 to 300 µs,
/// one after another. A run inside a run, or from a second thread during another run, executes on
/// the calling thread.
///
/// `@unchecked Sendable` is confined to this file. It is safe because the closure of a run reaches
/// the workers only inside `Desk.share`, while the caller is blocked in it, and every other field
/// is guarded by the mutex or atomic.
public final class Pool: Sendable {
  /// The number of computing threads, including the caller.
  public let threads: Int
  private let desk: Desk
  private let workers: [pthread_t]

  /// Starts `threads - 1` workers; fewer where the system grants no more, which changes no result.
  public init(threads: Int) {
    let most = max(1, min(threads, 1024))
    let desk = Desk(threads: most)
    var started: [pthread_t] = []
    // Workers inherit a full mask: Ctrl-C is for the thread that reads the terminal.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    var attributes = Stack.attributes(bytes: Stack.worker)
    defer { pthread_attr_destroy(&attributes) }
    for number in 1..<most {
      var thread = pthread_t()
      let context = Unmanaged.passRetained(Seat(desk: desk, number: number))
      let status = pthread_create(&thread, &attributes, workerMain, context.toOpaque())
      guard status == 0 else {
        context.release()
        break
      }
      started.append(thread)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    self.desk = desk
    self.workers = started
    self.threads = started.count + 1
  }

  deinit {
    desk.close()
    for worker in workers { pthread_join(worker, nil) }
  }

  /// Runs `body` for each of `0..<blocks`, on all threads, and returns when every block is done.
  ///
  /// After an error no block after the failing one is started; the error of the failing block with
  /// the lowest number is thrown, which does not depend on the number of threads.
  public func run<E: Error>(blocks: Int, _ body: (Int) throws(E) -> Void) throws(E) {
    guard blocks > 1, threads > 1, desk.take() else {
      for block in 0..<max(0, blocks) { try body(block) }
      return
    }
    let firstError = Mutex<Located<E>?>(nil)
    withoutActuallyEscaping({ (block: Int) -> Bool in
      do throws(E) {
        try body(block)
        return true
      } catch {
        let mine = Located(error: error, block: block)
        firstError.withLock { first in
          if first.map({ block < $0.block }) ?? true { first = mine }
        }
        return false
      }
    }) { escaping in
      desk.share(Job(blocks: blocks, body: escaping), with: min(threads, blocks) - 1)
    }
    if let located = firstError.withLock({ $0 }) { throw located.error }
  }

  /// As ``run(blocks:_:)``, and throws ``Interrupted`` between blocks once `interrupt` is requested.
  public func run(
    blocks: Int, interrupt: Interrupt?, _ body: (Int) throws -> Void
  ) throws {
    try run(blocks: blocks) { (block: Int) throws in
      try interrupt?.check()
      try body(block)
    }
  }
}

private struct Located<E: Error>: @unchecked Sendable {
  let error: E
  let block: Int
}

/// One run: its blocks and its closure.
private final class Job: @unchecked Sendable {
  let blocks: Int
  private(set) var body: ((Int) -> Bool)?

  init(blocks: Int, body: @escaping (Int) -> Bool) {
    self.blocks = blocks
    self.body = body
  }

  /// Drops the closure, which must not outlive the call that lent it.
  func retire() { body = nil }
}

/// The blocks of a run in as many stretches as threads work on it, each with a counter from which
/// whoever comes claims them.
private final class Claims: Sendable {
  /// A counter on its own cache lines: two of them, which processors fetch together.
  private struct Counter: ~Copyable {
    let next = Atomic<Int>(0)
    private let rest: InlineArray<15, Int> = .init(repeating: 0)
  }

  private nonisolated(unsafe) let counters: UnsafeMutablePointer<Counter>
  private let most: Int
  private let blocks = Atomic<Int>(0)
  private let stretches = Atomic<Int>(1)
  /// The lowest block that failed, from which on none is claimed.
  private let end = Atomic<Int>(0)

  init(threads: Int) {
    most = threads
    counters = .allocate(capacity: threads)
    for index in 0..<threads { (counters + index).initialize(to: Counter()) }
  }

  deinit {
    counters.deinitialize(count: most)
    counters.deallocate()
  }

  /// Distributes `count` blocks to `threads` ranges, while no thread takes any.
  func deal(_ count: Int, threads: Int) {
    blocks.store(count, ordering: .relaxed)
    stretches.store(threads, ordering: .relaxed)
    end.store(count, ordering: .relaxed)
    for index in 0..<threads {
      counters[index].next.store(first(of: index, threads, count), ordering: .relaxed)
    }
  }

  /// Runs blocks until none is left: those of stretch `own` first, then those of the next ones.
  func work(_ own: Int, _ body: (Int) -> Bool) {
    let (threads, count) = (stretches.load(ordering: .relaxed), blocks.load(ordering: .relaxed))
    for turn in 0..<threads {
      let stretch = (own + turn) % threads
      let behind = first(of: stretch + 1, threads, count)
      while true {
        let block = counters[stretch].next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard block < behind, block < end.load(ordering: .relaxed) else { break }
        if !body(block) { end.min(block, ordering: .relaxed) }
      }
    }
  }

  private func first(of stretch: Int, _ threads: Int, _ count: Int) -> Int {
    count / threads * stretch + min(stretch, count % threads)
  }
}

/// A worker's place at a desk: its number, the caller being 0.
private final class Seat: Sendable {
  let desk: Desk
  let number: Int

  init(desk: Desk, number: Int) {
    self.desk = desk
    self.number = number
  }
}

/// Where the caller posts a job and workers find it.
private final class Desk: @unchecked Sendable {
  /// How long a thread looks out for the other before it sleeps, in nanoseconds.
  private static let patience = 50_000

  private let taken = Atomic<Bool>(false)
  /// Counts the jobs posted, and the closing of the desk, for those who look out.
  private let postings = Atomic<Int>(0)
  /// How many workers are at the job; changed under the mutex only.
  private let inside = Atomic<Int>(0)
  private let claims: Claims
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let posted = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let left = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // Guarded by `mutex`.
  private var job: Job?
  private var seatsLeft = 0
  private var asleep = 0
  private var isClosed = false

  init(threads: Int) {
    claims = Claims(threads: threads)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(posted, nil)
    pthread_cond_init(left, nil)
  }

  deinit {
    pthread_cond_destroy(left)
    pthread_cond_destroy(posted)
    pthread_mutex_destroy(mutex)
    left.deallocate()
    posted.deallocate()
    mutex.deallocate()
  }

  /// Claims the desk for one run; false while another run has it.
  func take() -> Bool { !taken.exchange(true, ordering: .acquiring) }

  /// Works on `job` together with up to `helpers` workers, until it is done, and frees the desk.
  func share(_ job: Job, with helpers: Int) {
    pthread_mutex_lock(mutex)
    self.job = job
    claims.deal(job.blocks, threads: helpers + 1)
    seatsLeft = helpers
    let toWake = min(helpers, asleep)
    pthread_mutex_unlock(mutex)
    // After the mutex is free, or those who look out would run into it.
    postings.add(1, ordering: .releasing)
    for _ in 0..<toWake { pthread_cond_signal(posted) }
    if let body = job.body { claims.work(0, body) }
    pthread_mutex_lock(mutex)
    self.job = nil
    if inside.load(ordering: .relaxed) > 0 {
      // No more workers can join; those that did are at their last block.
      pthread_mutex_unlock(mutex)
      lookOut { inside.load(ordering: .acquiring) == 0 }
      pthread_mutex_lock(mutex)
      while inside.load(ordering: .relaxed) > 0 { pthread_cond_wait(left, mutex) }
    }
    job.retire()
    pthread_mutex_unlock(mutex)
    taken.store(false, ordering: .releasing)
  }

  /// Ends the workers.
  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_mutex_unlock(mutex)
    postings.add(1, ordering: .releasing)
    pthread_cond_broadcast(posted)
  }

  /// A worker's life: wait for a job with a free seat, help with it, until the desk closes.
  func serve(_ number: Int) {
    pthread_mutex_lock(mutex)
    while !isClosed {
      guard let job, seatsLeft > 0 else {
        let seen = postings.load(ordering: .relaxed)
        pthread_mutex_unlock(mutex)
        lookOut { postings.load(ordering: .acquiring) != seen }
        pthread_mutex_lock(mutex)
        // A job posted since has free seats here, under the mutex, before it is counted.
        while !isClosed, seatsLeft == 0 || self.job == nil {
          asleep += 1
          pthread_cond_wait(posted, mutex)
          asleep -= 1
        }
        continue
      }
      seatsLeft -= 1
      inside.add(1, ordering: .relaxed)
      pthread_mutex_unlock(mutex)
      if let body = job.body { claims.work(number, body) }
      pthread_mutex_lock(mutex)
      if inside.subtract(1, ordering: .releasing).newValue == 0 { pthread_cond_signal(left) }
    }
    pthread_mutex_unlock(mutex)
  }

  /// Returns once `condition` is true, or the spinning time is over.
  private func lookOut(for condition: () -> Bool) {
    var start = timespec()
    clock_gettime(CLOCK_MONOTONIC, &start)
    var now = start
    repeat {
      for _ in 0..<64 where condition() { return }
      // Whoever is looked out for may be waiting for this very processor.
      sched_yield()
      clock_gettime(CLOCK_MONOTONIC, &now)
    } while (now.tv_sec - start.tv_sec) * 1_000_000_000 + now.tv_nsec - start.tv_nsec
      < Desk.patience
  }
}

private func workerMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let context {
    let seat = Unmanaged<Seat>.fromOpaque(context).takeRetainedValue()
    seat.desk.serve(seat.number)
  }
  return nil
}
