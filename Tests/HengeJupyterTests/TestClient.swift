// SPDX-License-Identifier: MIT
import CHengeZMQ
import Glibc
import HengeBackend
import HengeFiles
import HengeLibrary
import HengeSession
import HengeTestSupport
import HengeThreads

@testable import HengeJupyter

/// A kernel in this process on sockets in a folder of its own, and a client of it.
final class TestClient {
  /// A message as the client received it.
  struct Message {
    let topic: String
    let header: JSON
    let parent: JSON
    let content: JSON
    var type: String { header["msg_type"]?.asText ?? "" }
  }

  let typed: TypedSession
  private let kernel: Kernel
  private let context: UnsafeMutableRawPointer
  private var sockets: [String: UnsafeMutableRawPointer] = [:]
  private let key: [UInt8]
  private let signer: Signer
  private let hasEnded = Guarded(false)
  private var count = 0
  private static let zmq = henge_zmq().pointee
  private var zmq: henge_zmq_functions { TestClient.zmq }

  init(key: String = "a key", version: String = "1.0") throws {
    self.key = Array(key.utf8)
    signer = try Signer(key: self.key)
    let folder = TemporaryFolder()
    let connection = try ConnectionFile(
      Array(TestClient.connection(folder.path, key: key).utf8), name: "test")
    var kernel: Kernel?
    var trouble: (any Error)?
    typed = try TypedSession(in: folder) { runner, setup in
      do {
        let made = try Kernel(
          connection, version: version, interrupt: runner.interrupt,
          budget: runner.session.budget, progress: LiveDisplay())
        runner.events.sink = made.sink
        made.addEntries(to: &setup, runner.interpreter, runner.events)
        kernel = made
      } catch { trouble = error }
    }
    guard let kernel else { throw trouble ?? Diagnosis("no kernel") }
    self.kernel = kernel
    guard let context = TestClient.zmq.ctx_new() else { throw Diagnosis("no context") }
    self.context = context
    for (name, kind) in [("shell", ZMQ_DEALER), ("control", ZMQ_DEALER), ("iopub", ZMQ_SUB)] {
      guard let socket = zmq.socket(context, Int32(kind)) else { throw Diagnosis("no socket") }
      var linger: Int32 = 0
      _ = zmq.setsockopt(socket, Int32(ZMQ_LINGER), &linger, 4)
      if name == "iopub" { _ = zmq.setsockopt(socket, Int32(ZMQ_SUBSCRIBE), "", 0) }
      guard let place = ConnectionFile.Socket(rawValue: name),
        zmq.connect(socket, connection.address(of: place)) == 0
      else { throw Diagnosis("no connection") }
      sockets[name] = socket
    }
    let (session, path) = (typed.session, folder.path)
    let isStarted = ServiceThread.start { [hasEnded] in
      _ = try? kernel.serve(session, workingFolder: { path })
      hasEnded.use { $0 = true }
    }
    guard isStarted else { throw Diagnosis("no thread") }
    // From the welcome on no output is lost.
    guard try receive("iopub").type == "iopub_welcome" else { throw Diagnosis("no welcome") }
  }

  struct Diagnosis: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  static func connection(_ folder: String, key: String) -> String {
    let ports = ConnectionFile.Socket.allCases.enumerated().map { index, socket in
      "\"\(socket.rawValue)_port\": \(index + 1)"
    }
    return """
      {"transport": "ipc", "ip": "\(folder)/socket", "key": "\(key)",
       "signature_scheme": "hmac-sha256", \(ports.joined(separator: ", "))}
      """
  }

  /// Ends the kernel and waits for that; whether it has ended.
  func end() throws -> Bool {
    _ = try send("shutdown_request", .of(["restart": .bool(false)]), on: "control")
    var turns = 3000
    while !hasEnded.use({ $0 }), turns > 0 {
      usleep(1000)
      turns -= 1
    }
    for socket in sockets.values { _ = zmq.close(socket) }
    _ = zmq.ctx_term(context)
    typed.folder.remove()
    return hasEnded.use { $0 }
  }

  // MARK: Messages

  /// The frames of a request, signed.
  func frames(_ type: String, _ content: [UInt8]) -> [[UInt8]] {
    count += 1
    let header = JSON.of([
      "msg_id": .string("m\(count)"), "session": .string("client é"),
      "username": .string("üser"), "date": .string("2026-01-01T00:00:00Z"),
      "msg_type": .string(type), "version": .string("5.4"),
    ])
    let parts = [header.utf8, JSON.empty.utf8, JSON.empty.utf8, content]
    return [Array("<IDS|MSG>".utf8), signer.signature(of: parts)] + parts
  }

  /// Sends frames as they are.
  func send(_ frames: [[UInt8]], on name: String) throws {
    for (index, bytes) in frames.enumerated() {
      var frame = zmq_msg_t()
      _ = zmq.msg_init_size(&frame, bytes.count)
      if let data = zmq.msg_data(&frame) { memcpy(data, bytes, bytes.count) }
      let more = index + 1 < frames.count ? Int32(ZMQ_SNDMORE) : 0
      guard zmq.msg_send(&frame, sockets[name], more) >= 0 else { throw Diagnosis("not sent") }
    }
  }

  /// Sends a request; its id.
  func send(_ type: String, _ content: JSON, on name: String = "shell") throws -> String {
    try send(frames(type, content.utf8), on: name)
    return "m\(count)"
  }

  /// The next message on a socket; throws after a minute.
  func receive(_ name: String, milliseconds: Int = 60_000) throws -> Message {
    var items = [
      zmq_pollitem_t(socket: sockets[name], fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    ]
    guard zmq.poll(&items, 1, milliseconds) > 0 else { throw Diagnosis("nothing came on \(name)") }
    var frames: [[UInt8]] = []
    var isMore = true
    while isMore {
      var frame = zmq_msg_t()
      _ = zmq.msg_init(&frame)
      _ = zmq.msg_recv(&frame, sockets[name], 0)
      frames.append(
        Array(UnsafeRawBufferPointer(start: zmq.msg_data(&frame), count: zmq.msg_size(&frame))))
      isMore = zmq.msg_more(&frame) != 0
      _ = zmq.msg_close(&frame)
    }
    guard let mark = frames.firstIndex(of: Array("<IDS|MSG>".utf8)), frames.count == mark + 6,
      signer.signature(of: frames[(mark + 2)...]) == frames[mark + 1]
    else { throw Diagnosis("a message is not signed: \(frames.count) frames") }
    let parts = try frames[(mark + 2)...].map { try JSON(parsing: $0) }
    return Message(
      topic: frames.first.map { String(decoding: $0, as: UTF8.self) } ?? "", header: parts[0],
      parent: parts[1], content: parts[3])
  }

  /// Sends a request and waits for its reply and for the end of its outputs.
  func ask(
    _ type: String, _ content: JSON, on name: String = "shell"
  ) throws -> (reply: JSON, published: [Message]) {
    let id = try send(type, content, on: name)
    return try answer(to: id, on: name)
  }

  /// The reply to a request, and what was published of it, from `busy` to `idle`.
  func answer(
    to id: String, on name: String = "shell"
  ) throws -> (reply: JSON, published: [Message]) {
    var reply = try receive(name)
    while reply.parent["msg_id"]?.asText != id { reply = try receive(name) }
    return (reply.content, try published(of: id))
  }

  /// What was published of a request, to `idle`.
  func published(of id: String) throws -> [Message] {
    var published: [Message] = []
    while true {
      let message = try receive("iopub")
      guard message.parent["msg_id"]?.asText == id else { continue }
      published.append(message)
      if message.content["execution_state"]?.asText == "idle" { return published }
    }
  }

  /// Runs a cell.
  func run(
    _ code: String, _ more: KeyValuePairs<String, JSON> = [:]
  ) throws -> (reply: JSON, published: [Message]) {
    try ask("execute_request", cell(code, more))
  }

  /// The content of a request to run a cell.
  func cell(_ code: String, _ more: KeyValuePairs<String, JSON> = [:]) -> JSON {
    .object(
      [JSON.Member("code", .string(code))] + more.map { JSON.Member($0.key, $0.value) })
  }
}

extension [TestClient.Message] {
  /// What was printed.
  func stream(_ name: String) -> String {
    filter { $0.type == "stream" && $0.content["name"]?.asText == name }
      .map { $0.content["text"]?.asText ?? "" }.joined()
  }

  /// The types of all messages.
  var types: [String] { map(\.type) }

  /// The text of the result.
  var result: String? {
    first { $0.type == "execute_result" }?.content["data"]?["text/plain"]?.asText
  }
}
