// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage
internal import HengeSession
internal import HengeThreads

/// Runs the programs of `!cmd`, whose output is streamed; they have no input.
struct ShellProgram {
  let output: EntryOutput
  let interrupt: Interrupt
  /// Shows what a program writes to its standard error.
  let showError: (String) -> Void

  /// Runs a program until it ends and returns its exit status.
  ///
  /// Ctrl-C stops it, and a second later kills it.
  func run(_ words: [String]) throws -> Int {
    let (out, err) = (try OutputPipe(), try OutputPipe())
    let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(input) }
    let program = try SystemProgram(
      words, streams: [input, out.writeEnd, err.writeEnd], isGroup: true)
    out.closeWriteEnd()
    err.closeWriteEnd()
    var asked: ContinuousClock.Instant?
    while !(out.isAtEnd && err.isAtEnd) {
      // Asked before its output is read, so that nothing of it is missed.
      let hasEnded = program.hasEnded
      var items = [out, err].map { pipe in
        pollfd(fd: pipe.isAtEnd ? -1 : pipe.readEnd, events: Int16(POLLIN), revents: 0)
      }
      _ = poll(&items, nfds_t(items.count), 100)
      if let text = out.read() { try output.write(text) }
      if let text = err.read() { showError(text) }
      if interrupt.isRequested {
        if asked == nil {
          program.send(SIGINT)
          asked = .now
        } else if let since = asked, ContinuousClock.now - since > .seconds(1) {
          program.send(SIGKILL)
        }
      }
      // What it started may hold the pipes open after its end.
      if hasEnded, out.isQuiet, err.isQuiet { break }
    }
    let status = program.wait()
    if asked != nil { try interrupt.check() }
    return status
  }
}

/// The output of a program, in pieces that are whole characters.
private final class OutputPipe {
  let readEnd: Int32
  private(set) var writeEnd: Int32
  private(set) var isAtEnd = false
  /// Whether the last look found nothing.
  private(set) var isQuiet = false
  /// The first bytes of a character whose rest was not written yet.
  private var rest: [UInt8] = []

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw Diagnostic("E-system", "no descriptor is left: \(systemMessage(errno))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  deinit {
    close(readEnd)
    closeWriteEnd()
  }

  func closeWriteEnd() {
    if writeEnd >= 0 { close(writeEnd) }
    writeEnd = -1
  }

  /// What was written since; nil for nothing.
  func read() -> String? {
    guard !isAtEnd else { return nil }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(readEnd, &bytes, bytes.count)
    isQuiet = count <= 0
    guard count > 0 else {
      isAtEnd = count == 0 || errno != EAGAIN && errno != EINTR
      guard isAtEnd, !rest.isEmpty else { return nil }
      defer { rest = [] }
      return String(decoding: rest, as: UTF8.self)
    }
    var whole = rest + bytes[..<count]
    let begun = OutputPipe.begun(whole)
    rest = Array(whole.suffix(begun))
    whole.removeLast(begun)
    return String(decoding: whole, as: UTF8.self)
  }

  /// How many bytes at the end begin a character without ending it.
  static func begun(_ bytes: [UInt8]) -> Int {
    for count in 1...4 where count <= bytes.count {
      let byte = bytes[bytes.count - count]
      guard byte & 0xC0 != 0x80 else { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > count ? count : 0
    }
    return 0
  }
}
