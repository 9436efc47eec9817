// SPDX-License-Identifier: MIT

// `{"lr": 0.1}` and `{1, 2}` of other languages.

extension Habits {
  /// The most tokens that a hint rewrites: what is longer would be no hint, and each brace inside of
  /// others is read once for each of them.
  private static let mostTokens = 200

  /// The error for a `{` where a value or a statement begins; it suggests `general` where the braces hold
  /// neither names with values nor elements.
  static func braces(_ parser: Parser, _ message: String, _ general: String) -> Diagnostic {
    let close = parser.tokens[parser.index].match
    guard close > parser.index, close - parser.index <= mostTokens,
      contents(parser.tokens[(parser.index + 1)..<close], parser) != nil
    else { return wrong(parser, message, general) }
    // The braces that follow in the line are of the same kind.
    let line = parser.source.position(of: parser.span.start).line
    let rest = parser.tokens[parser.index...].prefix(mostTokens).prefix {
      parser.source.position(of: $0.span.start).line == line && $0.kind != .newline
    }
    let last = max(close, rest.endIndex - 1)
    let whole = Span(parser.span.start, parser.tokens[last].span.end)
    return wrong(
      parser, message, parser.source.line(replacing: whole, with: converted(whole, parser)))
  }

  /// The text of `span` with lists and records for the braces in it that hold such.
  private static func converted(_ span: Span, _ parser: Parser) -> String {
    let tokens = parser.tokens
    var text = ""
    var start = span.start
    var index = tokens.firstIndex { $0.span.start >= span.start } ?? tokens.endIndex
    while index < tokens.endIndex, tokens[index].span.start < span.end {
      let (from, close) = (index, tokens[index].match)
      index += 1
      guard tokens[from].kind == .symbol(.openBrace), close > from,
        tokens[close].span.end <= span.end, isValuePlace(from, parser),
        let value = contents(tokens[(from + 1)..<close], parser)
      else { continue }
      text += parser.source.text(Span(start, tokens[from].span.start)) + value
      start = tokens[close].span.end
      index = close + 1
    }
    return text + parser.source.text(Span(start, max(start, span.end)))
  }

  /// Whether a value begins at the token `index`: after an opening bracket, a comma or an operator.
  private static func isValuePlace(_ index: Int, _ parser: Parser) -> Bool {
    guard index > parser.index else { return true }
    switch parser.tokens[index - 1].kind {
    case .symbol(.openParenthesis), .symbol(.openBracket), .symbol(.openBrace), .symbol(.comma),
      .symbol(.colon), .symbol(.assign), .symbol(.plus), .symbol(.pipe):
      return true
    default: return false
    }
  }

  /// The record or list with the contents of braces; nil for statements.
  private static func contents(_ tokens: ArraySlice<Token>, _ parser: Parser) -> String? {
    let tokens = tokens.filter { $0.kind != .newline }
    guard let first = tokens.first else { return "dict()" }
    var parts: [ArraySlice<Token>] = []
    var start = 0
    var depth = 0
    for (index, token) in tokens.enumerated() {
      switch token.kind {
      case .symbol(.openParenthesis), .symbol(.openBracket), .symbol(.openBrace): depth += 1
      case .symbol(.closeParenthesis), .symbol(.closeBracket), .symbol(.closeBrace): depth -= 1
      case .symbol(.comma) where depth == 0:
        parts.append(tokens[start..<index])
        start = index + 1
      case .symbol(.assign), .symbol(.semicolon): return nil
      case .word where depth == 0 && token.span != first.span: return nil
      default: break
      }
    }
    if start < tokens.count { parts.append(tokens[start...]) }
    func text(_ part: ArraySlice<Token>) -> String {
      guard let first = part.first, let last = part.last else { return "" }
      return converted(Span(first.span.start, last.span.end), parser)
    }
    let hasColons = parts.map { $0.dropFirst().first?.kind == .symbol(.colon) }
    guard hasColons.contains(true) else {
      // One value alone may be a block.
      return parts.count > 1 ? "[\(text(tokens[...]))]" : nil
    }
    guard !hasColons.contains(false) else { return nil }
    let fields = parts.map { part -> (key: String, isName: Bool, value: String) in
      let key = text(part.prefix(1))
      let name = key.filter { $0 != "\"" && $0 != "'" }
      let isName = name.isIdentifier && Word.bySpelling[name] == nil
      return (isName ? name : key, isName, text(part.dropFirst(2)))
    }
    if fields.allSatisfy(\.isName) {
      return "(\(fields.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")))"
    }
    let pairs = fields.map { "[\($0.isName ? $0.key.quoted() : $0.key), \($0.value)]" }
    return "dict([\(pairs.joined(separator: ", "))])"
  }
}
