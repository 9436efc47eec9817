// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage

// Small files of henge's own, such as journals, and the system's error messages.

/// The system's message for an error number.
package func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }

/// Writes all of `bytes`; false when the system refuses.
package func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
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
package func readAll(_ path: String) throws -> [UInt8] {
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
package func readAll(_ descriptor: Int32, limit: Int) -> [UInt8] {
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
