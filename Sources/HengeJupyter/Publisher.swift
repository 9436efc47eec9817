// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeFiles
internal import Synchronization

/// Publishes what cells produce to all clients, on a thread of its own, in the order in which it came.
///
/// Printed text is gathered: at most twenty messages a second of at most a megabyte each are made of it,
/// and whoever prints faster waits.
final class Publisher: Sendable {
  /// Printed text that is not in a message yet.
  private struct Gathered {
    let name: String
    var text: String
    let parent: [UInt8]
  }

  private struct State {
    var outbox: [[[UInt8]]] = []
    var gathered: Gathered?
    var lastText: ContinuousClock.Instant?
    /// The header of the request that is being answered.
    var parent: [UInt8]?
    var isClosing = false
  }

  private let writer: MessageWriter
  private let state = Mutex(State())
  private let wake: Wake
  private let isEnded = Atomic<Bool>(false)
  private static let interval = Duration.milliseconds(50)
  private static let mostText = 1 << 20

  init(_ writer: MessageWriter) throws {
    self.writer = writer
    wake = try Wake()
  }

  /// The name of the kernel's session.
  var session: String { writer.session }

  /// Whether everything was sent and the thread has ended.
  var hasEnded: Bool { isEnded.load(ordering: .acquiring) }

  // MARK: Statuses

  /// The cell of the request with this header runs; what is published from now on is of it.
  func begin(cell header: [UInt8]) {
    change { state in
      state.parent = header
      state.outbox.append(status("busy", header))
    }
  }

  /// The cell has ended, with all its outputs.
  func endCell() {
    change { state in
      guard let header = state.parent else { return }
      state.outbox.append(status("idle", header))
      state.parent = nil
    }
  }

  /// A request besides cells is being answered.
  func begin(_ header: [UInt8]) { change { $0.outbox.append(status("busy", header)) } }

  /// A request besides cells was answered.
  ///
  /// A client that shows one status for all requests sees that a cell still runs.
  func end(_ header: [UInt8]) {
    change { state in
      state.outbox.append(status("idle", header))
      if let cell = state.parent { state.outbox.append(status("busy", cell)) }
    }
  }

  /// The kernel starts, or ends.
  func announce(_ text: String) { change { $0.outbox.append(status(text, nil)) } }

  private func status(_ text: String, _ parent: [UInt8]?) -> [[UInt8]] {
    frames("status", parent: parent, .of(["execution_state": .string(text)]))
  }

  private func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      flush(&state)
      body(&state)
    }
    wake.signal()
  }

  // MARK: Outputs

  /// Publishes a message about a request, or about the one that is being answered.
  func publish(
    _ type: String, parent: [UInt8]? = nil, _ content: JSON, metadata: JSON = .empty
  ) {
    change { state in
      state.outbox.append(
        frames(type, parent: parent ?? state.parent, content, metadata: metadata))
    }
  }

  /// Publishes printed text, soon; `name` is `stdout` or `stderr`.
  func stream(_ name: String, _ text: String) {
    guard !text.isEmpty else { return }
    while true {
      let isTaken = state.withLock { state in
        if state.gathered.map({ $0.name != name }) ?? false { flush(&state) }
        guard (state.gathered?.text.utf8.count ?? 0) < Publisher.mostText else { return false }
        if state.gathered == nil {
          state.gathered = Gathered(name: name, text: "", parent: state.parent ?? [])
        }
        state.gathered?.text += text
        return true
      }
      wake.signal()
      if isTaken { return }
      usleep(5000)
    }
  }

  /// Ends the publishing after what is to be sent.
  func close() {
    change { $0.isClosing = true }
  }

  private func frames(
    _ type: String, parent: [UInt8]?, _ content: JSON, metadata: JSON = .empty
  ) -> [[UInt8]] {
    let topic = Array("kernel.\(writer.session).\(type)".utf8)
    return writer.frames(type, to: [topic], parent: parent, content, metadata: metadata)
  }

  /// Makes a message of the gathered text.
  private func flush(_ state: inout State) {
    guard let gathered = state.gathered else { return }
    state.gathered = nil
    state.lastText = .now
    state.outbox.append(
      frames(
        "stream", parent: gathered.parent.isEmpty ? nil : gathered.parent,
        .of(["name": .string(gathered.name), "text": .string(gathered.text)])))
  }

  // MARK: The thread

  /// Serves `socket` until ``close()``.
  func serve(_ socket: ZMQSocket) {
    defer {
      socket.close()
      isEnded.store(true, ordering: .releasing)
    }
    socket.tellAllSubscriptions()
    socket.keep(10_000)
    var pause = -1
    while socket.wait(or: wake, milliseconds: pause) {
      wake.clear()
      subscriptions: while true {
        switch socket.receive() {
        case .message(let frames): welcome(frames, socket)
        case .tooLarge: continue
        case .nothing: break subscriptions
        case .over: return
        }
      }
      let (outbox, isClosing, due) = state.withLock { state in
        let due = dueText(&state)
        defer { state.outbox = [] }
        return (state.outbox, state.isClosing, due)
      }
      for frames in outbox { socket.send(frames) }
      if isClosing { return }
      pause = due
    }
  }

  /// Makes a message of the gathered text if the last was long enough ago; in how many milliseconds that
  /// is otherwise, -1 where there is no text.
  private func dueText(_ state: inout State) -> Int {
    guard state.gathered != nil else { return -1 }
    let passed = state.lastText.map { ContinuousClock.now - $0 } ?? Publisher.interval
    guard passed < Publisher.interval else {
      flush(&state)
      return -1
    }
    return Int((Publisher.interval - passed).components.attoseconds / 1_000_000_000_000_000) + 1
  }

  /// Tells a client that subscribed that it will miss nothing from now on.
  private func welcome(_ frames: [[UInt8]], _ socket: ZMQSocket) {
    guard let frame = frames.first, frame.first == 1 else { return }
    let topic = Array(frame.dropFirst())
    guard let text = String(validating: topic, as: UTF8.self) else { return }
    socket.send(
      writer.frames(
        "iopub_welcome", to: [topic], parent: nil, .of(["subscription": .string(text)])))
  }
}
