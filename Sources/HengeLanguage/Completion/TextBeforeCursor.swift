// SPDX-License-Identifier: MIT

/// The tokens of a text being typed, up to the cursor, and the constructs that are open there.
///
/// The lexer stops at the first text that it cannot read; this continues after it, because a
/// mistake in one line must not disable completion in the next.
struct TextBeforeCursor {
  /// A string that contains the cursor.
  struct OpenString {
    /// Where its first quote or its prefix begins.
    let start: Int
    /// Where its text begins.
    let contentStart: Int
    let quote: UInt8
    let isTriple: Bool
    let isRaw: Bool
    let isTemplate: Bool
    /// Whether a value of the f-string precedes the cursor.
    let hasValues: Bool
  }

  /// The construct that contains the cursor.
  enum Open {
    case code
    /// A comment, a check, or text too broken to be read.
    case comment
    case string(OpenString)
  }

  let source: Source
  private(set) var tokens: [Token] = []
  private(set) var open = Open.code
  /// The index of the bracket that belongs to the one at each token; -1 where there is none.
  private(set) var partners: [Int] = []
  /// The indices of the brackets that are open, outermost first.
  private(set) var openBrackets: [Int] = []
  /// The most unreadable places that are skipped.
  private static let patience = 200

  private var bytes: [UInt8] { source.bytes }
  private var limit: Int { source.bytes.count }

  /// Reads `text`; what `linesAbove` knows of its lines before the last one is not read again.
  init(_ text: [UInt8], linesAbove: LinesAbove? = nil) {
    source = Source(name: "", text: text)
    if let above = linesAbove?.read(source) {
      tokens = above.tokens
      read(from: above.end, inside: above.openBrackets)
    } else {
      read(from: 0)
    }
    pairBrackets()
  }

  /// Continues reading after the existing tokens, of which `openBrackets` are open.
  private mutating func read(from start: Int, inside openBrackets: [Int] = []) {
    var position = start
    var failures = 0
    while position < limit {
      var lexer = Lexer(source, from: position, to: limit)
      if position == start {
        lexer.tokens = tokens
        lexer.openBrackets = openBrackets
        tokens = []
      }
      lexer.run()
      lexer.tokens.removeLast()
      if tokens.isEmpty { tokens = lexer.tokens } else { tokens += lexer.tokens }
      guard lexer.error != nil else { break }
      failures += 1
      guard failures <= Self.patience else {
        open = .comment
        return
      }
      position = passOver(from: max(position, tokens.last?.span.end ?? position))
    }
    if case .code = open, endsInComment(from: max(start, tokens.last?.span.end ?? start)) {
      open = .comment
    }
  }

  /// Whether the line that ends at the cursor has a comment after its last token.
  private func endsInComment(from start: Int) -> Bool {
    if case .check? = tokens.last?.kind, tokens.last?.span.end == limit { return true }
    var isComment = false
    for byte in bytes[start...] {
      if byte == 10 { isComment = false } else if byte == UInt8(ascii: "#") { isComment = true }
    }
    return isComment
  }

  /// Skips the text at which the lexer stopped; returns where to continue.
  private mutating func passOver(from start: Int) -> Int {
    var position = start
    while position < limit {
      switch bytes[position] {
      case 32, 9, 13: position += 1
      case 10:
        tokens.append(Token(kind: .newline, span: Span(position, position + 1)))
        position += 1
      case UInt8(ascii: "#"):
        while position < limit, bytes[position] != 10 { position += 1 }
        if position == limit { open = .comment }
      default:
        return passOverToken(at: position)
      }
    }
    return position
  }

  private mutating func passOverToken(at start: Int) -> Int {
    if let opening = OpenString.opening(bytes, at: start) { return string(opening) }
    var position = start + 1
    func isWordPart(_ byte: UInt8) -> Bool { Lexer.isNamePart(byte) || byte >= 0x80 }
    if isWordPart(bytes[start]) {
      while position < limit, isWordPart(bytes[position]) { position += 1 }
    }
    tokens.append(Token(kind: .bad, span: Span(start, position)))
    return position
  }

  /// Reads a string that the lexer refuses: its end, or the end of the text when it is open.
  private mutating func string(_ opening: OpenString) -> Int {
    switch opening.scan(bytes, limit: limit) {
    case .closed(let end):
      tokens.append(Token(kind: .string(""), span: Span(opening.start, end)))
      return end
    case .cut(let end):
      tokens.append(Token(kind: .bad, span: Span(opening.start, end)))
      return end
    case .open(let hasValues):
      open = .string(opening.with(hasValues: hasValues))
      return limit
    case .inValue(let start):
      // The value is a separate text: the tokens before the string do not matter.
      tokens = []
      read(from: start)
      return limit
    }
  }

  private mutating func pairBrackets() {
    partners = Array(repeating: -1, count: tokens.count)
    for (index, token) in tokens.enumerated() {
      guard case .symbol(let symbol) = token.kind else { continue }
      if symbol.closer != nil {
        openBrackets.append(index)
      } else if let last = openBrackets.last, case .symbol(let opener) = tokens[last].kind,
        opener.closer == symbol
      {
        openBrackets.removeLast()
        partners[index] = last
        partners[last] = index
      }
    }
  }
}

extension TextBeforeCursor.OpenString {
  /// Where a string ends, if it does.
  enum Extent {
    case closed(Int)
    /// The line ends before the string does.
    case cut(Int)
    case open(hasValues: Bool)
    /// The text ends in a value of an f-string, which begins here.
    case inValue(Int)
  }

  /// The string whose prefix or quotes begin at `start`, if there is one.
  static func opening(_ bytes: [UInt8], at start: Int) -> Self? {
    func byte(_ offset: Int) -> UInt8 {
      start + offset < bytes.count ? bytes[start + offset] : 0
    }
    let hasLetter = byte(0) == UInt8(ascii: "r") || byte(0) == UInt8(ascii: "f")
    let prefix = hasLetter ? 1 : 0
    let quote = byte(prefix)
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
    let isTriple =
      quote == UInt8(ascii: "\"") && byte(prefix + 1) == quote && byte(prefix + 2) == quote
    return Self(
      start: start, contentStart: start + prefix + (isTriple ? 3 : 1), quote: quote,
      isTriple: isTriple, isRaw: byte(0) == UInt8(ascii: "r"),
      isTemplate: byte(0) == UInt8(ascii: "f"), hasValues: false)
  }

  func with(hasValues: Bool) -> Self {
    Self(
      start: start, contentStart: contentStart, quote: quote, isTriple: isTriple, isRaw: isRaw,
      isTemplate: isTemplate, hasValues: hasValues)
  }

  /// Finds the end; the string is nested in `depth` others.
  func scan(_ bytes: [UInt8], limit: Int, depth: Int = 0) -> Extent {
    var position = contentStart
    var hasValues = false
    while position < limit {
      let byte = bytes[position]
      let next = position + 1 < limit ? bytes[position + 1] : 0
      if byte == quote {
        if !isTriple { return .closed(position + 1) }
        if next == quote, position + 2 < limit, bytes[position + 2] == quote {
          return .closed(position + 3)
        }
      }
      if byte == 10, !isTriple { return .cut(position) }
      if byte == UInt8(ascii: "\\") {
        let isPair = !isRaw || next == quote || next == byte
        position += isPair ? 2 : 1
      } else if isTemplate, byte == UInt8(ascii: "{") {
        if next == byte {
          position += 2
          continue
        }
        hasValues = true
        guard let end = Self.endOfValue(bytes, from: position + 1, limit: limit, depth: depth)
        else { return .inValue(position + 1) }
        position = end
      } else {
        position += 1
      }
    }
    return .open(hasValues: hasValues)
  }

  /// Past the `}` that closes a value of an f-string.
  private static func endOfValue(
    _ bytes: [UInt8], from start: Int, limit: Int, depth: Int
  ) -> Int? {
    guard depth < Limits.nesting else { return nil }
    var position = start
    var open = 0
    while position < limit {
      if let inner = opening(bytes, at: position) {
        guard case .closed(let end) = inner.scan(bytes, limit: limit, depth: depth + 1) else {
          return nil
        }
        position = end
        continue
      }
      switch bytes[position] {
      case UInt8(ascii: "{"), UInt8(ascii: "("), UInt8(ascii: "["): open += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): open -= 1
      case UInt8(ascii: "}"):
        if open <= 0 { return position + 1 }
        open -= 1
      default: break
      }
      position += 1
    }
    return nil
  }
}
