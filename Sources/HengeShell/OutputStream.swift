// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeThreads

/// An output stream of the process whose writes can be interrupted.
///
/// A full pipe and a stopped terminal (Ctrl-S) block `write`, and then Ctrl-C would have no effect.
struct OutputStream {
  /// What became of a write.
  enum Ending: Equatable {
    case done
    /// The user interrupted a blocked write; the rest is discarded.
    case stopped
    /// The system refused, with this `errno`.
    case refused(Int32)
  }

  private let descriptor: Int32
  private let isFile: Bool
  /// The number of bytes that a pipe accepts without blocking once it is ready.
  private static let portion = 4096

  /// The stream of a descriptor that is open.
  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var status = stat()
    isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Writes all of `bytes`, unless `interrupt` is requested while they cannot be written.
  func write(_ bytes: ArraySlice<UInt8>, interrupt: Interrupt?) -> Ending {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        guard isFile || isReady(interrupt) else { return .stopped }
        let part = isFile ? rest : rest.prefix(OutputStream.portion)
        let written = Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: part).baseAddress, part.count)
        if written < 0, errno == EINTR || errno == EAGAIN { continue }
        guard written > 0 else { return .refused(errno) }
        rest = rest.dropFirst(written)
      }
      return .done
    }
  }

  /// Waits until something can be written, or is refused; false when the user asked to stop first.
  private func isReady(_ interrupt: Interrupt?) -> Bool {
    var stream = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    while true {
      let ready = poll(&stream, 1, 50)
      if ready > 0 || (ready < 0 && errno != EINTR) { return true }
      if let interrupt, interrupt.isRequested { return false }
    }
  }
}
