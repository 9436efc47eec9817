// SPDX-License-Identifier: MIT
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A regular file open for reading; closed when it goes out of scope.
///
/// A folder, a pipe, a socket or a device is refused with `E-file`, before it is opened and again
/// after: a name can be made to point elsewhere in between, and opening a pipe would wait for ever.
public struct RegularFile: ~Copyable {
  /// The path it was opened by, as messages name it.
  public let path: String
  /// Its length in bytes when it was opened.
  public let size: Int
  private let descriptor: Int32
  /// The bytes read between two looks at whether to stop.
  private static let stretch = 4 << 20

  /// Opens the file at `path`; throws `E-file`, with the nearest name in the folder if there is none.
  public init(_ path: String) throws {
    guard !path.isEmpty else { throw Failure("E-file", "the path of a file is empty") }
    try Failure.refuseZeroByte(in: path)
    var status = stat()
    guard stat(path, &status) == 0 else { throw Failure.refusedFile(path, code: errno) }
    if let kind = irregularKind(status) { throw Failure.file(path, "is \(kind), not a file") }
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw Failure.refusedFile(path, code: errno) }
    guard fstat(descriptor, &status) == 0, irregularKind(status) == nil else {
      close(descriptor)
      throw Failure.file(path, "is not a regular file")
    }
    self.path = path
    self.size = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Fills `buffer` with the bytes from `offset` on; throws `E-file` if the file ends before it is full.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int = 0) throws {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let got = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw Failure.refusedFile(path, code: errno) }
      guard got > 0 else {
        throw Failure.file(
          path, "ends after \(offset + filled) bytes; it had \(size) when it was opened")
      }
      filled += got
    }
  }

  /// All its bytes, reserved from `budget` first.
  ///
  /// The reservation ends on return: callers decode a file's bytes and drop them; a caller that
  /// keeps them must reserve them.
  public func bytes(budget: MemoryBudget) throws -> [UInt8] {
    try budget.reserve(size, for: "reading \(quotedPath(path))")
    defer { budget.release(size) }
    return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let whole = UnsafeMutableRawBufferPointer(buffer)
      while count < size {
        try budget.checkStop()
        let part = count..<min(size, count + RegularFile.stretch)
        try read(into: UnsafeMutableRawBufferPointer(rebasing: whole[part]), at: count)
        count = part.upperBound
      }
    }
  }
}

/// The bytes of the regular file at `path`.
///
/// Throws `E-file` with the file's name if it is missing, unreadable or not regular, and `E-memory`
/// before any allocation if it exceeds `budget`.
public func readRegularFile(_ path: String, budget: MemoryBudget) throws -> [UInt8] {
  try RegularFile(path).bytes(budget: budget)
}

/// What `status` describes, with its article, unless it is a regular file.
private func irregularKind(_ status: stat) -> String? {
  switch status.st_mode & S_IFMT {
  case S_IFREG: nil
  case S_IFDIR: "a folder"
  case S_IFIFO: "a pipe"
  case S_IFSOCK: "a socket"
  case S_IFCHR, S_IFBLK: "a device"
  default: "something unknown"
  }
}
