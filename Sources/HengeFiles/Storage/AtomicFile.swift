// SPDX-License-Identifier: MIT
internal import Glibc
public import HengeBackend
internal import HengeThreads

/// A file being written, which takes its place under its name only when it is whole.
///
/// The bytes go to a temporary file in the same folder, are forced to the disk, and replace the old
/// file by `rename`, which the system does in one step: whoever looks, and whenever the power goes,
/// sees the old bytes or the new ones. An error removes the temporary file; only a killed process
/// can leave one behind (`.henge-*.tmp`), never a half-written target, and the next file written in
/// that folder removes it.
public struct AtomicFile: ~Copyable {
  let target: WriteTarget
  let descriptor: Int32
  let budget: MemoryBudget?
  /// So many bytes go to the disk before the user is asked whether to stop: what the system holds
  /// back until the end nobody can stop.
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

  /// Replaces the file at `path` by what `body` appends; an error in it leaves `path` as it was.
  ///
  /// Missing parent folders are made only if `createFolders` is true. A link is followed, also one
  /// to a file that does not exist yet. An old file's permissions are kept, and nobody whom they
  /// keep out can read the new bytes before they have its name. Throws `E-file` for a folder, pipe
  /// or device of that name, a missing or read-only folder, a full disk and a file that is larger
  /// than allowed. With a `budget`, its owner's wish to stop is heard in long files.
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
      // The system has closed a file also where it says that a signal came.
      guard close(descriptor) == 0 || errno == EINTR else { throw target.unwritable(errno) }
      // The file that is replaced goes as soon as nobody has it open.
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

  /// Makes the folders that `path` names, where they are missing; throws `E-file`.
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

/// Closes a file.
///
/// Where its name is gone the system takes 0.1 s to free one of 400 MB, for which nobody waits.
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
