// SPDX-License-Identifier: MIT

extension Lexer {
  /// What surrounds the string that is being read.
  private struct Quotes {
    let start: Int
    let quote: UInt8
    let isTriple: Bool
    let isRaw: Bool
    let isTemplate: Bool
  }

  /// Reads a string whose quotes begin `prefix` bytes further on.
  mutating func string(prefix: Int) throws(Diagnostic) {
    let start = position
    let letter = prefix == 0 ? 0 : bytes[start]
    let quote = bytes[start + prefix]
    position += prefix
    let isTriple = peek(1) == quote && peek(2) == quote
    if isTriple, quote == UInt8(ascii: "'") {
      position += 3
      throw .syntax(
        "a string over several lines must be between `\"\"\"`", source, Span(start, position),
        suggestion: "\"\"\"…\"\"\"")
    }
    position += isTriple ? 3 : 1
    let quotes = Quotes(
      start: start, quote: quote, isTriple: isTriple, isRaw: letter == UInt8(ascii: "r"),
      isTemplate: letter == UInt8(ascii: "f"))
    let pieces = try body(quotes)
    position += isTriple ? 3 : 1
    if quotes.isTemplate {
      templates.append(pieces)
      add(.interpolated(templates.count - 1), start)
    } else if case .text(let text)? = pieces.first {
      add(.string(text), start)
    } else {
      add(.string(""), start)
    }
    let next = peek()
    if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") { throw neighbouringStrings(start) }
  }

  /// `b"…"`, `F"…"`, `rf"…"`: prefixes of other languages.
  mutating func prefixedString(_ start: Int) throws(Diagnostic) {
    let prefix = text(start)
    switch prefix.lowercased() {
    case "r", "f":
      throw .syntax(
        "`\(prefix)` before a string must be lowercase", source, Span(start, position),
        suggestion: "\(prefix.lowercased())\"…\"")
    case "rf", "fr":
      throw .syntax(
        "a string cannot be both `r` and `f`", source, Span(start, position),
        suggestion: "f\"…\" with \\\\ for a backslash")
    case "b", "u", "br", "rb":
      throw .syntax(
        "strings have no prefix `\(prefix)`: all are Unicode", source, Span(start, position),
        suggestion: "\"…\"")
    default: return
    }
  }

  /// Everything up to the closing quotes, which are left.
  private mutating func body(_ quotes: Quotes) throws(Diagnostic) -> [TemplatePiece] {
    var pieces: [TemplatePiece] = []
    var text: [UInt8] = []
    while true {
      guard position < limit else { throw unclosedString(quotes) }
      let byte = bytes[position]
      if byte == quotes.quote, !quotes.isTriple || (peek(1) == byte && peek(2) == byte) { break }
      switch byte {
      case 10:
        guard quotes.isTriple else { throw unclosedString(quotes) }
        text.append(byte)
        position += 1
      case UInt8(ascii: "\\"):
        if quotes.isRaw { try rawPair(quotes, into: &text) } else { try escape(into: &text) }
      case UInt8(ascii: "{") where quotes.isTemplate:
        if peek(1) == byte {
          text.append(byte)
          position += 2
        } else {
          if !text.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
          text = []
          pieces.append(try interpolation(quotes))
        }
      case UInt8(ascii: "}") where quotes.isTemplate:
        guard peek(1) == byte else {
          throw .syntax(
            "unmatched `}` in an f-string", source, Span(position, position + 1),
            suggestion: "}} for the character itself")
        }
        text.append(byte)
        position += 2
      default: try character(into: &text)
      }
    }
    if !text.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
    return pieces
  }

  /// One character that means itself.
  private mutating func character(into text: inout [UInt8]) throws(Diagnostic) {
    let start = position
    if bytes[start] >= 0x80 {
      _ = try scalar()
    } else if (bytes[start] < 32 && bytes[start] != 9) || bytes[start] == 127 {
      throw strangeControl()
    } else {
      position += 1
    }
    text.append(contentsOf: bytes[start..<position])
  }

  /// A backslash of an `r"…"` string and the character after it: both are kept.
  private mutating func rawPair(_ quotes: Quotes, into text: inout [UInt8]) throws(Diagnostic) {
    text.append(bytes[position])
    position += 1
    guard position < limit else { throw unclosedString(quotes) }
    if bytes[position] == quotes.quote || bytes[position] == UInt8(ascii: "\\") {
      text.append(bytes[position])
      position += 1
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws(Diagnostic) {
    let start = position
    let letter = peek(1)
    position += 2
    switch letter {
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "a"): text.append(7)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "v"): text.append(11)
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): text.append(letter)
    case 10: break
    case UInt8(ascii: "0") where !Lexer.isDigit(peek()): text.append(0)
    case UInt8(ascii: "x"): try codePoint(start, digits: 2, into: &text)
    case UInt8(ascii: "u"): try codePoint(start, digits: 4, into: &text)
    case UInt8(ascii: "U"): try codePoint(start, digits: 8, into: &text)
    default: throw try unknownEscape(start)
    }
  }

  private mutating func codePoint(
    _ start: Int, digits: Int, into text: inout [UInt8]
  ) throws(Diagnostic) {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = Character(Unicode.Scalar(peek())).hexDigitValue else {
        let written = self.text(start)
        throw .syntax(
          "`\(written)` needs \(digits) hexadecimal digits", source, Span(start, position))
      }
      value = value &* 16 &+ UInt32(digit)
      position += 1
    }
    guard let scalar = Unicode.Scalar(value) else {
      let isSurrogate = value >= 0xD800 && value <= 0xDFFF
      let written = self.text(start)
      throw .syntax(
        isSurrogate
          ? "`\(written)` is half of a surrogate pair, not a character"
          : "`\(written)` is beyond the last character, U+10FFFF",
        source, Span(start, position),
        suggestion: isSurrogate ? "the whole character, as \\U0001F600" : nil)
    }
    text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  private mutating func unknownEscape(_ start: Int) throws(Diagnostic) -> Diagnostic {
    position = start + 1
    guard position < limit else {
      return .syntax("the string is not closed", source, Span(start, position))
    }
    _ = try bytes[position] >= 0x80 ? scalar() : skipByte()
    let isOctal = Lexer.isDigit(bytes[start + 1])
    return .syntax(
      "`\(text(start))` is not an escape", source, Span(start, position),
      suggestion: isOctal ? "\\x41, two hexadecimal digits" : "\\\\ for a backslash, or r\"…\"")
  }

  private mutating func skipByte() -> Unicode.Scalar {
    position += 1
    return " "
  }

  private mutating func unclosedString(_ quotes: Quotes) -> Diagnostic {
    isUnterminated = quotes.isTriple && position >= limit
    isStringOpen = true
    let length = quotes.isTriple ? 3 : 1
    let opening = quotes.start + (quotes.isRaw || quotes.isTemplate ? 1 : 0)
    let mark = source.text(Span(opening, opening + length))
    return .syntax(
      "the string is not closed", source, Span(quotes.start, opening + length),
      label: "opened here",
      suggestion: quotes.isTriple
        ? "\(mark) after its last line"
        : "\(mark) at its end, or \"\"\"…\"\"\" for a string over several lines")
  }

  private mutating func neighbouringStrings(_ start: Int) -> Diagnostic {
    .syntax(
      "two strings without an operator between them", source, Span(start, position + 1),
      suggestion: source.line(replacing: Span(position, position), with: " + "))
  }

  // MARK: f-strings

  /// `{value:specification}`, from its `{` past its `}`.
  private mutating func interpolation(_ quotes: Quotes) throws(Diagnostic) -> TemplatePiece {
    let start = position
    guard nesting < Limits.nesting else {
      throw Diagnostic(
        "E-depth", "f-strings are nested deeper than \(Limits.nesting)",
        labels: [.init(source, Span(start, start + 1))])
    }
    var inner = Lexer(
      source, from: start + 1, to: limit, mode: .interpolation(isTriple: quotes.isTriple),
      nesting: nesting + 1)
    inner.run()
    position = inner.position
    if let failure = inner.error {
      isUnterminated = inner.isUnterminated
      if inner.isStringOpen { throw unclosedInterpolation(at: start, quotes) }
      throw failure
    }
    guard position < limit else { throw unclosedInterpolation(at: start, quotes) }
    if inner.tokens.count == 1 {
      throw .syntax(
        "`{` and `}` of the f-string contain no value", source, Span(start, position + 1),
        suggestion: "{{ and }} for the characters themselves")
    }
    var specification: [TemplatePiece] = []
    if bytes[position] == UInt8(ascii: ":") {
      position += 1
      specification = try self.specification(from: start, quotes)
    }
    position += 1
    return .value(
      Fragment(tokens: inner.tokens, templates: inner.templates), specification: specification)
  }

  /// The text after `:`, up to the closing `}`; it may contain values.
  private mutating func specification(
    from start: Int, _ quotes: Quotes
  ) throws(Diagnostic) -> [TemplatePiece] {
    var pieces: [TemplatePiece] = []
    var text: [UInt8] = []
    func flush() {
      if !text.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
    }
    while true {
      let byte = peek()
      if position >= limit || byte == 10 || byte == quotes.quote {
        throw unclosedInterpolation(at: start, quotes)
      }
      if byte == UInt8(ascii: "}") { break }
      if byte == UInt8(ascii: "{") {
        flush()
        text = []
        pieces.append(try interpolation(quotes))
      } else {
        try character(into: &text)
      }
    }
    flush()
    return pieces
  }

  private mutating func unclosedInterpolation(at start: Int, _ quotes: Quotes) -> Diagnostic {
    isUnterminated = quotes.isTriple && position >= limit
    return .syntax(
      "`{` of the f-string is not closed", source, Span(start, start + 1), label: "opened here",
      suggestion: "} after the value, or {{ for the character itself")
  }

  /// The same, found inside the value: its text begins after the `{`.
  mutating func unclosedInterpolation() -> Diagnostic {
    let start = max(0, (tokens.first?.span.start ?? position) - 1)
    return .syntax(
      "`{` of the f-string is not closed", source, Span(start, start + 1),
      suggestion: "} after the value, or {{ for the character itself")
  }
}
