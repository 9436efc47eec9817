// SPDX-License-Identifier: MIT
internal import CHengeEditor
internal import Glibc
internal import HengeSession

/// The file that shells share: one entry in each line, `\n` for a newline and `\\` for a backslash,
/// and nothing is ever taken out of it.
struct HistoryFile {
  /// Why the file cannot be used, in a few words.
  struct Refusal: Error, Equatable {
    let reason: String
  }

  let path: String

  /// Only so much of the end of a file is read.
  private static let tail = 8_000_000

  /// The file in the folder for state; `nil` where there is none.
  static func standard() -> HistoryFile? {
    StateFolder().path.map { HistoryFile(path: $0 + "/history") }
  }

  /// All entries, oldest first; none where there is no file.
  ///
  /// Throws ``Refusal``.
  func read() throws(Refusal) -> [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 && errno == ENOENT { return [] }
    guard descriptor >= 0 else { throw Refusal(reason: HistoryFile.reason()) }
    defer { close(descriptor) }
    try HistoryFile.checkIsUsable(descriptor)
    var status = stat()
    fstat(descriptor, &status)
    let start = max(0, Int(status.st_size) - HistoryFile.tail)
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size) - start)
    let count = pread(descriptor, &bytes, bytes.count, start)
    guard count >= 0 else { throw Refusal(reason: HistoryFile.reason()) }
    var lines = bytes[..<count].split(separator: UInt8(ascii: "\n"))
    if start > 0, !lines.isEmpty { lines.removeFirst() }
    var entries: [String] = []
    for line in lines.suffix(History.limit) {
      guard !line.contains(0), let text = String(validating: line, as: UTF8.self) else {
        throw Refusal(reason: "it is not UTF-8 text")
      }
      entries.append(line.contains(UInt8(ascii: "\\")) ? text.unescapedLine : text)
    }
    return entries
  }

  /// Adds an entry at the end; throws ``Refusal``.
  func append(_ entry: String) throws(Refusal) {
    try makeFolders()
    let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { throw Refusal(reason: HistoryFile.reason()) }
    defer { close(descriptor) }
    try HistoryFile.checkIsUsable(descriptor)
    try HistoryFile.lock(descriptor)
    var line = Array((entry.escapedLine + "\n").utf8)
    // A shell that was killed while it wrote leaves half a line, which must stay one.
    var status = stat()
    var last: UInt8 = 0
    if fstat(descriptor, &status) == 0, status.st_size > 0,
      pread(descriptor, &last, 1, status.st_size - 1) == 1, last != UInt8(ascii: "\n")
    {
      line.insert(UInt8(ascii: "\n"), at: 0)
    }
    guard write(descriptor, line, line.count) == line.count else {
      throw Refusal(reason: HistoryFile.reason())
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }

  /// Refuses what is no regular file, and file systems on which locks may hang.
  private static func checkIsUsable(_ descriptor: Int32) throws(Refusal) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Refusal(reason: reason()) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Refusal(reason: "it is not a regular file")
    }
    if henge_is_networked(descriptor) {
      throw Refusal(reason: "it is on a network file system")
    }
  }

  /// Waits for the other shells, for 100 ms at most: a write at the end is whole without a lock too.
  private static func lock(_ descriptor: Int32) throws(Refusal) {
    for _ in 0..<100 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
      guard errno == EWOULDBLOCK || errno == EINTR else { throw Refusal(reason: reason()) }
      usleep(1000)
    }
  }

  private func makeFolders() throws(Refusal) {
    let parts = path.split(separator: "/").dropLast()
    for count in parts.indices {
      let folder = "/" + parts[...count].joined(separator: "/")
      if mkdir(folder, 0o700) != 0 && errno != EEXIST && errno != EROFS && errno != EACCES {
        throw Refusal(reason: HistoryFile.reason())
      }
    }
  }
}
