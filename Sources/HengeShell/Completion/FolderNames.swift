// SPDX-License-Identifier: MIT
internal import Glibc

/// The names in a folder that begin like a text, read within a short time.
struct FolderNames {
  /// A file or a folder.
  struct Entry: Equatable {
    let name: String
    let isFolder: Bool
  }

  /// How long the user may wait for a folder, in nanoseconds.
  static let patience = 20_000_000

  /// In the bytewise order of their names.
  private(set) var entries: [Entry] = []
  /// Whether the folder was read to its end; a slow or very large one is not.
  private(set) var isWhole = true

  /// Reads `folder`; hidden names are included only if `prefix` begins with a dot.
  ///
  /// Case is ignored if no name begins with `prefix` as typed.
  init(of folder: String, startingWith prefix: String, patience: Int = FolderNames.patience) {
    guard let stream = opendir(folder) else { return }
    defer { closedir(stream) }
    let wanted = Array(prefix.utf8)
    let end = FolderNames.now() + patience
    var exact: [Entry] = []
    var similar: [Entry] = []
    var count = 0
    while let entry = readdir(stream) {
      count += 1
      if count % 64 == 0, FolderNames.now() > end {
        isWhole = false
        break
      }
      withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
          guard FolderNames.isShown(bytes, wanted) else { return }
          guard let likeness = FolderNames.likeness(bytes, wanted),
            let name = String(
              validatingCString: UnsafeRawPointer(bytes).assumingMemoryBound(
                to: CChar.self))
          else { return }
          let isFolder = FolderNames.isFolder(entry.pointee.d_type, name, in: stream, until: end)
          if likeness == .exact {
            exact.append(Entry(name: name, isFolder: isFolder))
          } else {
            similar.append(Entry(name: name, isFolder: isFolder))
          }
        }
      }
    }
    entries = (exact.isEmpty ? similar : exact).sorted { $0.name < $1.name }
  }

  private enum Likeness { case exact, similar }

  /// Whether a name is neither hidden nor the folder itself or its parent.
  private static func isShown(_ name: UnsafePointer<UInt8>, _ prefix: [UInt8]) -> Bool {
    let dot = UInt8(ascii: ".")
    guard name[0] == dot else { return true }
    guard prefix.first == dot else { return false }
    return name[1] != 0 && (name[1] != dot || name[2] != 0)
  }

  private static func likeness(_ name: UnsafePointer<UInt8>, _ prefix: [UInt8]) -> Likeness? {
    var likeness = Likeness.exact
    for (index, byte) in prefix.enumerated() where name[index] != byte {
      guard name[index] != 0, small(name[index]) == small(byte) else { return nil }
      likeness = .similar
    }
    return likeness
  }

  private static func small(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }

  /// Whether an entry is a folder, or a link to one; a link is followed only while there is time.
  private static func isFolder(
    _ type: UInt8, _ name: String, in stream: OpaquePointer, until end: Int
  ) -> Bool {
    if type == UInt8(DT_DIR) { return true }
    guard type == UInt8(DT_LNK) || type == UInt8(DT_UNKNOWN), now() < end else { return false }
    var status = stat()
    return fstatat(dirfd(stream), name, &status, 0) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
