// SPDX-License-Identifier: MIT
public import HengeBackend
internal import HengeFiles
public import HengeSession
public import HengeThreads
internal import Glibc

/// A kernel of Jupyter [messaging protocol 5.4]: one session of entries, reached by five sockets.
///
/// Cells run one after another on the thread that calls ``serve(_:_:)``. What else clients ask is answered
/// at once by the threads of the sockets.
public final class Kernel {
  let version: String
  let interrupt: Interrupt
  let writer: MessageWriter
  let publisher: Publisher
  let shell: MessageChannel
  let requests: Requests
  let kernelSink: KernelSink
  let progress: LiveDisplay
  let history = CellHistory()
  private let control: MessageChannel
  private let stdin: MessageChannel
  private let context: ZMQContext
  private let signer: Signer
  private let sockets: [ConnectionFile.Socket: ZMQSocket]

  /// The largest frame of a request: more than the code of any cell.
  private static let largest = 64 << 20

  /// Opens the sockets of `connection`; what entries produce goes to ``sink``, their progress to
  /// `progress`.
  ///
  /// Throws `E-system` where libzmq is missing or an address cannot be served.
  public init(
    _ connection: ConnectionFile, version: String, interrupt: Interrupt, budget: MemoryBudget,
    progress: LiveDisplay
  ) throws {
    (self.version, self.interrupt, self.progress) = (version, interrupt, progress)
    context = try ZMQContext()
    signer = try Signer(key: connection.key)
    writer = MessageWriter(signer)
    publisher = try Publisher(writer)
    shell = try MessageChannel()
    control = try MessageChannel()
    stdin = try MessageChannel()
    requests = try Requests(interrupt)
    kernelSink = KernelSink(publisher, budget: budget)
    progress.attach(publisher)
    var sockets: [ConnectionFile.Socket: ZMQSocket] = [:]
    for name in ConnectionFile.Socket.allCases {
      let (kind, largest): (ZMQSocket.Kind, Int) =
        switch name {
        case .shell, .control, .stdin: (.router, Kernel.largest)
        case .iopub: (.extendedPublisher, 1 << 16)
        case .hb: (.reply, 1 << 16)
        }
      let socket = try context.socket(kind, largest: largest)
      if kind == .router { socket.allowReconnecting() }
      try socket.bind(connection.address(of: name))
      sockets[name] = socket
    }
    self.sockets = sockets
  }

  /// Receives what entries produce.
  public var sink: any EntrySink { kernelSink }

  /// Serves until a client, a signal or the end of the program that started the kernel ends it; the exit
  /// code.
  public func serve(_ session: EntrySession, workingFolder: @escaping () -> String) throws -> Int32
  {
    let cells = CellRunner(self, session, workingFolder: workingFolder)
    try startThreads(cells)
    while let request = requests.next() {
      cells.run(request)
      shell.nudge()
    }
    // A session that a signal ends can be recovered.
    if interrupt.termination == nil { session.end() }
    endThreads()
    return interrupt.exitCode ?? 0
  }

  // MARK: Threads

  private func startThreads(_ cells: CellRunner) throws {
    let waiting = WaitingQuestions(cells, self)
    var works: [() -> Void] = []
    for (name, socket) in sockets {
      switch name {
      case .hb: works.append { Kernel.beat(socket) }
      case .iopub: works.append { [publisher] in publisher.serve(socket) }
      // Nothing asks the user, so that nothing is to be heard.
      case .stdin: works.append { [stdin] in stdin.serve(socket, take: { _ in }) }
      case .shell:
        works.append { [self] in
          shell.serve(
            socket,
            take: { frames in
              guard let request = Request(frames, signer) else { return }
              answer(request, from: shell, cells, waiting)
            }, pause: waiting.answerThoseDue)
        }
      case .control:
        let parent = StartingProgram()
        works.append { [self] in
          control.serve(
            socket,
            take: { frames in
              guard let request = Request(frames, signer) else { return }
              answer(request, from: control, cells, nil)
            },
            pause: {
              if parent.hasEnded { end() }
              return parent.isWatched ? 1000 : -1
            })
        }
      }
    }
    publisher.announce("starting")
    for work in works {
      guard ServiceThread.start(work) else {
        throw Failure("E-system", "the system has no thread for a socket of the kernel")
      }
    }
  }

  /// Sends back what the heartbeat's socket receives.
  private static func beat(_ socket: ZMQSocket) {
    defer { socket.close() }
    while socket.wait(milliseconds: -1) {
      switch socket.receive() {
      case .message(let frames): socket.send(frames)
      case .tooLarge: socket.send([[]])
      case .nothing: continue
      case .over: return
      }
    }
  }

  /// Sends what is to be sent, and closes the sockets.
  private func endThreads() {
    publisher.close()
    for channel in [shell, control, stdin] { channel.close() }
    for _ in 0..<1000 {
      if publisher.hasEnded, [shell, control, stdin].allSatisfy(\.hasEnded) { break }
      usleep(1000)
    }
    context.shutDown()
    context.end()
  }

  /// Ends the kernel; a cell that does not stop within four seconds is given up with it.
  func end() {
    requests.end()
    _ = ServiceThread.start { [publisher] in
      sleep(4)
      if !publisher.hasEnded { _exit(0) }
    }
  }

  /// Ends the kernel in a second, in which a client reads the reply of the cell that asked for it.
  func endSoon() {
    let isStarted = ServiceThread.start { [self] in
      sleep(1)
      if !publisher.hasEnded { end() }
    }
    if !isStarted { end() }
  }

  // MARK: Requests

  /// Answers a request, on the thread of the socket that it came from; cells wait for their turn.
  private func answer(
    _ request: Request, from channel: MessageChannel, _ cells: CellRunner,
    _ waiting: WaitingQuestions?
  ) {
    switch request.type {
    case "execute_request":
      guard channel === shell else { return }
      if !requests.add(request) { abort(request) }
    case "complete_request", "inspect_request":
      if let waiting { return waiting.add(request) }
      // Control is for what is answered now.
      reply(
        to: request, from: channel,
        cells.answer(request, mayBeOld: true) ?? .of(["status": .string("aborted")]))
    case "kernel_info_request": reply(to: request, from: channel, information)
    case "is_complete_request":
      reply(to: request, from: channel, CellRunner.completeness(of: request.text("code")))
    case "history_request": reply(to: request, from: channel, history.answer(request))
    case "comm_info_request":
      reply(to: request, from: channel, .of(["status": .string("ok"), "comms": .empty]))
    case "interrupt_request":
      requests.stop()
      reply(to: request, from: channel, .of(["status": .string("ok")]))
    case "shutdown_request":
      let content = JSON.of([
        "status": .string("ok"), "restart": .bool(request.flag("restart", default: false)),
      ])
      publisher.begin(request.header)
      publisher.publish("shutdown_reply", parent: request.header, content)
      send(content, to: request, from: channel)
      publisher.end(request.header)
      end()
    // Comms of which nobody here knows are closed; what later protocols ask is not answered.
    default:
      publisher.begin(request.header)
      if request.type == "comm_open", let comm = request.content["comm_id"] {
        publisher.publish(
          "comm_close", parent: request.header, .of(["comm_id": comm, "data": .empty]))
      }
      publisher.end(request.header)
    }
  }

  /// Sends a reply with the statuses around it.
  func reply(to request: Request, from channel: MessageChannel, _ content: JSON) {
    publisher.begin(request.header)
    send(content, to: request, from: channel)
    publisher.end(request.header)
  }

  func send(_ content: JSON, to request: Request, from channel: MessageChannel) {
    channel.send(
      writer.frames(request.replyType, to: request.identities, parent: request.header, content))
  }

  /// Answers a cell that is not run because one before it failed, or the kernel ends.
  func abort(_ request: Request) {
    reply(to: request, from: shell, .of(["status": .string("aborted")]))
  }

  /// The answer to a `kernel_info_request`.
  private var information: JSON {
    let language = JSON.of([
      "name": .string("henge"), "version": .string(version),
      "mimetype": .string("text/x-henge"), "file_extension": .string(".henge"),
      // The closest of those that editors know: comments, strings, numbers and most words are alike.
      "pygments_lexer": .string("python"), "codemirror_mode": .string("python"),
      "nbconvert_exporter": .string("script"),
    ])
    return .of([
      "status": .string("ok"), "protocol_version": .string(MessageWriter.protocolVersion),
      "implementation": .string("henge"), "implementation_version": .string(version),
      "language_info": language,
      "banner": .string(
        "henge \(version), image-to-image translation\n? for help, :help for commands"),
      "debugger": .bool(false), "help_links": .array([]), "supported_features": .array([]),
    ])
  }
}

/// The program that started the kernel, with which the kernel ends where Jupyter asks for that.
private struct StartingProgram {
  private let process = getppid()
  /// Its number, as Jupyter says.
  private let given = getenv("JPY_PARENT_PID").map { String(cString: $0) }
  var isWatched: Bool { given != nil }

  /// Whether another process has become the parent: the system's first one, if that came before the start.
  var hasEnded: Bool {
    let now = getppid()
    return isWatched && (now != process || now == 1 && given != "1")
  }
}
