// SPDX-License-Identifier: MIT

/// The names that a part of the tree assigns and reads, so that each can be assigned a register
/// before code is generated.
///
/// Blocks do not open a scope; functions and comprehensions do.
struct NameUsage {
  /// Assigned here, in order: locals of a function, globals of a statement.
  private(set) var assigned: [String] = []
  /// Read or changed here.
  private(set) var used: Set<String> = []
  /// Read by functions within, and not theirs.
  private(set) var captured: Set<String> = []
  /// Whether there is an assignment inside an expression, so that operands must be copied.
  private(set) var hasAssignmentInExpression = false
  private var assignedNames: Set<String> = []
  private var expressionDepth = 0

  init() {}

  init(_ statement: Statement) { visit(statement) }

  init(_ block: Block) { visit(block) }

  /// All that a function reads from outside.
  static func freeNames(of function: FunctionLiteral) -> Set<String> {
    let usage = NameUsage(function.body)
    let own = usage.assignedNames.union(function.parameters.map(\.name.text))
    return usage.used.union(usage.captured).subtracting(own)
  }

  /// Whether the code within reads or changes `name`, here or in a function.
  func mentions(_ name: String) -> Bool { used.contains(name) || captured.contains(name) }

  func assigns(_ name: String) -> Bool { assignedNames.contains(name) }

  private mutating func assign(_ name: String) {
    if expressionDepth > 0 { hasAssignmentInExpression = true }
    if assignedNames.insert(name).inserted { assigned.append(name) }
  }

  mutating func visit(_ block: Block) {
    for statement in block.statements { visit(statement) }
  }

  private mutating func visit(_ place: Place) {
    if place.steps.isEmpty {
      assign(place.name.text)
    } else {
      change(place)
    }
  }

  private mutating func change(_ place: Place) {
    if expressionDepth > 0 { hasAssignmentInExpression = true }
    used.insert(place.name.text)
    for case .index(let arguments, _) in place.steps { visit(arguments) }
  }

  mutating func visit(_ statement: Statement) {
    for expression in statement.check?.expressions ?? [] {
      visit(Check.function(giving: expression))
    }
    switch statement.kind {
    case .expression(let value, _): visitAlone(value)
    case .assign(let places, let values):
      for place in places { visit(place) }
      if places.count == 1, places[0].steps.isEmpty, values.count == 1 {
        visitAlone(values[0])
      } else {
        for value in values { visit(value) }
      }
    case .augment(let place, _, let value, _):
      change(place)
      visit(value)
    case .parameter(let name, let value, _):
      assign(name.text)
      visit(value)
    case .importing(_, _, let name): assign(name.text)
    case .function(let literal, _):
      if let name = literal.name { assign(name) }
      visit(literal)
    case .forEach(let names, let source, let body):
      visit(source)
      for name in names { assign(name.text) }
      visit(body)
    case .whileLoop(let condition, let body), .repeatLoop(let condition, let body):
      visit(condition)
      visit(body)
    case .attempt(let body, let name, let handler):
      visit(body)
      assign(name.text)
      visit(handler)
    case .giveBack(let value): if let value { visit(value) }
    case .breakLoop, .continueLoop: break
    case .assertion(let condition, let message):
      visit(condition)
      if let message { visit(message) }
    }
  }

  private mutating func visit(_ function: FunctionLiteral) {
    for parameter in function.parameters {
      if let initial = parameter.initial { visit(initial) }
    }
    captured.formUnion(NameUsage.freeNames(of: function))
  }

  /// An expression that is no operand: assignments in its blocks come before no use of another.
  private mutating func visitAlone(_ expression: Expression) {
    switch expression.node {
    case .conditional(let condition, let then, let otherwise):
      visit(condition)
      visit(then)
      if let otherwise { visit(otherwise) }
    case .time(let block), .bench(let block): visit(block)
    default: visit(expression)
    }
  }

  private mutating func visitInner(_ block: Block) {
    expressionDepth += 1
    visit(block)
    expressionDepth -= 1
  }

  mutating func visit(_ expression: Expression) {
    switch expression.node {
    case .none, .bool, .int, .num, .str, .shape: break
    case .interpolated(let pieces): visit(pieces)
    case .name(let name): used.insert(name)
    case .unary(_, let operand), .not(let operand), .member(let operand, _, _): visit(operand)
    case .binary(_, let left, let right, _), .and(let left, let right), .or(let left, let right):
      visit(left)
      visit(right)
    case .chain(let first, let links):
      visit(first)
      for link in links { visit(link.right) }
    case .range(let start, let stop, let step):
      visit(start)
      visit(stop)
      if let step { visit(step) }
    case .call(let callee, let arguments, _):
      visit(callee)
      visit(arguments)
    case .index(let value, let arguments):
      visit(value)
      visit(arguments)
    case .list(let elements): for element in elements { visit(element) }
    case .record(let fields): visit(fields)
    case .comprehension(let element, let names, let source, let condition):
      visit(source)
      visitComprehension(element, names, condition)
    case .conditional(let condition, let then, let otherwise):
      visit(condition)
      visitInner(then)
      if let otherwise { visitInner(otherwise) }
    case .function(let literal): visit(literal)
    case .time(let block), .bench(let block): visitInner(block)
    }
  }

  private mutating func visitComprehension(
    _ element: Expression, _ names: [Name], _ condition: Expression?
  ) {
    let inner = NameUsage.inComprehension(element, names, condition)
    used.formUnion(inner.used.subtracting(inner.assignedNames))
    captured.formUnion(inner.captured.subtracting(inner.assignedNames))
    hasAssignmentInExpression = hasAssignmentInExpression || inner.hasAssignmentInExpression
  }

  /// What is used in the scope that a comprehension makes; its own names are assigned there.
  static func inComprehension(
    _ element: Expression, _ names: [Name], _ condition: Expression?
  ) -> NameUsage {
    var inner = NameUsage()
    for name in names { inner.assign(name.text) }
    if let condition { inner.visit(condition) }
    inner.visit(element)
    return inner
  }

  private mutating func visit(_ pieces: [Piece]) {
    for case .value(let value, let specification) in pieces {
      visit(value)
      visit(specification)
    }
  }

  private mutating func visit(_ fields: [Field]) {
    for field in fields {
      switch field {
      case .named(_, let value), .spread(let value): visit(value)
      }
    }
  }

  private mutating func visit(_ arguments: [Argument]) {
    for argument in arguments {
      switch argument.kind {
      case .positional(let value), .named(_, let value), .spread(let value),
        .spreadNamed(let value):
        visit(value)
      case .slice(let start, let stop, let step):
        for part in [start, stop, step] { if let part { visit(part) } }
      case .ellipsis: break
      }
    }
  }
}

extension Program {
  /// Whether a statement reads or changes `name`, itself or in a function.
  public func mentions(_ name: String) -> Bool {
    block.statements.contains { NameUsage($0).mentions(name) }
  }
}

extension Statement {
  /// Whether it reads, changes or assigns `name`, itself or in a function.
  public func mentions(_ name: String) -> Bool {
    let usage = NameUsage(self)
    return usage.mentions(name) || usage.assigns(name)
  }

  /// The names that it reads, functions within included.
  public var readNames: Set<String> {
    let usage = NameUsage(self)
    return usage.used.union(usage.captured)
  }

  /// The names that it assigns, in order.
  public var assignedNames: [String] { NameUsage(self).assigned }
}

extension Statement {
  /// Whether it gives `name` another value.
  public func assigns(_ name: String) -> Bool { NameUsage(self).assigns(name) }
}
