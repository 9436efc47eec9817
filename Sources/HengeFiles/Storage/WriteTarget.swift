// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend

/// The file to write for a path: the target of links, and never a folder, pipe or device.
struct WriteTarget {
  /// The original path, for messages.
  let path: String
  /// The file itself, which may not exist.
  let file: String
  /// The folder that it is in.
  let folder: String
  /// The file that is replaced.
  private let old: stat?

  /// Finds the file that writing `path` means; a link is followed, and one that leads to nothing
  /// means the file that it names.
  ///
  /// Throws `E-file` for what is no file and for one that may not be written.
  init(_ path: String) throws {
    guard !path.isEmpty else { throw Failure("E-file", "the path of a file is empty") }
    try Failure.refuseZeroByte(in: path)
    self.path = path
    file = try WriteTarget.behindLinks(path)
    folder = folderPart(of: file)
    var status = stat()
    if stat(file, &status) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFREG: break
      case S_IFDIR:
        let inside = path + (path.hasSuffix("/") ? "" : "/") + "name"
        throw Failure.file(
          path, "is a folder, not a file", suggestion: "a file name: \(quotedPath(inside))")
      default: throw Failure.file(path, "is a pipe or a device, and only files are written")
      }
      old = status
      guard access(file, W_OK) == 0 else { throw unwritable(errno) }
    } else {
      let code = errno
      old = nil
      guard !path.hasSuffix("/"), !file.hasSuffix("/") else {
        throw Failure.file(path, "names a folder: a file name is missing after the last /")
      }
      guard code == ENOENT else { throw unwritable(code) }
    }
  }

  private static func behindLinks(_ path: String) throws -> String {
    var file = path
    for _ in 0..<40 {
      var status = stat()
      guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return file }
      var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      guard readlink(file, &bytes, bytes.count - 1) >= 0 else { return file }
      guard
        let target = bytes.withUnsafeBufferPointer({ text in
          text.baseAddress.flatMap { String(validatingCString: $0) }
        })
      else {
        throw Failure.file(path, "is a link to a name that is not UTF-8")
      }
      file = target.hasPrefix("/") ? target : "\(folderPart(of: file))/\(target)"
    }
    throw Failure.file(path, "its links form a circle")
  }

  /// The permissions with which the file that takes its place is created: never more than it has in
  /// the end.
  var permissions: mode_t { (old?.st_mode ?? 0o666) & 0o777 }

  /// Makes the owner and the permissions of an open file those of the file that it replaces.
  ///
  /// Where the group cannot be kept, another group gets no more than everybody has.
  func keepPermissions(_ descriptor: Int32) {
    guard let old else { return }
    var own = stat()
    guard fstat(descriptor, &own) == 0 else { return }
    var mode = old.st_mode & 0o7777
    if (own.st_uid, own.st_gid) != (old.st_uid, old.st_gid) {
      let ownerStays = fchown(descriptor, old.st_uid, old.st_gid) == 0
      if !ownerStays { mode &= ~0o6000 }
      if !ownerStays, own.st_gid != old.st_gid, fchown(descriptor, uid_t.max, old.st_gid) != 0 {
        mode &= ~0o070 | ((mode & 0o007) << 3)
      }
    }
    fchmod(descriptor, mode)
  }

  /// The system refused to write the file, with `code`.
  func unwritable(_ code: Int32) -> Failure {
    .unwritable(path, in: folder, code: code)
  }
}

/// The folder part of `path`: `.` for a bare name.
func folderPart(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

extension Failure {
  /// The system refused to write `path`, which is in `folder`, with `code`.
  static func unwritable(_ path: String, in folder: String, code: Int32) -> Failure {
    let place = quotedPath(folder)
    return switch code {
    case ENOENT:
      .file(path, "cannot be written: there is no folder \(place)", suggestion: "mkdir -p \(place)")
    case ENOTDIR: .file(path, "cannot be written: a part of \(place) is a file, not a folder")
    case EACCES, EPERM: .file(path, "cannot be written: permission denied in \(place)")
    case EROFS: .file(path, "cannot be written: \(place) is read-only")
    case ENOSPC:
      .file(
        path, "cannot be written: the disk of \(place) is full",
        suggestion: "free some space, or another folder: henge --out DIR")
    case EDQUOT:
      .file(
        path, "cannot be written: your quota on the disk of \(place) is used up",
        suggestion: "remove files of yours there, or another folder: henge --out DIR")
    case EFBIG: tooLarge(path, in: place)
    case ENAMETOOLONG: .file(path, "cannot be written: the name is too long")
    case EISDIR: .file(path, "is a folder, not a file")
    case ELOOP: .file(path, "cannot be written: its links form a circle")
    case EEXIST:
      .file(
        path, "cannot be written: 10,000 temporary files are in the way",
        suggestion: "remove .henge-*.tmp from \(place)")
    default: .file(path, "cannot be written: \(String(cString: strerror(code)))")
    }
  }

  private static func tooLarge(_ path: String, in place: String) -> Failure {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0,
      let bytes = Int(exactly: limit.rlim_cur)
    else {
      return .file(
        path, "cannot be written: it is too large for one file on the disk of \(place)")
    }
    return .file(
      path,
      "cannot be written: it is too large for the limit on the size of files, \(formatBytes(bytes))",
      notes: ["the shell that started henge set this limit (ulimit -f)"],
      suggestion: "ulimit -f unlimited, and start henge again")
  }
}
