// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage

extension EntrySession {
  /// Writes the entries, or a range of them, as a script.
  func save(_ argument: String) throws {
    var path = argument
    var range = 1...max(1, number)
    var looks = SessionScript.Looks.leftOut
    while let space = path.lastIndex(where: \.isWhitespace) {
      let word = path[path.index(after: space)...]
      if let given = entryRange(word) {
        range = given
      } else if let choice = SessionScript.Looks(rawValue: String(word)) {
        looks = choice
      } else {
        break
      }
      path = String(path[..<space]).trimmed
    }
    path = EntrySession.unquoted(path)
    guard !path.isEmpty else { throw Command.missing("save", "a file", ":save session.henge") }
    guard path.hasSuffix(".henge") else {
      throw Diagnostic(
        "E-file", "the name of a script must end in .henge, not \(path)",
        suggestion: ":save \(path).henge")
    }
    let file = path.hasPrefix("/") ? path : "\(workingFolder)/\(path)"
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    let script = SessionScript(
      log.filter { range.contains($0.number) }, in: normalised("/" + folder), looks, of: self)
    guard script.count > 0 else {
      throw Diagnostic("E-range", "none of these entries had an effect to save")
    }
    try write(script.text, to: file, named: path)
    let left =
      script.leftOut == 0
      ? "" : "; \(script.leftOut) that only looked left out (`all` keeps them)"
    let said = "\(script.count) \(script.count == 1 ? "entry" : "entries") saved in \(path)\(left)"
    let lines = TextWidth.wrapped(said, width: max(20, output.width - 1))
    try output.answer(lines.joined(separator: "\n"))
    for number in script.wordless {
      try say(
        "what [\(number)] did before it was stopped or failed cannot be repeated by the script")
    }
    for lost in script.lostPaths {
      try say(
        "\(Value(lost).representation) was read from the working directory, but the script will look in its own folder: save the script there, or use an absolute path"
      )
    }
  }

  private func entryRange(_ text: Substring) -> ClosedRange<Int>? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = parts.first ?? nil, let last = parts.last ?? nil, parts.count <= 2,
      first >= 1, last >= first
    else { return nil }
    return first...last
  }

  /// Writes a script whole or not at all; only one that `:save` wrote is overwritten.
  private func write(_ text: String, to file: String, named path: String) throws {
    if access(file, F_OK) == 0 {
      let old = try readAll(file)
      guard old.starts(with: SessionScript.heading.utf8) else {
        throw Diagnostic(
          "E-file", "\(path) exists, and :save did not write it", suggestion: "another name")
      }
    }
    let temporary = "\(file).\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw Diagnostic("E-file", "\(path) cannot be written: \(systemMessage(errno))")
    }
    let isWritten = writeAll(Array(text.utf8), to: descriptor)
    let isClosed = close(descriptor) == 0
    guard isWritten, isClosed, rename(temporary, file) == 0 else {
      let message = systemMessage(errno)
      unlink(temporary)
      throw Diagnostic("E-file", "\(path) cannot be written: \(message)")
    }
  }

  /// An absolute path without links, dots and doubled slashes, where the system knows it.
  private func normalised(_ folder: String) -> String {
    guard let real = realpath(folder, nil) else { return folder }
    defer { free(real) }
    guard let own = realpath(workingFolder, nil) else { return folder }
    defer { free(own) }
    return strcmp(real, own) == 0 ? workingFolder : String(cString: real)
  }
}
