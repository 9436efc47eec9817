// SPDX-License-Identifier: MIT
public import HengeLanguage

/// Completion at the prompt: programs, requests for help, commands, file names.
///
/// Nothing is evaluated.
public struct PromptCompletion {
  private let interpreter: Interpreter
  private let workingFolder: () -> String
  private let linesAbove = LinesAbove()
  /// Those of whole entries, of which what is before the cursor may be another part.
  private let linesOfEntry = LinesAbove()
  /// The names after `:`.
  private let commands: [String]

  /// Completion in the session of `interpreter`; relative file names are in `workingFolder`.
  public init(
    _ interpreter: Interpreter, workingFolder: @autoclosure @escaping () -> String,
    commands: [String]
  ) {
    self.interpreter = interpreter
    self.workingFolder = workingFolder
    self.commands = commands
  }

  /// The possible replacements of the text before `cursor`, an offset in the bytes of `text`.
  public func completions(of text: String, at cursor: Int) -> Completions {
    let bytes = Array(text.utf8)
    let cursor = min(max(0, cursor), bytes.count)
    let lead = bytes.prefix { $0 == 32 || $0 == 9 }.count
    guard cursor > lead else { return program(text, cursor) }
    switch bytes[lead] {
    case UInt8(ascii: ":"): return command(bytes, from: lead + 1, cursor)
    case UInt8(ascii: "?"): return help(bytes, from: lead + 1, cursor)
    case UInt8(ascii: "!"): return words(bytes, from: lead + 1, cursor)
    default: return program(text, cursor)
    }
  }

  /// The hint at the right edge for the call or the name at `cursor`, in at most `room` columns.
  public func hint(for text: String, at cursor: Int, room: Int) -> String? {
    guard let first = text.utf8.first(where: { $0 != 32 && $0 != 9 }),
      ![UInt8(ascii: ":"), UInt8(ascii: "?"), UInt8(ascii: "!")].contains(first)
    else { return nil }
    return completer.hint(for: text, at: cursor, room: room)
  }

  /// The pieces of `text` that are drawn apart; none of a request to the shell.
  public func highlights(of text: String, at cursor: Int) -> [(span: Span, kind: Highlight)] {
    guard !EntryText.isRequest(text) else { return [] }
    return Completer(
      interpreter.library, globals: interpreter.globals, linesAbove: linesOfEntry
    ).highlights(of: text, at: cursor)
  }

  /// In the folder where the session is now.
  private var files: FileCompletion { FileCompletion(workingFolder: workingFolder()) }

  private var completer: Completer {
    Completer(interpreter.library, globals: interpreter.globals, linesAbove: linesAbove)
  }

  // MARK: Programs

  private func program(_ text: String, _ cursor: Int) -> Completions {
    let found = completer.continuations(of: text, at: cursor)
    if let file = found.file {
      // What a value has names for comes first; what begins like none of them is a file.
      let named = found.candidates.map(Completions.Candidate.init)
        .filter { $0.text.utf8.starts(with: found.typed.utf8) }
      guard named.isEmpty else {
        let others = found.typed.isEmpty ? fileNames(file, cursor).candidates : []
        return Completions(replaceFrom: found.start, candidates: named + others)
      }
      return fileNames(file, cursor)
    }
    return Completions(
      replaceFrom: found.start,
      candidates: fitting(found.candidates.map(Completions.Candidate.init), found.typed))
  }

  private func fileNames(_ file: OpenText, _ cursor: Int) -> Completions {
    let (isWhole, candidates) = files.candidates(
      for: file.text, closing: file.closing, write: file.written)
    return Completions(
      replaceFrom: isWhole ? file.start : file.lastPartStart, candidates: candidates)
  }

  // MARK: Requests

  private func command(_ bytes: [UInt8], from start: Int, _ cursor: Int) -> Completions {
    let typed = String(decoding: bytes[start..<max(start, cursor)], as: UTF8.self)
    guard let space = bytes[start..<max(start, cursor)].firstIndex(of: 32) else {
      return Completions(
        replaceFrom: start, candidates: fitting(commands.sorted().map { .init($0) }, typed))
    }
    // A command is followed by a program or a file; a name that begins neither is rare.
    let rest = String(decoding: bytes[(space + 1)...], as: UTF8.self)
    let inRest = cursor - space - 1
    let ofProgram = program(rest, inRest)
    if !ofProgram.candidates.isEmpty, Self.programCommands.contains(where: typed.hasPrefix) {
      return Completions(
        replaceFrom: ofProgram.replaceFrom + space + 1, candidates: ofProgram.candidates)
    }
    let names = words(bytes, from: space + 1, cursor)
    guard typed.hasPrefix("cd ") else { return names }
    // Only a folder can follow; what stands for the rest of a large one is no name.
    return Completions(
      replaceFrom: names.replaceFrom,
      candidates: names.candidates.filter { $0.text.hasSuffix("/") || $0.label == "…" })
  }

  /// The commands that a program follows.
  private static let programCommands = ["time ", "who "]

  private func help(_ bytes: [UInt8], from first: Int, _ cursor: Int) -> Completions {
    var start = first
    while start < cursor, bytes[start] == UInt8(ascii: "?") || bytes[start] == 32 { start += 1 }
    let typed = String(decoding: bytes[start..<cursor], as: UTF8.self)
    guard typed.utf8.allSatisfy({ $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") }) else {
      let rest = String(decoding: bytes[start..<cursor], as: UTF8.self)
      let found = program(rest, cursor - start)
      return Completions(
        replaceFrom: found.replaceFrom + start,
        candidates: found.candidates.map { .init($0.text, label: $0.label) })
    }
    return Completions(
      replaceFrom: start,
      candidates: fitting(HelpIndex(interpreter).names.map { .init($0) }, typed))
  }

  /// File names among the words of a line that another shell reads.
  private func words(_ bytes: [UInt8], from first: Int, _ cursor: Int) -> Completions {
    var start = max(first, cursor)
    while start > first {
      let isEscaped = start >= 2 && bytes[start - 2] == UInt8(ascii: "\\")
      if bytes[start - 1] == 32, !isEscaped { break }
      start -= 1
    }
    let typed = bytes[start..<cursor]
    var path: [UInt8] = []
    var rest = typed
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), let next = rest.popFirst() {
        path.append(next)
      } else {
        path.append(byte)
      }
    }
    let (isWhole, candidates) = files.candidates(
      for: String(decoding: path, as: UTF8.self), closing: " ", write: Self.escaped)
    let slash = typed.lastIndex(of: UInt8(ascii: "/"))
    return Completions(
      replaceFrom: isWhole ? start : slash.map { $0 + 1 } ?? start, candidates: candidates)
  }

  /// A file name as a word of a shell's line.
  private static func escaped(_ name: String) -> String? {
    var result = ""
    for scalar in name.unicodeScalars {
      guard scalar.value >= 32, scalar.value != 127 else { return nil }
      if " \\\"'`$&|;<>()[]{}*?!#~".unicodeScalars.contains(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  // MARK: Choosing

  /// The candidates that begin with the typed text; if there are none, those that do when case is
  /// ignored, then those that contain it, then the most similar one.
  private func fitting(
    _ candidates: [Completions.Candidate], _ typed: String
  ) -> [Completions.Candidate] {
    let exact = candidates.filter { $0.text.utf8.starts(with: typed.utf8) }
    guard exact.isEmpty, !typed.isEmpty else { return exact }
    let small = typed.lowercased()
    let similar = candidates.filter { $0.text.lowercased().hasPrefix(small) }
    if !similar.isEmpty { return similar }
    guard typed.utf8.count > 1 else { return [] }
    let holding = candidates.filter { $0.text.lowercased().holds(small) }
    if !holding.isEmpty { return holding }
    guard let nearest = Suggestion.closest(to: typed, among: candidates.map(\.text)) else {
      return []
    }
    return candidates.filter { $0.text == nearest }
  }
}

extension String {
  /// Whether it contains `part`.
  func holds(_ part: String) -> Bool {
    let (text, part) = (Array(utf8), Array(part.utf8))
    guard part.count <= text.count else { return false }
    return (0...(text.count - part.count)).contains { text[$0...].starts(with: part) }
  }
}

extension Completions.Candidate {
  fileprivate init(_ candidate: Continuations.Candidate) {
    self.init(candidate.text, label: candidate.label, suffix: candidate.suffix)
  }
}
