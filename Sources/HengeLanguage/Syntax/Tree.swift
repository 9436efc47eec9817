// SPDX-License-Identifier: MIT

// What lives here: the tree that the parser makes and the compiler reads. It holds what was
// written, with spans; pipes are already calls (`x |> f(a)` is `f(x, a)`), and nothing else is
// rewritten. `height` bounds recursion: the parser refuses a tree that is too tall.

/// An expression, where it stands, and how tall its tree is.
public final class Expression: Sendable {
  /// What it is.
  public let node: Node
  /// Where it stands.
  public let span: Span
  /// 1 for a leaf.
  public let height: Int

  /// Makes an expression whose tallest part has `height - 1`.
  public init(_ node: Node, _ span: Span, height: Int) {
    self.node = node
    self.span = span
    self.height = height
  }
}

/// The kinds of expression.
public enum Node: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case num(Double)
  case str(String)
  /// `3x64x64`
  case shape([Int])
  /// `f"…{x:6}…"`
  case interpolated([Piece])
  case name(String)
  case unary(UnaryOperator, Expression)
  case binary(BinaryOperator, Expression, Expression, operatorSpan: Span)
  /// `a < b <= c`: two comparisons or more; one alone is `binary`.
  case chain(Expression, [Link])
  case not(Expression)
  case and(Expression, Expression)
  case or(Expression, Expression)
  /// `a..b by c`
  case range(Expression, Expression, by: Expression?)
  /// `f(a, k=b)`; `piped` when the first argument came from `|>`.
  case call(Expression, [Argument], piped: Bool)
  /// `x[1:, none]`
  case index(Expression, [Argument])
  case member(Expression, String, nameSpan: Span)
  case list([Expression])
  case record([Field])
  case comprehension(Expression, names: [Name], in: Expression, if: Expression?)
  case conditional(Expression, then: Block, else: Block?)
  case function(FunctionLiteral)
  /// `time { … }`: a record of seconds, bytes, value.
  case time(Block)
  /// `bench { … }`: a record of median, min, max, runs.
  case bench(Block)
}

/// A name where it is bound.
public struct Name: Sendable {
  public let text: String
  public let span: Span
  public init(_ text: String, _ span: Span) {
    self.text = text
    self.span = span
  }
}

/// A part of an interpolated string.
public enum Piece: Sendable {
  case text(String)
  /// `{value:spec}`; the specification may itself hold values.
  case value(Expression, specification: [Piece])
}

/// A further comparison in a chain.
public struct Link: Sendable {
  public let comparison: BinaryOperator
  public let operatorSpan: Span
  public let right: Expression
  public init(_ comparison: BinaryOperator, _ operatorSpan: Span, _ right: Expression) {
    self.comparison = comparison
    self.operatorSpan = operatorSpan
    self.right = right
  }
}

/// What stands between the brackets of a call or an index.
public struct Argument: Sendable {
  /// The kinds of argument; slices and `...` stand in indices only.
  public enum Kind: Sendable {
    case positional(Expression)
    case named(Name, Expression)
    /// `*list`
    case spread(Expression)
    /// `**record`
    case spreadNamed(Expression)
    /// `start:stop:step`
    case slice(Expression?, Expression?, Expression?)
    case ellipsis
  }
  public let kind: Kind
  public let span: Span
  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}

/// A part of a record literal.
public enum Field: Sendable {
  case named(Name, Expression)
  case spread(Expression)
}

/// `- + ~`
public enum UnaryOperator: String, Sendable, CaseIterable {
  case negate = "-"
  case plus = "+"
  case invert = "~"
}

/// The operators between two values, `in` and `not in` among them.
public enum BinaryOperator: String, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case power = "**"
  case matmul = "@"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case contained = "in"
  case notContained = "not in"
  case bitAnd = "&"
  case bitOr = "|"
}

/// `(a, b=1, *, c=2) => …`, `fn name(…) { … }`.
public final class FunctionLiteral: Sendable {
  /// A parameter; those after `*` are keyword-only.
  public struct Parameter: Sendable {
    public let name: Name
    public let initial: Expression?
    public let isKeywordOnly: Bool
    public init(_ name: Name, initial: Expression?, isKeywordOnly: Bool) {
      self.name = name
      self.initial = initial
      self.isKeywordOnly = isKeywordOnly
    }
  }
  /// None for a lambda.
  public let name: String?
  public let parameters: [Parameter]
  /// An expression body is a block of one expression statement.
  public let body: Block
  /// The `##` lines above, without the marks.
  public let documentation: String?
  /// The whole text, from `fn` or the parameters to the end of the body.
  public let span: Span
  public init(
    name: String?, parameters: [Parameter], body: Block, documentation: String?, span: Span
  ) {
    self.name = name
    self.parameters = parameters
    self.body = body
    self.documentation = documentation
    self.span = span
  }
}

/// Statements between braces, or a whole program.
public final class Block: Sendable {
  public let statements: [Statement]
  public let span: Span
  public init(_ statements: [Statement], _ span: Span) {
    self.statements = statements
    self.span = span
  }
}

/// A place that can be assigned to: a name, and the indices and members after it.
public struct Place: Sendable {
  public enum Step: Sendable {
    case index([Argument], Span)
    case member(String, Span)
  }
  public let name: Name
  public let steps: [Step]
  public let span: Span
  public init(_ name: Name, steps: [Step], span: Span) {
    self.name = name
    self.steps = steps
    self.span = span
  }
}

/// A statement, where it stands, and what its check expects.
public final class Statement: Sendable {
  /// The kinds of statement.
  public enum Kind: Sendable {
    /// `isMuted` when the statement ends with `;`.
    case expression(Expression, isMuted: Bool)
    /// `a, b = x, y`
    case assign([Place], [Expression])
    /// `a += x`
    case augment(Place, BinaryOperator, Expression, operatorSpan: Span)
    case parameter(Name, Expression, documentation: String?)
    case importing(path: String, pathSpan: Span, Name)
    case function(FunctionLiteral, nameSpan: Span)
    case forEach([Name], Expression, Block)
    case whileLoop(Expression, Block)
    case repeatLoop(Expression, Block)
    case attempt(Block, catching: Name, Block)
    case giveBack(Expression?)
    case breakLoop
    case continueLoop
    case assertion(Expression, message: Expression?)
  }
  public let kind: Kind
  public let span: Span
  /// What follows `#=>` on the line on which the statement ends.
  public let check: Check?
  public init(_ kind: Kind, _ span: Span, check: Check? = nil) {
    self.kind = kind
    self.span = span
    self.check = check
  }
}

/// `expr  #=> 0.4132 +- 1e-3` or `expr  #=> E-shape`.
public struct Check: Sendable {
  /// What is expected.
  public enum Expected: Sendable {
    /// An error with this code.
    case error(String)
    /// A value that equals this text when echoed, or equals the value of this text as an
    /// expression, within `tolerance` if one is given.
    case value(text: String, Expression?, tolerance: Expression?)
  }
  public let expected: Expected
  public let span: Span
  public init(_ expected: Expected, _ span: Span) {
    self.expected = expected
    self.span = span
  }
}

/// A parsed source.
public struct Program: Sendable {
  public let source: Source
  public let block: Block
  /// The `##` lines at the top of the file.
  public let documentation: String?
  public init(source: Source, block: Block, documentation: String?) {
    self.source = source
    self.block = block
    self.documentation = documentation
  }
}
