// SPDX-License-Identifier: MIT
import Glibc

/// The files that tests read.
public enum TestFiles {
  /// The folder `Tests` of the project.
  static let folder = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")

  /// The names in `folder` that are not hidden, sorted; none where there is no such folder.
  public static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
