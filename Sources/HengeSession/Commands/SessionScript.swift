// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// The script that `:save` writes: the entries that left something, so that running it leads to the
/// state that they led to.
struct SessionScript {
  /// Entries whose relative paths could not be written so that the script finds the files.
  private(set) var lostPaths: [String] = []
  /// The numbers of entries that did what no text repeats.
  private(set) var wordless: [Int] = []
  /// The number of entries in the script.
  private(set) var count = 0
  /// The number of entries that only looked and are not in it.
  private(set) var leftOut = 0
  private var lines: [String] = []
  private let library: Library
  private let folder: String
  /// The folder in which the session began, in which the script is expected to run.
  private let firstFolder: String
  private let host: any Host
  private let needsAnswers: Bool
  private let needsResults: Bool

  /// What becomes of entries that only looked.
  enum Looks: String {
    case leftOut, comments, all
  }

  /// How each saved script begins, so that `:save` knows those that it may overwrite.
  static let heading = "# A henge session, written by :save."

  /// The script of `entries`, to be saved in `folder`.
  init(
    _ entries: [Entry], in folder: String, _ looks: Looks, of session: EntrySession
  ) {
    let all = entries.filter(\.isKept)
    let needed = SessionScript.neededLooks(among: all)
    func isCode(_ entry: Entry) -> Bool {
      looks == .all || entry.hasChanged || needed.contains(entry.number)
    }
    let kept = all.filter(isCode)
    leftOut = looks == .leftOut ? all.count - kept.count : 0
    let programs = kept.compactMap(\.tree)
    library = session.interpreter.library
    self.folder = folder
    firstFolder = session.setup.workingFolder
    host = session.interpreter.machine.host
    needsResults = programs.contains { $0.mentions("Out") }
    needsAnswers = needsResults || programs.contains { $0.mentions("ans") }
    let needsTexts = programs.contains { $0.mentions("In") }
    let last = kept.last?.number ?? 0
    lines = [SessionScript.heading]
    if let seed = session.setup.seed { lines.append("seed(\(seed))") }
    if needsResults { lines.append("Out = [none] * \(last + 1)") }
    if needsTexts {
      lines.append("In = [\"\"] * \(last + 1)")
      for entry in entries where entry.number <= last {
        lines.append("In[\(entry.number)] = \(Value(entry.text).representation)")
      }
    }
    for entry in all {
      if isCode(entry) {
        append(entry, session.outputs)
      } else if looks == .comments {
        let text = entry.text.trimmed.replacing("\n", with: "\n# ")
        lines.append("\n# [\(entry.number)] \(text)")
      }
    }
    lostPaths = Set(lostPaths).sorted()
    count = kept.count
  }

  /// The numbers of the entries that only looked, and whose value an entry that stays uses.
  private static func neededLooks(among entries: [Entry]) -> Set<Int> {
    var needed: Set<Int> = []
    var isAnswerUsed = false
    for entry in entries.reversed() {
      if isAnswerUsed, !entry.valued.isEmpty {
        if entry.onlyLooked { needed.insert(entry.number) }
        isAnswerUsed = false
      }
      guard entry.hasChanged || needed.contains(entry.number), let tree = entry.tree else {
        continue
      }
      // Which results are used cannot be read off the text.
      if tree.mentions("Out") { return Set(entries.map(\.number)) }
      isAnswerUsed = isAnswerUsed || tree.mentions("ans")
    }
    return needed
  }

  /// The whole text.
  var text: String { lines.joined(separator: "\n") + "\n" }

  private mutating func append(_ entry: Entry, _ outputs: Outputs) {
    lines.append("\n# %% [\(entry.number)]")
    let edits = edits(entry)
    guard case .part(let count, let did) = entry.outcome else {
      let isWhole = !needsAnswers || entry.valued.isEmpty
      if isWhole {
        lines.append(rewritten(entry.source, Span(0, entry.source.bytes.count), edits).trimmed)
      } else {
        append(entry, edits, outputs)
      }
      return
    }
    lines.append("# This entry was stopped or failed; these are the effects that were kept.")
    if !needsAnswers || entry.valued.isEmpty {
      let end = SessionScript.end(ofStatement: count, of: entry)
      if end > 0 { lines.append(rewritten(entry.source, Span(0, end), edits).trimmed) }
    } else {
      append(entry, edits, outputs, first: count)
    }
    lines += did
    if did.contains(PartialStatement.wordless) { wordless.append(entry.number) }
  }

  /// Appends the statements of an entry, with the answers they had.
  private mutating func append(
    _ entry: Entry, _ edits: [Edit], _ outputs: Outputs, first count: Int = .max
  ) {
    for (index, statement) in (entry.tree?.block.statements ?? []).prefix(count).enumerated() {
      let text = rewritten(entry.source, statement.span, edits)
      guard entry.valued.contains(index) else {
        lines.append(text)
        continue
      }
      lines.append("ans = \(text)")
      if case .expression(_, isMuted: false) = statement.kind { lines.append("ans") }
    }
    if needsResults, outputs.all.contains(where: { $0.number == entry.number }) {
      lines.append("Out[\(entry.number)] = ans")
    }
  }

  /// The text of an entry up to the end of its first `count` statements.
  static func ended(_ count: Int, of entry: Entry) -> String {
    entry.source.text(Span(0, end(ofStatement: count, of: entry)))
  }

  /// Where the first `count` statements of an entry end.
  private static func end(ofStatement count: Int, of entry: Entry) -> Int {
    guard count > 0, let statements = entry.tree?.block.statements, !statements.isEmpty else {
      return 0
    }
    return statements[min(count, statements.count) - 1].span.end
  }

  // MARK: Paths

  private struct Edit {
    let span: Span
    let text: String
  }

  /// The paths of an entry that must be rewritten: those that it read, where the script is in another
  /// folder, and those of files that it wrote after `:cd`.
  private mutating func edits(_ entry: Entry) -> [Edit] {
    let reads = Set(entry.folder == folder ? [] : entry.reads)
    let isElsewhere = entry.place != firstFolder
    guard !reads.isEmpty || isElsewhere else { return [] }
    var found: Set<String> = []
    let edits = entry.source.givenStrings().compactMap { given -> Edit? in
      guard let callee = given.callee, isReader(callee) else { return nil }
      var path = given.text
      if reads.contains(path) {
        found.insert(path)
        path = SessionScript.path(to: "\(entry.folder)/\(path)", from: folder)
      } else if isElsewhere, host.hasWritten(path, in: entry.place) {
        path = SessionScript.path(to: "\(entry.place)/\(path)", from: firstFolder)
      }
      guard path != given.text else { return nil }
      return Edit(span: given.span, text: Value(path).representation)
    }
    lostPaths += reads.subtracting(found)
    return edits
  }

  /// Whether an argument of `name` may be a path that it reads.
  private func isReader(_ name: String) -> Bool {
    name == "import" || name == "path"
      || library.builtins(named: name).contains { builtin in
        builtin.parameters.contains { $0.name == "path" || $0.name == "folder" }
      }
  }

  private func rewritten(_ source: Source, _ span: Span, _ edits: [Edit]) -> String {
    var text = ""
    var start = span.start
    for edit in edits where edit.span.start >= span.start && edit.span.end <= span.end {
      text += source.text(Span(start, edit.span.start)) + edit.text
      start = edit.span.end
    }
    return text + source.text(Span(start, span.end))
  }

  /// The absolute `file` as seen from `folder`.
  static func path(to file: String, from folder: String) -> String {
    let target = parts(file)
    let base = parts(folder)
    var common = 0
    while common < min(target.count, base.count), target[common] == base[common] { common += 1 }
    let up = Array(repeating: "..", count: base.count - common)
    let path = (up + target[common...]).joined(separator: "/")
    return path.isEmpty ? "." : path
  }

  /// The parts of an absolute path, without dots.
  static func parts(_ path: String) -> [String] {
    var parts: [String] = []
    for part in path.split(separator: "/").map(String.init) where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts
  }
}
