// SPDX-License-Identifier: MIT

// The tree that the parser makes and the compiler reads. It represents the source as written, with
// spans; only pipes are already calls (`x |> f(a)` is `f(x, a)`). `height` limits recursion: the
// parser refuses a tree that is too tall.

/// An expression, its position, and the height of its tree.
public final class Expression: Sendable {
  /// The kind of expression with its parts.
  public let node: Node
  /// Its position.
  public let span: Span
  /// 1 for a leaf.
  public let height: Int

  /// An expression whose tallest part has `height - 1`.
  public init(_ node: Node, _ span: Span, height: Int) {
    self.node = node
    self.span = span
    self.height = height
  }
}

/// The kinds of expression.
public enum Node: Sendable {
  /// The absence of a value.
  case none
  /// `true` or `false`.
  case bool(Bool)
  /// `42`, `0xff`.
  case int(Int)
  /// `0.5`, `2e-4`.
  case num(Double)
  /// `"text"`, escapes resolved.
  case str(String)
  /// `3x64x64`
  case shape([Int])
  /// `f"…{x:6}…"`
  case interpolated([Piece])
  /// A name that is read.
  case name(String)
  /// `-x`, `+x`, `~x`.
  case unary(UnaryOperator, Expression)
  /// `a + b`, a single comparison among them.
  case binary(BinaryOperator, Expression, Expression, operatorSpan: Span)
  /// `a < b <= c`: two comparisons or more; one alone is `binary`.
  case chain(Expression, [Link])
  /// `not a`.
  case not(Expression)
  /// `a and b`.
  case and(Expression, Expression)
  /// `a or b`.
  case or(Expression, Expression)
  /// `a..b by c`
  case range(Expression, Expression, by: Expression?)
  /// `f(a, k=b)`; `piped` when the first argument came from `|>`.
  case call(Expression, [Argument], piped: Bool)
  /// `x[1:, none]`
  case index(Expression, [Argument])
  /// `x.mean`.
  case member(Expression, String, nameSpan: Span)
  /// `[a, b]`, `(a, b)`, `()`.
  case list([Expression])
  /// `(a=1, **r)`.
  case record([Field])
  /// `[f(x) for x in xs if x > 0]`.
  case comprehension(Expression, names: [Name], in: Expression, if: Expression?)
  /// `if a { … } else { … }`; an `else if` is a block of one.
  case conditional(Expression, then: Block, else: Block?)
  /// `x => x + 1`, `fn (x) { … }`.
  case function(FunctionLiteral)
  /// `time { … }`: a record of seconds, bytes, value.
  case time(Block)
  /// `bench { … }`: a record of median, min, max, runs.
  case bench(Block)
}

/// A name where it is bound.
public struct Name: Sendable {
  /// The name as written.
  public let text: String
  /// Its position.
  public let span: Span
  /// A name with its position.
  public init(_ text: String, _ span: Span) {
    self.text = text
    self.span = span
  }
}

/// A part of an interpolated string.
public enum Piece: Sendable {
  /// Literal text.
  case text(String)
  /// `{value:spec}`; the specification may contain values too.
  case value(Expression, specification: [Piece])
}

/// A further comparison in a chain.
public struct Link: Sendable {
  /// The comparison operator.
  public let comparison: BinaryOperator
  /// The position of the operator.
  public let operatorSpan: Span
  /// The value on its right.
  public let right: Expression
  /// A comparison with `right`.
  public init(_ comparison: BinaryOperator, _ operatorSpan: Span, _ right: Expression) {
    self.comparison = comparison
    self.operatorSpan = operatorSpan
    self.right = right
  }
}

/// An argument between the brackets of a call or an index.
public struct Argument: Sendable {
  /// The kinds of argument; slices and `...` are allowed in indices only.
  public enum Kind: Sendable {
    /// `x`.
    case positional(Expression)
    /// `name=x`.
    case named(Name, Expression)
    /// `*list`
    case spread(Expression)
    /// `**record`
    case spreadNamed(Expression)
    /// `start:stop:step`
    case slice(Expression?, Expression?, Expression?)
    /// `...`.
    case ellipsis
  }
  /// The kind of argument.
  public let kind: Kind
  /// Its position, including the name.
  public let span: Span
  /// An argument with its position.
  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}

/// A part of a record literal.
public enum Field: Sendable {
  /// `name=x`.
  case named(Name, Expression)
  /// `**record`.
  case spread(Expression)
}

/// The operators before a value.
public enum UnaryOperator: String, Sendable, CaseIterable {
  /// `-x`.
  case negate = "-"
  /// `+x`.
  case plus = "+"
  /// `~x`.
  case invert = "~"
}

/// The operators between two values, `in` and `not in` among them.
public enum BinaryOperator: String, Sendable, CaseIterable {
  /// `a + b`.
  case add = "+"
  /// `a - b`.
  case subtract = "-"
  /// `a * b`.
  case multiply = "*"
  /// `a / b`.
  case divide = "/"
  /// `a // b`.
  case floorDivide = "//"
  /// `a % b`.
  case remainder = "%"
  /// `a ** b`.
  case power = "**"
  /// `a @ b`.
  case matmul = "@"
  /// `a == b`.
  case equal = "=="
  /// `a != b`.
  case notEqual = "!="
  /// `a < b`.
  case less = "<"
  /// `a <= b`.
  case lessOrEqual = "<="
  /// `a > b`.
  case greater = ">"
  /// `a >= b`.
  case greaterOrEqual = ">="
  /// `a in b`.
  case contained = "in"
  /// `a not in b`.
  case notContained = "not in"
  /// `a & b`.
  case bitAnd = "&"
  /// `a | b`.
  case bitOr = "|"
}

/// `(a, b=1, *, c=2) => …`, `fn name(…) { … }`.
public final class FunctionLiteral: Sendable {
  /// A parameter; those after `*` are keyword-only.
  public struct Parameter: Sendable {
    /// Its name.
    public let name: Name
    /// Its default; none for a required one.
    public let initial: Expression?
    /// Whether it follows `*`.
    public let isKeywordOnly: Bool
    /// A parameter.
    public init(_ name: Name, initial: Expression?, isKeywordOnly: Bool) {
      self.name = name
      self.initial = initial
      self.isKeywordOnly = isKeywordOnly
    }
  }
  /// The name; `nil` for a lambda.
  public let name: String?
  /// In their order.
  public let parameters: [Parameter]
  /// An expression body is a block of one expression statement.
  public let body: Block
  /// The `##` lines above, without the marks.
  public let documentation: String?
  /// The whole text, from `fn` or the parameters to the end of the body.
  public let span: Span
  /// A function.
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
  /// In their order.
  public let statements: [Statement]
  /// From its first byte to its last, braces included.
  public let span: Span
  /// A block.
  public init(_ statements: [Statement], _ span: Span) {
    self.statements = statements
    self.span = span
  }
}

/// A place that can be assigned to: a name, and the indices and members after it.
public struct Place: Sendable {
  /// One bracket or member.
  public enum Step: Sendable {
    /// `[1, :]`, with the position of the place up to it.
    case index([Argument], Span)
    /// `.name`, with the position of the name.
    case member(String, Span)
  }
  /// The name at its root.
  public let name: Name
  /// The steps after the name, in order.
  public let steps: [Step]
  /// The position of the whole place.
  public let span: Span
  /// A place.
  public init(_ name: Name, steps: [Step], span: Span) {
    self.name = name
    self.steps = steps
    self.span = span
  }
}

/// A statement, its position, and its check.
public final class Statement: Sendable {
  /// The kinds of statement.
  public enum Kind: Sendable {
    /// `isMuted` when the statement ends with `;`.
    case expression(Expression, isMuted: Bool)
    /// `a, b = x, y`
    case assign([Place], [Expression])
    /// `a += x`
    case augment(Place, BinaryOperator, Expression, operatorSpan: Span)
    /// `param name = x "documentation"`.
    case parameter(Name, Expression, documentation: String?)
    /// `import "lib.henge" as lib`.
    case importing(path: String, pathSpan: Span, Name)
    /// `fn name(…) { … }`.
    case function(FunctionLiteral, nameSpan: Span)
    /// `for a, b in items { … }`.
    case forEach([Name], Expression, Block)
    /// `while condition { … }`.
    case whileLoop(Expression, Block)
    /// `repeat count { … }`.
    case repeatLoop(Expression, Block)
    /// `try { … } catch e { … }`.
    case attempt(Block, catching: Name, Block)
    /// `return x`.
    case giveBack(Expression?)
    /// `break`.
    case breakLoop
    /// `continue`.
    case continueLoop
    /// `assert condition, message`.
    case assertion(Expression, message: Expression?)
  }
  /// The kind of statement.
  public let kind: Kind
  /// Its position, without `;` and check.
  public let span: Span
  /// The check after `#=>` on the last line of the statement.
  public let check: Check?
  /// A statement.
  public init(_ kind: Kind, _ span: Span, check: Check? = nil) {
    self.kind = kind
    self.span = span
    self.check = check
  }
}

/// `expr  #=> 0.4132 +- 1e-3` or `expr  #=> E-shape`.
public struct Check: Sendable {
  /// The expectation of a check.
  public enum Expected: Sendable {
    /// An error with this code.
    case error(String)
    /// A value whose echo is this text, or that equals the value of this text as an expression,
    /// within `tolerance` if there is one.
    case value(text: String, Expression?, tolerance: Expression?)
  }
  /// The expectation.
  public let expected: Expected
  /// Its position, from `#=>` on.
  public let span: Span
  /// Whether it expects a value, not an error.
  public var isOfValue: Bool { if case .value = expected { true } else { false } }
  /// A check.
  public init(_ expected: Expected, _ span: Span) {
    self.expected = expected
    self.span = span
  }
}

/// A parsed source.
public struct Program: Sendable {
  /// The text.
  public let source: Source
  /// Its statements; of a long one, which ``forEachStatement(_:)`` reads part by part, its `param`s.
  public let block: Block
  /// The `##` lines at the top of the file.
  public let documentation: String?
  /// The positions of the parts of a long one.
  let parts: [Span]?
  /// A program.
  public init(source: Source, block: Block, documentation: String?) {
    self.init(source: source, block: block, documentation: documentation, parts: nil)
  }

  init(source: Source, block: Block, documentation: String?, parts: [Span]?) {
    self.source = source
    self.block = block
    self.documentation = documentation
    self.parts = parts
  }
}
