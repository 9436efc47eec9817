// SPDX-License-Identifier: MIT
internal import Glibc
public import HengeBackend
internal import HengeThreads

/// A file being written, which takes its place under its name only when it is whole.
///
/// The bytes go to a temporary file in the same folder, are forced to the disk, and replace the old
/// file by `rename`, which the system does in one step: whoever looks, and whenever the power goes,
/// sees the old bytes or the new ones. An error removes the temporary file; only a killed process
/// can leave one behind (`.henge-*.tmp`), never a half-written target.
public struct AtomicFile: ~Copyable {
  let path: String
  let descriptor: Int32
  let budget: MemoryBudget?
  /// So many bytes go to the disk before the user is asked whether to stop: what the system holds
  /// back until the end nobody can stop.
  static let portion = 1 << 22

  private init(path: String, descriptor: Int32, budget: MemoryBudget?) {
    self.path = path
    self.descriptor = descriptor
    self.budget = budget
  }

  /// Writes `bytes` to `path`; throws `E-file`, and then `path` is as it was.
  ///
  /// With a `budget`, its owner's wish to stop is heard and leaves `path` as it was too.
  public static func write(
    _ bytes: some Sequence<UInt8>, to path: String, createFolders: Bool = false,
    budget: MemoryBudget? = nil
  ) throws {
    let bytes = ArraySlice(bytes)
    try replace(path, createFolders: createFolders, budget: budget) { try $0.append(bytes) }
  }

  /// Replaces the file at `path` by what `body` appends; an error in it leaves `path` as it was.
  ///
  /// Missing parent folders are made only if `createFolders` is true. A link is followed, and an
  /// old file's permissions are kept. Throws `E-file` for a folder, pipe or device of that name, a
  /// missing or read-only folder and a full disk. With a `budget`, its owner's wish to stop is heard
  /// in long files.
  public static func replace(
    _ path: String, createFolders: Bool = false, budget: MemoryBudget? = nil,
    _ body: (borrowing AtomicFile) throws -> Void
  ) throws {
    let target = try resolved(path)
    let folder = folderPart(of: target)
    if createFolders { try HengeFiles.makeFolders(folder, for: path) }
    let (temporary, descriptor) = try openTemporary(in: folder, for: path)
    let file = AtomicFile(path: path, descriptor: descriptor, budget: budget)
    var isOpen = true
    do {
      try body(file)
      var old = stat()
      if stat(target, &old) == 0 { fchmod(descriptor, old.st_mode & 0o7777) }
      guard fsync(descriptor) == 0 else { throw Failure.unwritable(path, code: errno) }
      isOpen = false
      guard close(descriptor) == 0 else { throw Failure.unwritable(path, code: errno) }
      // The file that is replaced goes as soon as nobody has it open.
      let replaced = open(target, O_RDONLY | O_CLOEXEC)
      defer { closeAside(replaced) }
      guard rename(temporary, target) == 0 else { throw Failure.unwritable(path, code: errno) }
    } catch {
      unlink(temporary)
      if isOpen { closeAside(descriptor) }
      throw error
    }
    syncFolder(folder)
  }

  /// Makes the folders that `path` names, where they are missing; throws `E-file`.
  public static func makeFolders(above path: String) throws {
    try HengeFiles.makeFolders(folderPart(of: path), for: path)
  }

  /// Adds `bytes` at the end; throws `E-file`, for example when the disk is full.
  public borrowing func append(_ bytes: ArraySlice<UInt8>) throws {
    try bytes.withUnsafeBytes { try append($0) }
  }

  /// Adds `bytes` at the end; throws `E-file`, for example when the disk is full.
  public borrowing func append(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try append($0) }
  }

  private borrowing func append(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let most = budget == nil ? 1 << 30 : AtomicFile.portion
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(most))
      let written = Glibc.write(descriptor, part.baseAddress, part.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw Failure.unwritable(path, code: written < 0 ? errno : ENOSPC) }
      rest = rest.dropFirst(written)
      if let budget, !rest.isEmpty {
        fdatasync(descriptor)
        try budget.checkStop()
      }
    }
  }

  /// Where the bytes for `path` belong: behind a link, and never a folder, pipe or device.
  private static func resolved(_ path: String) throws -> String {
    guard !path.isEmpty else { throw Failure("E-file", "the path of a file is empty") }
    guard !path.utf8.contains(0) else {
      throw Failure.file(path, "a path cannot contain a zero byte")
    }
    var status = stat()
    if stat(path, &status) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFREG: break
      case S_IFDIR:
        throw Failure.file(
          path, "is a folder, not a file", suggestion: "a file name: \(quotedPath(inside(path)))")
      default: throw Failure.file(path, "is a pipe or a device, and only files are written")
      }
      guard access(path, W_OK) == 0 else { throw Failure.unwritable(path, code: errno) }
    } else if path.hasSuffix("/") {
      throw Failure.file(path, "names a folder: a file name is missing after the last /")
    }
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
      let real = realpath(path, nil)
    else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func inside(_ folder: String) -> String {
    folder + (folder.hasSuffix("/") ? "" : "/") + "name"
  }

  /// Opens a new file in `folder` under a name nobody has.
  private static func openTemporary(
    in folder: String, for path: String
  ) throws -> (name: String, descriptor: Int32) {
    let process = getpid()
    for attempt in 0..<10_000 {
      let name = "\(folder)/.henge-\(process)-\(attempt).tmp"
      let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (name, descriptor) }
      guard errno == EEXIST || errno == EINTR else { throw Failure.unwritable(path, code: errno) }
    }
    throw Failure.file(
      path, "10,000 temporary files are in the way",
      suggestion: "remove .henge-*.tmp from \(quotedPath(folder))")
  }
}

/// Closes a file whose name may be gone: the system takes 0.1 s to free one of 400 MB, for which
/// nobody waits.
private func closeAside(_ descriptor: Int32) {
  guard descriptor >= 0 else { return }
  var status = stat()
  guard fstat(descriptor, &status) == 0, status.st_size > AtomicFile.portion else {
    close(descriptor)
    return
  }
  Aside.start { close(descriptor) }
}

/// The folder part of `path`: `.` for a bare name.
func folderPart(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Makes `folder` and the folders above it that are missing, on behalf of `path`.
private func makeFolders(_ folder: String, for path: String) throws {
  var made = folder.hasPrefix("/") ? "/" : ""
  for part in folder.split(separator: "/") {
    made += part + "/"
    if mkdir(made, 0o777) != 0 && errno != EEXIST {
      throw Failure.unwritable(path, code: errno)
    }
  }
}

/// Forces the new name to the disk.
///
/// The file is in place by now, and some file systems cannot sync a folder: a refusal is no error.
private func syncFolder(_ folder: String) {
  let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}

extension Failure {
  /// The system refused to write `path`, with `code`.
  static func unwritable(_ path: String, code: Int32) -> Failure {
    let place = quotedPath(folderPart(of: path))
    return switch code {
    case ENOENT:
      .file(path, "cannot be written: there is no folder \(place)", suggestion: "mkdir -p \(place)")
    case ENOTDIR: .file(path, "cannot be written: a part of \(place) is a file, not a folder")
    case EACCES, EPERM: .file(path, "cannot be written: permission denied in \(place)")
    case EROFS: .file(path, "cannot be written: \(place) is read-only")
    case ENOSPC, EDQUOT:
      .file(
        path, "cannot be written: the disk of \(place) is full",
        suggestion: "free some space, or another folder: henge --out DIR")
    case EFBIG: .file(path, "cannot be written: it would be larger than a file may be")
    case ENAMETOOLONG: .file(path, "cannot be written: the name is too long")
    case EISDIR: .file(path, "is a folder, not a file")
    default: .file(path, "cannot be written: \(String(cString: strerror(code)))")
    }
  }
}
