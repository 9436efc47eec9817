// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeThreads

/// The names of the images in a folder, sorted bytewise, and a count of what else is there.
struct FolderListing {
  /// Paths relative to the folder.
  private(set) var paths: [String] = []
  /// Names that are not UTF-8, repaired for showing; they cannot be opened by name.
  private(set) var unnameable: [String] = []
  /// Files that are not named as images, by their ending.
  private(set) var others = LeftOutFiles()
  /// Names of folders that were not entered, the first few, and how many there are.
  private(set) var otherFolders: (names: [String], count: Int) = ([], 0)
  /// What the names take in memory.
  let reservation: Reservation
  /// The endings of the files that are wanted, in small letters.
  private let wanted: [String]

  /// The endings of the images that are read, which are the ones wanted by default.
  static let endings = PictureFormat.read.flatMap(\.endings)

  /// Reads the names in `folder`, and below it if `recursive`; hidden ones are left out.
  ///
  /// Links are followed; each folder is entered once. Throws `E-file` where `folder` cannot be
  /// read.
  init(
    _ folder: String, endings: [String] = FolderListing.endings, recursive: Bool,
    budget: MemoryBudget, interrupt: Interrupt
  ) throws {
    wanted = endings
    try Failure.refuseZeroByte(in: folder)
    reservation = try Reservation(of: budget, for: "the names of files")
    var entered: Set<FolderIdentity> = []
    var waiting = [""]
    while let relative = waiting.popLast() {
      let path = relative.isEmpty ? folder : "\(folder)/\(relative)"
      guard let identity = try FolderIdentity(path) else {
        if relative.isEmpty { throw Failure.notAFolder(folder) }
        continue
      }
      guard entered.insert(identity).inserted else { continue }
      try read(path, relative: relative, recursive: recursive, waiting: &waiting, interrupt)
    }
    paths.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private mutating func read(
    _ path: String, relative: String, recursive: Bool, waiting: inout [String],
    _ interrupt: Interrupt
  ) throws {
    guard let stream = opendir(path) else {
      throw Failure.refusedFile(path, code: errno, kind: "folder")
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      try interrupt.check()
      let (name, isValid) = entryName(entry)
      guard !name.hasPrefix(".") else { continue }
      let below = relative.isEmpty ? name : "\(relative)/\(name)"
      if isFolder(entry, "\(path)/\(name)") {
        if recursive && isValid { waiting.append(below) } else { noteFolder(name) }
      } else if !FolderListing.hasEnding(name, wanted) {
        others.add(name, at: "\(path)/\(name)")
      } else if isValid {
        try reservation.grow(by: below.utf8.count + 32, for: "the names of files")
        paths.append(below)
      } else {
        unnameable.append(below)
      }
    }
  }

  private static func hasEnding(_ name: String, _ endings: [String]) -> Bool {
    PictureFormat.ending(of: name).map(endings.contains) ?? false
  }

  private mutating func noteFolder(_ name: String) {
    otherFolders.count += 1
    if otherFolders.names.count < 1000 { otherFolders.names.append(name) }
  }

  /// Whether `name` ends as an image's does that can be read.
  static func isPictureName(_ name: String) -> Bool { PictureFormat(named: name)?.isRead == true }
}

/// The identity of a folder, whatever links lead to it.
private struct FolderIdentity: Hashable {
  let device: UInt
  let inode: UInt

  /// Nil if `path` vanished meanwhile or is no folder.
  init?(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw Failure.refusedFile(path, code: errno, kind: "folder")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return nil }
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
  }
}

/// The entry's name, and whether it was UTF-8; if not, it is repaired.
private func entryName(_ entry: UnsafeMutablePointer<dirent>) -> (String, isValid: Bool) {
  withUnsafePointer(to: &entry.pointee.d_name) { field in
    field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) {
      if let name = String(validatingCString: $0) { return (name, true) }
      return (String(cString: $0), false)
    }
  }
}

private func isFolder(_ entry: UnsafeMutablePointer<dirent>, _ path: String) -> Bool {
  switch Int32(entry.pointee.d_type) {
  case Int32(DT_DIR): return true
  case Int32(DT_LNK), Int32(DT_UNKNOWN):
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  default: return false
  }
}
