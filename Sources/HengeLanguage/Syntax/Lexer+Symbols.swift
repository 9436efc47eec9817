// SPDX-License-Identifier: MIT

extension Lexer {
  /// Spellings of three bytes, then two, then one, so that the longest is found first.
  private static let spellings: [UInt8: [(bytes: [UInt8], symbol: Symbol)]] = {
    var table: [UInt8: [(bytes: [UInt8], symbol: Symbol)]] = [:]
    for symbol in Symbol.allCases {
      let bytes = Array(symbol.rawValue.utf8)
      table[bytes[0], default: []].append((bytes, symbol))
    }
    return table.mapValues { $0.sorted { $0.bytes.count > $1.bytes.count } }
  }()

  /// Reads an operator, bracket or separator.
  mutating func symbol() throws(Diagnostic) {
    let start = position
    let byte = bytes[start]
    if byte >= 0x80 { throw try strangeCharacter(inNameFrom: nil) }
    if byte < 32 || byte == 127 { throw strangeControl() }
    if let habit = Habits.symbol(self) { throw habit }
    for (spelling, symbol) in Lexer.spellings[byte] ?? []
    where start + spelling.count <= limit && bytes[start..<start + spelling.count] == spelling[...]
    {
      position += spelling.count
      return try add(symbol, start)
    }
    throw Habits.stray(self)
  }

  private mutating func add(_ symbol: Symbol, _ start: Int) throws(Diagnostic) {
    switch symbol {
    case .openParenthesis, .openBracket, .openBrace:
      openBrackets.append(tokens.count)
    case .closeParenthesis, .closeBracket, .closeBrace:
      guard let open = openBrackets.popLast(), case .symbol(let opener) = tokens[open].kind else {
        let closer = symbol.rawValue
        throw .syntax(
          "unmatched `\(closer)`", source, Span(start, position),
          suggestion: "remove this `\(closer)`")
      }
      guard opener.closer == symbol else {
        throw mismatched(tokens[open], opener, symbol, Span(start, position))
      }
      tokens[open].match = tokens.count
    case .dot where Lexer.isDigit(peek()): throw leadingDot(start)
    default: break
    }
    add(.symbol(symbol), start)
  }

  private func mismatched(
    _ open: Token, _ opener: Symbol, _ closer: Symbol, _ span: Span
  ) -> Diagnostic {
    let wanted = opener.closer?.rawValue ?? ""
    var diagnostic = Diagnostic.syntax(
      "`\(opener.rawValue)` is closed by `\(closer.rawValue)`", source, span,
      suggestion: "`\(wanted)` before it")
    diagnostic.labels.append(.init(source, open.span, "opened here"))
    return diagnostic
  }

  /// `.5` and `x.1`.
  private mutating func leadingDot(_ start: Int) -> Diagnostic {
    while Lexer.isDigit(peek()) { position += 1 }
    let digits = source.text(Span(start + 1, position))
    if let last = tokens.last, last.span.end == start, last.kind != .newline {
      switch last.kind {
      case .name, .symbol(.closeParenthesis), .symbol(.closeBracket), .string:
        return .syntax(
          "`.\(digits)`: a member has a name, not a number", source, Span(start, position),
          suggestion: last.kind == .name ? index(digits, start) : "[\(digits)]")
      default: break
      }
    }
    return .syntax(
      "`.\(digits)` has no digit before the decimal point", source, Span(start, position),
      replacement: "0.\(digits)")
  }

  /// What was meant by a name or names, then a dot at `start` and `digits`: `xs[0]`, or a layer's path,
  /// `m["down.0.conv"]`.
  private func index(_ digits: String, _ start: Int) -> String {
    var first = start
    while first > 0,
      Lexer.isNamePart(source.bytes[first - 1]) || source.bytes[first - 1] == UInt8(ascii: ".")
    {
      first -= 1
    }
    var end = position
    while end < source.bytes.count,
      Lexer.isNamePart(source.bytes[end]) || source.bytes[end] == UInt8(ascii: ".")
    {
      end += 1
    }
    let names = source.text(Span(first, start)).split(separator: ".")
    let path = source.text(Span(first, end)).split(separator: ".").dropFirst()
    guard path.count > 1, let owner = names.first else {
      return "\(names.joined(separator: "."))[\(digits)]"
    }
    return "\(owner)[\(path.joined(separator: ".").quoted())]"
  }

  /// A control character where text is expected.
  func strangeControl() -> Diagnostic {
    let byte = bytes[position]
    let names: [UInt8: String] = [
      0: "a NUL byte", 13: "a carriage return", 12: "a form feed", 11: "a vertical tab",
      27: "an escape character", 127: "a delete character",
    ]
    let name = names[byte] ?? "a control character"
    return .syntax(
      "\(name) (0x\(hexadecimal(Int(byte)))) is not allowed in a program", source,
      Span(position, position + 1),
      suggestion: "\\x\(hexadecimal(Int(byte)).lowercased()) in a string")
  }

  /// A character that is not ASCII outside strings and comments.
  mutating func strangeCharacter(inNameFrom nameStart: Int?) throws(Diagnostic) -> Diagnostic {
    let start = position
    let scalar = try scalar()
    let code =
      "U+" + String(repeating: "0", count: scalar.value < 0x1000 ? 4 - hexLength(scalar) : 0)
      + String(scalar.value, radix: 16, uppercase: true)
    let official = scalar.properties.name ?? scalar.properties.nameAlias
    let shown =
      scalar.properties.isWhitespace || !scalar.properties.isGraphemeBase
      ? "the character" : "`\(scalar)`"
    let name = official.map { "\(code) \($0)" } ?? code
    if scalar.properties.isAlphabetic, Habits.lookAlike(scalar) == nil {
      return .syntax(
        "\(shown) (\(name)) is not allowed in a name", source, Span(nameStart ?? start, position),
        notes: ["names contain the letters a to z, digits and _; text must be in quotes"],
        suggestion: Habits.plainLetter(scalar).map {
          source.line(replacing: Span(start, position), with: $0)
        })
    }
    let line = source.position(of: start).line
    let end = line < source.lineStarts.count ? source.lineStarts[line] - 1 : source.bytes.count
    let whole = source.text(Span(source.lineStarts[line - 1], end))
    return .syntax(
      "\(shown) (\(name)) means nothing here", source, Span(start, position),
      suggestion: Habits.plain(whole, or: scalar))
  }

  private func hexLength(_ scalar: Unicode.Scalar) -> Int {
    String(scalar.value, radix: 16).utf8.count
  }
}
