// SPDX-License-Identifier: MIT

extension Parser {
  /// What the brackets belong to.
  enum ArgumentPlace {
    case call
    case index
  }

  /// The arguments of a call or an index, brackets included, and their height.
  mutating func arguments(
    _ place: ArgumentPlace
  ) throws(Diagnostic) -> ([Argument], height: Int) {
    let start = span
    let opener: Symbol = place == .call ? .openParenthesis : .openBracket
    let closer: Symbol = place == .call ? .closeParenthesis : .closeBracket
    advance()
    var arguments: [Argument] = []
    var names: Set<String> = []
    let outer = tallest
    tallest = 0
    while !at(closer) {
      let argument = try place == .call ? callArgument() : indexArgument()
      try verify(argument, after: arguments.last, &names)
      arguments.append(argument)
      if place == .call, at(.for) { throw generator(argument) }
      guard take(.comma) else { break }
    }
    guard take(closer) else { throw afterItem(start, at: opener) }
    if place == .index, arguments.isEmpty {
      throw .syntax(
        "an index is missing", source, spanned(start.start),
        suggestion: "[0], or [:] for everything")
    }
    let height = tallest
    tallest = max(outer, height)
    return (arguments, height)
  }

  private func verify(
    _ argument: Argument, after last: Argument?, _ names: inout Set<String>
  ) throws(Diagnostic) {
    if case .named(let name, _) = argument.kind, !names.insert(name.text).inserted {
      throw .syntax("the argument `\(name.text)` is passed twice", source, name.span)
    }
    guard case .positional = argument.kind, let last else { return }
    switch last.kind {
    case .named, .spreadNamed:
      throw .syntax(
        "`\(source.text(argument.span))` follows a named argument", source, argument.span,
        suggestion: "before `\(source.text(last.span))`, or with its name")
    default: return
    }
  }

  private mutating func callArgument() throws(Diagnostic) -> Argument {
    let start = span.start
    if take(.star) { return Argument(.spread(try expression()), spanned(start)) }
    if take(.doubleStar) { return Argument(.spreadNamed(try expression()), spanned(start)) }
    if isNamed {
      let name = try anyName("for the argument")
      advance()
      if at(.assign) {
        throw .syntax(
          "`= =` is not an operator", source, Span(lastEnd - 1, span.end), suggestion: "==")
      }
      return Argument(.named(name, try expression()), spanned(start))
    }
    if at(.colon) || at(.ellipsis) { throw sliceInCall() }
    let value = try expression()
    if at(.colon) { throw colonInCall(value) }
    if at(.assign) {
      throw .syntax(
        "`\(source.text(value.span))` is not a parameter name", source, value.span,
        suggestion: "== to compare")
    }
    return Argument(.positional(value), spanned(start))
  }

  private mutating func indexArgument() throws(Diagnostic) -> Argument {
    let start = span.start
    if take(.ellipsis) { return Argument(.ellipsis, spanned(start)) }
    if at(.star) || at(.doubleStar) {
      throw .syntax(
        "`\(text)` is only allowed in the arguments of a call", source, span)
    }
    if isNamed {
      throw .syntax("an index cannot be named", source, span)
    }
    let first = at(.colon) ? nil : try expression()
    guard take(.colon) else {
      guard let first else { throw expectedExpression() }
      return Argument(.positional(first), spanned(start))
    }
    let second = isSliceEnd ? nil : try expression()
    let third = take(.colon) && !isSliceEnd ? try expression() : nil
    return Argument(.slice(first, second, third), spanned(start))
  }

  private var isSliceEnd: Bool { at(.colon) || at(.comma) || at(.closeBracket) }
}
