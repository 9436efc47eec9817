// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeFiles
internal import HengeLanguage

/// A temporary folder in which the code of a report runs again: its document and the scripts that it
/// imports, as the report has them, and links to its other inputs.
///
/// The document is some levels deep, so that `../data` stays within the folder.
public struct ReportFolder {
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
      // Scripts come first, while there are no links that a write could follow.
      try AtomicFile.write(report.text.utf8, to: document(report.name), createFolders: true)
      for input in report.inputs where input.script != nil { try write(input, of: report) }
      for input in report.inputs where input.script == nil { try link(input, folders) }
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

  /// Where an input of this path is in the folder; nil for one that would be outside of it.
  private func place(of path: String) -> String? {
    let parts = path.split(separator: "/").filter { $0 != "." }
    // Only the first may go up, and not out of the folder.
    let ups = parts.prefix { $0 == ".." }.count
    guard !path.hasPrefix("/"), ups < 6, !parts.dropFirst(ups).contains(".."), parts.count > ups
    else { return nil }
    return ([documentFolder] + parts.map(String.init)).joined(separator: "/")
  }

  private mutating func write(_ input: PageInput, of report: Report) throws {
    guard let script = input.script, let target = place(of: input.path),
      target != document(report.name)
    else { return missing.append(input.path) }
    try AtomicFile.write(script.utf8, to: target, createFolders: true)
  }

  /// Links to a file or folder; one that is reached by a link already needs none.
  private mutating func link(_ input: PageInput, _ folders: [String]) throws {
    if input.path.hasPrefix("/") {
      if access(input.path, R_OK) != 0 { missing.append(input.path) }
      return
    }
    let places: [String] = folders.map { folder in "\(folder)/\(input.path)" }
    guard let target = place(of: input.path),
      let found = places.first(where: { access($0, R_OK) == 0 })
    else { return missing.append(input.path) }
    try link(found, at: target)
  }

  private func link(_ found: String, at target: String) throws {
    guard !isBehindLink(target) else { return }
    if ReportFolder.isFolder(target) {
      // Scripts of this folder are there: its other files are linked one by one.
      for name in ReportFolder.names(in: found) {
        try link("\(found)/\(name)", at: "\(target)/\(name)")
      }
      return
    }
    guard access(target, F_OK) != 0 else { return }
    try AtomicFile.makeFolders(above: target)
    guard symlink(found, target) == 0 else {
      throw Diagnostic(
        "E-file", "no link to \(found) can be made: \(String(cString: strerror(errno)))")
    }
  }

  /// Whether a part of `target` below the folder is a link.
  private func isBehindLink(_ target: String) -> Bool {
    var part = path
    for name in target.dropFirst(path.count).split(separator: "/") {
      part += "/\(name)"
      var status = stat()
      if lstat(part, &status) == 0, status.st_mode & S_IFMT == S_IFLNK { return true }
    }
    return false
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names in a folder, in no order.
  private static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes the folder and what is in it; what links lead to stays.
  public func remove() { ReportFolder.remove(path) }

  private static func remove(_ path: String) {
    guard isFolder(path) else {
      unlink(path)
      return
    }
    for name in names(in: path) { remove("\(path)/\(name)") }
    rmdir(path)
  }
}
