// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// Writes programs that mostly make sense: each expression is of the kind that is wanted where it
/// stands, nine times out of ten.
struct FuzzWriter {
  enum Kind: String, CaseIterable {
    case bool, int, num, str, list, record, range, shape, fn, tensor, dataset, any
  }

  let palette: FuzzPalette
  let calls: FuzzCalls
  var dice: FuzzDice
  /// The variables in sight with the kind of their last value.
  private var variables: [(name: String, kind: Kind)] = []
  private var isInLoop = false
  private var isInFunction = false

  static let infix = [
    "+", "-", "*", "/", "//", "%", "@", "**", "==", "!=", "<", "<=", ">", ">=", "in", "not in",
    "&", "|", "and", "or",
  ]
  static let assignments = ["+=", "-=", "*=", "/=", "//=", "**="]

  init(palette: FuzzPalette, calls: FuzzCalls, dice: FuzzDice) {
    self.palette = palette
    self.calls = calls
    self.dice = dice
  }

  /// A program of a few statements.
  mutating func program() -> String {
    variables = []
    return (0..<1 + dice.roll(6)).map { _ in statement(3) }.joined(separator: "\n")
  }

  // MARK: Statements

  private mutating func statement(_ depth: Int) -> String {
    switch dice.roll(depth > 0 ? 20 : 6) {
    case 0, 1, 2:
      let kind = anyKind()
      return assign(kind, expression(kind, depth))
    case 3: return place(depth)
    case 4: return "print(\(expression(.any, depth)), f\"\(interpolation(depth))\")"
    case 5: return expression(anyKind(), depth) + dice.pick(["", "", ";", "  #=> 1 +- 0.5"])
    case 6: return loop(depth)
    case 7: return "try \(block(depth - 1)) catch e {\n  e.message\n\(statement(depth - 1))\n}"
    case 8: return function(depth)
    case 9: return "assert \(expression(.bool, 2)), \(expression(.str, 1))"
    case 10:
      return "if \(expression(.bool, 2)) \(block(depth - 1)) else \(block(depth - 1))"
    case 11 where isInLoop: return dice.pick(["break", "continue"])
    case 12 where isInFunction: return "return \(expression(.any, depth - 1))"
    case 13: return "time \(block(depth - 1))"
    case 14: return calls.any(&dice)
    case 15:
      return "a, b = \(expression(.any, 1)), \(expression(.any, 1)); b, a = a, b"
    default: return expression(anyKind(), depth)
    }
  }

  private mutating func assign(_ kind: Kind, _ text: String) -> String {
    let name = dice.pick(["a", "b", "c", "n", "x", "y"])
    variables.removeAll { $0.name == name }
    variables.append((name, kind))
    return "\(name) = \(text)"
  }

  private mutating func place(_ depth: Int) -> String {
    let name = variable(.any) ?? "x"
    switch dice.roll(6) {
    case 0: return "\(name)[\(index())] = \(expression(.any, 1))"
    case 1: return "\(name)[\(index())] \(dice.pick(FuzzWriter.assignments)) \(expression(.any, 1))"
    case 2: return "\(name).a = \(expression(.any, 1))"
    case 3: return "\(name).a[\(index())].b += \(expression(.any, 1))"
    case 4: return "\(name) += \(dice.pick(["[\(name)]", name, "[1]", "\"é\""]))"
    default: return "\(name) \(dice.pick(FuzzWriter.assignments)) \(expression(.any, depth))"
    }
  }

  private mutating func loop(_ depth: Int) -> String {
    let wasInLoop = isInLoop
    isInLoop = true
    defer { isInLoop = wasInLoop }
    switch dice.roll(5) {
    case 0: return "while \(expression(.bool, 1)) \(block(depth - 1))"
    case 1:
      return "repeat \(dice.pick(["0", "3", "20", "-1", palette.text(&dice)])) \(block(depth - 1))"
    case 2: return "for i, v in enumerate(\(expression(.list, 1))) \(block(depth - 1))"
    case 3:
      return "for i in 0..\(dice.pick(["3", "100", "9223372036854775807"])) \(block(depth - 1))"
    default: return "for v in \(expression(.any, 1)) \(block(depth - 1))"
    }
  }

  private mutating func function(_ depth: Int) -> String {
    let outside = (isInLoop, isInFunction)
    (isInLoop, isInFunction) = (false, true)
    defer { (isInLoop, isInFunction) = outside }
    let name = dice.pick(["f", "g"])
    let parameters = dice.pick(["()", "(a)", "(a, b=1)", "(a, *, c=x)", "(*, q)"])
    let body = block(depth - 1)
    return "fn \(name)\(parameters) \(body)\n\(name)(\(expression(.any, 1)))"
  }

  private mutating func block(_ depth: Int) -> String {
    "{\n" + (0..<dice.roll(3)).map { _ in statement(depth) + "\n" }.joined() + "}"
  }

  // MARK: Expressions

  private mutating func anyKind() -> Kind { Kind.allCases[dice.roll(Kind.allCases.count)] }

  private mutating func variable(_ kind: Kind) -> String? {
    let fitting = variables.filter { kind == .any || $0.kind == kind }.map(\.name)
    return fitting.isEmpty ? nil : dice.pick(fitting)
  }

  mutating func expression(_ wanted: Kind, _ depth: Int) -> String {
    let kind = dice.once(in: 12) || wanted == .any ? anyKind() : wanted
    guard depth > 0 else { return leaf(kind) }
    switch dice.roll(12) {
    case 0, 1: return leaf(kind)
    case 2: return "(if \(expression(.bool, depth - 1)) { \(leaf(kind)) } else { \(leaf(kind)) })"
    case 3, 4, 5: return builtin(kind, depth)
    case 6: return "(\(expression(.fn, 0)))(\(expression(.any, depth - 1)))"
    case 7: return "(\(expression(.any, depth - 1)))[\(index())]"
    case 8: return "(\(expression(kind, depth - 1)) |> \(function(taking: kind)))"
    default: return operation(kind, depth - 1)
    }
  }

  private mutating func leaf(_ kind: Kind) -> String {
    if !dice.once(in: 3), let name = variable(kind) { return name }
    if kind == .tensor {
      let types = palette.kinds.filter { $0.hasPrefix("tensor") }
      return palette.text(of: dice.pick(types), &dice)
    }
    return kind == .any ? palette.text(&dice) : palette.text(of: kind.rawValue, &dice)
  }

  private mutating func operation(_ kind: Kind, _ depth: Int) -> String {
    func pair(_ first: Kind, _ operators: [String], _ second: Kind) -> String {
      "(\(expression(first, depth)) \(dice.pick(operators)) \(expression(second, depth)))"
    }
    let arithmetic = ["+", "-", "*", "/", "//", "%", "**"]
    switch kind {
    case .bool:
      switch dice.roll(5) {
      case 0: return pair(.bool, ["and", "or", "&", "|", "==", "!="], .bool)
      case 1: return pair(.any, ["in", "not in"], .list)
      case 2: return "not \(expression(.bool, depth))"
      case 3: return "(\(leaf(.num)) <= \(leaf(.int)) < \(leaf(.int)))"
      default: return pair(.int, ["<", "<=", ">", ">=", "==", "!="], .num)
      }
    case .int:
      return dice.once(in: 4) ? "-\(expression(.int, depth))" : pair(.int, arithmetic, .int)
    case .num: return pair(.num, arithmetic, dice.once(in: 2) ? .int : .num)
    case .str:
      switch dice.roll(3) {
      case 0: return "f\"\(interpolation(depth))\""
      case 1: return pair(.str, ["*"], .int)
      default: return pair(.str, ["+"], .str)
      }
    case .list:
      switch dice.roll(5) {
      case 0: return "[\(expression(.any, depth)), \(expression(.any, depth))]"
      case 1: return pair(.list, ["*"], .int)
      case 2: return "[\(expression(.any, depth)) for v in \(expression(.list, depth)) if v != 0]"
      case 3: return "[*\(expression(.list, depth))]"
      default: return pair(.list, ["+"], .list)
      }
    case .record: return "(a=\(expression(.any, depth)), **\(expression(.record, depth)), b=1)"
    case .range: return "(\(leaf(.int))..\(leaf(.int)) by \(leaf(.int)))"
    case .shape: return pair(.shape, ["+"], .shape)
    case .fn: return "(v => \(expression(.any, depth)))"
    case .tensor: return pair(.tensor, FuzzWriter.infix, dice.once(in: 2) ? .num : .tensor)
    case .dataset: return "(\(leaf(.dataset)))[\(index())]"
    case .any: return pair(.any, FuzzWriter.infix, .any)
    }
  }

  /// A call of a built-in that says it gives `kind`.
  private mutating func builtin(_ kind: Kind, _ depth: Int) -> String {
    let fitting = calls.functions.filter { kind == .any || $0.result.hasPrefix(kind.rawValue) }
    guard let builtin = dice.element(of: fitting) else { return leaf(kind) }
    guard depth > 1, let first = builtin.parameters.first, first.role == .single else {
      return calls.call(builtin, &dice)
    }
    let known = Kind(rawValue: String(first.kind.prefix { $0 != " " })) ?? .any
    return calls.call(builtin, &dice, given: 0, expression(known, depth - 1))
  }

  private mutating func function(taking kind: Kind) -> String {
    let fitting = calls.functions.filter {
      $0.parameters.first.map { $0.kind == "any" || $0.kind.hasPrefix(kind.rawValue) } ?? false
    }
    let name = dice.element(of: fitting)?.name ?? "len"
    return dice.once(in: 2) ? name : ".\(name)()"
  }

  private mutating func index() -> String {
    func bound() -> String { dice.pick(["", "", "0", "1", "-1", palette.text(of: "int", &dice)]) }
    switch dice.roll(8) {
    case 0: return "\(bound()):\(bound())"
    case 1: return "\(bound()):\(bound()):\(bound())"
    case 2: return "..., \(bound()):"
    case 3: return "none, \(palette.text(of: "int", &dice))"
    case 4: return "\(palette.text(&dice))"
    case 5: return "\(bound()):, :, ::-1"
    case 6: return "\"a\""
    default: return palette.text(of: "int", &dice)
    }
  }

  private mutating func interpolation(_ depth: Int) -> String {
    let value =
      variable(.any) ?? palette.text(of: dice.pick(["int", "num", "bool", "shape"]), &dice)
    let specification = dice.pick([
      "", ":6", ":.3f", ":>20", ":^9", ":x<4", ":+", ":05d", ":,", ":e", ":g", ":%", ":b", ":x",
      ":.99999999999f", ":9223372036854775807", ":99999999999999999999", ":.1000f", ":é>3", ":=+9",
      ":#x", ":c", ":s", ":.0g", ":_b", ":1000000000", ":{n}", ":>{n}", ":.{n}f", ":🙂^5.2",
    ])
    return "{\(value)\(specification)} {{\(dice.pick(["", "\\n", "\\u{1F600}", "é"]))}}"
  }
}
