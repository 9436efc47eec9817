// SPDX-License-Identifier: MIT

extension Parser {
  /// `fn name(…) { … }`.
  mutating func function() throws(Diagnostic) -> Statement.Kind {
    let start = span.start
    let documentation = documentation(above: start)
    advance()
    let name = try name("for the function")
    guard at(.openParenthesis) else {
      throw expected("`(` and parameters", suggestion: "fn \(name.text)() { … }")
    }
    let parameters = try parameters()
    let body = try functionBody { (parser) throws(Diagnostic) in try parser.block(of: "fn").0 }
    let literal = FunctionLiteral(
      name: name.text, parameters: parameters, body: body, documentation: documentation,
      span: spanned(start))
    return .function(literal, nameSpan: name.span)
  }

  /// `fn (…) { … }`.
  mutating func anonymousFunction() throws(Diagnostic) -> Expression {
    let start = span.start
    advance()
    guard at(.openParenthesis) else {
      throw expected("`(` and parameters", suggestion: "fn (x) { … }, or x => …")
    }
    return try literal(start) { (parser) throws(Diagnostic) in try parser.block(of: "fn").0 }
  }

  /// `x => …`, `(a, b=1) => { … }`.
  mutating func lambda() throws(Diagnostic) -> Expression {
    try literal(span.start) { (parser) throws(Diagnostic) in
      parser.advance()
      if parser.at(.openBrace) { return try parser.block(of: "=>").0 }
      let value = try parser.expression()
      return Block([Statement(.expression(value, isMuted: false), value.span)], value.span)
    }
  }

  private mutating func literal(
    _ start: Int, body: (inout Parser) throws(Diagnostic) -> Block
  ) throws(Diagnostic) -> Expression {
    let outer = tallest
    tallest = 0
    let parameters = try parameters()
    let block = try functionBody(body)
    let height = tallest + 1
    tallest = outer
    let literal = FunctionLiteral(
      name: nil, parameters: parameters, body: block, documentation: nil, span: spanned(start))
    return try make(.function(literal), spanned(start), over: height)
  }

  private mutating func functionBody(
    _ body: (inout Parser) throws(Diagnostic) -> Block
  ) throws(Diagnostic) -> Block {
    let loops = loopDepth
    loopDepth = 0
    functionDepth += 1
    defer {
      loopDepth = loops
      functionDepth -= 1
    }
    return try body(&self)
  }

  /// `x`, or `(a, b=1, *, c=2)`; after the last one the next token is `=>` or a block.
  private mutating func parameters() throws(Diagnostic) -> [FunctionLiteral.Parameter] {
    if kind == .name {
      return [.init(try name("for the parameter"), initial: nil, isKeywordOnly: false)]
    }
    let start = span
    advance()
    var parameters: [FunctionLiteral.Parameter] = []
    var isKeywordOnly = false
    while !at(.closeParenthesis) {
      if at(.doubleStar) || (at(.star) && nextKind == .name) { throw collectingParameter() }
      if at(.star) {
        if isKeywordOnly { throw .syntax("`*` appears twice", source, span) }
        isKeywordOnly = true
        advance()
      } else {
        parameters.append(try parameter(after: parameters, isKeywordOnly))
      }
      guard take(.comma) else { break }
    }
    guard take(.closeParenthesis) else { throw afterParameter(start) }
    return parameters
  }

  private mutating func parameter(
    after earlier: [FunctionLiteral.Parameter], _ isKeywordOnly: Bool
  ) throws(Diagnostic) -> FunctionLiteral.Parameter {
    let name = try name("for the parameter")
    if earlier.contains(where: { $0.name.text == name.text }) {
      throw .syntax("the parameter `\(name.text)` appears twice", source, name.span)
    }
    let initial = take(.assign) ? try expression() : nil
    if initial == nil, !isKeywordOnly, let last = earlier.last, last.initial != nil {
      throw .syntax(
        "`\(name.text)` has no default, but `\(last.name.text)` before it has one", source,
        name.span, suggestion: "\(name.text) first, or \(name.text)=…")
    }
    return .init(name, initial: initial, isKeywordOnly: isKeywordOnly)
  }
}
