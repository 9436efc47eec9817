// SPDX-License-Identifier: MIT

/// A piece of source text that the parser reads as one.
struct Token: Sendable {
  /// The kinds of token.
  enum Kind: Sendable, Equatable {
    case name
    case word(Word)
    case symbol(Symbol)
    case int(Int)
    /// `9223372036854775808`, which is an int only after a minus sign.
    case minimumMagnitude
    case num(Double)
    case shape([Int])
    case string(String)
    /// An f-string; its parts are `Lexer.templates` at this index.
    case interpolated(Int)
    /// `#=>`, with the span of what follows it on the line.
    case check(Span)
    case newline
    case end
    /// The place where the lexer stopped; its error is `Lexer.error`.
    case bad
  }
  let kind: Kind
  let span: Span
  /// For an opening bracket, the index of the token that closes it; -1 when there is none.
  var match = -1
}

/// A part of an f-string before it is parsed.
enum TemplatePiece: Sendable {
  case text(String)
  /// The tokens of the value, `end` last, and its format specification.
  case value(Fragment, specification: [TemplatePiece])
}

/// Tokens that are parsed by themselves, and the f-strings among them.
struct Fragment: Sendable {
  let tokens: [Token]
  let templates: [[TemplatePiece]]
}

/// The words of the language; after `.` and before `=` in arguments they are names.
enum Word: String, Sendable, CaseIterable {
  case `true`, `false`, none, and, or, not, `in`, by, `if`, `else`, `for`, `while`, `repeat`
  case `break`, `continue`, fn, `return`, `try`, `catch`, assert, param, `import`, `as`, time
  case bench

  /// Python's spellings of the constants, read as the same.
  static let capitalised: [String: Word] = ["True": .true, "False": .false, "None": .none]

  static let bySpelling: [String: Word] = {
    var words = capitalised
    for word in allCases { words[word.rawValue] = word }
    return words
  }()
}

/// Operators, brackets and separators.
enum Symbol: String, Sendable, CaseIterable {
  case openParenthesis = "("
  case closeParenthesis = ")"
  case openBracket = "["
  case closeBracket = "]"
  case openBrace = "{"
  case closeBrace = "}"
  case comma = ","
  case semicolon = ";"
  case colon = ":"
  case dot = "."
  case ellipsis = "..."
  case range = ".."
  case assign = "="
  case arrow = "=>"
  case pipe = "|>"
  case plus = "+"
  case minus = "-"
  case star = "*"
  case slash = "/"
  case doubleSlash = "//"
  case percent = "%"
  case at = "@"
  case doubleStar = "**"
  case tilde = "~"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case ampersand = "&"
  case bar = "|"
  case plusAssign = "+="
  case minusAssign = "-="
  case starAssign = "*="
  case slashAssign = "/="
  case doubleSlashAssign = "//="
  case doubleStarAssign = "**="

  /// The bracket that closes this one.
  var closer: Symbol? {
    switch self {
    case .openParenthesis: .closeParenthesis
    case .openBracket: .closeBracket
    case .openBrace: .closeBrace
    default: nil
    }
  }
}
