// SPDX-License-Identifier: MIT

extension Parser {
  /// A literal, a name, something in brackets, or a word that makes a value.
  mutating func primary() throws(Diagnostic) -> Expression {
    let span = span
    switch kind {
    case .name: return try leaf(.name(text), span)
    case .int(let value): return try leaf(.int(value), span)
    case .num(let value): return try leaf(.num(value), span)
    case .shape(let sizes): return try leaf(.shape(sizes), span)
    case .string(let text): return try leaf(.str(text), span)
    case .interpolated(let index): return try interpolated(templates[index])
    case .minimumMagnitude:
      throw .syntax(
        "`\(text)` is larger than the largest int, 9223372036854775807", source, span,
        suggestion: "\(text).0, a num")
    case .word(let word): return try wordExpression(word)
    case .symbol(.openParenthesis): return try parenthesised()
    case .symbol(.openBracket): return try list()
    default: throw expectedExpression()
    }
  }

  private mutating func leaf(_ node: Node, _ span: Span) throws(Diagnostic) -> Expression {
    advance()
    return Expression(node, span, height: 1)
  }

  private mutating func wordExpression(_ word: Word) throws(Diagnostic) -> Expression {
    let span = span
    switch word {
    case .true: return try leaf(.bool(true), span)
    case .false: return try leaf(.bool(false), span)
    case .none: return try leaf(.none, span)
    case .if: return try conditional()
    case .fn: return try anonymousFunction()
    case .time, .bench:
      guard nextKind == .symbol(.openBrace) else {
        throw .syntax(
          "`\(word.rawValue)` is a keyword", source, span,
          suggestion: "\(word.rawValue) { … }, or another name")
      }
      advance()
      let (body, height) = try block(of: word.rawValue)
      return try make(
        word == .time ? .time(body) : .bench(body), spanned(span.start), over: height)
    default: throw expectedExpression()
    }
  }

  // MARK: Strings

  private mutating func interpolated(_ parts: [TemplatePiece]) throws(Diagnostic) -> Expression {
    let span = span
    let (pieces, height) = try pieces(parts)
    advance()
    return try make(.interpolated(pieces), span, over: height)
  }

  private func pieces(_ parts: [TemplatePiece]) throws(Diagnostic) -> ([Piece], height: Int) {
    var pieces: [Piece] = []
    var tallest = 0
    for part in parts {
      switch part {
      case .text(let text): pieces.append(.text(text))
      case .value(let fragment, let specification):
        var parser = Parser(fragment, inside: self)
        let value = try parser.expression()
        guard parser.kind == .end else { throw parser.afterInterpolated() }
        let (specification, height) = try self.pieces(specification)
        tallest = max(tallest, value.height, height)
        pieces.append(.value(value, specification: specification))
      }
    }
    return (pieces, tallest)
  }

  // MARK: Brackets

  /// `(x)`, `()`, `(x,)`, `(a=1)`; parameters are read elsewhere.
  private mutating func parenthesised() throws(Diagnostic) -> Expression {
    let start = span
    advance()
    if take(.closeParenthesis) { return try make(.list([]), spanned(start.start)) }
    if at(.doubleStar) || isNamed { return try record(start) }
    let first = try item(of: start)
    if at(.closeParenthesis) {
      advance()
      return Expression(first.node, spanned(start.start), height: first.height)
    }
    var items = [first]
    var height = first.height
    while take(.comma), !at(.closeParenthesis) {
      if isNamed || at(.doubleStar) {
        throw .syntax(
          "every value of a record needs a name", source, first.span,
          suggestion: "name=\(source.text(first.span))")
      }
      items.append(try item(of: start))
      height = max(height, items[items.count - 1].height)
    }
    guard take(.closeParenthesis) else { throw afterItem(start, at: .openParenthesis) }
    return try make(.list(items), spanned(start.start), over: height)
  }

  /// A value between brackets that opened at `start`.
  private mutating func item(of start: Span) throws(Diagnostic) -> Expression {
    if at(.star) {
      throw .syntax(
        "`*` unpacks a list only in the arguments of a call", source, span,
        suggestion: "+ between lists: a + [1]")
    }
    return try expression()
  }

  /// Whether `name =` is next.
  var isNamed: Bool {
    guard nextKind == .symbol(.assign) else { return false }
    if case .word = kind { return true }
    return kind == .name
  }

  private mutating func record(_ start: Span) throws(Diagnostic) -> Expression {
    var fields: [Field] = []
    var names: Set<String> = []
    var height = 0
    while !at(.closeParenthesis) {
      if take(.doubleStar) {
        let value = try expression()
        height = max(height, value.height)
        fields.append(.spread(value))
      } else {
        guard isNamed else { throw unnamedField() }
        let name = try anyName("for the field")
        guard names.insert(name.text).inserted else {
          throw .syntax("`\(name.text)` appears twice", source, name.span)
        }
        advance()
        let value = try expression()
        height = max(height, value.height)
        fields.append(.named(name, value))
      }
      guard take(.comma) else { break }
    }
    guard take(.closeParenthesis) else { throw afterItem(start, at: .openParenthesis) }
    return try make(.record(fields), spanned(start.start), over: height)
  }

  /// `[a, b]` or `[f(x) for x in xs if x > 0]`.
  private mutating func list() throws(Diagnostic) -> Expression {
    let start = span
    advance()
    var items: [Expression] = []
    var height = 0
    while !at(.closeBracket) {
      let item = try item(of: start)
      height = max(height, item.height)
      items.append(item)
      if at(.for), items.count == 1 { return try comprehension(item, start) }
      guard take(.comma) else { break }
    }
    guard take(.closeBracket) else { throw afterItem(start, at: .openBracket) }
    return try make(.list(items), spanned(start.start), over: height)
  }

  private mutating func comprehension(
    _ item: Expression, _ start: Span
  ) throws(Diagnostic) -> Expression {
    advance()
    var names = [try name("for the items")]
    while take(.comma) { names.append(try name("for the items")) }
    guard take(.in) else { throw expected("`in`") }
    let items = try expression()
    let filter = take(.if) ? try expression() : nil
    if at(.for) || at(.if) {
      throw .syntax(
        "a list has one `for` and at most one `if`", source, span,
        suggestion: at(.if) ? "and" : "[… for a, b in zip(…)], or a list of lists")
    }
    guard take(.closeBracket) else { throw afterItem(start, at: .openBracket) }
    return try make(
      .comprehension(item, names: names, in: items, if: filter), spanned(start.start),
      over: item.height, items.height, filter?.height ?? 0)
  }

  // MARK: Conditions

  /// `if a { … } else if b { … } else { … }`, read in a loop so that a long chain is no recursion.
  private mutating func conditional() throws(Diagnostic) -> Expression {
    typealias Arm = (condition: Expression, body: Block, height: Int, start: Int)
    var arms: [Arm] = []
    var last: (Block, height: Int)?
    while true {
      let start = span.start
      advance()
      let condition = try condition(of: "if")
      let (body, height) = try block(of: "if")
      arms.append((condition, body, max(condition.height, height), start))
      guard take(.else) else { break }
      if at(.if) { continue }
      last = try block(of: "else")
      break
    }
    let end = lastEnd
    var result: Expression?
    for arm in arms.reversed() {
      let otherwise =
        result.map {
          (Block([Statement(.expression($0, isMuted: false), $0.span)], $0.span), $0.height)
        }
        ?? last
      result = try make(
        .conditional(arm.condition, then: arm.body, else: otherwise?.0), Span(arm.start, end),
        over: arm.height, otherwise?.1 ?? 0)
    }
    guard let result else { throw expectedExpression() }
    return result
  }
}
