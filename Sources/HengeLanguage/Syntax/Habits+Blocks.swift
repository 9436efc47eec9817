// SPDX-License-Identifier: MIT

// What is written where a value or a block is expected, as other languages have it.

extension Habits {
  /// What must come between these words and their block.
  private static let beforeBlocks: [Word: String] = [
    .if: "a condition", .while: "a condition", .repeat: "a number", .in: "a value to iterate over",
  ]

  /// The error for a token where a value is expected.
  static func notAValue(_ parser: Parser) -> Diagnostic? {
    switch parser.kind {
    case .symbol(.openBrace):
      if parser.index > 0, case .word(let word) = parser.tokens[parser.index - 1].kind,
        let wanted = beforeBlocks[word]
      {
        return wrong(parser, "\(wanted) is missing after `\(word.rawValue)`", nil)
      }
      return braces(parser, "a value cannot begin with `{`", "a record: (a=1), or a list: [1, 2]")
    case .check:
      return wrong(
        parser, "a check follows the expression that it checks, on the same line", "1 + 1  #=> 2")
    case .symbol(.assign):
      let isDouble = parser.index > 0 && parser.tokens[parser.index - 1].kind == .symbol(.assign)
      return wrong(
        parser, isDouble ? "`= =` is not an operator" : "expected a value, found `=`",
        isDouble ? "= to assign, == to compare" : nil)
    case .symbol(.star)
    where parser.index > 0 && parser.tokens[parser.index - 1].kind == .symbol(.star):
      let before = parser.tokens[parser.index - 1].span
      return .syntax(
        "`* *` is not an operator", parser.source, before.joined(with: parser.span),
        replacement: "**")
    case .symbol(.range), .symbol(.ellipsis):
      return wrong(parser, "a range needs a first value", "0..10")
    case .symbol(.doubleSlash): return wrong(parser, "`//` does not begin a comment", "#")
    case .word(.for), .word(.while), .word(.repeat), .word(.return), .word(.break),
      .word(.continue), .word(.try), .word(.assert), .word(.param), .word(.import):
      return wrong(
        parser, "`\(parser.text)` is a statement, not a value",
        parser.at(.for) ? "[… for x in xs], or a separate line" : "a separate line")
    case .word(let word):
      return wrong(
        parser, "expected a value, found the keyword `\(word.rawValue)`",
        nil)
    default: return nil
    }
  }

  /// The error for a token where `{` is expected.
  static func insteadOfBlock(_ parser: Parser, _ owner: String) -> Diagnostic? {
    if let habit = afterLeadingWord(parser) { return habit }
    switch parser.kind {
    case .symbol(.colon) where owner == "for" && isBraceOnLine(parser): return colon(parser)
    case .symbol(.colon):
      return colonBlock(parser)
    case .symbol(.arrow) where owner == "fn":
      return wrong(parser, "`fn` needs a block", "fn f(x) { … }, or f = x => …")
    case .symbol(.assign) where owner == "fn":
      return wrong(parser, "`fn` needs a block", "fn f(x) { … }, or f = x => …")
    case .symbol(.assign): return wrong(parser, "`=` assigns; `==` compares", "==")
    case .word, .int, .string, .num:
      return wrong(parser, "the block of `\(owner)` needs braces", "{ … }")
    case .name where following[parser.text] == nil:
      return wrong(parser, "the block of `\(owner)` needs braces", "{ … }")
    default: return nil
    }
  }

  /// A block after a value that takes none.
  static func blockBehindValue(_ parser: Parser) -> Diagnostic {
    let last = parser.tokens[max(0, parser.index - 1)]
    let what = parser.shortened(parser.text(last))
    if last.kind == .word(.catch) {
      return wrong(parser, "`catch` needs a name for the error", "} catch e {")
    }
    if parser.index > 1, parser.tokens[parser.index - 2].kind == .word(.fn) {
      return wrong(parser, "a function needs parentheses", "fn \(what)() { … }")
    }
    if let habit = blockOfWord(parser) { return habit }
    let isInParameters = parser.tokens[..<parser.index].indices.contains { index in
      parser.tokens[index].kind == .symbol(.openParenthesis) && parser.tokens[index].match < 0
        && index > 1 && parser.tokens[index - 2].kind == .word(.fn)
    }
    if isInParameters {
      let end = Span(last.span.end, last.span.end)
      return .syntax(
        "the parameters of `fn` end with `)`", parser.source, end,
        suggestion: parser.source.line(replacing: end, with: ")"))
    }
    return wrong(
      parser, "no block is allowed here, after `\(what)`", "if, for, while, repeat or fn before it")
  }

  /// `function(x) { x + 1 }` as a value, and `switch (x) { … }`.
  private static func blockOfWord(_ parser: Parser) -> Diagnostic? {
    guard
      let open = parser.tokens[..<parser.index].lastIndex(where: {
        $0.kind == .symbol(.openParenthesis) && $0.match == parser.index - 1
      }), open > parser.statementStart, parser.tokens[open - 1].kind == .name
    else { return nil }
    let word = parser.tokens[open - 1]
    guard let instead = leading[parser.text(word)] else { return nil }
    let message = "`\(parser.text(word))` is not a keyword"
    guard instead.hasPrefix("fn ") else {
      let isStatement = open - 1 == parser.statementStart && !instead.contains("§")
      return isStatement ? wrong(parser, message, instead, at: word.span) : nil
    }
    let source = parser.source
    func inside(_ open: Int, _ close: Int) -> String {
      let text = source.text(Span(parser.tokens[open].span.end, parser.tokens[close].span.start))
      return text.split(separator: " ").joined(separator: " ")
    }
    let names = inside(open, parser.index - 1)
    let close = parser.tokens[parser.index].match
    guard close > parser.index, !inside(parser.index, close).contains("\n") else {
      return wrong(parser, message, "(\(names)) => …", at: word.span)
    }
    let whole = word.span.joined(with: parser.tokens[close].span)
    let head = names.contains(",") || names.isEmpty ? "(\(names))" : names
    return wrong(
      parser, message,
      source.line(replacing: whole, with: "\(head) => \(inside(parser.index, close))"),
      at: word.span)
  }
}
