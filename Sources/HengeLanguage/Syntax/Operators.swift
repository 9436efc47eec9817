// SPDX-License-Identifier: MIT

/// The precedence of an operator, lowest first; the parser climbs by it.
enum Precedence: Int, Comparable, Sendable {
  case or, and, not, bitOr, bitAnd, comparison, range, sum, product, unary, power

  static func < (left: Precedence, right: Precedence) -> Bool { left.rawValue < right.rawValue }

  /// The next tighter level: what the right operand of a left-associative operator begins at.
  var tighter: Precedence { Precedence(rawValue: rawValue + 1) ?? .power }
}

/// The table of operators.
///
/// `|>` and `=>` are not in it: they bind less tightly than all of these.
enum Operators {
  /// What an operator between two values makes.
  enum Infix: Sendable {
    case binary(BinaryOperator)
    case and, or, range
  }

  /// A row of the table for an operator between two values.
  struct Row: Sendable {
    let infix: Infix
    let precedence: Precedence
    /// Where its right operand begins: the same level for `**`, which groups to the right.
    let right: Precedence
  }

  static let infixSymbols: [Symbol: Row] = {
    var table: [Symbol: Row] = [:]
    func add(_ precedence: Precedence, right: Precedence? = nil, _ symbols: [Symbol]) {
      for symbol in symbols {
        guard let binary = BinaryOperator(rawValue: symbol.rawValue) else { continue }
        table[symbol] = Row(
          infix: .binary(binary), precedence: precedence, right: right ?? precedence.tighter)
      }
    }
    add(.power, right: .unary, [.doubleStar])
    add(.product, [.star, .slash, .doubleSlash, .percent, .at])
    add(.sum, [.plus, .minus])
    table[.range] = Row(infix: .range, precedence: .range, right: .sum)
    add(.comparison, [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual])
    add(.bitAnd, [.ampersand])
    add(.bitOr, [.bar])
    return table
  }()

  static let infixWords: [Word: Row] = [
    .in: Row(infix: .binary(.contained), precedence: .comparison, right: .range),
    .and: Row(infix: .and, precedence: .and, right: .not),
    .or: Row(infix: .or, precedence: .or, right: .and),
  ]

  static let notIn = Row(infix: .binary(.notContained), precedence: .comparison, right: .range)

  static let prefixSymbols: [Symbol: UnaryOperator] = [
    .minus: .negate, .plus: .plus, .tilde: .invert,
  ]

  static let augmenting: [Symbol: BinaryOperator] = [
    .plusAssign: .add, .minusAssign: .subtract, .starAssign: .multiply, .slashAssign: .divide,
    .doubleSlashAssign: .floorDivide, .doubleStarAssign: .power,
  ]

  /// Whether a line that ends in `kind` continues on the next one.
  static func continuesLine(_ kind: Token.Kind) -> Bool {
    switch kind {
    case .symbol(let symbol):
      switch symbol {
      case .comma, .assign, .arrow, .pipe: true
      default: infixSymbols[symbol] != nil || augmenting[symbol] != nil
      }
    case .word(let word): word == .by || infixWords[word] != nil
    default: false
    }
  }
}
