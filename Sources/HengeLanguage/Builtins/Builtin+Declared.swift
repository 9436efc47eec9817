// SPDX-License-Identifier: MIT

/// The type of a parameter, for built-ins that are made from other declarations instead of a
/// closure's types.
public struct ParameterKind {
  let type: ParameterType
  /// Refuses an argument that is not of the kind.
  let check: (_ call: Call, _ index: Int) throws -> Void

  /// One argument that `accepts` takes; `name` is what signatures and messages call it.
  public init(_ name: String, accepts: @escaping (Value) -> Bool) {
    self.init(ParameterType(kind: name, role: .single, accepts: accepts))
  }

  private init(_ type: ParameterType) {
    self.init(type) { call, index in
      guard type.accepts(call.value(at: index)) else {
        throw call.mismatch(at: index, kind: type.kind)
      }
    }
  }

  private init(
    _ type: ParameterType, check: @escaping (_ call: Call, _ index: Int) throws -> Void
  ) {
    self.type = type
    self.check = check
  }

  /// One argument of a type of Swift, refused as that type refuses it.
  public static func of<T: ValueConvertible>(_: T.Type) -> ParameterKind {
    ParameterKind(ParameterType(T.self)) { call, index in _ = try T.argument(index, of: call) }
  }

  /// One of some words; another is answered with the list and the nearest.
  public static func choice(_ words: [String]) -> ParameterKind {
    let type = ParameterType(
      kind: words.map { "\"\($0)\"" }.joined(separator: " | "), role: .single
    ) { value in
      String.from(value).map(words.contains) ?? false
    }
    return ParameterKind(type) { call, index in
      guard let word = String.from(call.slots[index]) else {
        throw call.mismatch(at: index, kind: type.kind)
      }
      guard words.contains(word) else {
        throw call.naming(Refusal(.unknownChoice(word, among: words)), parameterAt: index)
      }
    }
  }

  /// One of some words or none.
  public static func optionalChoice(_ words: [String]) -> ParameterKind {
    let word = choice(words)
    let type = ParameterType(kind: "\(word.type.kind) | none", role: .single) { value in
      if case .none = value { true } else { word.type.accepts(value) }
    }
    return ParameterKind(type) { call, index in
      if case .none = call.slots[index] { return }
      try word.check(call, index)
    }
  }

  /// All further positional arguments, of a type of Swift.
  public static func rest<T: ValueConvertible>(_: T.Type) -> ParameterKind {
    ParameterKind(ParameterType(Rest<T>.self))
  }

  /// All further named arguments, of a type of Swift.
  public static func keywords<T: ValueConvertible>(_: T.Type) -> ParameterKind {
    ParameterKind(ParameterType(Keywords<T>.self))
  }
}

extension Builtin {
  /// Declares a built-in whose parameters come from another declaration, such as a layer's options.
  ///
  /// The body receives one value for each parameter, of its type.
  public convenience init(
    _ name: String, _ summary: String, declared: [(parameter: Parameter, kind: ParameterKind)],
    result: String, examples: [Example], seeAlso: [String] = [], errors: [String] = [],
    body: @escaping (Call, [Value]) throws -> Value
  ) {
    self.init(
      name, .function, summary, declared.map(\.parameter), declared.map(\.kind.type),
      result: result, examples: examples, seeAlso: seeAlso, errors: errors
    ) { call in
      for (index, one) in declared.enumerated() { try one.kind.check(call, index) }
      return try body(call, call.values)
    }
  }
}
