// SPDX-License-Identifier: MIT
internal import Synchronization

/// A socket on which requests come and replies go, served by a thread of its own.
final class MessageChannel: Sendable {
  private struct State {
    var outbox: [[[UInt8]]] = []
    var isClosing = false
    /// Whether somebody waits until all that came so far was handed on.
    var isAwaited = false
  }

  private let state = Mutex(State())
  private let wake: Wake
  private let isEmptied: Wake
  private let isEnded = Atomic<Bool>(false)
  /// Requests that are handed on before replies are sent again.
  private static let most = 100

  init() throws { (wake, isEmptied) = (try Wake(), try Wake()) }

  /// Whether everything was sent and the thread has ended.
  var hasEnded: Bool { isEnded.load(ordering: .acquiring) }

  /// Sends a message from any thread; those of one thread keep their order.
  func send(_ frames: [[UInt8]]) {
    state.withLock { $0.outbox.append(frames) }
    wake.signal()
  }

  /// Lets the serving thread look at what waits in it.
  func nudge() { wake.signal() }

  /// Waits until everything that was received so far was handed on, a second at most.
  func empty() {
    isEmptied.clear()
    state.withLock { $0.isAwaited = true }
    wake.signal()
    _ = isEmptied.wait(milliseconds: 1000)
  }

  /// Ends the serving after what is to be sent.
  func close() {
    state.withLock { $0.isClosing = true }
    wake.signal()
  }

  /// Serves `socket` until ``close()``: `take` receives each message; `pause` is called between messages
  /// and returns for how many milliseconds nothing else is due, -1 for ever.
  func serve(
    _ socket: ZMQSocket, take: ([[UInt8]]) -> Void, pause: () -> Int = { -1 }
  ) {
    defer {
      socket.close()
      isEnded.store(true, ordering: .releasing)
    }
    while socket.wait(or: wake, milliseconds: pause()) {
      wake.clear()
      var isNothingLeft = false
      for _ in 0..<MessageChannel.most {
        switch socket.receive() {
        case .message(let frames): take(frames)
        case .tooLarge: continue
        case .nothing: isNothingLeft = true
        case .over: return
        }
        if isNothingLeft { break }
      }
      let (outbox, isClosing, isAwaited) = state.withLock { state in
        defer {
          state.outbox = []
          if isNothingLeft { state.isAwaited = false }
        }
        return (state.outbox, state.isClosing, state.isAwaited && isNothingLeft)
      }
      for frames in outbox { socket.send(frames) }
      if isAwaited { isEmptied.signal() }
      if isClosing { return }
    }
  }
}
