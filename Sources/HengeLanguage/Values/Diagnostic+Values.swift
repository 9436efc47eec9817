// SPDX-License-Identifier: MIT

// What lives here: the words of errors about values and arguments.

extension Diagnostic {
  static func unknownChoice(_ given: String, among choices: [String]) -> Diagnostic {
    let list = choices.map { "\"\($0)\"" }.joined(separator: ", ")
    return Diagnostic(
      "E-arg", "\(given.quoted(limit: 40)) is not one of \(list)",
      suggestion: Suggestion.closest(to: given, among: choices).map { "\"\($0)\"" })
  }

  static func unknownKeyword(_ name: String, of callee: String, known: [String]) -> Diagnostic {
    let takes = known.isEmpty ? "no named arguments" : known.joined(separator: ", ")
    return Diagnostic(
      "E-arg", "\(callee) has no parameter `\(name)`", notes: ["it takes \(takes)"],
      suggestion: Suggestion.closest(to: name, among: known).map { "\($0)=" })
  }

  static func wrongType(_ value: Value, wanted kind: String) -> Diagnostic {
    Diagnostic("E-type", "\(withArticle(kind)) is wanted here, not \(value.kindWithArticle)")
  }

  static func wrongArgument(_ parameter: Parameter, _ value: Value) -> Diagnostic {
    let wanted = parameter.kind.hasPrefix("\"") ? parameter.kind : withArticle(parameter.kind)
    return Diagnostic(
      "E-type", "`\(parameter.name)` must be \(wanted), not \(value.kindWithArticle)",
      notes: partAtFault(parameter, value))
  }

  /// Which element of a list is wrong, when the parameter wants a list of one type.
  private static func partAtFault(_ parameter: Parameter, _ value: Value) -> [String] {
    guard case .list(let list) = value, parameter.kind.hasPrefix("list of ") else { return [] }
    for (index, element) in list.elements.enumerated() where !parameter.accepts(Value([element])) {
      return ["element \(index) is \(element.brief)"]
    }
    return []
  }
}
