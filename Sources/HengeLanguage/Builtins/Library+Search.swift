// SPDX-License-Identifier: MIT

extension Library {
  static var search: [Builtin] {
    [
      Builtin(
        "apropos",
        "Searches the help: lists the built-ins whose name or description contains the words, or most of them, then errors and, at the prompt, commands and keys. A word also finds help's own word for it, the first of each group: \(Synonyms.listed).",
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
    let search = HelpSearch(words)
    let pages = ErrorPage.all.filter { page in
      search.isAll(in: "\(page.code) \(page.title) \(page.explanation)")
    }.map { ("?\($0.code)", $0.title) }
    let syntax = SyntaxPage.all.filter { page in
      search.isAll(in: "\(page.names.joined(separator: " ")) \(page.text)")
    }.map { ("?\($0.names[0])", $0.text) }
    let others = guide.filter { search.isAll(in: "\($0.name) \($0.text)") } + syntax + pages
    let column = (others.map { TextWidth.of($0.0) }.max() ?? 0) + 2
    let absent = absences(of: words)
    let rows =
      absent.flatMap { TextWidth.wrapped($0, width: width) } + (absent.isEmpty ? [] : [""])
      + table(found, width: width)
      + others.map { name, text in
        TextWidth.cut(
          name + String(repeating: " ", count: column - TextWidth.of(name)) + text, to: width)
      }
    guard rows.isEmpty else {
      return rows + (search.note.map { ["", TextWidth.cut($0, to: width)] } ?? [])
    }
    var lines = ["no help mentions \(words.quoted(limit: 40))"]
    if let hint = counterpart(of: words)?.hint { lines.append("  try: \(hint)") }
    if let nearest = Suggestion.closest(to: words, among: builtins.map(\.name)) {
      lines.append("  did you mean \(nearest)?")
    }
    return lines
  }

  /// What is said of things that henge does not have and that `words` name.
  public func absences(of words: String) -> [String] {
    let search = HelpSearch(words)
    return builtins.flatMap { $0.absence(search) }
  }

  /// The built-ins that have all the words of `text`, or the most of them.
  ///
  /// Words and their synonyms are looked for in names, summaries and parameters; built-ins that people
  /// call so come first, then those whose name has the words. Words such as `of` do not count.
  public func builtins(about text: String) -> [Builtin] {
    let search = HelpSearch(text)
    let called = builtins.filter { $0.isCalled(search) }
    let others = builtins(matching: search).filter { builtin in !called.contains { $0 === builtin }
    }
    // Where henge has no such thing, what mentions a part of the words is of no use.
    return called.contains { !$0.absence(search).isEmpty } ? called : called + others
  }

  private func builtins(matching search: HelpSearch) -> [Builtin] {
    var found: [(builtin: Builtin, score: Int, inName: (literal: Int, all: Int))] = []
    for builtin in builtins {
      let parameters = builtin.parameters.map { "\($0.name) \($0.documentation)" }
        .joined(separator: " ")
      // The table of synonyms in a summary is about none of its words.
      let summary = builtin.summary.replacing(Synonyms.listed, with: "")
      let score = search.count(in: "\(builtin.name) \(builtin.group) \(summary) \(parameters)")
      guard score > 0 else { continue }
      let inName = (search.literalCount(in: builtin.name), search.count(in: builtin.name))
      found.append((builtin, score, inName))
    }
    let best = found.map(\.score).max() ?? 0
    return found.filter { $0.score == best }
      .sorted { one, other in
        (other.inName.literal, other.inName.all, one.builtin.name)
          < (one.inName.literal, one.inName.all, other.builtin.name)
      }.map(\.builtin)
  }

  /// The most characters of a search that are read.
  private static let longestSearch = 4_000

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
  /// Whether the words of `search` are what people call what it does, or what it is in place of.
  fileprivate func isCalled(_ search: HelpSearch) -> Bool {
    otherNames.contains(where: search.isFor) || !absence(search).isEmpty
  }

  /// What is said of a thing that henge does not have and that the words of `search` name.
  fileprivate func absence(_ search: HelpSearch) -> [String] {
    absent.compactMap { names, advice in
      names.first(where: search.isFor).map { "henge has no \($0): \(advice)" }
    }
  }

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
