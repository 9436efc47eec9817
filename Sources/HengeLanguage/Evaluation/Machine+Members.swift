// SPDX-License-Identifier: MIT

extension Machine {
  /// `value.name` without a call: a field, a member of the object, or a property.
  func member(_ name: String, of value: Value) throws -> Value {
    if let own = try ownMember(name, of: value) { return own }
    if let property = library.properties[name]?.accepting(value) {
      return try invoke(property, [value])
    }
    if let function = library.functions[name]?.accepting(value),
      let first = function.parameters.first, first.role == .single, first.kind != "any"
    {
      throw Diagnostic(
        "E-call", "`\(name)` is a function; call it with parentheses",
        suggestion: "§.\(name)()")
    }
    throw Diagnostic.noMember(name, of: value, known: memberNames(of: value), library)
  }

  /// E-member for `receiver.name(…)`, under the name.
  func noMember(_ name: String, of receiver: Value, _ site: CallSite) -> Diagnostic {
    var diagnostic = Diagnostic.noMember(
      name, of: receiver, known: memberNames(of: receiver), library)
    if let first = site.arguments.first { diagnostic.quote(site.source, first.span) }
    diagnostic.labels = [Diagnostic.Label(site.source, site.calleeSpan)]
    return diagnostic
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

  /// Everything that can follow the dot, for completion and suggestions.
  public func memberNames(of value: Value) -> [String] {
    library.members(of: value).map(\.name).sorted()
  }
}

extension Diagnostic {
  static func noMember(
    _ name: String, of value: Value, known: [String], _ library: Library
  ) -> Diagnostic {
    let keys: [String]? =
      if case .object(let object) = value { (object as? any HasKeys)?.keys } else { nil }
    var suggestion = keys?.contains(name) == true ? "§[\(name.quoted())]" : nil
    for kind in [value.kind, nil] where suggestion == nil {
      suggestion = library.usable(
        Habits.hint(forMember: name, of: "§", kind: kind), members: known, value)
    }
    // The names of a model's weights have dots.
    if suggestion == nil, case .record(let record) = value,
      let field = record.names.first(where: { $0.hasPrefix(name + ".") })
    {
      suggestion = "§[\(field.quoted())]"
    }
    if suggestion == nil {
      suggestion =
        library.functions[name]?.builtins.lazy
        .compactMap { library.eachItem($0, of: value) }.first
    }
    if suggestion == nil, let nearest = Suggestion.closest(to: name, among: known) {
      suggestion = "§.\(nearest)"
    }
    // Of a short name, something else is near.
    if suggestion == nil, name.utf8.count > 3,
      let nearest = Suggestion.closest(to: name, among: Habits.memberNames)
    {
      suggestion = library.usable(Habits.hint(forMember: nearest, of: "§"), members: known, value)
    }
    return Diagnostic(
      "E-member", "\(value.kindWithArticle) has no member `\(name)`",
      notes: value.ownMembers.isEmpty ? [] : ["its members: \(value.ownMembers.summary)"],
      suggestion: suggestion)
  }
}

extension Value {
  /// Its members besides the built-ins for its type.
  fileprivate var ownMembers: [String] {
    switch self {
    case .record(let record): record.names
    case .object(let object): (object as? any HasMembers)?.memberNames ?? []
    default: []
    }
  }
}
