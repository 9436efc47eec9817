// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage

/// Completes the name of a file: in a string of the language, or in a line for the shell.
struct FileCompletion {
  /// The folder that relative names are in.
  let workingFolder: String

  /// The candidates for `path`, which is replaced from its last `/` on, or completely if it begins
  /// with `~`, because the language does not expand `~`.
  ///
  /// `write` returns a name as escaped for the text, `nil` if it cannot be written; `closing`
  /// follows a file.
  func candidates(
    for path: String, closing: String, write: (String) -> String?
  ) -> (isWholeReplaced: Bool, candidates: [Completions.Candidate]) {
    let isHome = path == "~" || path.hasPrefix("~/")
    let full = isHome ? home + path.dropFirst() : path
    if path == "~" {
      guard let text = write(home + "/") else { return (true, []) }
      return (true, [.init(text, label: "~/")])
    }
    let slash = full.lastIndex(of: "/")
    let head = slash.map { String(full[...$0]) } ?? ""
    let prefix = slash.map { String(full[full.index(after: $0)...]) } ?? full
    let folder = head.hasPrefix("/") ? head : workingFolder + "/" + head
    let names = FolderNames(of: folder, startingWith: prefix)
    var candidates: [Completions.Candidate] = []
    candidates.reserveCapacity(names.entries.count + 1)
    for entry in names.entries {
      guard let text = write(isHome ? head + entry.name : entry.name) else { continue }
      let label = TextWidth.visible(entry.name)
      candidates.append(
        entry.isFolder
          ? .init(text + "/", label: label + "/", suffix: "")
          : .init(text, label: label, suffix: closing))
    }
    // What is not known to be all must not be completed as if it were.
    if !names.isWhole, let text = write((isHome ? head : "") + prefix) {
      candidates.append(.init(text, label: "…"))
    }
    return (isHome, candidates)
  }

  private var home: String {
    guard let home = getenv("HOME").map({ String(cString: $0) }), home.hasPrefix("/") else {
      return "~"
    }
    return home.hasSuffix("/") ? String(home.dropLast()) : home
  }
}
