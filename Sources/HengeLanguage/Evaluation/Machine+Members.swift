// SPDX-License-Identifier: MIT

extension Machine {
  /// `value.name` without a call: a field, a member of the object, or a property.
  func member(_ name: String, of value: Value) throws -> Value {
    if let own = try ownMember(name, of: value) { return own }
    if let property = library.properties[name]?.accepting(value) {
      return try invoke(property, [value])
    }
    if let function = library.functions[name], function.accepting(value) != nil {
      throw Diagnostic(
        "E-call", "`\(name)` is a function: it is called with parentheses",
        suggestion: "x.\(name)()")
    }
    throw Diagnostic.noMember(name, of: value, known: memberNames(of: value))
  }

  /// A record's field or an object's own member.
  func ownMember(_ name: String, of value: Value) throws -> Value? {
    switch value {
    case .record(let record): return record[name]
    case .object(let object):
      guard let members = object as? any HasMembers else { return nil }
      return try members.member(name)
    default: return nil
    }
  }

  /// Everything that can stand after the dot, for completion and suggestions.
  public func memberNames(of value: Value) -> [String] {
    var names: [String] = []
    if case .record(let record) = value { names += record.names }
    if case .object(let object) = value, let members = object as? any HasMembers {
      names += members.memberNames
    }
    for (name, overloads) in library.properties where overloads.accepting(value) != nil {
      names.append(name)
    }
    for (name, overloads) in library.functions {
      // A function of anything at all is no member of this value in particular.
      guard let builtin = overloads.accepting(value), let first = builtin.parameters.first,
        first.role == .single, first.kind != "any"
      else { continue }
      names.append(name)
    }
    return names.sorted()
  }
}

extension Diagnostic {
  /// E-name for a member; `object` is how the source writes the value.
  static func noMember(
    _ name: String, of value: Value, known: [String], object: String = "x"
  ) -> Diagnostic {
    let subject = value.kindWithArticle
    return Diagnostic(
      "E-name", "\(subject) has no member `\(name)`",
      notes: known.isEmpty ? ["it has none"] : ["it has \(known.summary)"],
      suggestion: Habits.hint(forMember: name, of: object)
        ?? Suggestion.closest(to: name, among: known).map { "\(object).\($0)" })
  }
}
