// SPDX-License-Identifier: MIT

extension Parser {
  /// Statements up to the end, or up to the `}` of the block, which is left.
  mutating func statements(inBlock: Bool) throws(Diagnostic) -> [Statement] {
    var statements: [Statement] = []
    while true {
      while kind == .newline || at(.semicolon) { advance() }
      if kind == .end || (inBlock && at(.closeBrace)) { return statements }
      statements.append(try statement())
      if statements.count % Parser.stretch == 0 {
        try watch(Parser.stretch * Parser.statementBytes)
      }
    }
  }

  /// The number of statements between two checks of the memory.
  private static let stretch = 1 << 10
  /// About what the tree of a short statement takes.
  private static let statementBytes = 400

  /// `{ … }`, and how tall it is.
  mutating func block(of owner: String) throws(Diagnostic) -> (Block, height: Int) {
    guard at(.openBrace) else { throw missingBlock(of: owner) }
    let start = span
    let outer = (tallest, statementStart)
    let statements = try nested { (parser) throws(Diagnostic) in
      parser.advance()
      parser.tallest = 0
      parser.blockDepth += 1
      defer { parser.blockDepth -= 1 }
      return try parser.statements(inBlock: true)
    }
    guard take(.closeBrace) else { throw unclosed(start, at: .openBrace) }
    let height = tallest + 1
    tallest = max(outer.0, height)
    statementStart = outer.1
    return (Block(statements, spanned(start.start)), height)
  }

  private mutating func statement() throws(Diagnostic) -> Statement {
    statementStart = index
    let start = span.start
    var kind = try statementKind()
    let span = spanned(start)
    if take(.semicolon), case .expression(let value, _) = kind {
      kind = .expression(value, isMuted: true)
    }
    let check = try check(of: kind)
    switch self.kind {
    case .newline, .end, .symbol(.closeBrace): break
    default:
      let isSeparated = index > 0 && tokens[index - 1].kind == .symbol(.semicolon)
      guard isSeparated else { throw afterStatement() }
    }
    return Statement(kind, span, check: check)
  }

  private mutating func statementKind() throws(Diagnostic) -> Statement.Kind {
    switch kind {
    case .word(.param): return try parameter()
    case .word(.import): return try importing()
    case .word(.fn) where nextKind != .symbol(.openParenthesis): return try function()
    case .word(.for): return try forEach()
    case .word(.while):
      advance()
      let condition = try condition(of: "while")
      return .whileLoop(condition, try loopBody("while"))
    case .word(.repeat):
      advance()
      let count = try expression()
      return .repeatLoop(count, try loopBody("repeat"))
    case .word(.try): return try attempt()
    case .word(.return): return try giveBack()
    case .word(.break), .word(.continue): return try loopWord()
    case .word(.assert):
      advance()
      let condition = try expression()
      return .assertion(condition, message: take(.comma) ? try expression() : nil)
    default: return try simple()
    }
  }

  // MARK: Expressions and assignments

  private mutating func simple() throws(Diagnostic) -> Statement.Kind {
    if let habit = habitAtStart() { throw habit }
    let start = span.start
    var values = [try expression()]
    while at(.comma) {
      advance()
      values.append(try expression())
    }
    if case .symbol(let symbol) = kind, let binary = Operators.augmenting[symbol] {
      let operatorSpan = span
      guard values.count == 1 else {
        throw expected("`=` after several places")
      }
      advance()
      let place = try place(values[0])
      return .augment(place, binary, try expression(), operatorSpan: operatorSpan)
    }
    guard at(.assign) else {
      guard values.count == 1 else { throw bareList(spanned(start)) }
      return .expression(values[0], isMuted: false)
    }
    return try assignment(to: values)
  }

  private mutating func assignment(to targets: [Expression]) throws(Diagnostic) -> Statement.Kind {
    let equals = span
    advance()
    if at(.assign) {
      throw .syntax(
        "`= =` is not an operator", source, Span(equals.start, span.end),
        suggestion: "= to assign, == to compare")
    }
    var places: [Place] = []
    for target in targets { places.append(try place(target)) }
    var values = [try expression()]
    while take(.comma) { values.append(try expression()) }
    if at(.assign) { throw chainedAssignment(values) }
    if values.count > 1, values.count != places.count {
      let count = "\(values.count) values for \(places.count) name\(places.count == 1 ? "" : "s")"
      let written = source.text(values[0].span.joined(with: values[values.count - 1].span))
      throw .syntax(
        count, source, values[0].span.joined(with: values[values.count - 1].span),
        suggestion: places.count == 1 && written.utf8.count < 40 ? "a list: (\(written))" : nil)
    }
    return .assign(places, values)
  }

  /// `expression` as something that can be assigned to.
  private func place(_ expression: Expression) throws(Diagnostic) -> Place {
    var steps: [Place.Step] = []
    var rest = expression
    while true {
      switch rest.node {
      case .name(let text):
        return Place(Name(text, rest.span), steps: steps.reversed(), span: expression.span)
      case .member(let object, let name, let nameSpan):
        steps.append(.member(name, nameSpan))
        rest = object
      case .index(let object, let arguments):
        steps.append(.index(arguments, rest.span))
        rest = object
      default: throw notAPlace(rest)
      }
    }
  }

  // MARK: Loops

  private mutating func forEach() throws(Diagnostic) -> Statement.Kind {
    advance()
    if at(.openParenthesis) { throw parenthesisedLoop() }
    var names = [try name("for the items")]
    while take(.comma) { names.append(try name("for the items")) }
    guard take(.in) else {
      throw expected("`in`", suggestion: "for \(names[0].text) in 0..10 { … }")
    }
    let items = try expression()
    return .forEach(names, items, try loopBody("for"))
  }

  private mutating func loopBody(_ word: String) throws(Diagnostic) -> Block {
    loopDepth += 1
    defer { loopDepth -= 1 }
    return try block(of: word).0
  }

  private mutating func loopWord() throws(Diagnostic) -> Statement.Kind {
    let isBreak = at(.break)
    guard loopDepth > 0 else {
      throw .syntax(
        "`\(text)` is not inside a loop" + (functionDepth > 0 ? " of this function" : ""), source,
        span
      )
    }
    advance()
    return isBreak ? .breakLoop : .continueLoop
  }

  /// What `if` and `while` ask.
  mutating func condition(of word: String) throws(Diagnostic) -> Expression {
    let value = try expression()
    if at(.assign) {
      throw .syntax(
        "`=` assigns; `==` compares", source, span, replacement: "==")
    }
    return value
  }

  // MARK: The other words

  private mutating func parameter() throws(Diagnostic) -> Statement.Kind {
    let start = span
    let above = documentation(above: start.start)
    if blockDepth > 0 {
      throw .syntax(
        "`param` is inside a block", source, start,
        suggestion: "at the top level of the file")
    }
    advance()
    let name = try name("for the parameter")
    guard take(.assign) else {
      throw expected("`=` and a default value", suggestion: "param \(name.text) = 1")
    }
    let value = try expression()
    guard case .string(let text) = kind else {
      return .parameter(name, value, documentation: above)
    }
    advance()
    return .parameter(name, value, documentation: text)
  }

  private mutating func importing() throws(Diagnostic) -> Statement.Kind {
    advance()
    guard case .string(let path) = kind else { throw importOfAName() }
    let pathSpan = span
    advance()
    guard take(.as) else {
      throw expected("`as` and a name", suggestion: "import \(source.text(pathSpan)) as lib")
    }
    return .importing(path: path, pathSpan: pathSpan, try name("for what is imported"))
  }

  private mutating func attempt() throws(Diagnostic) -> Statement.Kind {
    let start = span
    advance()
    let body = try block(of: "try").0
    guard take(.catch) else { throw missingCatch(start) }
    let name = try name("for the error")
    return .attempt(body, catching: name, try block(of: "catch").0)
  }

  private mutating func giveBack() throws(Diagnostic) -> Statement.Kind {
    guard functionDepth > 0 else {
      throw .syntax("`return` is not inside a function", source, span)
    }
    let start = span.end
    advance()
    switch kind {
    case .newline, .end, .symbol(.semicolon), .symbol(.closeBrace), .check:
      return .giveBack(nil)
    default:
      let value = try expression()
      guard at(.comma) else { return .giveBack(value) }
      while take(.comma) { _ = try expression() }
      throw bareList(spanned(start + 1))
    }
  }

  // MARK: Checks

  private mutating func check(of kind: Statement.Kind) throws(Diagnostic) -> Check? {
    guard case .check(let inner) = self.kind else { return nil }
    let span = span
    advance()
    let written = source.text(inner)
    let isCode =
      written.hasPrefix("E-")
      && written.utf8.dropFirst(2).allSatisfy { ($0 >= 97 && $0 <= 122) || $0 == 45 }
    if isCode { return Check(.error(written), span) }
    guard case .expression = kind else {
      throw .syntax(
        "`#=>` follows a statement without a value", source, span,
        suggestion: "after an expression, or `#=> E-…` for an expected error")
    }
    guard let separator = toleranceMark(in: inner) else {
      let value = try part(inner)
      return Check(.value(text: written, value, tolerance: nil), span)
    }
    guard let tolerance = try part(Span(separator.end, inner.end)),
      let value = try part(Span(inner.start, separator.start))
    else {
      throw .syntax(
        "`\(written)` is not a value and a tolerance", source, inner,
        suggestion: "0.4132 +- 1e-3")
    }
    let text = source.text(Span(inner.start, separator.start))
    return Check(.value(text: trimmed(text), value, tolerance: tolerance), span)
  }

  private func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }

  /// The last ` +- ` of a check.
  private func toleranceMark(in span: Span) -> Span? {
    let mark: [UInt8] = Array(" +- ".utf8)
    var start = span.end - mark.count
    while start > span.start {
      if source.bytes[start..<start + mark.count] == mark[...] {
        return Span(start, start + mark.count)
      }
      start -= 1
    }
    return nil
  }

  /// The text of `span` as an expression; none if it is not one.
  private func part(_ span: Span) throws(Diagnostic) -> Expression? {
    var lexer = Lexer(source, from: span.start, to: span.end)
    lexer.run()
    guard lexer.error == nil else { return nil }
    var parser = Parser(lexer)
    parser.depth = depth
    guard let value = try? parser.expression(), parser.kind == .end else { return nil }
    return value
  }
}
