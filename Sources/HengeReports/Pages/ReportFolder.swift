// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeFiles
internal import HengeLanguage

/// A temporary folder in which the code of a report runs again: its document and the scripts that it
/// imports, as the report has them, and links to its other inputs.
///
/// The document is some levels deep, so that `../data` stays within the folder.
public final class ReportFolder {
  /// The folder.
  public let path: String
  /// The inputs that were not found.
  public private(set) var missing: [String] = []
  private static let levels = "/1/2/3/4/5/6"

  /// Makes the folder; inputs are looked for below `folders`, the first that has them.
  ///
  /// Throws E-file where it cannot be made.
  public init(_ report: Report, inputsBelow folders: [String]) throws {
    var template = Array("\(ReportFolder.temporary)/henge-verify-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw Diagnostic(
        "E-file",
        "no folder can be made in \(ReportFolder.temporary): \(String(cString: strerror(errno)))")
    }
    path = String(cString: made)
    do {
      try AtomicFile.write(report.text.utf8, to: document(report.name), createFolders: true)
      for input in report.inputs { try place(input, folders) }
    } catch {
      remove()
      throw error
    }
  }

  private static var temporary: String {
    getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
  }

  /// The folder of the document.
  public var documentFolder: String { path + ReportFolder.levels }
  /// The folder to which the code may write.
  public var outputFolder: String { path + "/out" }
  /// The document's file.
  public func document(_ name: String) -> String {
    let last = name.split(separator: "/").last.map(String.init) ?? "document.henge"
    return "\(documentFolder)/\(last)"
  }

  private func place(_ input: PageInput, _ folders: [String]) throws {
    guard !input.path.hasPrefix("/") else {
      if access(input.path, R_OK) != 0 { missing.append(input.path) }
      return
    }
    let parts = input.path.split(separator: "/")
    // Only the first may go up, and not out of the folder.
    let ups = parts.prefix { $0 == ".." }.count
    guard ups < 6, !parts.dropFirst(ups).contains(".."), !parts.isEmpty else {
      missing.append(input.path)
      return
    }
    let target = "\(documentFolder)/\(input.path)"
    if let script = input.script {
      return try AtomicFile.write(script.utf8, to: target, createFolders: true)
    }
    let places: [String] = folders.map { folder in "\(folder)/\(input.path)" }
    guard let found = places.first(where: { access($0, R_OK) == 0 }) else {
      missing.append(input.path)
      return
    }
    try AtomicFile.makeFolders(above: target)
    _ = symlink(found, target)
  }

  /// Removes the folder and what is in it; what links lead to stays.
  public func remove() { ReportFolder.remove(path) }

  private static func remove(_ path: String) {
    if let folder = opendir(path) {
      var status = stat()
      let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
      while !isLink, let entry = readdir(folder) {
        let name = withUnsafePointer(to: entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { remove("\(path)/\(name)") }
      }
      closedir(folder)
      if !isLink {
        rmdir(path)
        return
      }
    }
    unlink(path)
  }
}
