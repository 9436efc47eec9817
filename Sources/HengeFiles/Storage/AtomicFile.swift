// SPDX-License-Identifier: MIT
internal import Glibc
public import HengeBackend
internal import HengeThreads

/// An atomic write: the file appears under its name only when it is complete.
///
/// The bytes go to a temporary file in the same folder, are synced to disk, and replace the old
/// file by `rename`, which is atomic: every reader, and every power failure, finds the old bytes or
/// the new ones. An error removes the temporary file. Only a killed process can leave one behind
/// (`.henge-*.tmp`), never an incomplete target, and the next write in that folder removes it.
public struct AtomicFile: ~Copyable {
  let target: WriteTarget
  let descriptor: Int32
  let budget: MemoryBudget?
  /// The number of bytes after which data are synced and the interrupt is checked: a sync of
  /// everything at the end could not be interrupted.
  static let portion = 1 << 22

  private init(target: WriteTarget, descriptor: Int32, budget: MemoryBudget?) {
    self.target = target
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

  /// Replaces the file at `path` by what `body` appends; an error in it leaves `path` unchanged.
  ///
  /// Missing parent folders are created only if `createFolders` is true. A link is followed, even
  /// to a file that does not exist yet. The permissions of an old file are kept, and users without
  /// access to it can never read the new bytes. Throws `E-file` if `path` is a folder, pipe or
  /// device, if its folder is missing or read-only, if the disk is full, or if the file exceeds the
  /// size limit. With a `budget`, its interrupt is checked in long files.
  public static func replace(
    _ path: String, createFolders: Bool = false, budget: MemoryBudget? = nil,
    _ body: (borrowing AtomicFile) throws -> Void
  ) throws {
    let target = try WriteTarget(path)
    if createFolders { try HengeFiles.makeFolders(target.folder, for: path) }
    let temporary: TemporaryFile
    do { temporary = try TemporaryFile(in: target.folder, wanted: target.permissions) } catch {
      throw target.unwritable(error.code)
    }
    defer { temporary.release() }
    let descriptor = temporary.descriptor
    target.keepPermissions(descriptor)
    let file = AtomicFile(target: target, descriptor: descriptor, budget: budget)
    var isOpen = true
    do {
      try body(file)
      guard retried({ fsync(descriptor) }) == 0 else { throw target.unwritable(errno) }
      isOpen = false
      // The system has closed a file even if it reports an interrupting signal.
      guard close(descriptor) == 0 || errno == EINTR else { throw target.unwritable(errno) }
      // The replaced file is freed as soon as it is no longer open anywhere.
      let replaced = open(target.file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      defer { closeAside(replaced) }
      guard rename(temporary.name, target.file) == 0 else { throw target.unwritable(errno) }
    } catch {
      unlink(temporary.name)
      if isOpen { close(descriptor) }
      throw error
    }
    syncFolder(target.folder)
  }

  /// Creates the missing folders of `path`; throws `E-file`.
  public static func makeFolders(above path: String) throws {
    try Failure.refuseZeroByte(in: path)
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
      guard written > 0 else { throw target.unwritable(written < 0 ? errno : ENOSPC) }
      rest = rest.dropFirst(written)
      if let budget, !rest.isEmpty {
        fdatasync(descriptor)
        try budget.checkStop()
      }
    }
  }
}

/// Closes a file without waiting.
///
/// If its name is gone, the system takes 0.1 s to free a file of 400 MB.
func closeAside(_ descriptor: Int32) {
  guard descriptor >= 0 else { return }
  var status = stat()
  guard fstat(descriptor, &status) == 0, status.st_nlink == 0, status.st_size > AtomicFile.portion
  else {
    close(descriptor)
    return
  }
  BackgroundWork.start { close(descriptor) }
}

/// Makes `folder` and the folders above it that are missing, on behalf of `path`.
private func makeFolders(_ folder: String, for path: String) throws {
  var made = folder.hasPrefix("/") ? "/" : ""
  for part in folder.split(separator: "/") {
    made += part + "/"
    if mkdir(made, 0o777) != 0 && errno != EEXIST {
      throw Failure.unwritable(path, in: folder, code: errno)
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
