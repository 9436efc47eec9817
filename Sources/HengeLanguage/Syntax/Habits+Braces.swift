// SPDX-License-Identifier: MIT

// `{"lr": 0.1}` and `{1, 2}` of other languages.

extension Habits {
  /// The error for a `{` where a value or a statement begins; it suggests `general` where the braces hold
  /// neither names with values nor elements.
  static func braces(_ parser: Parser, _ message: String, _ general: String) -> Diagnostic {
    let close = parser.tokens[parser.index].match
    guard close > parser.index,
      let value = contents(parser.tokens[(parser.index + 1)..<close], parser.source)
    else { return wrong(parser, message, general) }
    let whole = Span(parser.span.start, parser.tokens[close].span.end)
    return wrong(parser, message, parser.source.line(replacing: whole, with: value))
  }

  /// The record or list with the contents of braces; nil for statements.
  private static func contents(_ tokens: ArraySlice<Token>, _ source: Source) -> String? {
    let tokens = tokens.filter { $0.kind != .newline }
    guard let first = tokens.first, let last = tokens.last else { return "dict()" }
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
      return source.text(Span(first.span.start, last.span.end))
    }
    let hasColons = parts.map { $0.dropFirst().first?.kind == .symbol(.colon) }
    guard hasColons.contains(true) else {
      // One value alone may be a block.
      return parts.count > 1 ? "[\(source.text(Span(first.span.start, last.span.end)))]" : nil
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
