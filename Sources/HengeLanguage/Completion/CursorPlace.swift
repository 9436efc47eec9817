// SPDX-License-Identifier: MIT

/// The syntactic place of a cursor: what may be typed there, and the call around it.
struct CursorPlace {
  /// The kinds of place.
  enum Kind {
    /// Where nothing is known: a comment, a number, a name that is being made.
    case nothing
    /// Where a value begins; `beginsStatement` where a statement does too.
    case value(beginsStatement: Bool)
    /// After a value, where an operator is expected.
    case behindValue
    /// After the dot of `receiver`, which is `nil` if it cannot be parsed.
    case member(of: Expression?)
    /// In a string between the quotes, after `[` of `receiver` if there is one.
    case string(TextBeforeCursor.OpenString, indexOf: Expression?, isIndex: Bool)
  }

  let kind: Kind
  /// The name or string content typed so far.
  let typed: Span
  /// The innermost call that contains the cursor, and whether an argument begins here.
  let call: OpenCall?
  let beginsArgument: Bool
}

/// A call that is being typed.
struct OpenCall {
  /// What is called; for `x.mean(…)` a member.
  let callee: Expression
  /// What `|>` hands over as the first argument.
  let piped: Expression?
  /// The number of positional arguments before the one at the cursor.
  let position: Int
  /// The names of the arguments before the one at the cursor.
  let named: [String]
  /// The name of the argument at the cursor.
  let name: String?
  /// The first argument, where another follows it.
  let first: Expression?

  /// Whether it is a member that is called.
  var isMember: Bool {
    if case .member = callee.node { return true }
    return false
  }
}

extension TextBeforeCursor {
  /// The place of the cursor.
  func place() -> CursorPlace {
    let end = source.bytes.count
    switch open {
    case .comment:
      return CursorPlace(
        kind: .nothing, typed: Span(end, end), call: nil, beginsArgument: false)
    case .string(let string):
      return stringPlace(string, Span(string.contentStart, end))
    case .code: return codePlace(end)
    }
  }

  private func stringPlace(_ string: OpenString, _ typed: Span) -> CursorPlace {
    let last = tokens.last?.kind
    let isIndex = last == .symbol(.openBracket) && isPostfix(tokens.count - 1)
    let receiver = isIndex ? chain(endingBefore: tokens.count - 1) : nil
    return CursorPlace(
      kind: .string(string, indexOf: receiver, isIndex: isIndex), typed: typed,
      call: call(before: tokens.count), beginsArgument: false)
  }

  private func codePlace(_ end: Int) -> CursorPlace {
    var count = tokens.count
    var typed = Span(end, end)
    if let last = tokens.last, last.span.end == end {
      switch last.kind {
      case .name, .word:
        typed = last.span
        count -= 1
      case .int, .num, .shape, .minimumMagnitude, .bad, .string, .interpolated:
        return CursorPlace(
          kind: .nothing, typed: typed, call: call(before: count),
          beginsArgument: false)
      default: break
      }
    }
    let call = call(before: count)
    let before = count > 0 ? tokens[count - 1].kind : nil
    if before == .symbol(.dot) {
      return CursorPlace(
        kind: .member(of: chain(endingBefore: count - 1)), typed: typed, call: call,
        beginsArgument: false)
    }
    return CursorPlace(
      kind: kind(behind: before), typed: typed, call: call,
      beginsArgument: call != nil && isArgumentStart(count))
  }

  private func kind(behind token: Token.Kind?) -> CursorPlace.Kind {
    switch token {
    case nil, .newline, .symbol(.semicolon), .symbol(.openBrace), .symbol(.closeBrace), .bad:
      .value(beginsStatement: true)
    case .name, .int, .num, .shape, .minimumMagnitude, .string, .interpolated,
      .symbol(.closeParenthesis), .symbol(.closeBracket), .word(.true), .word(.false),
      .word(.none):
      .behindValue
    case .word(let word):
      switch word {
      case .fn, .for, .catch, .as, .param, .import, .break, .continue, .try: .nothing
      default: .value(beginsStatement: false)
      }
    case .check: .nothing
    default: .value(beginsStatement: false)
    }
  }

  // MARK: Expressions before the cursor

  /// The expression in `span`, if it is one.
  func expression(_ span: Span) -> Expression? {
    guard span.start < span.end else { return nil }
    var lexer = Lexer(source, from: span.start, to: span.end)
    lexer.run()
    guard lexer.error == nil else { return nil }
    var parser = Parser(lexer)
    guard let expression = try? parser.expression(), parser.kind == .end else { return nil }
    return expression
  }

  /// The name with its calls, indices and members that ends before the token at `end`; after `x |>
  /// .` the whole piped expression.
  private func chain(endingBefore end: Int) -> Expression? {
    guard end > 0 else { return nil }
    if tokens[end - 1].kind == .symbol(.pipe) { return pipedValue(before: end - 1) }
    guard let start = chainStart(endingBefore: end) else { return nil }
    return expression(Span(start, tokens[end - 1].span.end))
  }

  /// Where that chain begins.
  private func chainStart(endingBefore end: Int) -> Int? {
    var index = end - 1
    while index >= 0 {
      switch tokens[index].kind {
      case .symbol(.closeParenthesis), .symbol(.closeBracket):
        let partner = partners[index]
        guard partner >= 0 else { return nil }
        if isPostfix(partner) {
          index = partner - 1
          continue
        }
        return tokens[partner].span.start
      case .name, .word:
        guard index > 0, tokens[index - 1].kind == .symbol(.dot) else {
          return tokens[index].span.start
        }
        guard index > 1 else { return nil }
        if tokens[index - 2].kind == .symbol(.pipe) {
          return pipeStart(before: index - 2)
        }
        index -= 2
      case .string, .interpolated, .shape, .int, .num: return tokens[index].span.start
      default: return nil
      }
    }
    return nil
  }

  /// Whether the bracket at `index` belongs to the value before it.
  private func isPostfix(_ index: Int) -> Bool {
    guard index > 0 else { return false }
    switch tokens[index - 1].kind {
    case .name, .symbol(.closeParenthesis), .symbol(.closeBracket), .string, .interpolated, .shape:
      return true
    default: return false
    }
  }

  private func pipedValue(before pipe: Int) -> Expression? {
    guard pipe > 0, let start = pipeStart(before: pipe) else { return nil }
    return expression(Span(start, tokens[pipe - 1].span.end))
  }

  /// Where the value begins that the pipe at `pipe` hands over: a pipe is loosest of all.
  private func pipeStart(before pipe: Int) -> Int? {
    var index = pipe - 1
    var start: Int?
    scan: while index >= 0 {
      switch tokens[index].kind {
      case .symbol(.closeParenthesis), .symbol(.closeBracket), .symbol(.closeBrace):
        guard partners[index] >= 0 else { break scan }
        index = partners[index]
      case .symbol(let symbol):
        if symbol.closer != nil || Operators.augmenting[symbol] != nil { break scan }
        if [.comma, .semicolon, .assign, .arrow, .colon].contains(symbol) { break scan }
      case .word(let word):
        switch word {
        case .return, .in, .if, .while, .repeat, .for, .assert, .fn, .try, .catch, .else:
          break scan
        default: break
        }
      case .newline, .bad, .check, .end: break scan
      default: break
      }
      start = tokens[index].span.start
      index -= 1
    }
    return start
  }

  // MARK: Calls

  /// Whether the token at `index` would begin an argument of the innermost bracket.
  private func isArgumentStart(_ index: Int) -> Bool {
    guard index > 0, let open = openBrackets.last(where: { $0 < index }) else { return false }
    let before = tokens[index - 1].kind
    return tokens[open].kind == .symbol(.openParenthesis)
      && (before == .symbol(.comma) || index - 1 == open)
  }

  /// The innermost call that is open before the token at `end`.
  private func call(before end: Int) -> OpenCall? {
    for open in openBrackets.reversed() where open < end {
      switch tokens[open].kind {
      case .symbol(.openBrace): return nil
      case .symbol(.openParenthesis) where isPostfix(open):
        return call(opening: open, before: end)
      default: continue
      }
    }
    return nil
  }

  private func call(opening open: Int, before end: Int) -> OpenCall? {
    guard let start = chainStart(endingBefore: open),
      let callee = expression(Span(start, tokens[open - 1].span.end))
    else { return nil }
    let head = tokens.firstIndex { $0.span.start >= start } ?? open
    if head > 0, tokens[head - 1].kind == .word(.fn) { return nil }
    let isPiped = head > 0 && tokens[head - 1].kind == .symbol(.pipe)
    let arguments = arguments(from: open + 1, to: end)
    let names = arguments.map(name)
    let first = arguments.first.flatMap { range -> Expression? in
      guard arguments.count > 1, names[0] == nil, !range.isEmpty else { return nil }
      return expression(
        Span(tokens[range.lowerBound].span.start, tokens[range.upperBound - 1].span.end))
    }
    return OpenCall(
      callee: callee, piped: isPiped ? pipedValue(before: head - 1) : nil,
      position: names.dropLast().count { $0 == nil } + (isPiped ? 1 : 0),
      named: names.dropLast().compactMap { $0 }, name: names.last ?? nil, first: first)
  }

  /// The tokens of each argument; the last one is that at the cursor and may be empty.
  private func arguments(from start: Int, to end: Int) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var first = start
    var index = start
    while index < end {
      if case .symbol(let symbol) = tokens[index].kind {
        if symbol.closer != nil, partners[index] >= 0 {
          index = partners[index] + 1
          continue
        }
        // A bracket that is still open contains the cursor: what follows is inside this argument.
        if symbol.closer != nil { break }
        if symbol == .comma {
          result.append(first..<index)
          first = index + 1
        }
      }
      index += 1
    }
    return result + [first..<max(first, end)]
  }

  private func name(of argument: Range<Int>) -> String? {
    guard argument.count >= 2, tokens[argument.lowerBound + 1].kind == .symbol(.assign) else {
      return nil
    }
    switch tokens[argument.lowerBound].kind {
    case .name, .word: return source.text(tokens[argument.lowerBound].span)
    default: return nil
    }
  }
}
