// SPDX-License-Identifier: MIT

/// A name that can follow the dot of a value.
struct Member {
  let name: String
  /// The declaration, unless the member is the value's own.
  let builtin: Builtin?
}

extension Library {
  /// Everything that can follow the dot of `value`.
  func members(of value: Value) -> [Member] {
    var members: [Member] = []
    if case .record(let record) = value { members += record.names.map(own) }
    if case .object(let object) = value, let object = object as? any HasMembers {
      members += object.memberNames.map(own)
    }
    let sample = value.sample
    return members + shared { $0.accepts(sample) }
  }

  /// Everything that can follow the dot of a value of the type `kind`.
  func members(ofKind kind: String) -> [Member] { shared { $0.accepts(kind: kind) } }

  private func own(_ name: String) -> Member { Member(name: name, builtin: nil) }

  private func shared(_ accepts: (Builtin) -> Bool) -> [Member] {
    var members: [Member] = []
    for (name, overloads) in properties {
      guard let builtin = overloads.builtins.first(where: accepts) else { continue }
      members.append(Member(name: name, builtin: builtin))
    }
    for (name, overloads) in functions {
      // A function of anything at all is no member of this value in particular.
      guard let builtin = overloads.builtins.first(where: accepts),
        let first = builtin.parameters.first, first.role == .single, first.kind != "any"
      else { continue }
      members.append(Member(name: name, builtin: builtin))
    }
    return members
  }
}
