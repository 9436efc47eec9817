// SPDX-License-Identifier: MIT
internal import Glibc

extension AtomicFile {
  /// Refuses a path that cannot be written, before there is something to write; throws `E-file`.
  public static func check(_ path: String) throws {
    let target = try WriteTarget(path)
    guard access(target.folder, W_OK | X_OK) == 0 else { throw target.unwritable(errno) }
  }
}
