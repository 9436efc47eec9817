// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage
internal import HengeThreads

// What lives here: commands that hand the terminal to another program. The program is started by
// posix_spawn, never by fork: threads and BLAS do not survive a fork.

extension PromptSession {
  /// Runs `line` by the system's shell, with the terminal as its own.
  func runShell(_ line: String) throws {
    guard !line.trimmed.isEmpty else {
      throw Diagnostic("E-arg", "! needs a command of the system", suggestion: "!ls")
    }
    let status = try runProgram(["/bin/sh", "-c", line])
    if status != 0 { try say("the command ended with status \(status)") }
  }

  /// Opens the text of an entry in the editor and runs what was written.
  func edit(_ argument: String) throws -> Continuation {
    var text = log.last?.text ?? ""
    if !argument.isEmpty {
      guard let number = Int(argument), let entry = log.first(where: { $0.number == number })
      else {
        throw Diagnostic(
          "E-range", "there is no entry \(argument) to edit",
          suggestion: log.last.map { ":edit \($0.number)" })
      }
      text = entry.text
    }
    let edited = try edited(text).trimmed
    guard !edited.isEmpty else {
      try say("nothing was written, nothing is run")
      return .goOn
    }
    try print(edited)
    return try run(text: edited)
  }

  /// What the user's editor makes of `text`.
  private func edited(_ text: String) throws -> String {
    let folder = environment("TMPDIR") ?? "/tmp"
    var template = Array("\(folder)/henge-XXXXXX.henge".utf8CString)
    let descriptor = mkstemps(&template, 6)
    guard descriptor >= 0 else {
      throw Diagnostic("E-file", "no file can be made in \(folder): \(systemMessage(errno))")
    }
    let path = template.withUnsafeBufferPointer {
      String(cString: $0.baseAddress.unsafelyUnwrapped)
    }
    defer { unlink(path) }
    let isWritten = writeAll(Array((text + "\n").utf8), to: descriptor)
    close(descriptor)
    guard isWritten else { throw Diagnostic("E-file", "\(path) cannot be written") }
    let editor = environment("VISUAL") ?? environment("EDITOR") ?? "vi"
    let status = try runProgram(["/bin/sh", "-c", "exec \(editor) \"$1\"", "henge", path])
    guard status == 0 else {
      throw Diagnostic(
        "E-file", "\(editor) ended with status \(status); nothing is run",
        suggestion: "EDITOR=nano henge")
    }
    let bytes = try readAll(path)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Runs a program with the process's own streams until it ends; its exit status.
  private func runProgram(_ words: [String]) throws -> Int {
    try console.flush()
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What henge ignores or handles must not be so in the program: Ctrl-C is for it meanwhile.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGINT, SIGQUIT, SIGPIPE, SIGTSTP, SIGXFSZ] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let refused = posix_spawn(&process, words[0], nil, &attributes, &arguments, environ)
    guard refused == 0 else {
      throw Diagnostic("E-file", "\(words[0]) cannot be run: \(systemMessage(refused))")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    interrupt.clear()
    let signal = status & 0x7F
    return signal == 0 ? Int((status >> 8) & 0xFF) : 128 + Int(signal)
  }
}

/// The value of an environment variable that is set to something.
func environment(_ name: String) -> String? {
  guard let text = getenv(name).map({ String(cString: $0) }), !text.isEmpty else { return nil }
  return text
}

/// What the system says of an error number.
func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }

/// Writes all of `bytes`; false when the system refuses.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  bytes.withUnsafeBytes { buffer in
    var rest = buffer[...]
    while !rest.isEmpty {
      let written = write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return false }
      rest = rest.dropFirst(written)
    }
    return true
  }
}

/// The bytes of a regular file of at most 64 MB; throws E-file.
func readAll(_ path: String) throws -> [UInt8] {
  guard !path.utf8.contains(0) else {
    throw Diagnostic(
      "E-file", "\(Value(path).representation) contains a zero byte, which no path can")
  }
  // Opening a pipe would wait for a writer.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
  guard descriptor >= 0 else {
    throw Diagnostic("E-file", "\(path) cannot be read: \(systemMessage(errno))")
  }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
    throw Diagnostic("E-file", "\(path) is not a regular file")
  }
  return readAll(descriptor, limit: 64_000_000)
}

/// The bytes of an open file from where it is, no more than `limit`.
func readAll(_ descriptor: Int32, limit: Int) -> [UInt8] {
  var bytes: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 1 << 16)
  while bytes.count < limit {
    let count = read(descriptor, &part, part.count)
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { break }
    bytes += part[..<min(count, limit - bytes.count)]
  }
  return bytes
}
