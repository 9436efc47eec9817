// SPDX-License-Identifier: MIT

// The corrected line of an error, for its `try:` line.

extension Source {
  /// Whether a space follows `span`, on its line.
  func isSpaced(_ span: Span) -> Bool { span.end < bytes.count && bytes[span.end] == 32 }

  /// The line around `span` with `text` in its place, without indentation and comment; only
  /// `text` if the line is long or the span runs over several.
  func line(replacing span: Span, with text: String) -> String {
    let (line, column) = position(of: min(span.start, bytes.count))
    let start = span.start - (column - 1)
    let end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
    guard span.end <= end, end - start <= 72 else { return text }
    let before = self.text(Span(start, span.start))
    var after = self.text(Span(span.end, end))
    if let comment = after.firstIndex(of: "#"), !after.contains("\""), !after.contains("'") {
      after = String(after[..<comment])
    }
    let isCode = !after.unicodeScalars.contains(where: TextWidth.isHidden)
    guard isCode else { return text }
    let whole = (before + text + after).drop { $0 == " " || $0 == "\t" }
    var trimmed = Substring(whole)
    while trimmed.last == " " || trimmed.last == "\t" { trimmed.removeLast() }
    return String(trimmed)
  }
}

extension Source {
  /// A string literal and the function that it is passed to: `images` for `images("faces")`.
  public struct GivenString {
    /// The position of the literal, with its quotes.
    public let span: Span
    /// Its contents.
    public let text: String
    /// The function that it is an argument of, or `import`; `nil` if it is elsewhere.
    public let callee: String?
  }

  /// The string literals of a text that can be parsed, in order; those in f-strings are left out.
  public func givenStrings() -> [GivenString] {
    var lexer = Lexer(self)
    lexer.run()
    var open: [String?] = []
    var strings: [GivenString] = []
    for (index, token) in lexer.tokens.enumerated() {
      let before = index > 0 ? lexer.tokens[index - 1] : nil
      switch token.kind {
      case .symbol(.openParenthesis), .symbol(.openBracket), .symbol(.openBrace):
        let isCall = token.kind == .symbol(.openParenthesis) && before?.kind == .name
        open.append(isCall ? before.map { text($0.span) } : nil)
      case .symbol(.closeParenthesis), .symbol(.closeBracket), .symbol(.closeBrace):
        _ = open.popLast()
      case .string(let value):
        let isImport = before?.kind == .word(.import)
        let callee = isImport ? "import" : open.last ?? nil
        strings.append(GivenString(span: token.span, text: value, callee: callee))
      default: break
      }
    }
    return strings
  }
}

extension Diagnostic {
  /// An `E-syntax` whose `try:` line is the line with `span` replaced by `replacement`.
  static func syntax(
    _ message: String, _ source: Source, _ span: Span, replacement: String, notes: [String] = []
  ) -> Diagnostic {
    .syntax(
      message, source, span, notes: notes,
      suggestion: source.line(replacing: span, with: replacement))
  }
}

extension Substring {
  /// The first occurrence of `text`.
  func range(ofFirst text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
