// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend

/// A file with a temporary name: `.henge-0.tmp`, `.henge-1.tmp`, … in the folder of its target.
///
/// It is locked while it has that name. The system releases the locks of a killed process, so a
/// temporary file that can be locked is abandoned, and the next write in the folder removes it.
/// Numbers start at 0: one process at a time leaves one file.
struct TemporaryFile {
  let name: String
  /// For writing; closed by ``AtomicFile``, which has to know how that ended.
  let descriptor: Int32
  /// The same open file again, which keeps the lock until the file has its name.
  private let lock: Int32

  /// The number of names after its own that are checked for abandoned files, left by processes that
  /// were killed at the same time.
  private static let reach = 8

  private static func name(_ number: Int, in folder: String) -> String {
    "\(folder)/.henge-\(number).tmp"
  }

  /// Creates and locks a file with the permissions `wanted`, limited by the process's mask, and
  /// removes files that killed processes left in the folder.
  ///
  /// Throws the `errno` of the failed call.
  init(in folder: String, wanted: mode_t) throws(SystemError) {
    for number in 0..<10_000 {
      let name = TemporaryFile.name(number, in: folder)
      _ = TemporaryFile.removeIfLeftOver(name)
      guard let (descriptor, lock) = try TemporaryFile.create(name, wanted) else { continue }
      (self.name, self.descriptor, self.lock) = (name, descriptor, lock)
      var last = number + TemporaryFile.reach
      var next = number
      while next < last {
        next += 1
        if TemporaryFile.removeIfLeftOver(TemporaryFile.name(next, in: folder)) {
          last = next + TemporaryFile.reach
        }
      }
      return
    }
    throw SystemError(code: EEXIST)
  }

  /// Closes what ``AtomicFile`` does not, once the file has its name or is removed.
  func release() { closeAside(lock) }

  /// A new file that is locked, and its lock; nil where another process has that name.
  private static func create(
    _ name: String, _ wanted: mode_t
  ) throws(SystemError) -> (descriptor: Int32, lock: Int32)? {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = retried { open(name, flags, wanted) }
    guard descriptor >= 0 else {
      guard errno == EEXIST else { throw SystemError(code: errno) }
      return nil
    }
    // Another process may look at it before it is locked, and then takes it for a left-over.
    let isLocked = retried { flock(descriptor, LOCK_EX | LOCK_NB) } == 0
    guard isLocked || errno != EWOULDBLOCK, isCalled(name, descriptor) else {
      close(descriptor)
      return nil
    }
    let lock = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard lock >= 0 else {
      let code = errno
      unlink(name)
      close(descriptor)
      throw SystemError(code: code)
    }
    return (descriptor, lock)
  }

  /// Removes the file `name` if it is abandoned; returns whether there was a file.
  private static func removeIfLeftOver(_ name: String) -> Bool {
    let descriptor = open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return errno != ENOENT }
    var status = stat()
    // Only the owner of the lock removes or renames the file, so the name stays valid.
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      flock(descriptor, LOCK_EX | LOCK_NB) == 0, isCalled(name, descriptor)
    {
      unlink(name)
    }
    closeAside(descriptor)
    return true
  }

  /// Whether `name` is still the name of the open file.
  private static func isCalled(_ name: String, _ descriptor: Int32) -> Bool {
    var (named, opened) = (stat(), stat())
    return lstat(name, &named) == 0 && fstat(descriptor, &opened) == 0
      && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
  }
}

/// What the system answered: an `errno`.
struct SystemError: Error {
  let code: Int32
}

/// Calls the system again where a signal came in between.
func retried(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
