// SPDX-License-Identifier: MIT
import HengeBackend

/// The files of a folder that are not named as images, counted by the ending of their names.
struct LeftOutFiles {
  private var counts: [String: (count: Int, first: String)] = [:]

  /// Counts the file `name` at `path`.
  mutating func add(_ name: String, at path: String) {
    let ending = PictureFormat.ending(of: name).map { ".\($0)" } ?? ""
    counts[ending, default: (0, path)].count += 1
  }

  var count: Int { counts.values.reduce(0) { $0 + $1.count } }

  /// All of them in a few words, the most frequent first: `2 .heic (HEIC is not read), 1 .txt`.
  ///
  /// The first file of an ending that is none of an image's is looked at: it may be one.
  var words: String {
    let sorted = counts.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    let shown = sorted.prefix(LeftOutFiles.mostEndings).map { ending, files in
      let name = ending.isEmpty ? "without an ending" : shortened(ending)
      return "\(files.count) \(name)\(LeftOutFiles.remark(ending, files.first))"
    }
    let more = sorted.dropFirst(LeftOutFiles.mostEndings).reduce(0) { $0 + $1.value.count }
    return (shown + (more > 0 ? ["\(more) of other kinds"] : [])).joined(separator: ", ")
  }

  private static let mostEndings = 6

  private static func remark(_ ending: String, _ path: String) -> String {
    if let format = PictureFormat(named: path), !format.isRead {
      return " (\(format.rawValue) is not read)"
    }
    guard let format = content(of: path), format.isRead else { return "" }
    let name = ending.isEmpty ? "the first" : "\(quotedPath(path)), say,"
    return " (\(name) is \(format.words): name it .\(format.endings[0]) to include it)"
  }

  /// What the file at `path` is by its first bytes; nil where it cannot be read.
  private static func content(of path: String) -> PictureFormat? {
    guard let file = try? RegularFile(path) else { return nil }
    var start = [UInt8](repeating: 0, count: min(file.size, PictureFormat.markLength))
    guard (try? start.withUnsafeMutableBytes({ try file.read(into: $0) })) != nil else {
      return nil
    }
    return PictureFormat(of: start)
  }

  private func shortened(_ ending: String) -> String {
    let shown = quotedPath(ending).dropFirst().dropLast()
    return shown.count > 20 ? "\(shown.prefix(20))…" : String(shown)
  }
}

extension FolderListing {
  /// What of `folder` is no item of the dataset, in one line; nil if all of it is.
  func leftOut(of folder: String) -> String? {
    var parts: [String] = []
    if others.count > 0 { parts.append("\(counted(others.count, "file")): \(others.words)") }
    if otherFolders.count > 0 {
      parts.append("\(counted(otherFolders.count, "folder")) (recursive=true reads those too)")
    }
    guard !parts.isEmpty else { return nil }
    return "\(quotedPath(folder)): left out \(parts.joined(separator: "; and "))"
  }
}
