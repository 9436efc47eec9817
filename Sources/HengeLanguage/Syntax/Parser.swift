// SPDX-License-Identifier: MIT

// A Pratt parser over the tokens of `Lexer`. It recovers nothing: the first error is the answer.
// Recursion is bounded by `Limits.nesting` (brackets, blocks, unary operators), and the height of
// the tree, which chains such as `a + b + c` raise without recursion, by `Limits.height`.

/// The parser, which makes the tree of a program.
public struct Parser {
  let source: Source
  var tokens: [Token]
  let watch: (Int) throws(Diagnostic) -> Void
  var templates: [[TemplatePiece]]
  /// What to throw at a `.bad` token.
  let lexerError: Diagnostic?
  let documentation: [Int: String]
  var index = 0
  var depth = 0
  /// The tallest expression since the enclosing block began.
  var tallest = 0
  var loopDepth = 0
  var functionDepth = 0
  var blockDepth = 0
  /// The index of the token with which the statement being read begins.
  var statementStart = 0

  /// Parses all of `source`.
  ///
  /// Throws `E-syntax` at the first text that cannot be parsed, and `E-depth` if it is nested
  /// deeper than `Limits` allows.
  ///
  /// For a long text, `watch` is called with the bytes that its tree needs, and regularly with 0;
  /// an error that it throws stops the parser.
  public static func parse(
    _ source: Source, watch: @escaping (Int) throws(Diagnostic) -> Void = { _ in }
  ) throws(Diagnostic) -> Program {
    var lexer = Lexer(source, watch: watch)
    lexer.run()
    if let stopped = lexer.stopped { throw stopped }
    var parser = Parser(lexer, watch: watch)
    return try parser.program()
  }

  init(_ lexer: Lexer, watch: @escaping (Int) throws(Diagnostic) -> Void = { _ in }) {
    self.watch = watch
    source = lexer.source
    tokens = lexer.tokens
    templates = lexer.templates
    lexerError = lexer.error
    documentation = lexer.documentation
  }

  /// A parser of a part of the same source, as deep in it as `outer` is.
  init(_ fragment: Fragment, inside outer: Parser) {
    source = outer.source
    watch = outer.watch
    tokens = fragment.tokens
    templates = fragment.templates
    lexerError = nil
    documentation = [:]
    depth = outer.depth
    functionDepth = outer.functionDepth
  }

  mutating func program() throws(Diagnostic) -> Program {
    let statements = try statements(inBlock: false)
    let block = Block(statements, Span(0, source.bytes.count))
    return Program(source: source, block: block, documentation: fileDocumentation(statements.first))
  }

  // MARK: Tokens

  var kind: Token.Kind { tokens[index].kind }
  var span: Span { tokens[index].span }
  var nextKind: Token.Kind { index + 1 < tokens.count ? tokens[index + 1].kind : .end }
  /// Where the token before this one ends.
  var lastEnd: Int { index > 0 ? tokens[index - 1].span.end : span.start }

  mutating func advance() { if index + 1 < tokens.count { index += 1 } }

  func at(_ symbol: Symbol) -> Bool { kind == .symbol(symbol) }
  func at(_ word: Word) -> Bool { kind == .word(word) }

  /// Moves over `symbol` if it is next.
  mutating func take(_ symbol: Symbol) -> Bool {
    guard at(symbol) else { return false }
    advance()
    return true
  }

  mutating func take(_ word: Word) -> Bool {
    guard at(word) else { return false }
    advance()
    return true
  }

  /// The source text of a token.
  func text(_ token: Token) -> String { source.text(token.span) }
  var text: String { text(tokens[index]) }

  /// Moves over a name; `purpose` completes "expected a name for …".
  mutating func name(_ purpose: String) throws(Diagnostic) -> Name {
    guard kind == .name else {
      if case .word = kind { throw reservedWord(purpose) }
      if at(.openParenthesis), purpose == "for the items" {
        throw .syntax(
          "the names of a loop have no parentheses", source, span,
          suggestion: "for i, pair in enumerate(zip([1, 2], [3, 4])) { print(i, pair[0], pair[1]) }"
        )
      }
      throw operatorOfElements ?? expected("a name \(purpose)")
    }
    defer { advance() }
    return Name(text, span)
  }

  /// Moves over a name where words are names too.
  mutating func anyName(_ purpose: String) throws(Diagnostic) -> Name {
    if case .word = kind {
      defer { advance() }
      return Name(text, span)
    }
    return try name(purpose)
  }

  // MARK: Bounds

  /// Goes one level deeper for the length of `body`.
  mutating func nested<Result>(
    _ body: (inout Parser) throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    guard depth < Limits.nesting else {
      throw Diagnostic(
        "E-depth", "the program is nested deeper than \(Limits.nesting) levels",
        labels: [.init(source, span)], suggestion: "assign an inner part to a name")
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  /// An expression one taller than the tallest of its parts.
  func make(_ node: Node, _ span: Span, over heights: Int...) throws(Diagnostic) -> Expression {
    let height = (heights.max() ?? 0) + 1
    guard height <= Limits.height else {
      throw Diagnostic(
        "E-depth", "the expression has more than \(Limits.height) steps",
        labels: [.init(source, Span(lastEnd, lastEnd))],
        suggestion: "assign its first half to a name")
    }
    return Expression(node, span, height: height)
  }

  /// From the start of `first` to the end of the last token.
  func spanned(_ first: Int) -> Span { Span(first, max(first, lastEnd)) }

  // MARK: Documentation

  /// The `##` lines directly above the line that contains `offset`.
  func documentation(above offset: Int) -> String? {
    guard !documentation.isEmpty else { return nil }
    var line = source.position(of: offset).line - 1
    var lines: [String] = []
    while let text = documentation[line] {
      lines.append(text)
      line -= 1
    }
    return lines.isEmpty ? nil : lines.reversed().joined(separator: "\n")
  }

  /// The `##` lines before everything else, unless the statement right below has them as its own:
  /// a `fn`, or a `param` without a text.
  func fileDocumentation(_ statement: Statement?) -> String? {
    guard var line = documentation.keys.min() else { return nil }
    let first = tokens.first { $0.kind != .newline } ?? tokens[0]
    let firstLine = first.kind == .end ? Int.max : source.position(of: first.span.start).line
    guard line < firstLine else { return nil }
    var lines: [String] = []
    while let text = documentation[line] {
      lines.append(text)
      line += 1
    }
    let text = lines.joined(separator: "\n")
    guard line == firstLine else { return text }
    switch statement?.kind {
    case .function: return nil
    case .parameter(_, _, let documentation): return documentation == text ? nil : text
    default: return text
    }
  }
}
