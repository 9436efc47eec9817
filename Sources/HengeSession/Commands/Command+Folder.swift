// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage

extension EntrySession {
  /// Changes the folder that relative paths of the entries that follow are in, as `cd` of a shell.
  ///
  /// It is no entry. Each entry has the folder in which it ran, in the log and in the journal, so that
  /// `:save` writes its paths as seen from the script and a recovery runs it there again.
  func changeFolder(_ argument: String) throws {
    let folder = try folder(named: argument)
    try move(to: folder)
    try output.answer(workingFolder)
  }

  /// Makes the absolute `folder` the working folder.
  func move(to folder: String) throws {
    guard folder != workingFolder else { return }
    guard let change = setup.changeFolder else {
      throw Diagnostic("E-arg", "the folder of this session cannot be changed")
    }
    try change(folder)
    (folderBefore, workingFolder) = (workingFolder, folder)
    try say(setup.journal?.moved(to: folder))
  }

  /// The absolute folder that the argument of `:cd` means.
  private func folder(named argument: String) throws -> String {
    guard argument != "-" else {
      guard let folderBefore else {
        throw Diagnostic("E-arg", "there is no folder to go back to", suggestion: ":cd ..")
      }
      return folderBefore
    }
    var path = EntrySession.unquoted(argument)
    if path.isEmpty || path == "~" || path.hasPrefix("~/") {
      guard let home = getenv("HOME").map({ String(cString: $0) }), home.hasPrefix("/") else {
        throw Diagnostic("E-file", "there is no home folder", suggestion: ":cd /tmp")
      }
      path = home + path.dropFirst()
    }
    let full = path.hasPrefix("/") ? path : "\(workingFolder)/\(path)"
    return "/" + SessionScript.parts(full).joined(separator: "/")
  }

  /// A folder's name without its quotes, or without the backslashes that completion puts before spaces.
  static func unquoted(_ text: String) -> String {
    if let quote = text.first, quote == "\"" || quote == "'", text.utf8.count > 1,
      text.last == quote
    {
      return String(text.dropFirst().dropLast())
    }
    var result = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      result.append(character == "\\" ? rest.popFirst() ?? character : character)
    }
    return result
  }
}
