// SPDX-License-Identifier: MIT
internal import Glibc

/// A thread that does work in the order in which it is given, and handles no signals.
final class WorkThread {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var queue: [() throws -> Void] = []
  private var isWorking = false
  private var failure: (any Error)?
  private var thread: pthread_t?

  /// A thread, which begins with the first work.
  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  /// Whether the caller runs on it.
  var isCurrent: Bool {
    locked { thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
  }

  /// Gives it work; false where no thread can be made.
  ///
  /// What comes after work that failed is not done.
  func add(_ work: @escaping () throws -> Void) -> Bool {
    locked {
      guard thread != nil || start() else { return false }
      queue.append(work)
      pthread_cond_broadcast(condition)
      return true
    }
  }

  /// Waits until all is done, and throws what failed since the last call.
  func wait() throws {
    let failure = locked { () -> (any Error)? in
      while isWorking || !queue.isEmpty { pthread_cond_wait(condition, mutex) }
      defer { self.failure = nil }
      return self.failure
    }
    if let failure { throw failure }
  }

  /// Waits until all is done.
  func settle() {
    locked { while isWorking || !queue.isEmpty { pthread_cond_wait(condition, mutex) } }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// The thread serves until the process ends.
  private func start() -> Bool {
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var made = pthread_t()
    let own = Unmanaged.passRetained(self)
    let status = pthread_create(
      &made, nil,
      { context in
        if let context { Unmanaged<WorkThread>.fromOpaque(context).takeRetainedValue().serve() }
        return nil
      }, own.toOpaque())
    guard status == 0 else {
      own.release()
      return false
    }
    pthread_detach(made)
    thread = made
    return true
  }

  private func serve() {
    while true {
      let (work, isLeftOut) = locked { () -> (() throws -> Void, Bool) in
        while queue.isEmpty { pthread_cond_wait(condition, mutex) }
        isWorking = true
        return (queue.removeFirst(), failure != nil)
      }
      var error: (any Error)?
      if !isLeftOut { do { try work() } catch let thrown { error = thrown } }
      locked {
        if failure == nil { failure = error }
        isWorking = false
        pthread_cond_broadcast(condition)
      }
    }
  }
}
