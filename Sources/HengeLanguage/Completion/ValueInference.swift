// SPDX-License-Identifier: MIT

/// What is known about an expression's value without running it.
enum InferredValue {
  /// The value is there already: a global, a field, an element, a literal.
  case value(Value)
  /// The name of its type, from a declaration.
  case kind(String)
  case unknown
}

/// Infers types of expressions from declarations and current values, without running anything.
struct ValueInference {
  let library: Library
  /// The value of a global.
  let global: (String) -> Value?
  /// What the text before the cursor assigns to a name.
  let assigned: (String) -> Expression?
  /// The longest chain of names to follow.
  private static let patience = 8

  /// What is known of `expression`.
  func look(at expression: Expression, patience: Int = ValueInference.patience) -> InferredValue {
    guard patience > 0, expression.height <= 200 else { return .unknown }
    func look(_ part: Expression) -> InferredValue { self.look(at: part, patience: patience) }
    switch expression.node {
    case .none: return .value(.none)
    case .bool(let bool): return .value(.bool(bool))
    case .int(let int): return .value(.int(int))
    case .num(let num): return .value(.num(num))
    case .str(let text): return .value(Value(text))
    case .shape(let sizes): return ShapeValue(sizes).map { .value(.shape($0)) } ?? .unknown
    case .interpolated: return .kind("str")
    case .list, .comprehension: return .kind("list")
    case .record(let fields): return record(fields, look)
    case .range: return .kind("range")
    case .function: return .kind("fn")
    case .not, .and, .or, .chain: return .kind("bool")
    case .name(let name): return self.name(name, patience)
    case .member(let base, let name, _): return member(name, of: look(base))
    case .index(let base, let arguments): return element(of: look(base), arguments)
    case .call(let callee, let arguments, _): return call(callee, arguments, look)
    case .unary(let unary, let operand):
      return operation(unary.rawValue, look(operand), nil)
    case .binary(let binary, let left, let right, _):
      return operation(binary.rawValue, look(left), look(right))
    case .conditional, .time, .bench: return .unknown
    }
  }

  private func name(_ name: String, _ patience: Int) -> InferredValue {
    if let expression = assigned(name) { return look(at: expression, patience: patience - 1) }
    if let value = global(name) { return .value(value) }
    if let constant = library.constants[name] { return .value(constant) }
    return library.functions[name] == nil ? .unknown : .kind("fn")
  }

  /// A record whose fields are known as far as they can be.
  private func record(_ fields: [Field], _ look: (Expression) -> InferredValue) -> InferredValue {
    let record = Record()
    for field in fields {
      guard case .named(let name, let expression) = field else { return .kind("record") }
      if case .value(let value) = look(expression) {
        record.set(name.text, value)
      } else {
        record.set(name.text, .undefined)
      }
    }
    return .value(.record(record))
  }

  private func known(_ value: Value?) -> InferredValue {
    switch value {
    case nil, .undefined: .unknown
    case let value?: .value(value)
    }
  }

  private func member(_ name: String, of base: InferredValue) -> InferredValue {
    switch base {
    case .value(.record(let record)) where record[name] != nil: return known(record[name])
    case .value(let value):
      if case .object(let object) = value, let members = object as? any HasMembers,
        members.memberNames.contains(name)
      {
        return known((object as? any HasPlainMembers)?.plainMember(name))
      }
      guard let property = library.properties[name]?.accepting(value.sample) else {
        return .unknown
      }
      return .of(property.result)
    case .kind(let kind):
      return .of(library.properties[name]?.builtins.first { $0.accepts(kind: kind) }?.result)
    case .unknown: return .unknown
    }
  }

  private func element(of base: InferredValue, _ arguments: [Argument]) -> InferredValue {
    guard case .value(let value) = base, arguments.count == 1 else { return .unknown }
    let index: Expression? =
      if case .positional(let index) = arguments[0].kind { index } else { nil }
    let isSlice =
      switch arguments[0].kind {
      case .slice: true
      default: false
      }
    switch value {
    case .list(let list):
      if isSlice { return .kind("list") }
      guard let position = index?.literalInt else { return .unknown }
      let place = position < 0 ? position + list.count : position
      return list.elements.indices.contains(place) ? known(list.elements[place]) : .unknown
    case .record(let record):
      guard case .str(let key)? = index?.node else { return .unknown }
      return known(record[key])
    case .str: return .kind("str")
    case .shape: return isSlice ? .kind("shape") : .kind("int")
    case .range: return isSlice ? .kind("range") : .kind("int")
    case .object(let object):
      var isRange = false
      if case .range? = index?.node { isRange = true }
      guard index?.literalInt != nil || isSlice || isRange || index.map(isName) == true else {
        return .unknown
      }
      return .of(
        (object as? any HasElementKinds)?.elementKind(isSlice: isSlice || isRange))
    default: return .unknown
    }
  }

  /// Whether it may well be an int that indexes.
  private func isName(_ expression: Expression) -> Bool {
    if case .name = expression.node { return true }
    return false
  }

  // MARK: Calls

  private func call(
    _ callee: Expression, _ arguments: [Argument], _ look: (Expression) -> InferredValue
  ) -> InferredValue {
    var first: InferredValue?
    if case .positional(let expression)? = arguments.first?.kind { first = look(expression) }
    let chosen: [Builtin]
    switch target(of: callee, first: first, look) {
    case .builtins(let builtins, let skipped):
      chosen = builtins
      if skipped > 0, chosen.first?.naming != .call, case .member(let base, _, _) = callee.node {
        first = look(base)
      }
      if chosen.count == 1, arguments.count + skipped == chosen[0].requiredCount,
        let names = chosen[0].fields, case .value(let value)? = first
      {
        let record = Record()
        for name in names(value) { record.set(name, .undefined) }
        return .value(.record(record))
      }
    default: return .unknown
    }
    let results = Set(chosen.map(\.result))
    return results.count == 1 ? .of(results.first) : .unknown
  }

  private func operation(_ name: String, _ left: InferredValue, _ right: InferredValue?)
    -> InferredValue
  {
    let comparisons: Set<String> = ["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
    for operand in [left, right].compactMap({ $0 }) where operand.isObject {
      let all = library.operations[name]?.builtins ?? []
      let fitting = all.filter { $0.parameters.first.map(operand.fits) ?? false }
      let results = Set((fitting.isEmpty ? all : fitting).map(\.result))
      return results.count == 1 ? .of(results.first) : .unknown
    }
    return comparisons.contains(name) ? .kind("bool") : .unknown
  }

  /// What a callee is.
  enum Target {
    /// The built-ins that may be called; `skipped` parameters are passed before the parentheses.
    case builtins([Builtin], skipped: Int)
    /// A function of the user's.
    case function(FunctionLiteral, skipped: Int)
    case unknown
  }

  /// What `callee` means when its first argument is `first`.
  func target(
    of callee: Expression, first: InferredValue?, _ look: (Expression) -> InferredValue
  ) -> Target {
    switch callee.node {
    case .member(let base, let name, _):
      let receiver = look(base)
      if case .value(let value) = member(name, of: receiver) {
        if case .function(let function) = value {
          return target(of: function, first: first, skipped: 0)
        }
        if library.calling(value) != nil { return target(calling: value) }
      }
      let fitting = builtins(name, first: receiver)
      if !fitting.isEmpty { return .builtins(fitting, skipped: 1) }
      guard case .function(let function)? = global(name) else { return .unknown }
      return target(of: function, first: receiver, skipped: 1)
    case .name(let name):
      if let expression = assigned(name) {
        guard case .function(let literal) = expression.node else { return .unknown }
        return .function(literal, skipped: 0)
      }
      switch global(name) {
      case .function(let function): return target(of: function, first: first, skipped: 0)
      case nil: return target(builtins(name, first: first), skipped: 0)
      case let value?: return target(calling: value)
      }
    case .function(let literal): return .function(literal, skipped: 0)
    default:
      switch look(callee) {
      case .value(.function(let function)): return target(of: function, first: first, skipped: 0)
      case .value(let value): return target(calling: value)
      default: return .unknown
      }
    }
  }

  private func target(calling value: Value) -> Target {
    library.calling(value).map { .builtins([$0], skipped: 1) } ?? .unknown
  }

  private func target(_ builtins: [Builtin], skipped: Int) -> Target {
    builtins.isEmpty ? .unknown : .builtins(builtins, skipped: skipped)
  }

  private func target(of function: Function, first: InferredValue?, skipped: Int) -> Target {
    if let literal = function.literal { return .function(literal, skipped: skipped) }
    return target(builtins(function.name ?? "", first: first), skipped: skipped)
  }

  /// The functions called `name` whose first parameter can take `first`; all when none can.
  private func builtins(_ name: String, first: InferredValue?) -> [Builtin] {
    let all = library.functions[name]?.builtins ?? []
    guard let first else { return all }
    let fitting = all.filter { $0.parameters.first.map(first.fits) ?? false }
    switch first {
    case .unknown: return all
    case .value: return Array(fitting.prefix(1))
    case .kind: return fitting
    }
  }
}

extension InferredValue {
  /// The meaning of a declared result type; `any` means unknown.
  static func of(_ result: String?) -> InferredValue {
    guard let result, result != "any", result != "none" else { return .unknown }
    return .kind(result)
  }

  /// Whether it is a domain value, whose operators the library declares.
  fileprivate var isObject: Bool {
    switch self {
    case .value(.object): true
    case .kind(let kind): !["int", "num", "bool", "str", "list", "record", "fn"].contains(kind)
    default: false
    }
  }

  /// Whether a parameter can take it.
  func fits(_ parameter: Parameter) -> Bool {
    switch self {
    case .value(let value): parameter.role != .single || parameter.accepts(value.sample)
    case .kind(let kind): parameter.role != .single || parameter.accepts(kind: kind)
    case .unknown: true
    }
  }
}

extension Expression {
  /// `3` or `-1`.
  fileprivate var literalInt: Int? {
    switch node {
    case .int(let int): return int
    case .unary(.negate, let operand):
      guard case .int(let int) = operand.node, int != .min else { return nil }
      return -int
    default: return nil
    }
  }
}

extension Value {
  /// The value, or a list of its first elements: these decide whether a parameter accepts a long
  /// list, and checking all of them takes time.
  var sample: Value { sample(depth: 3) }

  private func sample(depth: Int) -> Value {
    guard case .list(let list) = self, depth > 0 else { return self }
    return Value(list.elements.prefix(16).map { $0.sample(depth: depth - 1) })
  }
}

extension Parameter {
  /// The names of the types that it accepts; choices are in quotes.
  var kinds: [String] {
    var kinds = [""]
    var isText = false
    for part in kind.split(separator: " ") {
      if part == "|", !isText {
        kinds.append("")
        continue
      }
      if part.utf8.filter({ $0 == UInt8(ascii: "\"") }).count % 2 == 1 { isText.toggle() }
      kinds[kinds.count - 1] += (kinds[kinds.count - 1].isEmpty ? "" : " ") + part
    }
    return kinds
  }

  /// The strings that it takes, where it takes only some.
  var choices: [String] {
    kinds.compactMap { kind in
      guard kind.utf8.count > 2, kind.hasPrefix("\""), kind.hasSuffix("\"") else { return nil }
      return String(kind.dropFirst().dropLast())
    }
  }

  /// Whether a value of the type called `kind`, or of one of several, can be of its type.
  func accepts(kind: String) -> Bool {
    let wanted = kinds
    return kind.split(separator: "|").contains { part in
      let given = part.drop { $0 == " " }.trimmedEnd
      return wanted.contains { wanted in
        wanted == "any" || wanted == given || (wanted == "num" && given == "int")
          || (wanted == "list" && given.hasPrefix("list of "))
          || (given == "list" && wanted.hasPrefix("list of "))
      }
    }
  }
}

extension Substring {
  fileprivate var trimmedEnd: Substring {
    var result = self
    while result.last == " " { result.removeLast() }
    return result
  }
}

extension Builtin {
  /// Whether the first parameter takes values of the type called `kind`.
  func accepts(kind: String) -> Bool {
    parameters.first.map { $0.role != .single || $0.accepts(kind: kind) } ?? false
  }
}
