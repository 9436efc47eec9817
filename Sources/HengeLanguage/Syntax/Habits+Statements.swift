// SPDX-License-Identifier: MIT

extension Parser {
  /// A statement that begins as no statement of henge does.
  func habitAtStart() -> Diagnostic? { Habits.atStart(self) }
}

extension Habits {
  /// Words that other languages put before a name, and what to write here; `§` is what follows.
  static let leading: [String: String] = [
    "let": "§ = …", "var": "§ = …", "const": "§ = …", "local": "§ = …", "my": "§ = …",
    "auto": "§ = …", "val": "§ = …", "int": "§ = …", "float": "§ = …", "double": "§ = …",
    "global": "pass § as an argument and return it: functions cannot change outer names",
    "nonlocal": "pass § as an argument and return it: functions cannot change outer names",
    "def": "fn §(…) { … }", "function": "fn §(…) { … }", "func": "fn §(…) { … }",
    "fun": "fn §(…) { … }", "lambda": "§ => …", "class": "a record and functions: (name=\"a\")",
    "struct": "a record: (name=\"a\")", "with": "plain statements: files need no closing",
    "async": "the function without `async`", "await": "§ without `await`",
    "raise": "fail(\"what went wrong\")", "throw": "fail(\"what went wrong\")",
    "except": "} catch e {", "finally": "the statements after the block",
    "rescue": "} catch e {", "from": "import \"lib.henge\" as lib; mathematics is built in",
    "using": "delete this line: everything is built in", "include": "import \"lib.henge\" as lib",
    "require": "import \"lib.henge\" as lib", "use": "delete this line: everything is built in",
    "switch": "if x == 1 { … } else if x == 2 { … }",
    "match": "if x == 1 { … } else if x == 2 { … }",
    "case": "if x == 1 { … } else if x == 2 { … }", "do": "while … { … }",
    "until": "while not … { … }",
    "unless": "if not … { … }", "foreach": "for § in … { … }", "loop": "while true { … }",
    "elif": "} else if … {", "elsif": "} else if … {", "elseif": "} else if … {",
    "del": "drop(\"§\")", "delete": "drop(\"§\")",
    "yield": "a list, built with xs += [x]", "new": "§ without `new`", "pass": "an empty block { }",
    "export": "nothing: all top-level names of a file are exported", "typeof": "type(§)",
    "public": "§ without `public`", "private": "§ without `private`",
    "static": "§ without `static`",
    "begin": "{", "goto": "a loop or a function", "type": "a record: (name=\"a\")",
    "enum": "strings, or ints", "proc": "fn §(…) { … }", "sub": "fn §(…) { … }",
  ]

  /// Words between or after values.
  static let following: [String: String] = [
    "is": "==", "then": "{ … }", "do": "{ … }", "elif": "} else if … {", "elsif": "} else if … {",
    "elseif": "} else if … {", "except": "} catch e {", "rescue": "} catch e {",
    "finally": "the statements after the block", "xor": "!=", "mod": "%", "div": "//",
    "to": "0..10", "upto": "0..10", "until": "0..10", "instanceof": "type(x) == \"int\"",
    "begin": "{ … }", "end": "}", "unless": "if not … { … }", "eq": "==", "ne": "!=",
  ]

  static func atStart(_ parser: Parser) -> Diagnostic? {
    switch parser.kind {
    case .word(.else), .word(.catch):
      return wrong(
        parser, "`\(parser.text)` cannot begin a line",
        "} \(parser.text) \(parser.at(.catch) ? "e " : ""){ on the line of the `}`")
    case .word(let word) where word == .in || word == .and || word == .or || word == .by:
      return wrong(
        parser, "a line cannot begin with `\(word.rawValue)`",
        "`\(word.rawValue)` at the end of the line before")
    case .symbol(let symbol): return symbolAtStart(parser, symbol)
    default: return nil
    }
  }

  private static func symbolAtStart(_ parser: Parser, _ symbol: Symbol) -> Diagnostic? {
    switch symbol {
    case .openBrace:
      return braces(
        parser, "a statement cannot begin with `{`", "if true { … }, or a record: (a=1)")
    case .doubleSlash: return wrong(parser, "`//` does not begin a comment", "#")
    case .percent:
      return wrong(parser, "a line cannot begin with `%`", magic(parser))
    case .at: return wrong(parser, "there are no decorators", "f = decorate(f) after the function")
    case .dot where parser.nextKind == .symbol(.slash):
      return wrong(
        parser, "a line cannot begin with `.`",
        "run(\(parser.text(ofLineFrom: parser.index + 2).quoted()))")
    case .dot:
      return wrong(
        parser, "a line cannot begin with `.`",
        "|> at the end of the line before, then .\(parser.nextKind == .name ? parser.text(parser.tokens[parser.index + 1]) : "name")"
      )
    case .plus, .minus, .tilde, .openParenthesis, .openBracket, .closeBrace, .semicolon: return nil
    case .closeParenthesis, .closeBracket, .comma, .ellipsis, .colon: return nil
    default:
      return wrong(
        parser, "a line cannot begin with `\(symbol.rawValue)`",
        "`\(symbol.rawValue)` at the end of the line before")
    }
  }

  static func wrong(
    _ parser: Parser, _ message: String, _ suggestion: String?, at span: Span? = nil
  ) -> Diagnostic {
    .syntax(message, parser.source, span ?? parser.span, suggestion: suggestion)
  }

  // MARK: After a value

  /// The error for an unexpected token after a complete value.
  static func misplaced(_ parser: Parser) -> Diagnostic? {
    if let habit = programWithOptions(parser) { return habit }
    if parser.kind == .name, let instead = following[parser.text] {
      let isNegated = parser.text == "is" && parser.nextKind == .word(.not)
      let end = isNegated ? parser.tokens[parser.index + 1].span : parser.span
      let text = isNegated ? "!=" : instead
      let message = "`\(parser.text)` is not a keyword"
      let isOperator = text.utf8.count <= 2 && text != "}"
      return isOperator
        ? .syntax(message, parser.source, parser.span.joined(with: end), replacement: text)
        : wrong(parser, message, text)
    }
    if let habit = afterLeadingWord(parser) { return habit }
    if parser.index == parser.statementStart + 1, let habit = program(parser) { return habit }
    switch parser.kind {
    case .word(.if): return conditionalExpression(parser)
    case .word(.for): return wrong(parser, "`for` after a value needs brackets", "[… for x in xs]")
    case .word(.else):
      return wrong(parser, "`else` must follow a `}`", "if c { a } else { b }")
    case .symbol(.colon): return colon(parser)
    case .symbol(.assign): return assignment(parser)
    case .symbol(.arrow):
      return wrong(
        parser, "`=>` must follow a name or names in parentheses", "(a, b) => …, or >= to compare")
    case .symbol(.openBrace): return blockBehindValue(parser)
    case .symbol(.pipe):
      return wrong(parser, "`|>` binds least tightly of all operators", "( … ) around the pipe")
    case .name, .int, .num, .string, .shape, .interpolated, .minimumMagnitude:
      return neighbours(parser)
    default: return nil
    }
  }

  /// `let x`, `def f`, `lambda x`: the word directly precedes this token.
  static func afterLeadingWord(_ parser: Parser) -> Diagnostic? {
    guard parser.index > 0 else { return nil }
    let last = parser.tokens[parser.index - 1]
    let isMember = parser.index > 1 && parser.tokens[parser.index - 2].kind == .symbol(.dot)
    guard last.kind == .name, !isMember, let instead = leading[parser.text(last)] else {
      return nil
    }
    let word = parser.text(last)
    let message = "`\(word)` is not a keyword"
    if instead == "§ = …" || instead.hasSuffix("without `\(word)`"), parser.kind == .name,
      parser.index == parser.statementStart + 1
    {
      let withSpace = Span(last.span.start, parser.span.start)
      return .syntax(
        message, parser.source, last.span,
        suggestion: parser.source.line(replacing: withSpace, with: ""))
    }
    let what = parser.kind == .name ? parser.text : "x"
    if instead == "drop(\"§\")", let part = withoutPart(parser) {
      return wrong(parser, message, part, at: last.span)
    }
    let suggestion = signature(parser, instead) ?? replaced(instead, what)
    return wrong(parser, message, suggestion, at: last.span)
  }

  /// What is left of a record without a field, or of a list without an element, for `del r["a"]`.
  private static func withoutPart(_ parser: Parser) -> String? {
    let rest = parser.tokens[parser.index...].prefix(4)
    guard rest.count > 2, parser.kind == .name else { return nil }
    let (mark, key) = (rest[parser.index + 1], rest[parser.index + 2])
    let (name, text) = (parser.text, parser.text(key))
    switch (mark.kind, key.kind) {
    case (.symbol(.dot), .name):
      return "\(name) = dict([[k, \(name)[k]] for k in keys(\(name)) if k != \(text.quoted())])"
    case (.symbol(.openBracket), .string):
      return "\(name) = dict([[k, \(name)[k]] for k in keys(\(name)) if k != \(text)])"
    case (.symbol(.openBracket), .int):
      guard let index = Int(text), index < 1_000_000 else { return nil }
      return "\(name) = \(name)[:\(index)] + \(name)[\(index + 1):]"
    default: return nil
    }
  }

  /// `fn f(x, y) { … }` for `def f(x, y)`, `(x, y) => …` for `lambda x, y:`.
  private static func signature(_ parser: Parser, _ pattern: String) -> String? {
    let source = parser.source
    if pattern.hasPrefix("fn "), parser.nextKind == .symbol(.openParenthesis) {
      let close = parser.tokens[parser.index + 1].match
      guard close > 0 else { return nil }
      let head = source.text(Span(parser.span.start, parser.tokens[close].span.end))
      return head.utf8.count <= 60 && !head.contains(":") ? "fn \(head) { … }" : nil
    }
    guard pattern == "§ => …" else { return nil }
    let rest = parser.tokens[parser.index...].prefix(24)
    guard let colon = rest.first(where: { $0.kind == .symbol(.colon) }) else { return nil }
    let names = source.text(Span(parser.span.start, colon.span.start))
    return names.contains(",") || names.isEmpty ? "(\(names)) => …" : "\(names) => …"
  }

  private static func replaced(_ pattern: String, _ text: String) -> String {
    pattern.split(separator: "§", omittingEmptySubsequences: false).joined(separator: text)
  }

  /// `a if c else b`.
  private static func conditionalExpression(_ parser: Parser) -> Diagnostic {
    let source = parser.source
    var start = parser.index
    while start > parser.statementStart, !separates(parser.tokens[start - 1].kind) { start -= 1 }
    var middle = parser.index
    while middle < parser.tokens.count, parser.tokens[middle].kind != .word(.else),
      !separates(parser.tokens[middle].kind)
    {
      middle += 1
    }
    var end = middle + 1
    while end < parser.tokens.count, !separates(parser.tokens[end].kind) { end += 1 }
    let message = "`if` must come before its two values"
    guard middle < parser.tokens.count, parser.tokens[middle].kind == .word(.else),
      start < parser.index, end - 1 > middle
    else { return wrong(parser, message, "if condition { a } else { b }") }
    let first = parser.tokens[start].span.start
    func text(_ from: Int, _ to: Int) -> String {
      source.text(Span(parser.tokens[from].span.start, parser.tokens[to].span.end))
    }
    let condition = text(parser.index + 1, middle - 1)
    let (yes, no) = (text(start, parser.index - 1), text(middle + 1, end - 1))
    let whole = Span(first, parser.tokens[end - 1].span.end)
    let choice = "if \(condition) { \(yes) } else { \(no) }"
    return .syntax(
      message, source, parser.span, suggestion: source.line(replacing: whole, with: choice))
  }

  /// Whether a value ends before or begins after such a token; brackets are not considered.
  private static func separates(_ kind: Token.Kind) -> Bool {
    switch kind {
    case .newline, .end, .bad, .check, .word(.return), .word(.for): true
    case .symbol(let symbol):
      [.assign, .comma, .semicolon, .openBrace, .closeBrace, .arrow].contains(symbol)
    default: false
    }
  }

  static func colon(_ parser: Parser) -> Diagnostic {
    let first = parser.tokens[parser.statementStart]
    if case .word(let word) = first.kind, [.for, .while, .if, .repeat, .try].contains(word),
      !isBraceOnLine(parser)
    {
      return colonBlock(parser)
    }
    let isAnnotation =
      parser.index == parser.statementStart + 1 && first.kind == .name && parser.nextKind == .name
    if isAnnotation {
      let type = Span(parser.span.start, parser.tokens[parser.index + 1].span.end)
      return .syntax("names have no type annotations", parser.source, type, replacement: "")
    }
    let before = parser.index > 0 ? parser.tokens[parser.index - 1].span : parser.span
    return colonRange(parser, after: before)
  }

  static func isBraceOnLine(_ parser: Parser) -> Bool {
    for token in parser.tokens[parser.index...] {
      if token.kind == .symbol(.openBrace) { return true }
      if token.kind == .newline || token.kind == .end { return false }
    }
    return false
  }

  /// `if x:`, `for i in range(10): print(i)`.
  static func colonBlock(_ parser: Parser) -> Diagnostic {
    let source = parser.source
    let line = source.position(of: parser.span.start).line
    let start = source.lineStarts[line - 1]
    let end = line < source.lineStarts.count ? source.lineStarts[line] - 1 : source.bytes.count
    var head = source.text(Span(start, parser.span.start)).drop { $0 == " " || $0 == "\t" }
    var body = source.text(Span(parser.span.end, end)).drop { $0 == " " || $0 == "\t" }
    while body.last == " " || body.last == "\t" { body.removeLast() }
    if head.hasSuffix(")"), let call = head.range(ofFirst: " range(") {
      let count = head[call.upperBound...].dropLast()
      if !count.contains(","), !count.contains("(") {
        head = head[..<call.lowerBound] + " 0..\(count)"
      }
    }
    guard head.utf8.count + body.utf8.count <= 72 else {
      return wrong(parser, "blocks need braces", "{ … }")
    }
    let isShort = !body.isEmpty && body.first != "#"
    return wrong(
      parser, "blocks need braces", head + " { \(isShort ? String(body) : "…") }")
  }

  /// `1:10` outside an index.
  static func colonRange(_ parser: Parser, after before: Span) -> Diagnostic {
    // `[0:10]`, of MATLAB.
    let open = parser.index - 2
    if open >= parser.statementStart, parser.tokens[open].kind == .symbol(.openBracket),
      parser.tokens[open].match == parser.index + 2
    {
      let list = parser.tokens[open].span.joined(with: parser.tokens[parser.index + 2].span)
      let last = parser.text(parser.tokens[parser.index + 1])
      return .syntax(
        "`:` is only allowed in an index", parser.source, parser.span,
        suggestion: parser.source.line(
          replacing: list, with: "list(\(parser.source.text(before))..\(last))"))
    }
    let first = parser.shortened(parser.source.text(before))
    var last = "n"
    switch parser.nextKind {
    case .int, .name: last = parser.text(parser.tokens[parser.index + 1])
    default: break
    }
    return .syntax(
      "`:` is only allowed in an index", parser.source, parser.span, replacement: "..",
      notes: ["`\(first)..\(last)` goes up to, not including, `\(last)`"])
  }

  private static func assignment(_ parser: Parser) -> Diagnostic {
    if parser.nextKind == .symbol(.assign) {
      return wrong(parser, "`= =` is not an operator", "==")
    }
    if parser.index == parser.statementStart + 1 {
      let first = parser.tokens[parser.statementStart]
      if case .word(let word) = first.kind {
        return wrong(
          parser, "`\(word.rawValue)` is a keyword, not a name", "\(word.rawValue)_ = …",
          at: first.span)
      }
    }
    return wrong(parser, "`=` is only allowed in an assignment", "== to compare")
  }

  /// Two values with nothing between them.
  private static func neighbours(_ parser: Parser) -> Diagnostic? {
    guard parser.index > 0 else { return nil }
    let last = parser.tokens[parser.index - 1]
    let isSameLine =
      parser.source.position(of: last.span.start).line
      == parser.source.position(of: parser.span.start).line
    guard isSameLine else { return nil }
    let (left, right) = (parser.shortened(parser.text(last)), parser.shortened(parser.text))
    switch last.kind {
    case .string where parser.kind == .name:
      let mark = left.hasPrefix("'") ? "'" : "\""
      return wrong(
        parser, "a string is followed by `\(right)` without an operator",
        "\\\(mark) for a \(mark) inside of the string, or + to join two strings")
    case .string where isString(parser.kind):
      return .syntax(
        "two strings without an operator between them", parser.source, parser.span,
        replacement: "+ \(right)")
    case .name where !isNumber(parser.kind) || parser.index == parser.statementStart + 1:
      let rest = restOfLine(parser)
      // A word to search for is a string.
      let isSearch = left == "apropos" && parser.kind == .name
      return wrong(
        parser, "`\(left)` is followed by `\(right)` without an operator",
        "\(left)(\(isSearch ? rest.quoted() : rest))")
    case .int, .num:
      guard parser.kind == .name else { return nil }
      return wrong(
        parser, "`\(left)` is followed by `\(right)` without an operator",
        parser.source.line(replacing: Span(parser.span.start, parser.span.start), with: "* "))
    default: return nil
    }
  }

  private static func isString(_ kind: Token.Kind) -> Bool {
    switch kind {
    case .string, .interpolated: true
    default: false
    }
  }

  private static func isNumber(_ kind: Token.Kind) -> Bool {
    switch kind {
    case .int, .num, .minimumMagnitude: true
    default: false
    }
  }

  /// The rest of the statement if it is short, for a call; else its first token.
  private static func restOfLine(_ parser: Parser) -> String {
    var end = parser.index
    while end < parser.tokens.count {
      switch parser.tokens[end].kind {
      case .newline, .end, .bad, .check, .symbol(.semicolon), .symbol(.closeBrace),
        .symbol(.openBrace), .symbol(.assign):
        let text = parser.source.text(
          Span(parser.span.start, parser.tokens[max(parser.index, end - 1)].span.end))
        return parser.shortened(text)
      default: end += 1
      }
    }
    return parser.shortened(parser.text)
  }
}
