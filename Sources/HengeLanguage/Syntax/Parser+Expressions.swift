// SPDX-License-Identifier: MIT

extension Parser {
  /// A function, or a pipe of operators.
  mutating func expression() throws(Diagnostic) -> Expression {
    let value = try nested { (parser) throws(Diagnostic) in
      parser.isFunctionNext ? try parser.lambda() : try parser.pipe()
    }
    tallest = max(tallest, value.height)
    return value
  }

  /// Whether `name =>` or `( … ) =>` is next.
  var isFunctionNext: Bool {
    if kind == .name { return nextKind == .symbol(.arrow) }
    guard at(.openParenthesis) else { return false }
    let close = tokens[index].match
    return close >= 0 && close + 1 < tokens.count && tokens[close + 1].kind == .symbol(.arrow)
  }

  // MARK: Pipes

  private mutating func pipe() throws(Diagnostic) -> Expression {
    let start = span.start
    var value = try binary(.or)
    while at(.pipe) {
      advance()
      value = try piped(value, start)
    }
    return value
  }

  /// The step after `|>`, applied to `value`.
  private mutating func piped(_ value: Expression, _ start: Int) throws(Diagnostic) -> Expression {
    if at(.dot) { return try postfix(value, from: start) }
    if isFunctionNext { throw unparenthesisedFunction() }
    let stepStart = index
    let isGroup = at(.openParenthesis)
    let base = try primary()
    let closesAt = isGroup ? tokens[stepStart].match : -1
    let step = try postfix(base, from: base.span.start)
    let isWholeGroup = isGroup && index == closesAt + 1
    if case .call(let callee, let arguments, piped: false) = step.node, !isWholeGroup {
      let first = Argument(.positional(value), value.span)
      return try make(
        .call(callee, [first] + arguments, piped: true), spanned(start), over: value.height,
        step.height - 1)
    }
    let first = Argument(.positional(value), value.span)
    return try make(
      .call(step, [first], piped: true), spanned(start), over: value.height, step.height)
  }

  // MARK: Operators

  /// Operators with at least the precedence `minimum`, and their operands.
  mutating func binary(_ minimum: Precedence) throws(Diagnostic) -> Expression {
    let start = span.start
    var left = try prefix(minimum)
    while let row = infixRow, row.precedence >= minimum {
      left = try infix(left, row, start)
    }
    return left
  }

  private var infixRow: Operators.Row? {
    switch kind {
    case .symbol(let symbol): Operators.infixSymbols[symbol]
    case .word(.not): nextKind == .word(.in) ? Operators.notIn : nil
    case .word(let word): Operators.infixWords[word]
    default: nil
    }
  }

  private mutating func infix(
    _ left: Expression, _ row: Operators.Row, _ start: Int
  ) throws(Diagnostic) -> Expression {
    if row.precedence == .comparison { return try comparison(left, start) }
    let operatorSpan = moveOverOperator()
    if case .range = row.infix { return try range(left, start) }
    let right =
      row.precedence == .power
      ? try nested { (parser) throws(Diagnostic) in try parser.binary(row.right) }
      : try binary(row.right)
    let span = spanned(start)
    switch row.infix {
    case .binary(let binary):
      return try make(
        .binary(binary, left, right, operatorSpan: operatorSpan), span, over: left.height,
        right.height)
    case .and: return try make(.and(left, right), span, over: left.height, right.height)
    case .or: return try make(.or(left, right), span, over: left.height, right.height)
    case .range: return left
    }
  }

  /// Moves over an operator, which `not in` makes of two words.
  private mutating func moveOverOperator() -> Span {
    let first = span
    if take(.not) {
      let second = span
      advance()
      return first.joined(with: second)
    }
    advance()
    return first
  }

  /// `a..b`, `a..b by c`: the `..` has been read.
  private mutating func range(_ first: Expression, _ start: Int) throws(Diagnostic) -> Expression {
    let last = try binary(.sum)
    let step = take(.by) ? try binary(.sum) : nil
    if at(.range) {
      throw .syntax(
        "a range has only two bounds", source, span, suggestion: "0..10 by 2")
    }
    return try make(
      .range(first, last, by: step), spanned(start), over: first.height, last.height,
      step?.height ?? 0)
  }

  /// One comparison, or a chain of them.
  private mutating func comparison(
    _ first: Expression, _ start: Int
  ) throws(Diagnostic) -> Expression {
    var links: [Link] = []
    var height = first.height
    while let row = infixRow, case .binary(let comparison) = row.infix,
      row.precedence == .comparison
    {
      let operatorSpan = moveOverOperator()
      let right = try binary(row.right)
      height = max(height, right.height)
      links.append(Link(comparison, operatorSpan, right))
    }
    guard let link = links.first, links.count == 1 else {
      return try make(.chain(first, links), spanned(start), over: height)
    }
    return try make(
      .binary(link.comparison, first, link.right, operatorSpan: link.operatorSpan),
      spanned(start), over: height)
  }

  /// Unary operators and `not`, or a postfix expression.
  private mutating func prefix(_ minimum: Precedence) throws(Diagnostic) -> Expression {
    let start = span.start
    if at(.not) {
      if minimum > .not { throw unparenthesisedNot() }
      let operand = try nested { (parser) throws(Diagnostic) in
        parser.advance()
        return try parser.binary(.not)
      }
      return try make(.not(operand), spanned(start), over: operand.height)
    }
    if case .symbol(let symbol) = kind, let unary = Operators.prefixSymbols[symbol] {
      if unary == .negate, nextKind == .minimumMagnitude {
        advance()
        advance()
        return try make(.int(.min), spanned(start))
      }
      let operand = try nested { (parser) throws(Diagnostic) in
        parser.advance()
        return try parser.binary(.unary)
      }
      return try make(.unary(unary, operand), spanned(start), over: operand.height)
    }
    if isFunctionNext { throw unparenthesisedFunction() }
    return try postfix(try primary(), from: start)
  }

  // MARK: Calls, indices, members

  /// What follows `base` without an operator.
  mutating func postfix(_ base: Expression, from start: Int) throws(Diagnostic) -> Expression {
    var value = base
    while case .symbol(let symbol) = kind {
      switch symbol {
      case .openParenthesis:
        let (arguments, height) = try arguments(.call)
        value = try make(
          .call(value, arguments, piped: false), spanned(start), over: value.height, height)
      case .openBracket:
        let (arguments, height) = try arguments(.index)
        value = try make(.index(value, arguments), spanned(start), over: value.height, height)
      case .dot:
        advance()
        let name = try anyName("after `.`")
        value = try make(
          .member(value, name.text, nameSpan: name.span), spanned(start), over: value.height)
      default: return value
      }
    }
    return value
  }
}
