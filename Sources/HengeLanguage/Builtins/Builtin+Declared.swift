// SPDX-License-Identifier: MIT

/// What values a parameter takes, for built-ins that are made from other declarations and not from a
/// closure's types.
public struct ParameterKind {
  let type: ParameterType

  /// One argument that `accepts` takes; `name` is what signatures and messages call it.
  public init(_ name: String, accepts: @escaping (Value) -> Bool) {
    type = ParameterType(kind: name, role: .single, accepts: accepts)
  }

  private init(_ type: ParameterType) { self.type = type }

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
  /// Declares a built-in whose parameters come from another declaration, such as a layer's options;
  /// the body is given one value for each, of its kind.
  public convenience init(
    _ name: String, _ summary: String, declared: [(parameter: Parameter, kind: ParameterKind)],
    result: String, examples: [Example], seeAlso: [String] = [], errors: [String] = [],
    body: @escaping (Call, [Value]) throws -> Value
  ) {
    let types = declared.map(\.kind.type)
    self.init(
      name, .function, summary, declared.map(\.parameter), types, result: result,
      examples: examples, seeAlso: seeAlso, errors: errors
    ) { call in
      let values = try types.indices.map { index in
        let value = call.slots[index]
        guard types[index].accepts(value) else {
          throw call.mismatch(at: index, kind: types[index].kind)
        }
        return value
      }
      return try body(call, values)
    }
  }
}
