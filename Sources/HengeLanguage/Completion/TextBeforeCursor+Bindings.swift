// SPDX-License-Identifier: MIT

extension TextBeforeCursor {
  /// A name that the text itself binds.
  struct Binding {
    let name: String
    /// The assigned value, if it follows a single `=`.
    let value: Span?
  }

  /// The names that the text binds before the cursor: by assignment, as parameters, in loops.
  func bindings() -> [Binding] {
    var found: [Binding] = []
    for (index, token) in tokens.enumerated() {
      switch token.kind {
      case .name:
        if let binding = binding(at: index) { found.append(binding) }
      case .word(.fn):
        let hasName = kind(at: index + 1) == .name
        found += parameters(opening: index + (hasName ? 2 : 1))
      case .symbol(.arrow):
        guard kind(at: index - 1) == .symbol(.closeParenthesis) else { continue }
        found += parameters(opening: partners[index - 1])
      default: break
      }
    }
    return found
  }

  private func kind(at index: Int) -> Token.Kind? {
    tokens.indices.contains(index) ? tokens[index].kind : nil
  }

  private func name(_ index: Int) -> String { source.text(tokens[index].span) }

  /// The binding that the name at `index` makes, if it makes one.
  private func binding(at index: Int) -> Binding? {
    if case .word(let word)? = kind(at: index - 1) {
      switch word {
      case .fn, .for, .catch, .as: return Binding(name: name(index), value: nil)
      case .param:
        return Binding(name: name(index), value: value(from: index + 2))
      default: return nil
      }
    }
    switch kind(at: index + 1) {
    case .symbol(.arrow): return Binding(name: name(index), value: nil)
    case .symbol(.assign), .symbol(.comma), .word(.in): break
    default: return nil
    }
    var first = index
    while kind(at: first - 1) == .symbol(.comma), kind(at: first - 2) == .name { first -= 2 }
    switch kind(at: first - 1) {
    case nil, .newline, .symbol(.semicolon), .symbol(.openBrace), .symbol(.closeBrace), .bad:
      guard kind(at: index + 1) != .word(.in) else { return nil }
      let isOnly = first == index && kind(at: index + 1) == .symbol(.assign)
      return Binding(name: name(index), value: isOnly ? value(from: index + 2) : nil)
    case .word(.for): return Binding(name: name(index), value: nil)
    default: return nil
    }
  }

  /// The expression that begins at the token `start` and ends with its statement.
  private func value(from start: Int) -> Span? {
    guard kind(at: start - 1) == .symbol(.assign) else { return nil }
    var index = start
    while index < tokens.count {
      switch tokens[index].kind {
      case .newline, .symbol(.semicolon), .check, .bad, .symbol(.closeBrace):
        return index > start ? span(start, index) : nil
      case .symbol(let symbol) where symbol.closer != nil:
        // A bracket that is still open contains the cursor: the name is not assigned yet.
        guard partners[index] >= 0 else { return nil }
        index = partners[index] + 1
      default: index += 1
      }
    }
    return nil
  }

  private func span(_ start: Int, _ end: Int) -> Span {
    Span(tokens[start].span.start, tokens[end - 1].span.end)
  }

  /// The parameters between the parentheses that open at `open`.
  private func parameters(opening open: Int) -> [Binding] {
    guard kind(at: open) == .symbol(.openParenthesis) else { return [] }
    let end = partners[open] >= 0 ? partners[open] : tokens.count
    var found: [Binding] = []
    for index in (open + 1)..<max(open + 1, end) where tokens[index].kind == .name {
      let before = kind(at: index - 1)
      guard before == .symbol(.comma) || index - 1 == open else { continue }
      found.append(Binding(name: name(index), value: nil))
    }
    return found
  }
}
