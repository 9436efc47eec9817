// SPDX-License-Identifier: MIT
internal import Glibc

/// The editor that the user chose for texts: `$VISUAL`, `$EDITOR`, or vi.
enum ExternalEditor {
  /// Opens `text` in the editor and waits for its end; the text as it was saved, without its last
  /// newlines.
  ///
  /// `nil` when the editor fails or cannot be started.
  static func edit(_ text: String) -> String? {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let suffix = ".henge"
    var path = Array((folder + "/henge-XXXXXX" + suffix).utf8CString)
    let descriptor = mkstemps(&path, Int32(suffix.utf8.count))
    guard descriptor >= 0 else { return nil }
    defer { unlink(path) }
    let bytes = Array((text + "\n").utf8)
    let written = write(descriptor, bytes, bytes.count)
    close(descriptor)
    guard written == bytes.count, run(path) else { return nil }
    return contents(path)
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Runs the editor on the file at `path`; whether it ended well.
  private static func run(_ path: [CChar]) -> Bool {
    // The variable may contain options, so a shell evaluates it.
    let editor = variable("VISUAL") ?? variable("EDITOR") ?? "vi"
    let words: [UnsafeMutablePointer<CChar>?] = [
      strdup("sh"), strdup("-c"), strdup(editor + " \"$1\""), strdup("sh"), strdup(path), nil,
    ]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    guard posix_spawn(&process, "/bin/sh", nil, nil, words, environ) == 0 else { return false }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 { guard errno == EINTR else { return false } }
    return status == 0
  }

  private static func contents(_ path: [CChar]) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &part, part.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0, bytes.count < 16_000_000 else { break }
      bytes += part[..<count]
    }
    while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return String(decoding: bytes.filter { $0 != 0 && $0 != 0x0d }, as: UTF8.self)
  }
}
