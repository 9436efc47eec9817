// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage
internal import HengeSession
public import HengeThreads

// Reading entries at a terminal and writing their output. HengeSession runs the entries; the shell
// does not know the built-ins.

/// Standard output and error, in order: what went to the one is written before the other speaks.
public final class Console {
  private var pending: [UInt8] = []
  private static let capacity = 1 << 16
  private var allowance = FlushAllowance()
  private let interrupt: Interrupt?
  private let progress: ProgressLine?
  private let echo = TerminalEcho()
  private let output = OutputStream(1)
  private let errors = OutputStream(2)
  /// Takes all that is written, in place of the process's streams.
  private let sink: ((String) -> Void)?

  /// A terminal that is gone does not say that it was one.
  private let isInputTerminal = isatty(0) == 1
  /// Whether results go to a terminal.
  public let isTerminal = isatty(1) == 1
  /// Whether errors and notes go to a terminal.
  public let isErrorTerminal = isatty(2) == 1

  /// A console over the process's own streams; what is long stops when `interrupt` is requested, and
  /// `progress` makes way for all that is written.
  public init(interrupt: Interrupt? = nil, progress: ProgressLine? = nil) {
    self.interrupt = interrupt
    self.progress = progress
    sink = nil
  }

  /// A console that hands all that is written to `sink`.
  init(sink: @escaping (String) -> Void) {
    interrupt = nil
    progress = nil
    self.sink = sink
  }

  /// The signal after which the process must end, or nil.
  var termination: Int32? { interrupt?.termination }

  /// The current number of columns of the terminal for results; `nil` if unknown.
  public var columns: Int? { isTerminal ? Console.columns(of: 1) : nil }

  /// The current number of rows of the terminal for results; `nil` if unknown.
  var rows: Int? {
    guard isTerminal, let rows = Console.size(of: 1)?.rows, rows > 0 else { return nil }
    return rows
  }

  /// The columns of the terminal at `descriptor`; `nil` if there is no terminal, or it does not
  /// report them.
  static func columns(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// The size of the terminal at `descriptor`; `nil` as for ``columns(of:)``.
  static func size(of descriptor: Int32) -> LiveView.Room? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return LiveView.Room(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Whether entries come from a terminal and results go to one.
  public var isInteractive: Bool { isatty(0) == 1 && isTerminal }

  /// Writes text to standard output, possibly buffered; throws as ``flush()`` does.
  ///
  /// For a terminal, control codes are escaped except newline and tab, because what a program
  /// prints may contain file names from elsewhere. A pipe receives the text unchanged.
  public func write(_ text: String) throws {
    guard text.utf8.count > Console.capacity else { return try add(text) }
    // A part at a time, so that a gigabyte is neither there twice nor waited for after Ctrl-C.
    var text = text
    try text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        try interrupt?.check()
        var end = min(start + Console.capacity, bytes.count)
        // A character is at most four bytes, and is not cut.
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        try add(String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self))
        start = end
      }
    }
  }

  private func add(_ text: String) throws {
    pending += (isTerminal && sink == nil ? TerminalGate.safe(text) : text).utf8
    try flushIfDue()
  }

  /// Writes what is pending where that is much, or where output comes slowly enough to be followed.
  private func flushIfDue() throws {
    if pending.count >= Console.capacity || sink == nil && allowance.take(at: Console.seconds) {
      try flush()
    }
  }

  /// The monotonic clock, to some milliseconds.
  private static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Writes a drawing of the shell's own; throws as ``flush()`` does.
  func write(_ part: Screen.Part) throws {
    switch part {
    case .text(let text): try write(text)
    case .drawn(let bytes):
      pending += bytes
      try flushIfDue()
    }
  }

  /// Runs `body`, during which the terminal shows no key that is typed: it is for the next entry, and
  /// would be drawn into what is running.
  func withoutEcho<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard isInteractive else { return try body() }
    return try echo.off(body)
  }

  /// Runs `body`, such as another program, with the terminal as it was before ``withoutEcho(_:)``.
  func withEcho<Result>(_ body: () throws -> Result) rethrows -> Result { try echo.on(body) }

  /// Writes the codes of a terminal at once, after all that is pending; throws as ``flush()`` does.
  func send(_ codes: String) throws {
    pending += Array(codes.utf8)
    try flush()
  }

  /// Writes what is pending.
  ///
  /// Throws E-closed when the reader is gone, as in `henge f.henge | head -1`, or the terminal, E-file when the
  /// output cannot be written, as on a full disk, and `Interrupted` when the user asked to stop with
  /// much still to write, which is then left out.
  public func flush() throws {
    defer { pending.removeAll(keepingCapacity: true) }
    guard !pending.isEmpty else { return }
    progress?.makeWay()
    var rest = pending[...]
    while let interrupt, rest.count > Console.capacity {
      try interrupt.check()
      try put(rest.prefix(Console.capacity))
      rest = rest.dropFirst(Console.capacity)
    }
    try put(rest)
  }

  private func put(_ bytes: ArraySlice<UInt8>) throws {
    if let sink { return sink(String(decoding: bytes, as: UTF8.self)) }
    switch output.write(bytes, interrupt: interrupt) {
    case .done: return
    case .stopped: throw Interrupted()
    case .refused(let code) where code == EPIPE || (code == EIO && isTerminal):
      throw Diagnostic(Diagnostic.closedCode, "the reader of the output has ended")
    case .refused(let code):
      throw Diagnostic("E-file", "standard output: cannot be written: \(systemMessage(code))")
    }
  }

  /// Writes a line to standard error, after everything written to standard output.
  ///
  /// Control codes are escaped; with `isColoured`, colors are kept. With `followsKey`, the terminal
  /// shows a key at the cursor, such as `^C`, and the line begins below it, unless a progress line
  /// has overwritten the key.
  public func complain(
    _ text: String, isColoured: Bool = false, followsKey: Bool = false
  ) throws {
    try flush()
    let isAtStart = progress?.makeWay() ?? false
    if let sink { return sink(text + "\n") }
    // Errors and notes are for people, through a pipe as well: `henge … 2>&1 | less -R`.
    let safe = TerminalGate.safe(text, keepsColours: isColoured)
    let key = echo.isOff ? "^C\n" : "\n"
    let line = (followsKey && isInteractive && !isAtStart ? key : "") + safe + "\n"
    _ = errors.write(Array(line.utf8)[...], interrupt: interrupt)
  }

  /// Writes a note to standard error; on a terminal, lines break between words.
  public func note(_ text: String) throws {
    let line = "note: \(text)"
    guard isErrorTerminal, sink == nil, let width = Console.columns(of: 2) else {
      return try complain(line)
    }
    let lines = line.split(separator: "\n", omittingEmptySubsequences: false)
      .flatMap { TextWidth.wrapped(String($0), width: width, indent: 2) }
    try complain(lines.joined(separator: "\n"))
  }

  /// All of standard input; throws E-file when it cannot be read or is longer than 64 MB, and
  /// `Interrupted` when the user asks to stop while it waits.
  public func readAll(interrupt: Interrupt) throws -> [UInt8] {
    let limit = 64_000_000
    var bytes: [UInt8] = []
    while true {
      let part = try readPart(interrupt: interrupt)
      guard !part.isEmpty else { return bytes }
      bytes += part
      guard bytes.count <= limit else {
        throw Diagnostic("E-file", "standard input: is longer than \(limit / 1_000_000) MB")
      }
    }
  }

  /// The next part of standard input, after waiting for it; empty at its end.
  ///
  /// Throws as ``readAll(interrupt:)`` does.
  public func readPart(interrupt: Interrupt) throws -> [UInt8] {
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      try waitForInput(interrupt)
      let count = read(0, &part, part.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw Diagnostic(
          "E-file", "standard input: cannot be read: \(String(cString: strerror(errno)))")
      }
      guard count > 0 || !hasHungUp else {
        throw Diagnostic(Diagnostic.closedCode, "the terminal is gone")
      }
      part.removeLast(part.count - count)
      return part
    }
  }

  /// Whether standard input was a terminal that has disappeared, which a read reports like Ctrl-D.
  private var hasHungUp: Bool {
    var input = pollfd(fd: 0, events: 0, revents: 0)
    return isInputTerminal && poll(&input, 1, 0) > 0 && Int32(input.revents) & POLLHUP != 0
  }

  /// Returns once a read would not block, so that Ctrl-C works while nothing is typed.
  private func waitForInput(_ interrupt: Interrupt) throws {
    var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    var ready: Int32
    repeat {
      try interrupt.check()
      ready = poll(&input, 1, 100)
    } while ready == 0 || (ready < 0 && errno == EINTR)
  }
}
