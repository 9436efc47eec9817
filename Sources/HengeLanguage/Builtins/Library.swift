// SPDX-License-Identifier: MIT

/// A group of the vocabulary with its built-ins.
public struct Topic {
  /// The group's name: `tensors`.
  public let name: String
  /// The built-ins in the order of the reference.
  public let builtins: [Builtin]

  /// Names a group.
  public init(_ name: String, _ builtins: [Builtin]) {
    self.name = name
    self.builtins = builtins
    for builtin in builtins { builtin.group = name }
  }
}

/// The built-ins of one name, distinguished by the type of their first parameter.
public final class Overloads {
  /// The common name.
  public let name: String
  /// In the order of declaration.
  public let builtins: [Builtin]
  /// The one that every call asks for, when no other has the name.
  let only: Unmanaged<Builtin>?
  private let unmanaged: [Unmanaged<Builtin>]

  init(_ name: String, _ builtins: [Builtin]) {
    self.name = name
    self.builtins = builtins
    unmanaged = builtins.map(Unmanaged.passUnretained)
    only = builtins.count == 1 ? unmanaged[0] : nil
  }

  /// The first whose first parameter takes `value`.
  func accepting(_ value: Value) -> Builtin? { builtins.first { $0.accepts(value) } }

  /// As ``accepting(_:)``, for a value in a register, without counting what is looked at.
  func accepting(_ register: UnsafePointer<Value>) -> Unmanaged<Builtin>? {
    for index in unmanaged.indices
    where unmanaged[index]._withUnsafeGuaranteedRef({ $0.acceptsFirst(register.pointee) }) {
      return unmanaged[index]
    }
    return nil
  }
}

/// All built-ins of a session, by name.
public final class Library {
  /// The groups in the order of the reference.
  public let topics: [Topic]
  /// Functions: `mean(x)`, `x.mean()`.
  public let functions: [String: Overloads]
  /// Properties: `x.shape`.
  public let properties: [String: Overloads]
  /// Constants: `pi`.
  public let constants: [String: Value]
  /// Operators between domain values.
  public let operations: [String: Overloads]
  /// What domain values do when they are called.
  let calls: Overloads

  /// All built-ins.
  public let builtins: [Builtin]

  /// Joins groups; overloads keep the order of the groups.
  public init(_ topics: [Topic]) {
    self.topics = topics
    let all = topics.flatMap(\.builtins)
    builtins = all
    func named(_ naming: Builtin.Naming) -> [String: Overloads] {
      let chosen = all.filter { $0.naming == naming }
      return Dictionary(grouping: chosen, by: \.name).mapValues { Overloads($0[0].name, $0) }
    }
    functions = named(.function)
    properties = named(.property)
    operations = named(.operation)
    calls = Overloads("a call", all.filter { $0.naming == .call })
    var constants: [String: Value] = [:]
    for builtin in all where builtin.naming == .constant {
      constants[builtin.name] = builtin.constant
    }
    self.constants = constants
  }

  /// The built-in that runs when `value` is called; `nil` for values that cannot be called, and for
  /// functions.
  public func calling(_ value: Value) -> Builtin? { calls.accepting(value) }

  /// The first member of `object` that can be called, such as a trainer's first network; preferably one
  /// that ends as a string within `arguments` does: `g_ba` for `"ba"`.
  func calledMember(of object: Object, hint arguments: String) -> String? {
    guard let object = object as? any HasPlainMembers else { return nil }
    let called = object.memberNames.filter { name in
      object.plainMember(name).map { calling($0) != nil } ?? false
    }
    let words = arguments.split { $0 == "\"" || $0 == "'" }.dropFirst()
    return called.first { name in
      words.contains { name.hasSuffix("_" + $0.lowercased()) || name == $0 }
    } ?? called.first
  }

  /// The built-ins named `name`, however they are named in programs.
  public func builtins(named name: String) -> [Builtin] {
    builtins.filter { $0.name == name }
  }

  /// The mistakes in the declarations, one sentence each; a test requires that there are none.
  public func problems() -> [String] {
    var problems: [String] = []
    var seen: Set<String> = []
    let names = Set(builtins.map(\.name))
    for builtin in builtins {
      func complain(_ what: String) { problems.append("\(builtin.group).\(builtin.name): \(what)") }
      let first = builtin.parameters.first
      let second = builtin.naming == .operation ? builtin.parameters.dropFirst().first : nil
      let key = [
        builtin.naming.rawValue, builtin.name, first.map { "\($0.kind)" } ?? "",
        second?.kind ?? "",
      ].joined(separator: "|")
      if !seen.insert(key).inserted { complain("another has the same first parameter") }
      if !builtin.summary.hasSuffix(".") { complain("the summary does not end in a stop") }
      if builtin.examples.isEmpty { complain("there is no example") }
      for parameter in builtin.parameters where !parameter.documentation.hasSuffix(".") {
        complain("`\(parameter.name)` has no documentation that ends in a stop")
      }
      for name in builtin.seeAlso where !names.contains(name) {
        complain("see also \(name), which does not exist")
      }
      for name in self.names(toWrite: builtin) {
        if let wrong = unwritable(name, isArgument: name != builtin.name) { complain(wrong) }
      }
      let parameters = builtin.parameters.map(\.name)
      for name in Set(parameters) where parameters.count(where: { $0 == name }) > 1 {
        complain("`\(name)` is the name of two parameters")
      }
      if let wrong = wrongArity(builtin) { complain(wrong) }
      if let wrong = wrongOrder(builtin) { complain(wrong) }
    }
    return problems
  }

  /// The names that a program writes to call the built-in.
  private func names(toWrite builtin: Builtin) -> [String] {
    let own = builtin.naming == .function || builtin.naming == .constant ? [builtin.name] : []
    return own + (builtin.naming == .operation ? [] : builtin.parameters.map(\.name))
  }

  /// What is wrong with a name that no program can write; words of the language may name arguments.
  private func unwritable(_ name: String, isArgument: Bool) -> String? {
    if !isArgument, Word.bySpelling[name] != nil {
      return "`\(name)` is a word of the language: a program cannot call it"
    }
    let isName = name.first.map { $0.isLetter || $0 == "_" } ?? false
    guard isName, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
      return "`\(name)` is no name: a program cannot write it"
    }
    return nil
  }

  private func wrongArity(_ builtin: Builtin) -> String? {
    let count = builtin.parameters.count
    switch builtin.naming {
    case .function: return nil
    case .property: return count == 1 ? nil : "a property has one parameter"
    case .constant: return count == 0 ? nil : "a constant has no parameter"
    case .operation: return count == 1 || count == 2 ? nil : "an operator has one or two operands"
    case .call: return count > 0 ? nil : "what is called is the first parameter"
    }
  }

  private func wrongOrder(_ builtin: Builtin) -> String? {
    var hasDefault = false
    for parameter in builtin.parameters where parameter.role == .single && !parameter.isKeywordOnly
    {
      if parameter.initial == nil && hasDefault {
        return "`\(parameter.name)` is required but follows an optional one"
      }
      if parameter.initial != nil { hasDefault = true }
      if let initial = parameter.initial, !parameter.accepts(initial) {
        return "the default of `\(parameter.name)` is not \(withArticle(parameter.kind))"
      }
    }
    return nil
  }
}
