// SPDX-License-Identifier: MIT
public import HengeLanguage

/// Answers questions from the declarations and from the values of a session.
public struct Help {
  /// A key or a command with its description, as declared by another part of the shell.
  public struct Entry: Sendable {
    /// The key or the command, as typed.
    public let name: String
    /// The description.
    public let text: String

    /// An entry for `name` with the description `text`.
    public init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }
  }

  let interpreter: Interpreter
  let keys: [Entry]
  let commands: [Entry]
  /// Whether pages of values show more than their types; not where the values may be changing.
  public var showsValues = true

  /// Help for the session of `interpreter`, with the keys and commands of its prompt.
  public init(_ interpreter: Interpreter, keys: [Entry] = [], commands: [Entry] = []) {
    self.interpreter = interpreter
    self.keys = keys
    self.commands = commands
  }

  /// The answer to `request` in lines of at most `width` columns.
  ///
  /// Throws E-name with a suggestion for an unknown subject, and any error from showing a value.
  public func answer(_ request: HelpRequest, width: Int) throws -> String {
    if let page = try page(about: request, width: width) { return page }
    let subject = request.subject
    if let error = unknownCode(subject) { throw error }
    if let lines = search(subject, width: HelpPage(width: width).width) {
      return lines.joined(separator: "\n")
    }
    throw unknown(subject)
  }

  /// The page of the subject of `request`; nil where there is none of its name.
  ///
  /// Throws any error from showing a value.
  public func page(about request: HelpRequest, width: Int) throws -> String? {
    var page = HelpPage(width: width)
    let subject = request.subject
    if subject.isEmpty {
      overview(&page)
    } else if request.wantsSource, source(of: subject, &page) {
    } else {
      try tell(subject, &page)
    }
    return page.lines.isEmpty ? nil : page.text
  }

  private func tell(_ subject: String, _ page: inout HelpPage) throws {
    if let error = ErrorPage.find(subject), subject.lowercased().hasPrefix("e-") {
      return page.paragraphs(error.text(width: page.width))
    }
    if subject.hasPrefix(":") { return command(subject, &page) }
    try value(subject, &page)
    special(subject, &page)
    let builtins = interpreter.library.builtins(named: subject)
    if !builtins.isEmpty { page.add(builtins) }
    let isValue = page.lines.first?.hasPrefix("\(subject) is ") ?? false
    if let syntax = SyntaxPage.find(subject), !isValue { page.add(syntax) }
    if let topic = interpreter.library.topics.first(where: { $0.name == subject }) {
      group(topic, &page)
    }
    if page.lines.isEmpty { try member(subject, &page) }
  }

  // MARK: Names

  private func value(_ name: String, _ page: inout HelpPage) throws {
    guard let value = interpreter.globals.last(where: { $0.name == name })?.value else { return }
    try page.add(name, value, in: interpreter, showsValue: showsValues)
  }

  /// A member or an element of a value of the session.
  private func member(_ subject: String, _ page: inout HelpPage) throws {
    let completer = Completer(interpreter.library, globals: interpreter.globals)
    switch completer.meaning(of: subject) {
    case .value(let value): try page.add(subject, value, in: interpreter, showsValue: showsValues)
    case .builtins(let builtins): page.add(builtins)
    case .computed(let name, let owner):
      page.paragraph(
        "\(subject) is a member of \(owner.kindWithArticle). Type it without `?` to see its value.")
      page.names("others", completer.members(of: owner).own.filter { $0 != name })
    case .unknown: foreign(subject, &page)
    }
  }

  /// `np.mean`, `imread`: names from other languages and their counterparts here.
  private func foreign(_ subject: String, _ page: inout HelpPage) {
    let parts = subject.split(separator: ".").map(String.init)
    if parts.count > 1, let last = parts.last, interpreter[parts[0]] == nil {
      let builtins = interpreter.library.builtins(named: last)
      if !builtins.isEmpty {
        page.paragraph("henge has no modules: write `\(last)` without a prefix.")
        return page.add(builtins)
      }
    }
    guard let (hint, builtins) = interpreter.library.counterpart(of: subject) else {
      // `FID`, `ReLU`, `optim.Adam`: the same name in other letters.
      let last = (parts.last ?? subject).lowercased()
      let builtins = interpreter.library.builtins(named: last)
      if interpreter[parts.first ?? ""] == nil, !builtins.isEmpty { page.add(builtins) }
      return
    }
    page.paragraph("In henge: \(hint)")
    if !builtins.isEmpty { page.add(builtins) }
    if let syntax = SyntaxPage.find(hint) { page.add(syntax) }
  }

  private func source(of subject: String, _ page: inout HelpPage) -> Bool {
    let completer = Completer(interpreter.library, globals: interpreter.globals)
    switch completer.meaning(of: subject) {
    case .value(.function(let function)):
      if let literal = function.literal, let source = function.source {
        for line in literal.documentation?.split(separator: "\n") ?? [] { page.line("## " + line) }
        let text = source.text(literal.span)
        page.verbatim(text)
        return true
      }
      page.declarations(function.builtins)
    case .builtins(let builtins): page.declarations(builtins)
    default: return false
    }
    return true
  }

  // MARK: Tables

  private func special(_ subject: String, _ page: inout HelpPage) {
    switch subject {
    case "keys" where !keys.isEmpty:
      page.line("keys of the prompt")
      page.gap()
      page.entries(keys.map { ($0.name, $0.text) })
    case "commands" where !commands.isEmpty:
      page.line("commands of the prompt (not part of the language)")
      page.gap()
      page.entries(commands.map { ($0.name, $0.text) })
    case "language": language(&page)
    default: break
    }
  }

  private func command(_ subject: String, _ page: inout HelpPage) {
    let word = subject.split(separator: " ").first.map(String.init) ?? subject
    let found = commands.filter { entry in
      subject == ":" || entry.name == word || entry.name.hasPrefix(word + " ")
    }
    page.entries(found.map { ($0.name, $0.text) })
  }

  private func group(_ topic: Topic, _ page: inout HelpPage) {
    page.gap()
    let named = topic.builtins.filter { $0.naming != .operation }
    let operators = topic.builtins.filter { $0.naming == .operation }.map(\.name).unique
    page.line("\(topic.name): ?name describes each one")
    page.gap()
    let sorted = named.sorted { $0.name < $1.name }
    for line in interpreter.library.table(sorted, width: page.width - 2) { page.line("  " + line) }
    if !operators.isEmpty { page.names("operators", operators) }
  }

  private func language(_ page: inout HelpPage) {
    page.line("the language at a glance; ?for describes `for`, and so on")
    page.gap()
    page.entries(
      SyntaxPage.all.map { page in
        (page.form, page.text.firstSentence)
      })
  }

  // MARK: Unknown subjects

  /// The most built-ins listed for a word that is not a name.
  private static let longestSearch = 15

  /// The built-ins and error pages that mention the words of `subject`.
  private func search(_ subject: String, width: Int) -> [String]? {
    // A letter is a name that is not there: every page has a parameter x.
    guard subject.count > 1 else { return nil }
    for words in [subject, subject.stem] {
      let found = interpreter.library.builtins(about: words)
      let errors = ErrorPage.all.filter { page in
        words.count > 2
          && "\(page.title) \(page.explanation)".lowercased().holds(words.lowercased())
      }
      let topics = interpreter.library.topics.filter { $0.name.hasPrefix(words.lowercased()) }
      guard !found.isEmpty || !errors.isEmpty || !topics.isEmpty else { continue }
      var page = HelpPage(width: width)
      for absence in interpreter.library.absences(of: words) { page.paragraph(absence) }
      page.line("there is no page named \(TextWidth.visible(subject)); these mention it:")
      page.gap()
      page.entries(
        topics.map { ("?" + $0.name, "a group of built-ins") }
          + errors.map { ("?" + $0.code, $0.title) })
      if page.lines.count > 2, !found.isEmpty { page.gap() }
      // A page fits a window: more is listed when it is asked for.
      let rows = interpreter.library.table(found, width: width - 2)
      for row in rows.prefix(Help.longestSearch) { page.line("  " + row) }
      if rows.count > Help.longestSearch {
        page.gap()
        page.line(
          "\(rows.count - Help.longestSearch) more: apropos(\(Value(words).representation))")
      }
      return page.lines
    }
    return nil
  }

  /// E-name for a code or a command that there is not: no page mentions what it could mean.
  private func unknownCode(_ subject: String) -> Diagnostic? {
    let isCode = subject.lowercased().hasPrefix("e-") && !subject.contains(" ")
    guard isCode || subject.hasPrefix(":") else { return nil }
    let known =
      isCode
      ? ErrorPage.all.map(\.code)
      : commands.map { String($0.name.prefix { $0 != " " }) }
    let nearest = Suggestion.closest(to: subject, among: known)
    let name = TextWidth.cut(TextWidth.visible(subject), to: 40)
    return Diagnostic(
      "E-name", "there is no \(isCode ? "error code" : "command") \(name)",
      suggestion: nearest.map { "?\($0)" }
        ?? (isCode ? "henge reference errors, for all codes" : "?commands"))
  }

  private func unknown(_ subject: String) -> Diagnostic {
    let name = TextWidth.visible(subject)
    let nearest = Suggestion.closest(to: subject, among: HelpIndex(interpreter).names)
    return Diagnostic(
      "E-name", "there is no help for `\(TextWidth.cut(name, to: 40))`",
      suggestion: nearest.map { "?\($0)" } ?? "? for an overview, or apropos(\"a word\")")
  }
}

extension HelpPage {
  /// Adds text that already fits the width.
  mutating func paragraphs(_ text: String) {
    for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
      line(String(part))
    }
  }

  /// Adds the lines of a program, with control characters escaped.
  mutating func verbatim(_ text: String) {
    for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
      add(TextWidth.visible(String(part)))
    }
  }

  /// Adds the declarations of built-ins, which have no source in the language.
  mutating func declarations(_ builtins: [Builtin]) {
    line("a built-in; its declaration:")
    gap()
    for builtin in builtins { declaration(of: builtin) }
    gap()
    names("group", builtins.map(\.group).unique.map { "?" + $0 })
  }

  /// Adds the page of a keyword or operator.
  mutating func add(_ page: SyntaxPage) {
    gap()
    paragraph(page.form)
    gap()
    paragraph(page.text)
    gap()
    example(page.example)
    let others = page.names.filter { $0.utf8.first.map { $0 >= 97 && $0 <= 122 } ?? false }
    gap()
    names("about", others.count > 1 ? others : [])
    names("see also", ["?language"])
  }
}

extension String {
  /// A word without the ending of a plural or a participle.
  fileprivate var stem: String {
    let ending = ["ing", "es", "ed", "s"].first { hasSuffix($0) && utf8.count > $0.utf8.count + 3 }
    return String(dropLast(ending?.count ?? 0))
  }

  /// Up to the first stop that ends a sentence.
  fileprivate var firstSentence: String {
    var sentence = ""
    var rest = self[...]
    while let character = rest.popFirst() {
      sentence.append(character)
      if character == "." || character == ";" || character == ":", rest.first == " " { break }
    }
    if let last = sentence.last, last == ";" || last == ":" { sentence.removeLast() }
    return sentence.last == "." ? sentence : sentence + "."
  }
}
