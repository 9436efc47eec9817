// SPDX-License-Identifier: MIT

// Errors of the parser that follow from the grammar alone. Each first asks `Habits` whether the
// text is valid in another language.

extension Parser {
  /// "expected …, found …" at the next token.
  func expected(_ wanted: String, suggestion: String? = nil) -> Diagnostic {
    if let error = lexerError, kind == .bad { return error }
    if kind == .end, let open = openBracketAtEnd { return open }
    if let habit = Habits.misplaced(self) { return habit }
    return .syntax("expected \(wanted), found \(found)", source, span, suggestion: suggestion)
  }

  /// The current token, as named in errors.
  var found: String {
    switch kind {
    case .end: "the end"
    case .newline: "the end of the line"
    default: "`\(shortened(text))`"
    }
  }

  /// The text of the line from a token on, at most 40 characters.
  func text(ofLineFrom token: Int) -> String {
    guard token < tokens.count else { return "" }
    let start = tokens[token].span.start
    return shortened(source.text(Span(start, min(source.bytes.count, start + 200))))
  }

  /// `text` on one line of at most 40 characters.
  func shortened(_ text: String) -> String {
    let line = text.prefix { $0 != "\n" }
    return line.count > 40 ? line.prefix(39) + "…" : String(line)
  }

  /// The error that the innermost bracket is still open at the end of the text.
  private var openBracketAtEnd: Diagnostic? {
    let open = tokens.last {
      if case .symbol(let symbol) = $0.kind { return symbol.closer != nil && $0.match < 0 }
      return false
    }
    guard let open, case .symbol(let symbol) = open.kind else { return nil }
    return neverClosed(open.span, symbol)
  }

  private func neverClosed(_ span: Span, _ symbol: Symbol) -> Diagnostic {
    .syntax(
      "`\(symbol.rawValue)` is never closed", source, span, label: "opened here",
      suggestion: "`\(symbol.closer?.rawValue ?? "")` where it ends")
  }

  /// At the place where the bracket that opened at `start` should close.
  func unclosed(_ start: Span, at symbol: Symbol) -> Diagnostic {
    if let error = lexerError, kind == .bad { return error }
    if kind == .end { return neverClosed(start, symbol) }
    return expected("`\(symbol.closer?.rawValue ?? "")`")
  }

  /// The error after an item of a list, record or call that is followed by neither `,` nor the
  /// closing bracket.
  func afterItem(_ start: Span, at symbol: Symbol) -> Diagnostic {
    if let error = lexerError, kind == .bad { return error }
    if kind == .end { return neverClosed(start, symbol) }
    if let habit = Habits.misplaced(self) { return habit }
    let closer = symbol.closer?.rawValue ?? ""
    let line = source.position(of: span.start).line
    var suggestion: String?
    let isOnNextLine = source.position(of: lastEnd).line < line
    if isOnNextLine {
      suggestion = "`\(closer)` or `,` at the end of this line"
    } else if at(.semicolon) {
      suggestion = source.line(replacing: span, with: ",")
    } else if beginsValue {
      suggestion = numbersApart(start) ?? source.line(replacing: Span(lastEnd, lastEnd), with: ",")
    }
    var diagnostic = Diagnostic.syntax(
      "expected `,` or `\(closer)` before `\(shortened(text))`", source,
      isOnNextLine ? Span(lastEnd, lastEnd) : span, suggestion: suggestion)
    if source.position(of: start.start).line < line {
      diagnostic.labels.append(.init(source, start, "opened here"))
    }
    return diagnostic
  }

  /// The line with commas between all numbers of the list that opened at `start`: `[1, 2, 3]` for
  /// `[1 2 3]`.
  private func numbersApart(_ start: Span) -> String? {
    guard let first = tokens.firstIndex(where: { $0.span.start == start.start }) else { return nil }
    var numbers: [Token] = []
    for token in tokens[(first + 1)...] {
      switch token.kind {
      case .int, .num: numbers.append(token)
      case .symbol(.closeBracket):
        let list = numbers.map { text($0) }.joined(separator: ", ")
        let span = Span(start.start, token.span.end)
        return numbers.count > 2 ? source.line(replacing: span, with: "[\(list)]") : nil
      default: return nil
      }
    }
    return nil
  }

  private var beginsValue: Bool {
    switch kind {
    case .name, .int, .num, .shape, .string, .interpolated, .minimumMagnitude: true
    case .symbol(let symbol): symbol == .openParenthesis || symbol == .openBracket
    case .word(let word): [.true, .false, .none, .if, .fn, .not].contains(word)
    default: false
    }
  }

  func afterParameter(_ start: Span) -> Diagnostic {
    if at(.colon) {
      return .syntax(
        "parameters have no type annotations", source, span,
        suggestion: "the name alone, or name=default")
    }
    return afterItem(start, at: .openParenthesis)
  }

  /// Where a value should begin.
  func expectedExpression() -> Diagnostic {
    if let error = lexerError, kind == .bad { return error }
    if kind == .end, let open = openBracketAtEnd { return open }
    if case .word = kind, nextKind == .symbol(.colon) {
      return .syntax(
        "arguments are named with `=`", source, tokens[index + 1].span, replacement: "=")
    }
    if let command = commandAtStart { return command }
    if let habit = Habits.programWithOptions(self) { return habit }
    if let habit = Habits.notAValue(self) { return habit }
    // `cd ..` ends in an operator, `ls *.png` has two.
    if index == statementStart + 2, source.isSpaced(tokens[statementStart].span),
      let habit = Habits.program(self)
    {
      return habit
    }
    if index > 0, case .symbol(let last) = tokens[index - 1].kind,
      Operators.continuesLine(.symbol(last)), kind == .end || kind == .newline
    {
      return .syntax("a value is missing after `\(last.rawValue)`", source, tokens[index - 1].span)
    }
    return .syntax("expected a value, found \(found)", source, span)
  }

  /// `x .* y`: operators work element by element without a dot.
  var operatorOfElements: Diagnostic? {
    guard index > 0, tokens[index - 1].kind == .symbol(.dot), at(.star) || at(.slash) else {
      return nil
    }
    let written = tokens[index - 1].span.joined(with: span)
    return .syntax(
      "`.\(text)` is not an operator", source, written, replacement: text,
      notes: ["`\(text)` works element by element"])
  }

  /// `:quit`, a command of the prompt.
  var commandAtStart: Diagnostic? {
    guard kind == .symbol(.colon), index == statementStart, nextKind == .name else { return nil }
    let name = text(tokens[index + 1])
    let ends = ["q", "quit", "wq", "exit"].contains(name)
    return .syntax(
      "`:\(name)` is a command of the prompt, not of the language", source,
      span.joined(with: tokens[index + 1].span),
      suggestion: ends
        ? "delete this line: a program ends at its end" : "henge without a file opens the prompt")
  }

  /// The error after a complete statement that is followed by neither a newline nor `;`.
  func afterStatement() -> Diagnostic {
    if let error = lexerError, kind == .bad { return error }
    if let habit = Habits.misplaced(self) { return habit }
    if !beginsValue, tokens[statementStart..<index].contains(where: { $0.kind == .symbol(.pipe) }) {
      return .syntax(
        "`\(text)` follows a pipe, and `|>` binds least tightly of all operators", source, span,
        suggestion: "( … ) around the pipe")
    }
    return .syntax(
      "expected an operator or a new line before `\(shortened(text))`", source, span,
      suggestion: beginsValue ? source.line(replacing: Span(lastEnd, lastEnd), with: ";") : nil)
  }

  func afterInterpolated() -> Diagnostic {
    if kind == .symbol(.assign) {
      return .syntax(
        "`=` is not supported in an f-string", source, span,
        suggestion: "f\"x = {x}\"")
    }
    return expected("`}` or `:`")
  }

  func missingBlock(of owner: String) -> Diagnostic {
    if let error = lexerError, kind == .bad { return error }
    if let habit = Habits.insteadOfBlock(self, owner) { return habit }
    if kind == .newline {
      return .syntax(
        "`{` of `\(owner)` is missing", source, Span(lastEnd, lastEnd),
        suggestion: "{ at the end of this line")
    }
    return expected("`{` and the block of `\(owner)`")
  }

  func missingCatch(_ start: Span) -> Diagnostic {
    if let error = lexerError, kind == .bad { return error }
    if kind == .name, let habit = Habits.misplaced(self) { return habit }
    if let next = tokens[index...].first(where: { $0.kind != .newline }), next.kind == .word(.catch)
    {
      return .syntax(
        "`catch` cannot begin a line", source, next.span,
        suggestion: "} catch e { on the line of the `}`"
      )
    }
    return .syntax(
      "`try` has no `catch`", source, start, suggestion: "} catch e { … } on the line of the `}`")
  }

  func reservedWord(_ purpose: String) -> Diagnostic {
    .syntax(
      "`\(text)` is a keyword, not a name \(purpose)", source, span,
      suggestion: "\(text)_")
  }

  func bareList(_ span: Span) -> Diagnostic {
    let written = shortened(source.text(span))
    return .syntax(
      "a list needs brackets", source, span, suggestion: "(\(written))")
  }

  func chainedAssignment(_ values: [Expression]) -> Diagnostic {
    let written = shortened(source.text(values[0].span))
    return .syntax(
      "a statement can have only one `=`", source, span,
      suggestion: "\(written) = … on a separate line")
  }

  /// The error for an `expression` on the left side of `=` that cannot be assigned to.
  func notAPlace(_ expression: Expression) -> Diagnostic {
    let written = shortened(source.text(expression.span))
    let (what, suggestion): (String, String?) =
      switch expression.node {
      case .call: ("a call", "a name, x[0] or x.name on the left of =")
      case .bool, .none: ("a constant", nil)
      case .int, .num, .str, .shape, .interpolated: ("a value", "== to compare")
      case .list: ("a list", "a, b = … without brackets")
      default: ("an expression", "== to compare")
      }
    return .syntax(
      "cannot assign to `\(written)`, \(what)", source, expression.span, suggestion: suggestion)
  }

  func parenthesisedLoop() -> Diagnostic {
    let hasSemicolon = tokens[index...].prefix(30).contains { $0.kind == .symbol(.semicolon) }
    return .syntax(
      hasSemicolon
        ? "`for` iterates over the items of a value; there is no `for (;;)`"
        : "`for` takes no parentheses", source, span, suggestion: "for i in 0..10 { … }")
  }

  func importOfAName() -> Diagnostic {
    if let error = lexerError, kind == .bad { return error }
    let python: Set<String> = [
      "numpy", "torch", "matplotlib", "math", "os", "sys", "random", "PIL", "scipy", "pandas",
    ]
    if kind == .name, python.contains(text) {
      return .syntax(
        "there is no module `\(text)`", source, span,
        notes: ["tensors, images, plots and mathematics are built in"],
        suggestion: "delete this line: it is not needed")
    }
    return .syntax(
      "`import` needs the name of a file in quotes", source, span,
      suggestion:
        "import \"\(kind == .name ? text : "lib").henge\" as \(kind == .name ? text : "lib")")
  }

  func unparenthesisedFunction() -> Diagnostic {
    .syntax(
      "a function needs parentheses here", source, span, suggestion: "(x => …)")
  }

  func unparenthesisedNot() -> Diagnostic {
    .syntax(
      "`not` after an operator needs parentheses", source, span, suggestion: "(not …)")
  }

  func unnamedField() -> Diagnostic {
    if kind == .end || kind == .bad { return expected("a name") }
    return .syntax(
      "every value of a record needs a name", source, span,
      suggestion: "name=\(shortened(text))")
  }

  func collectingParameter() -> Diagnostic {
    let isNamed = at(.doubleStar)
    let nextText = nextKind == .name ? text(tokens[index + 1]) : ""
    return .syntax(
      "a function takes no `\(text)\(nextText)`", source,
      span.joined(with: tokens[min(index + 1, tokens.count - 1)].span),
      suggestion: isNamed
        ? "a parameter that is a record: options=()" : "a parameter that is a list: xs")
  }

  func generator(_ argument: Argument) -> Diagnostic {
    .syntax(
      "`for` in a call needs brackets", source, span,
      suggestion: "[\(shortened(source.text(argument.span))) for …]")
  }

  func sliceInCall() -> Diagnostic {
    .syntax(
      "`\(text)` is only allowed in an index", source, span, suggestion: "x[…] with square brackets"
    )
  }

  /// `f(1:10)`, `f(a: 1)`.
  func colonInCall(_ value: Expression) -> Diagnostic {
    if case .name(let name) = value.node {
      return .syntax("`\(name):`: arguments are named with `=`", source, span, replacement: "=")
    }
    return Habits.colonRange(self, after: value.span)
  }
}
