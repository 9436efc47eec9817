// SPDX-License-Identifier: MIT
internal import Glibc
public import HengeBackend

/// A folder of files that can be made again, and that together stay below a limit: where they would grow
/// beyond it, those that were used longest ago are removed.
public struct CacheFolder: Sendable {
  /// The absolute path.
  public let path: String
  /// The most bytes of all files together.
  public let limit: Int

  /// The folder at `path`, which is made when a file is written.
  public init(path: String, limit: Int = 2_000_000_000) { (self.path, self.limit) = (path, limit) }

  /// The file `name`; nil where there is none that can be read.
  public func read(_ name: String, budget: MemoryBudget) throws -> Safetensors? {
    let file = file(name)
    guard access(file, R_OK) == 0 else { return nil }
    let contents = try Safetensors(reading: file, budget: budget)
    // The time of a file is that of its last use.
    utimensat(AT_FDCWD, file, nil, 0)
    return contents
  }

  /// Writes `contents` as the file `name`, unless it alone is beyond the limit.
  ///
  /// Throws `E-file` where the folder cannot be written.
  public func write(_ contents: Safetensors, named name: String, budget: MemoryBudget) throws {
    let size = contents.arrays.reduce(0) { $0 + $1.array.bytes.count }
    guard size <= limit else { return }
    let file = file(name)
    try AtomicFile.makeFolders(above: file)
    makeRoom(for: size)
    try contents.write(to: file, budget: budget)
  }

  private func file(_ name: String) -> String { "\(path)/\(name).safetensors" }

  private func makeRoom(for size: Int) {
    var files: [(path: String, size: Int, time: Int)] = []
    guard let folder = opendir(path) else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      var status = stat()
      let file = "\(path)/\(name)"
      guard name.hasSuffix(".safetensors"), lstat(file, &status) == 0,
        status.st_mode & S_IFMT == S_IFREG
      else { continue }
      let time = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
      files.append((file, Int(status.st_size), time))
    }
    var room = limit - size - files.reduce(0) { $0 + $1.size }
    for file in files.sorted(by: { $0.time < $1.time }) where room < 0 {
      if unlink(file.path) == 0 { room += file.size }
    }
  }
}
