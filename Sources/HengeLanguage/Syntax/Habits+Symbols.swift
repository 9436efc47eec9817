// SPDX-License-Identifier: MIT

extension Habits {
  /// Spellings that no operator of henge begins, longest first.
  private static let spellings: [(spelling: String, meaning: String, instead: String)] = [
    ("===", "`===` is not an operator", "=="), ("!==", "`!==` is not an operator", "!="),
    ("<=>", "`<=>` is not an operator", "<"), ("&&", "`&&` is not an operator", "and"),
    ("||", "`||` is not an operator", "or"), ("->", "`->` is not an operator", "=>"),
    (":=", "`:=` is not an operator", "="), ("<>", "`<>` is not an operator", "!="),
    ("=<", "`=<` is not an operator", "<="),
    ("::", "`::` is not an operator", "x[::2] in an index, x.name for a member"),
    ("/*", "`/*` does not begin a comment", "# at the beginning of every line"),
    ("<<", "`<<` is not an operator", "* 2 **"), (">>", "`>>` is not an operator", "// 2 **"),
    ("?.", "`?.` is not an operator", "if x == none { none } else { x.name }"),
    ("??", "`??` is not an operator", "if x == none { … } else { x }"),
  ]

  private static let augmented: [String: String] = [
    "&=": "&", "|=": "|", "%=": "%", "@=": "@", "^=": "**",
  ]

  /// An operator of another language that begins here.
  static func symbol(_ lexer: Lexer) -> Diagnostic? {
    let first = lexer.bytes[lexer.position]
    guard first != UInt8(ascii: "("), first != UInt8(ascii: ")"), first != UInt8(ascii: ",") else {
      return nil
    }
    if first == UInt8(ascii: "+") || first == UInt8(ascii: "-"), lexer.peek(1) == first {
      return increment(lexer)
    }
    for (spelling, meaning, instead) in spellings where begins(lexer, spelling) {
      if spelling == "::", lexer.innermost == .openBracket { continue }
      let span = Span(lexer.position, lexer.position + spelling.utf8.count)
      let isOperator = instead.utf8.count <= 7 && !(spelling == ":=" && !lexer.openBrackets.isEmpty)
      return isOperator
        ? .syntax(meaning, lexer.source, span, replacement: instead)
        : .syntax(
          meaning, lexer.source, span,
          suggestion: spelling == ":=" ? "= in a separate statement" : instead)
    }
    for (spelling, binary) in augmented
    where begins(lexer, spelling) && lexer.peek(2) != UInt8(ascii: "=") {
      let name = lastText(lexer) ?? "x"
      return diagnostic(
        lexer, spelling, "`\(spelling)` is not an operator", "\(name) = \(name) \(binary) …")
    }
    return nil
  }

  private static func begins(_ lexer: Lexer, _ spelling: String) -> Bool {
    var offset = 0
    for byte in spelling.utf8 {
      if lexer.peek(offset) != byte { return false }
      offset += 1
    }
    return true
  }

  private static func diagnostic(
    _ lexer: Lexer, _ spelling: String, _ message: String, _ instead: String?
  ) -> Diagnostic {
    let span = Span(lexer.position, lexer.position + spelling.utf8.count)
    return .syntax(message, lexer.source, span, suggestion: instead)
  }

  /// The last token, if it is a short name.
  private static func lastText(_ lexer: Lexer) -> String? {
    guard let last = lexer.tokens.last, last.kind == .name else { return nil }
    let text = lexer.source.text(last.span)
    return text.utf8.count <= 24 ? text : nil
  }

  /// `i++` and `++i`; `a --b` and `--1` are minus a minus.
  private static func increment(_ lexer: Lexer) -> Diagnostic? {
    let sign = lexer.bytes[lexer.position] == UInt8(ascii: "+") ? "+" : "-"
    var offset = 2
    while lexer.peek(offset) == 32 { offset += 1 }
    let next = lexer.peek(offset)
    let enders: [UInt8] = [0, 10] + Array(");}],#".utf8)
    let isPostfix = enders.contains(next) && lexer.tokens.last?.kind == .name
    let begins: Bool =
      switch lexer.tokens.last?.kind {
      case nil, .newline, .symbol(.semicolon), .symbol(.openBrace): Lexer.isNameStart(next)
      default: false
      }
    guard isPostfix || begins else { return nil }
    var name = isPostfix ? lastText(lexer) ?? "i" : ""
    if begins {
      let start = lexer.position + offset
      while Lexer.isNamePart(lexer.peek(offset)) { offset += 1 }
      name = lexer.source.text(Span(start, lexer.position + offset))
      while lexer.peek(offset) == 32 { offset += 1 }
      guard enders.contains(lexer.peek(offset)) else { return nil }
    }
    return diagnostic(
      lexer, sign + sign, "`\(sign)\(sign)` is not an operator", "\(name) \(sign)= 1")
  }

  /// A byte that begins no token.
  static func stray(_ lexer: Lexer) -> Diagnostic {
    let text = String(Unicode.Scalar(lexer.bytes[lexer.position]))
    let isFirst = lexer.tokens.last.map { $0.kind == .newline } ?? true
    func no(_ instead: String?, _ notes: [String] = []) -> Diagnostic {
      let span = Span(lexer.position, lexer.position + 1)
      return .syntax(
        "`\(text)` means nothing here", lexer.source, span, notes: notes, suggestion: instead)
    }
    func replaced(_ replacement: String, _ notes: [String] = []) -> Diagnostic {
      let span = Span(lexer.position, lexer.position + 1)
      return .syntax(
        "`\(text)` means nothing here", lexer.source, span, replacement: replacement, notes: notes)
    }
    switch text {
    case "^" where lexer.tokens.last?.kind == .symbol(.dot):
      return .syntax(
        "`.^` is not an operator", lexer.source, Span(lexer.position - 1, lexer.position + 1),
        replacement: "**", notes: ["`**` works element by element"])
    case "^": return replaced("**", ["`**` is the power; between bools, `!=` is exclusive or"])
    case "!":
      if case .interpolation = lexer.mode {
        return no("str(x) in the braces, or a format after `:`")
      }
      return replaced(
        "not ", isFirst ? ["at the prompt, a line that begins with `!` runs a command"] : [])
    case "?":
      return isFirst
        ? no(nil, ["`?name` asks for help at the prompt only"])
        : no("if condition { a } else { b }")
    case "$": return no("the name alone, {name} in an f\"…\"")
    case "`":
      return .syntax(
        "a backtick means nothing here", lexer.source, Span(lexer.position, lexer.position + 1),
        suggestion: "\"…\" for text")
    case "\\":
      return no("( … ) around an expression that runs over several lines")
    default: return no(nil)
    }
  }

  /// What a character that is not ASCII is mistaken for, by its code point.
  static let lookAlikes: [UInt32: String] = [
    0x201C: "\"", 0x201D: "\"", 0x201E: "\"", 0x201F: "\"", 0xAB: "\"", 0xBB: "\"",
    0x2018: "'", 0x2019: "'", 0x201A: "'", 0x2032: "'", 0x2033: "\"", 0xB4: "'", 0x2212: "-",
    0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0xD7: "*", 0x22C5: "*",
    0xB7: "*", 0x2219: "*", 0xF7: "/", 0x2215: "/", 0x2264: "<=", 0x2265: ">=", 0x2260: "!=",
    0x2248: "abs(a - b) < 1e-6", 0x2192: "=>", 0x21D2: "=>", 0x2190: "=", 0x2026: "...",
    0xB2: "** 2", 0xB3: "** 3", 0x221A: "sqrt(x)", 0x221E: "1e308", 0x2211: "sum(x)",
    0x220F: "a loop", 0x2208: "in", 0x2209: "not in", 0x2227: "and", 0x2228: "or", 0xAC: "not",
    0x3C0: "pi", 0x3001: ",", 0x3002: ".", 0xB0: "angle in degrees, without the sign",
    0xB1: "+-", 0x3BB: "x => …", 0x300C: "\"", 0x300D: "\"", 0x37E: ";",
  ]

  /// `line` with all its look-alikes replaced if it is short; else the replacement of `scalar`.
  static func plain(_ line: String, or scalar: Unicode.Scalar) -> String? {
    guard let single = lookAlike(scalar) else { return nil }
    let isProse = single.utf8.contains(32) && single != " " && !single.hasPrefix("*")
    guard !isProse, line.utf8.count <= 100 else { return single }
    var result = ""
    for scalar in line.unicodeScalars {
      result += scalar.value < 0x80 ? String(scalar) : lookAlike(scalar) ?? String(scalar)
    }
    return String(result.drop { $0 == " " || $0 == "\t" })
  }

  /// The ASCII spelling of a Latin or Greek letter: `i` for `ï`, `mu` for `μ`.
  static func plainLetter(_ scalar: Unicode.Scalar) -> String? {
    let words = (scalar.properties.name ?? "").split(separator: " ").map(String.init)
    guard words.count >= 4, words[2] == "LETTER", words[0] == "LATIN" || words[0] == "GREEK",
      words[3].allSatisfy(\.isLetter)
    else { return nil }
    return words[1] == "SMALL"
      ? words[3].lowercased() : words[3].prefix(1) + words[3].dropFirst().lowercased()
  }

  /// What to write instead of `scalar`.
  static func lookAlike(_ scalar: Unicode.Scalar) -> String? {
    if let known = lookAlikes[scalar.value] { return known }
    if scalar.value >= 0xFF01, scalar.value <= 0xFF5E,
      let plain = Unicode.Scalar(scalar.value - 0xFEE0)
    {
      return String(plain)
    }
    if scalar.properties.isWhitespace { return " " }
    let isInvisible = !scalar.properties.isGraphemeBase
    return isInvisible ? "" : nil
  }
}
