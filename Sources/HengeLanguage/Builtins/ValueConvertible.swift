// SPDX-License-Identifier: MIT

/// A Swift type that represents a value of the language in a built-in's closure.
///
/// The closure's types are the built-in's signature: help, completion, conversion and type errors
/// are derived from them.
public protocol ValueConvertible: SendableMetatype {
  /// What signatures and messages call it: `shape`, `list of num`, `"a" | "b"`.
  static var kind: String { get }
  /// How the type takes arguments; `.single` unless it gathers several.
  static var role: ParameterRole { get }
  /// The Swift value for `value`, or `nil` when it is of another type.
  static func from(_ value: Value) -> Self?
  /// Whether ``from(_:)`` returns a value; the default calls it.
  ///
  /// It is a requirement so that each type's own code runs without generic metadata created at run
  /// time.
  static func accepts(_ value: Value) -> Bool
  /// As ``from(_:)``, for types that need the call (to call functions back) or have more to say
  /// about a wrong value than its type: they throw a ``Refusal``.
  static func from(_ value: Value, in call: Call) throws -> Self?
  /// A call's argument, converted; the default asks ``from(_:in:)``.
  ///
  /// It is a requirement so that each type's own code runs without generic types made on the way.
  static func argument(_ index: Int, of call: Call) throws -> Self
  /// The arguments that a call's rest parameter gathers where the program put them, converted.
  static func gathered(_ index: Int, of call: Call) throws -> [Self]
  /// The value of the language.
  var value: Value { get }
}

/// The way a parameter takes arguments.
public enum ParameterRole: Sendable {
  /// One argument, by position or name.
  case single
  /// All further positional arguments (``Rest``).
  case rest
  /// All further named arguments (``Keywords``).
  case keywords
}

extension ValueConvertible {
  /// The way it takes arguments.
  public static var role: ParameterRole { .single }
  /// Whether ``from(_:)`` returns a value.
  public static func accepts(_ value: Value) -> Bool { from(value) != nil }
  /// As ``from(_:)``, within a call.
  public static func from(_ value: Value, in call: Call) throws -> Self? { from(value) }
  /// A call's argument, converted by ``from(_:in:)``.
  public static func argument(_ index: Int, of call: Call) throws -> Self {
    try slot(index, of: call)
  }
  /// The gathered arguments, each converted by ``from(_:in:)``.
  public static func gathered(_ index: Int, of call: Call) throws -> [Self] {
    guard let values = call.gathered else { return [] }
    var elements: [Self] = []
    elements.reserveCapacity(values.count)
    for value in values {
      try call.machine.beat()
      let element: Self?
      do { element = try from(value, in: call) } catch let refusal as Refusal {
        throw call.naming(refusal, parameterAt: index)
      }
      guard let element else { throw call.mismatch(at: index, kind: kind) }
      elements.append(element)
    }
    return elements
  }
  /// The value in a slot of a call, converted by ``from(_:in:)``.
  @inline(__always)
  static func slot(_ index: Int, of call: Call) throws -> Self {
    do {
      if let converted = try from(call.slots[index], in: call) { return converted }
    } catch let refusal as Refusal {
      throw call.naming(refusal, parameterAt: index)
    }
    throw call.mismatch(at: index, kind: kind)
  }
}

/// A final subclass of `Object` that a built-in's closure can take directly.
public protocol ObjectConvertible: ValueConvertible, Object {}

extension ObjectConvertible {
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Self? {
    guard case .object(let object) = value else { return nil }
    return object as? Self
  }
  /// The value of the language.
  public var value: Value { .object(self) }
}

extension Value: ValueConvertible {
  /// The name of the type in signatures and messages.
  public static var kind: String { "any" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Value? { value }
  /// The value of the language.
  public var value: Value { self }
}

extension Bool: ValueConvertible {
  /// The name of the type in signatures and messages.
  public static var kind: String { "bool" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Bool? {
    guard case .bool(let bool) = value.scalar else { return nil }
    return bool
  }
  /// The value of the language.
  public var value: Value { .bool(self) }
}

extension Int: ValueConvertible {
  /// The name of the type in signatures and messages.
  public static var kind: String { "int" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Int? {
    guard case .int(let int) = value.scalar else { return nil }
    return int
  }
  /// The value of the language.
  public var value: Value { .int(self) }
}

/// Takes nums and ints.
extension Double: ValueConvertible {
  /// The name of the type in signatures and messages.
  public static var kind: String { "num" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Double? {
    switch value.scalar {
    case .num(let num): num
    case .int(let int): Double(int)
    default: nil
    }
  }
  /// The value of the language.
  public var value: Value { .num(self) }
}

extension String: ValueConvertible {
  /// The name of the type in signatures and messages.
  public static var kind: String { "str" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> String? {
    guard case .str(let text) = value else { return nil }
    return text.string
  }
  /// The value of the language.
  public var value: Value { Value(self) }
}

/// `none` or a value.
extension Optional: ValueConvertible where Wrapped: ValueConvertible {
  /// The name of the type in signatures and messages.
  public static var kind: String { "\(Wrapped.kind) | none" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Wrapped?? {
    if case .none = value { return .some(nil) }
    guard let wrapped = Wrapped.from(value) else { return nil }
    return .some(wrapped)
  }
  /// As ``from(_:)``, within a call.
  public static func from(_ value: Value, in call: Call) throws -> Wrapped?? {
    if case .none = value { return .some(nil) }
    guard let wrapped = try Wrapped.from(value, in: call) else { return nil }
    return .some(wrapped)
  }
  /// The value of the language.
  public var value: Value {
    switch self {
    case .some(let wrapped): wrapped.value
    case .none: Value.none
    }
  }
}

/// Takes lists whose every element converts.
extension Array: ValueConvertible where Element: ValueConvertible {
  /// The name of the type in signatures and messages.
  public static var kind: String { Element.kind == "any" ? "list" : "list of \(Element.kind)" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> [Element]? {
    guard case .list(let list) = value else { return nil }
    var result: [Element] = []
    result.reserveCapacity(list.count)
    for element in list.elements {
      guard let converted = Element.from(element) else { return nil }
      result.append(converted)
    }
    return result
  }
  /// As ``from(_:)``, within a call.
  public static func from(_ value: Value, in call: Call) throws -> [Element]? {
    guard case .list(let list) = value else { return nil }
    var result: [Element] = []
    result.reserveCapacity(list.count)
    for element in list.elements {
      try call.machine.beat()
      guard let converted = try Element.from(element, in: call) else { return nil }
      result.append(converted)
    }
    return result
  }
  /// The value of the language.
  public var value: Value { Value(map(\.value)) }
}

/// Lists, records, ranges and shapes convert to themselves.
extension List: ValueConvertible {
  /// The name of the type in signatures and messages.
  public static var kind: String { "list" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Self? {
    guard case .list(let list) = value else { return nil }
    return list as? Self
  }
  /// The value of the language.
  public var value: Value { .list(self) }
}

extension Record: ValueConvertible {
  /// The name of the type in signatures and messages.
  public static var kind: String { "record" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Self? {
    guard case .record(let record) = value else { return nil }
    return record as? Self
  }
  /// The value of the language.
  public var value: Value { .record(self) }
}

extension RangeValue: ValueConvertible {
  /// The name of the type in signatures and messages.
  public static var kind: String { "range" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Self? {
    guard case .range(let range) = value else { return nil }
    return range as? Self
  }
  /// The value of the language.
  public var value: Value { .range(self) }
}

extension ShapeValue: ValueConvertible {
  /// The name of the type in signatures and messages.
  public static var kind: String { "shape" }
  /// Accepts shapes, and lists of ints of at least 0.
  public static func from(_ value: Value) -> Self? {
    switch value {
    case .shape(let shape): return shape as? Self
    case .list: return [Int].from(value).flatMap { ShapeValue($0) } as? Self
    default: return nil
    }
  }
  /// The value of the language.
  public var value: Value { .shape(self) }
}
