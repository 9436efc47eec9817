// SPDX-License-Identifier: MIT

// The lexer works on bytes and never stops a program: at the first text that it cannot read it
// keeps the tokens before it, ends them with `.bad` and stores the error, so that an earlier error
// of the parser is reported first.

/// Cuts a source, or a part of one, into tokens.
struct Lexer {
  /// The context of the text.
  enum Mode: Sendable {
    case program
    /// Between `{` and `}` (or `:`) of an f-string, which may run over lines if it is `"""`.
    case interpolation(isTriple: Bool)
  }

  let source: Source
  let bytes: [UInt8]
  let limit: Int
  let mode: Mode
  /// The number of f-strings that contain this text.
  let nesting: Int
  var position: Int
  var tokens: [Token] = []
  var templates: [[TemplatePiece]] = []
  /// The indices of the brackets that are open.
  var openBrackets: [Int] = []
  /// The `##` lines by their line number, without the marks.
  var documentation: [Int: String] = [:]
  /// Why the lexer stopped before the end.
  var error: Diagnostic?
  /// Whether more text could repair the error: a `"""` string was still open.
  var isUnterminated = false
  /// Whether the error is a string that is not closed.
  var isStringOpen = false
  /// Why ``watch`` stopped it.
  var stopped: Diagnostic?
  private let watch: Watch

  /// Asked for the bytes that a long text takes, and now and then for none; throws to stop.
  typealias Watch = (Int) throws(Diagnostic) -> Void

  init(
    _ source: Source, from start: Int = 0, to limit: Int? = nil,
    watch: @escaping Watch = { _ in }
  ) {
    self.init(
      source, from: start, to: limit ?? source.bytes.count, mode: .program, nesting: 0,
      watch: watch)
  }

  init(
    _ source: Source, from start: Int, to limit: Int, mode: Mode, nesting: Int,
    watch: @escaping Watch = { _ in }
  ) {
    self.watch = watch
    self.source = source
    bytes = source.bytes
    self.limit = limit
    self.mode = mode
    self.nesting = nesting
    position = start
  }

  /// Reads everything; afterwards the last token is `.end` or `.bad`.
  mutating func run() { read(foreseen: (limit - position) / 4 + 2, part: .max) }

  /// Reads some `count` tokens and on to the end of the statement; afterwards the last token is `.end` or
  /// `.bad`.
  mutating func runPart(tokens count: Int) { read(foreseen: count, part: count) }

  /// Forgets what was read, to read on.
  mutating func forgetTokens() {
    tokens = []
    templates = []
    documentation = [:]
  }

  private mutating func read(foreseen: Int, part: Int) {
    let foreseen = tokens.count + foreseen
    guard mayTake(foreseen) else { return }
    tokens.reserveCapacity(foreseen)
    do throws(Diagnostic) {
      while position < limit {
        if tokens.count >= part, openBrackets.isEmpty, tokens.last?.kind == .newline { break }
        if tokens.count % Lexer.stretch == 0 || tokens.count == tokens.capacity {
          guard mayTake(tokens.count == tokens.capacity ? tokens.count * 2 : 0) else { return }
        }
        if try !next() { break }
      }
      add(.end, position)
    } catch {
      self.error = error
      let at = error.labels.first?.span.start ?? position
      tokens.append(Token(kind: .bad, span: Span(at, at)))
    }
  }

  /// The number of tokens between two checks for an interrupt.
  private static let stretch = 1 << 13

  /// Whether room for `count` tokens may be taken.
  private mutating func mayTake(_ count: Int) -> Bool {
    do throws(Diagnostic) {
      try watch(count < Lexer.stretch ? 0 : count * MemoryLayout<Token>.stride)
      return true
    } catch {
      stopped = error
      return false
    }
  }

  /// The byte `offset` positions ahead; 0 after the end.
  func peek(_ offset: Int = 0) -> UInt8 {
    let index = position + offset
    return index < limit && index >= 0 ? bytes[index] : 0
  }

  /// Adds a token that began at `start` and ends here.
  mutating func add(_ kind: Token.Kind, _ start: Int) {
    tokens.append(Token(kind: kind, span: Span(start, position)))
  }

  /// Reads one token, newline, comment or space; false at the end of an interpolation.
  private mutating func next() throws(Diagnostic) -> Bool {
    let byte = bytes[position]
    switch byte {
    case 32, 9: position += 1
    case 10: try newline()
    case UInt8(ascii: "#"): try comment()
    case UInt8(ascii: "\""), UInt8(ascii: "'"): try string(prefix: 0)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    case UInt8(ascii: "r"), UInt8(ascii: "f"):
      let quote = peek(1)
      if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        try string(prefix: 1)
      } else {
        try name()
      }
    case _ where Lexer.isNameStart(byte): try name()
    default:
      if case .interpolation = mode, openBrackets.isEmpty,
        byte == UInt8(ascii: "}") || (byte == UInt8(ascii: ":") && peek(1) != UInt8(ascii: "="))
      {
        return false
      }
      try symbol()
    }
    return true
  }

  static func isNameStart(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
      || byte == UInt8(ascii: "_")
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  static func isNamePart(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }

  /// The bracket that is open innermost.
  var innermost: Symbol? {
    guard let index = openBrackets.last, case .symbol(let symbol) = tokens[index].kind else {
      return nil
    }
    return symbol
  }

  private mutating func newline() throws(Diagnostic) {
    let start = position
    if case .interpolation(let isTriple) = mode {
      if !isTriple { throw unclosedInterpolation() }
      position += 1
      return
    }
    position += 1
    guard innermost == nil || innermost == .openBrace else { return }
    guard let last = tokens.last?.kind, last != .newline, !Operators.continuesLine(last) else {
      return
    }
    tokens.append(Token(kind: .newline, span: Span(start, start + 1)))
  }

  private mutating func name() throws(Diagnostic) {
    let start = position
    while position < limit, Lexer.isNamePart(bytes[position]) { position += 1 }
    if position < limit, bytes[position] >= 0x80 { throw try strangeCharacter(inNameFrom: start) }
    if peek() == UInt8(ascii: "\"") || peek() == UInt8(ascii: "'") { try prefixedString(start) }
    let isMember = tokens.last?.kind == .symbol(.dot)
    if !isMember, position - start <= 8, let word = Word.bySpelling[text(start)] {
      add(.word(word), start)
    } else {
      add(.name, start)
    }
  }

  /// The text from `start` to here.
  func text(_ start: Int) -> String { source.text(Span(start, position)) }

  /// A comment, documentation line or check; the newline after it is left.
  private mutating func comment() throws(Diagnostic) {
    let start = position
    if case .interpolation(let isTriple) = mode, !isTriple { throw unclosedInterpolation() }
    while position < limit, bytes[position] != 10 {
      if bytes[position] >= 0x80 {
        _ = try scalar()
      } else if bytes[position] == 0 {
        throw strangeControl()
      } else {
        position += 1
      }
    }
    let body = bytes[start..<position]
    if body.starts(with: "#=>".utf8) {
      try check(Span(start, position))
    } else if body.starts(with: "##".utf8), !body.starts(with: "###".utf8), isFirstOnLine(start) {
      let afterMarks = start + 2
      let hasSpace = afterMarks < position && bytes[afterMarks] == 32
      let content = Span(afterMarks + (hasSpace ? 1 : 0), position)
      documentation[source.position(of: start).line] = source.text(content)
    }
  }

  private mutating func check(_ span: Span) throws(Diagnostic) {
    var inner = Span(span.start + 3, span.end)
    while inner.start < inner.end, bytes[inner.start] <= 32 { inner.start += 1 }
    while inner.end > inner.start, bytes[inner.end - 1] <= 32 { inner.end -= 1 }
    if inner.start == inner.end {
      throw .syntax(
        "`#=>` needs an expected value", source, span,
        suggestion: "the expected value: 1 + 1  #=> 2")
    }
    if innermost == .openParenthesis || innermost == .openBracket {
      throw .syntax(
        "`#=>` is inside brackets", source, Span(span.start, span.start + 3),
        suggestion: "put it on the last line of the statement")
    }
    tokens.append(Token(kind: .check(inner), span: span))
  }

  private func isFirstOnLine(_ start: Int) -> Bool {
    var index = start - 1
    while index >= 0, bytes[index] == 32 || bytes[index] == 9 { index -= 1 }
    return index < 0 || bytes[index] == 10
  }

  /// The scalar here, past which the lexer moves.
  mutating func scalar() throws(Diagnostic) -> Unicode.Scalar {
    var decoder = UTF8()
    var input = bytes[position..<limit].makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&input) else {
      throw .syntax(
        "the byte 0x\(hexadecimal(Int(bytes[position]))) is not UTF-8", source,
        Span(position, position + 1), suggestion: "save the text as UTF-8")
    }
    position += UTF8.width(scalar)
    return scalar
  }
}

/// `value` in base 16, at least two digits.
func hexadecimal(_ value: Int) -> String {
  let digits = String(value, radix: 16, uppercase: true)
  return digits.utf8.count < 2 ? "0" + digits : digits
}
