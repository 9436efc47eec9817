// SPDX-License-Identifier: MIT

extension Completer {
  /// The meaning of a name with members and elements.
  public enum Meaning {
    /// A value that is there already.
    case value(Value)
    /// Built-ins that it can be.
    case builtins([Builtin])
    /// A member that the value before the dot computes on request.
    case computed(name: String, of: Value)
    case unknown
  }

  /// The meaning of `subject`, such as `x`, `x.mean` or `r["lr"]`, looked up without running
  /// anything.
  public func meaning(of subject: String) -> Meaning {
    let text = TextBeforeCursor(Array(subject.utf8))
    guard let expression = text.expression(Span(0, text.source.bytes.count)) else {
      return .unknown
    }
    let foresight = ValueInference(text, self)
    if case .value(let value) = foresight.look(at: expression) { return .value(value) }
    switch expression.node {
    case .name(let name): return meaning(of: library.builtins(named: name))
    case .member(let base, let name, _): return member(name, of: foresight.look(at: base))
    default: return .unknown
    }
  }

  private func member(_ name: String, of base: InferredValue) -> Meaning {
    if case .unknown = base { return .unknown }
    if case .value(let value) = base, case .object(let object) = value,
      let members = object as? any HasMembers, members.memberNames.contains(name)
    {
      return .computed(name: name, of: value)
    }
    return meaning(
      of: library.builtins(named: name).filter { $0.parameters.first.map(base.fits) ?? false })
  }

  private func meaning(of builtins: [Builtin]) -> Meaning {
    builtins.isEmpty ? .unknown : .builtins(builtins)
  }

  /// The names that can follow the dot of `value`: its own members, properties and functions.
  ///
  /// Built-ins that accept a list or number only as a shape or as data for a tensor are left out:
  /// they exist, but are not specific to this value.
  public func members(
    of value: Value
  ) -> (own: [String], properties: [String], functions: [String]) {
    var isDomain = false
    if case .object = value { isDomain = true }
    let members = library.members(of: value).filter { member in
      isDomain || member.builtin?.accepts(kind: value.kind) ?? true
    }
    func names(_ isWanted: (Member) -> Bool) -> [String] {
      members.filter(isWanted).map(\.name).sorted()
    }
    return (
      names { $0.builtin == nil }, names { $0.builtin?.naming == .property },
      names { $0.builtin?.naming == .function }
    )
  }
}
