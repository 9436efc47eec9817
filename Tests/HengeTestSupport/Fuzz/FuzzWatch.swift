// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeThreads
internal import Synchronization

/// Presses Ctrl-C on another thread when a program takes too long, or at a moment drawn for it.
final class FuzzWatch: Sendable {
  /// Nanoseconds of the monotonic clock; 0 while no program runs.
  private let deadline = Atomic<UInt64>(0)
  private let interrupt: Interrupt

  init(_ interrupt: Interrupt) {
    self.interrupt = interrupt
    var thread = pthread_t()
    let me = Unmanaged.passRetained(self).toOpaque()
    pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<FuzzWatch>.fromOpaque(argument).takeUnretainedValue().watch()
        return nil
      }, me)
    pthread_detach(thread)
  }

  /// Lets the program that begins now run for `milliseconds`.
  func begin(_ milliseconds: Int) {
    deadline.store(
      FuzzWatch.now() + UInt64(milliseconds) * 1_000_000, ordering: .relaxed)
  }

  /// The program is over.
  func end() {
    deadline.store(0, ordering: .relaxed)
    interrupt.clear()
  }

  private func watch() {
    while true {
      usleep(1000)
      let deadline = deadline.load(ordering: .relaxed)
      if deadline > 0 && FuzzWatch.now() >= deadline { interrupt.request() }
    }
  }

  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
