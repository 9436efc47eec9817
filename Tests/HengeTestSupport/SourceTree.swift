// SPDX-License-Identifier: MIT
internal import Glibc

/// The project's own files, for tests about the text of the program.
public enum SourceTree {
  /// The folder above `Tests` in the path of a test file.
  public static func root(of file: String) -> String? {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    return parts.lastIndex(of: "Tests").map { parts[..<$0].joined(separator: "/") }
  }

  /// The files under `folder`, at any depth, whose names end in `ending`.
  public static func files(under folder: String, ending: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var files: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(".") { continue }
      if name.hasSuffix(ending) { files.append("\(folder)/\(name)") }
      files += SourceTree.files(under: "\(folder)/\(name)", ending: ending)
    }
    return files.sorted()
  }

  /// What stands in `file`.
  public static func text(of file: String) -> String {
    guard let handle = fopen(file, "rb") else { return "" }
    defer { fclose(handle) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while case let count = fread(&chunk, 1, chunk.count, handle), count > 0 {
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
