// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeThreads

/// The other process while it reads a file; killed and forgotten when it goes out of scope.
final class HDF5Child {
  private let process: pid_t
  private let output: Int32
  private let path: String
  private let deadline: ContinuousClock.Instant
  private let seconds: Int
  private let interrupt: Interrupt
  private var isReaped = false
  private var buffer: [UInt8] = []
  private var position = 0

  /// Milliseconds between two looks at Ctrl-C.
  private static let beat: Int32 = 50

  /// Starts `program` with the file `input` as its standard input; throws `E-file`.
  init(
    _ program: String, arguments: [String], input: Int32, path: String, seconds: Int,
    interrupt: Interrupt
  ) throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure.refusedFile(path, code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    let (code, process) = HDF5Child.spawn(program, arguments, input: input, output: ends[1])
    guard code == 0 else {
      close(ends[0])
      throw Failure.file(
        path, "the process that reads HDF5 does not start: \(String(cString: strerror(code)))")
    }
    self.process = process
    output = ends[0]
    self.path = path
    self.seconds = seconds
    self.interrupt = interrupt
    deadline = .now + .seconds(seconds)
  }

  deinit {
    close(output)
    if !isReaped {
      kill(process, SIGKILL)
      _ = reap()
    }
  }

  private static func spawn(
    _ program: String, _ arguments: [String], input: Int32, output: Int32
  ) -> (code: Int32, process: pid_t) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    // Only what the program needs to start: libhdf5 takes orders from many other variables.
    // A crash here is no news, and Swift's report of it would take seconds.
    var environment = [
      "HDF5_USE_FILE_LOCKING=FALSE", "SWIFT_BACKTRACE=enable=no",
    ]
    if let folders = getenv("LD_LIBRARY_PATH") {
      environment.append("LD_LIBRARY_PATH=\(String(cString: folders))")
    }
    var process: pid_t = 0
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup($0) } + [nil]
    defer { (words + variables).forEach { free($0) } }
    return (posix_spawn(&process, program, &actions, nil, words, variables), process)
  }

  /// Waits for the process to end; returns its `waitpid` status.
  private func reap() -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    isReaped = true
    return status
  }

  /// Fills `target` with what the process writes next; throws `E-file` if it ends or takes too long,
  /// and `Interrupted` after Ctrl-C.
  func read(into target: UnsafeMutableRawBufferPointer) throws {
    var filled = 0
    while filled < target.count {
      if position == buffer.count { try refill() }
      let count = min(target.count - filled, buffer.count - position)
      buffer.withUnsafeBytes { source in
        target[filled..<filled + count].copyBytes(from: source[position..<position + count])
      }
      filled += count
      position += count
    }
  }

  /// Throws `E-file` unless the process ends now, in order and without another word.
  func expectEnd() throws {
    guard position == buffer.count, try !fill() else { throw Failure.badReader(path) }
    if reap() != 0 { throw Failure.badReader(path) }
  }

  private func refill() throws {
    if try fill() { return }
    let status = reap()
    let signal = status & 0x7F
    if signal == SIGINT || interrupt.isRequested { throw Interrupted() }
    switch signal {
    case 0: throw Failure.badReader(path)
    case SIGXCPU: throw tooSlow
    default:
      throw Failure.file(
        path, "libhdf5 crashed on it (signal \(signal)): it is damaged",
        suggestion: "copy or write the file again")
    }
  }

  private var tooSlow: Failure {
    .file(
      path, "libhdf5 was not done with it after \(seconds) s: it is damaged",
      suggestion: "copy or write the file again")
  }

  /// Waits for more bytes; false at the end.
  private func fill() throws -> Bool {
    while true {
      try interrupt.check()
      guard ContinuousClock.now < deadline else { throw tooSlow }
      var descriptor = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let ready = poll(&descriptor, 1, HDF5Child.beat)
      guard ready > 0 else { continue }
      buffer = [UInt8](unsafeUninitializedCapacity: 65_536) { bytes, count in
        count = max(0, Glibc.read(output, bytes.baseAddress, 65_536))
      }
      position = 0
      return !buffer.isEmpty
    }
  }
}

extension Failure {
  /// The process that reads HDF5 sent nothing, or invalid frames.
  static func badReader(_ path: String) -> Failure {
    .file(
      path, "reading it as HDF5 came to nothing: it is damaged",
      suggestion: "copy or write the file again")
  }
}
