// SPDX-License-Identifier: MIT

// Long texts, such as a script of five million lines that another program wrote. A tree takes a
// hundred times the bytes of its text, so a long text is parsed part by part: once completely, so
// that a mistake anywhere is an error before anything runs, and each part again as it runs.

extension Parser {
  /// Parses `source` as ``parse(_:watch:)`` does; the tree of a text longer than some megabytes is
  /// not kept.
  public static func parseInParts(
    _ source: Source, watch: @escaping (Int) throws(Diagnostic) -> Void = { _ in }
  ) throws(Diagnostic) -> Program {
    try parseInParts(source, longerThan: longestKept, tokens: 1 << 15, watch: watch)
  }

  /// The bytes of a text up to which its tree is kept.
  public static let longestKept = 1 << 22

  /// With parts of about `tokens` tokens, for a text of more than `bytes`.
  static func parseInParts(
    _ source: Source, longerThan bytes: Int, tokens: Int,
    watch: @escaping (Int) throws(Diagnostic) -> Void = { _ in }
  ) throws(Diagnostic) -> Program {
    guard source.bytes.count > bytes else { return try parse(source, watch: watch) }
    var lexer = Lexer(source, watch: watch)
    var parts: [Span] = []
    var parameters: [Statement] = []
    var documentation: String?
    repeat {
      let start = lexer.position
      lexer.runPart(tokens: tokens)
      if let stopped = lexer.stopped { throw stopped }
      var parser = Parser(lexer, watch: watch)
      let statements = try parser.statements(inBlock: false)
      if parts.isEmpty { documentation = parser.fileDocumentation(statements.first) }
      parameters += statements.filter { if case .parameter = $0.kind { true } else { false } }
      parts.append(Span(start, lexer.position))
      lexer.forgetTokens()
    } while lexer.position < lexer.limit
    return Program(
      source: source, block: Block(parameters, Span(0, source.bytes.count)),
      documentation: documentation, parts: parts)
  }
}

extension Program {
  /// Hands each statement to `body`, first to last.
  public func forEachStatement(_ body: (Statement) throws -> Void) throws {
    guard let parts else {
      for statement in block.statements { try body(statement) }
      return
    }
    for part in parts {
      var lexer = Lexer(source, from: part.start, to: part.end)
      lexer.run()
      var parser = Parser(lexer)
      for statement in try parser.statements(inBlock: false) { try body(statement) }
    }
  }
}

extension Program {
  /// The statements that begin in `span`, as a program; of a long text, whose tree is not kept, there
  /// is no part.
  public func part(_ span: Span) -> Program? {
    guard parts == nil else { return nil }
    let statements = block.statements.filter { (span.start..<span.end).contains($0.span.start) }
    return Program(source: source, block: Block(statements, span), documentation: documentation)
  }
}
