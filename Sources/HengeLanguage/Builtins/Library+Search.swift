// SPDX-License-Identifier: MIT

extension Library {
  static var search: [Builtin] {
    [
      Builtin(
        "apropos",
        "Searches the help: lists the built-ins whose name or description contains the words, or most of them, then errors and, at the prompt, commands and keys.",
        Parameter("words", "One or more words; parts of words match, too."),
        examples: [
          Example(
            "apropos(\"white space\")",
            prints: "split  general  Splits a string at a separator and returns the parts.")
        ],
        seeAlso: ["type"]
      ) { (call: Call, words: String) in
        let machine = call.machine
        let lines = machine.library.answer(
          toSearchFor: words, width: call.width, besides: machine.guide)
        try call.print(lines.joined(separator: "\n") + "\n")
        return Nothing.nothing
      }
    ]
  }

  /// The lines that list what there is about `words`, and what to try when there is nothing; `guide` is
  /// what is there besides built-ins and errors.
  public func answer(
    toSearchFor words: String, width: Int, besides guide: [(name: String, text: String)] = []
  ) -> [String] {
    // Words longer than every page cannot match.
    let words = String(words.prefix(Library.longestSearch))
    let found = builtins(about: words)
    let counted = Library.counted(words)
    let pages = ErrorPage.all.filter { page in
      Library.holdsAll(counted, "\(page.code) \(page.title) \(page.explanation)")
    }.map { ("?\($0.code)", $0.title) }
    let others = guide.filter { Library.holdsAll(counted, "\($0.name) \($0.text)") } + pages
    let column = (others.map { TextWidth.of($0.0) }.max() ?? 0) + 2
    let rows =
      table(found, width: width)
      + others.map { name, text in
        TextWidth.cut(
          name + String(repeating: " ", count: column - TextWidth.of(name)) + text, to: width)
      }
    guard rows.isEmpty else { return rows }
    var lines = ["no help mentions \(words.quoted(limit: 40))"]
    if let hint = counterpart(of: words)?.hint { lines.append("  try: \(hint)") }
    if let nearest = Suggestion.closest(to: words, among: builtins.map(\.name)) {
      lines.append("  did you mean \(nearest)?")
    }
    return lines
  }

  /// The built-ins that have all the words of `text`, or the most of them.
  ///
  /// Words are looked for in names, summaries and parameters; built-ins whose name has them come
  /// first. Words such as `of` do not count.
  public func builtins(about text: String) -> [Builtin] {
    let words = Library.counted(text)
    var found: [(builtin: Builtin, score: Int, inName: Int)] = []
    for builtin in builtins {
      let name = Array(builtin.name.lowercased().utf8)
      let parameters = builtin.parameters.map { "\($0.name) \($0.documentation)" }
        .joined(separator: " ")
      let text = "\(builtin.name) \(builtin.group) \(builtin.summary) \(parameters)".lowercased()
      let bytes = Array(text.utf8)
      let score = words.count { bytes.holds($0) }
      if score > 0 { found.append((builtin, score, words.count { name.holds($0) })) }
    }
    let best = found.map(\.score).max() ?? 0
    return found.filter { $0.score == best }
      .sorted { ($1.inName, $0.builtin.name) < ($0.inName, $1.builtin.name) }.map(\.builtin)
  }

  /// The most characters of a search that are read.
  private static let longestSearch = 4_000

  /// Whether each of the words is in `text`.
  private static func holdsAll(_ counted: [[UInt8]], _ text: String) -> Bool {
    let bytes = Array(text.lowercased().utf8)
    return !counted.isEmpty && counted.allSatisfy { bytes.holds($0) }
  }

  /// The words of `text` that are looked for.
  private static func counted(_ text: String) -> [[UInt8]] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }
      .filter { !smallWords.contains(String($0)) }.map { Array($0.utf8) }
  }

  private static let smallWords: Set<String> = [
    "a", "an", "the", "of", "to", "in", "on", "and", "or", "is", "do", "i", "my", "me", "how",
    "what", "with", "for", "from", "by", "can", "one",
  ]

  /// Name, group and first sentence of each, in columns; each name once.
  public func table(_ builtins: [Builtin], width: Int) -> [String] {
    var seen: Set<String> = []
    let rows = builtins.filter { seen.insert("\($0.name) \($0.group)").inserted }
    let isOneGroup = Set(rows.map(\.group)).count == 1 && rows.count > 1
    let names = rows.map(\.name.utf8.count).max() ?? 0
    let groups = isOneGroup ? 0 : (rows.map(\.group.utf8.count).max() ?? 0) + 2
    return rows.map { builtin in
      let name = builtin.name.padded(to: names + 2)
      let group = isOneGroup ? "" : builtin.group.padded(to: groups)
      return TextWidth.cut(name + group + builtin.firstSentence, to: width)
    }
  }
}

extension Builtin {
  /// The first sentence of the summary.
  public var firstSentence: String {
    var sentence = ""
    // A stop in brackets is an abbreviation's: [Zhu et al. 2017].
    var depth = 0
    var rest = summary[...]
    while let character = rest.popFirst() {
      sentence.append(character)
      if "([".contains(character) { depth += 1 }
      if ")]".contains(character) { depth -= 1 }
      if character == ".", depth == 0, rest.isEmpty || rest.first == " " || rest.first == "\n" {
        break
      }
    }
    return sentence
  }
}

extension String {
  fileprivate func padded(to count: Int) -> String {
    self + String(repeating: " ", count: max(0, count - utf8.count))
  }
}

extension [UInt8] {
  /// Whether the word `part` occurs in it; one of up to two letters only as a whole word.
  fileprivate func holds(_ part: [UInt8]) -> Bool {
    guard part.count <= count else { return false }
    let isShort = part.count <= 2
    return (0...(count - part.count)).contains { start in
      guard self[start...].starts(with: part) else { return false }
      let end = start + part.count
      return !isShort
        || (start == 0 || !isOfWord(self[start - 1])) && (end == count || !isOfWord(self[end]))
    }
  }

  private func isOfWord(_ byte: UInt8) -> Bool {
    Lexer.isNamePart(byte) || byte >= 0x80
  }
}
