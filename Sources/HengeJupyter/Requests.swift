// SPDX-License-Identifier: MIT
internal import HengeThreads
internal import Synchronization

/// The cells that wait to be run, and who may interrupt the one that runs.
final class Requests: Sendable {
  private struct State {
    var waiting: [Request] = []
    /// Where the next one is in `waiting`.
    var next = 0
    var isRunning = false
    var isEnding = false
  }

  private let state = Mutex(State())
  private let wake: Wake
  private let interrupt: Interrupt

  init(_ interrupt: Interrupt) throws {
    self.interrupt = interrupt
    wake = try Wake()
  }

  /// Whether a cell runs or waits.
  var isBusy: Bool { state.withLock { $0.isRunning || $0.next < $0.waiting.count } }

  /// Adds a cell; returns false once the kernel is ending.
  func add(_ request: Request) -> Bool {
    let isTaken = state.withLock { state in
      if !state.isEnding { state.waiting.append(request) }
      return !state.isEnding
    }
    wake.signal()
    return isTaken
  }

  /// Waits for the next cell, which then counts as running; nil when the kernel ends.
  func next() -> Request? {
    while true {
      let (request, isOver) = state.withLock { state -> (Request?, Bool) in
        if state.isEnding || interrupt.termination != nil { return (nil, true) }
        guard state.next < state.waiting.count else {
          state.waiting = []
          state.next = 0
          // Nothing runs that an interrupt could be meant for.
          interrupt.clear()
          return (nil, false)
        }
        defer { state.next += 1 }
        state.isRunning = true
        return (state.waiting[state.next], false)
      }
      if request != nil || isOver { return request }
      _ = wake.wait(milliseconds: -1)
    }
  }

  /// The cell that ran has ended; a request to stop it is forgotten.
  func finish(wasInterrupted: Bool) {
    state.withLock { state in
      state.isRunning = false
      if wasInterrupted || state.next >= state.waiting.count { interrupt.clear() }
    }
  }

  /// Takes out the cells that wait.
  func takeWaiting() -> [Request] {
    state.withLock { state in
      defer { (state.waiting, state.next) = ([], 0) }
      return Array(state.waiting[state.next...])
    }
  }

  /// Asks the cell that runs, or is about to, to stop at its next safe point.
  func stop() {
    state.withLock { state in
      if state.isRunning || state.next < state.waiting.count { interrupt.request() }
    }
  }

  /// Ends the kernel: what runs stops at its next safe point, what waits is not run.
  func end() {
    state.withLock { $0.isEnding = true }
    interrupt.request()
    wake.signal()
  }
}
