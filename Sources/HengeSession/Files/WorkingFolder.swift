// SPDX-License-Identifier: MIT
internal import Glibc

/// The folder that the process was started in.
public struct WorkingFolder {
  /// Its absolute path: where it was, if it has been removed.
  public let path: String
  /// A problem with it; a phrase.
  public let trouble: String?

  /// The current working folder.
  public init() {
    // The link that the kernel keeps also names a folder that has been removed.
    let found = getcwd(nil, 0)
    defer { free(found) }
    if let found, found.pointee == UInt8(ascii: "/") {
      guard let text = String(validatingCString: found) else {
        path = "/proc/self/cwd"
        trouble = "the working directory's name is not UTF-8"
        return
      }
      path = text
      trouble = nil
      return
    }
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = max(0, readlink("/proc/self/cwd", &bytes, bytes.count - 1))
    var name = String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let mark = " (deleted)"
    if name.hasSuffix(mark) { name.removeLast(mark.count) }
    path = name.hasPrefix("/") ? name : "/proc/self/cwd"
    trouble = "the working directory \(path) no longer exists"
  }
}
