// SPDX-License-Identifier: MIT
import HengeBackend

/// Which row of a table of landmarks belongs to which image of a dataset.
///
/// A row belongs to a file whose path ends with its name, folders and all; if there is none, to the
/// only file of its base name. What could belong to several files belongs to none.
struct LandmarkJoin {
  /// The row of each file that has one.
  private(set) var rows: [String: Int] = [:]
  /// Files without a row.
  private(set) var missing: [String] = []
  /// Files with several rows that differ, or that share a row with other files.
  private(set) var ambiguous: [String] = []
  /// Names that the table has twice.
  private(set) var doubled: [String] = []
  /// Names of rows that belong to no file.
  private(set) var unused: [String] = []

  /// Joins `files`, each one once.
  init(_ table: LandmarkTable, files: [String]) {
    var byBase: [Substring: [Int]] = [:]
    var byName: [String: Int] = [:]
    var isContradicted: Set<Int> = []
    for (index, row) in table.rows.enumerated() {
      if let first = byName[row.file] {
        doubled.append(row.file)
        if table.rows[first].marks != row.marks { isContradicted.insert(first) }
        continue
      }
      byName[row.file] = index
      byBase[LandmarkJoin.base(row.file), default: []].append(index)
    }
    var owners: [Int: [String]] = [:]
    var claims: [(file: String, rows: [Int])] = []
    for file in files {
      let candidates = byBase[LandmarkJoin.base(file)] ?? []
      let onPath = candidates.filter { LandmarkJoin.ends(file, with: table.rows[$0].file) }
      // The row that names most folders says most.
      let longest = onPath.map { table.rows[$0].file.utf8.count }.max()
      let best =
        onPath.isEmpty
        ? candidates : onPath.filter { table.rows[$0].file.utf8.count == longest }
      claims.append((file, best))
      for row in best { owners[row, default: []].append(file) }
    }
    var used: Set<Int> = []
    for (file, best) in claims {
      used.formUnion(best)
      guard let row = best.first else {
        missing.append(file)
        continue
      }
      guard best.count == 1, owners[row]?.count == 1, !isContradicted.contains(row) else {
        ambiguous.append(file)
        continue
      }
      rows[file] = row
    }
    unused = byName.filter { !used.contains($0.value) }.sorted { $0.value < $1.value }.map(\.key)
  }

  private static func base(_ path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] }
      ?? path[...]
  }

  private static func ends(_ path: String, with name: String) -> Bool {
    let name = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
    return path == name || path.hasSuffix("/" + name)
  }

  /// What users should know of it, a sentence each.
  func remarks(of path: String) -> [String] {
    var remarks: [String] = []
    func add(_ names: [String], _ what: (Int) -> String) {
      guard !names.isEmpty else { return }
      let listed = names.prefix(3).map { quotedPath($0) }.joined(separator: ", ")
      remarks.append(what(names.count) + ": \(listed)\(names.count > 3 ? ", …" : "")")
    }
    add(missing) { "\(quotedPath(path)) has no landmarks for \(counted($0, "image"))" }
    add(ambiguous) {
      "\(counted($0, "image")) got no landmarks, because rows of \(quotedPath(path)) could belong to several images or contradict each other"
    }
    add(doubled) { "\(quotedPath(path)) has \(counted($0, "image")) twice" }
    add(unused) {
      "\(quotedPath(path)) has \(counted($0, "row")) of images that are not in the dataset"
    }
    return remarks
  }
}
