// SPDX-License-Identifier: MIT

/// The result of a built-in without a result: `return .nothing`.
public struct Nothing: ValueConvertible, Sendable {
  /// The only one.
  public static let nothing = Nothing()
  /// The name of the type in signatures and messages.
  public static var kind: String { "none" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Nothing? {
    if case .none = value { return nothing }
    return nil
  }
  /// The value of the language.
  public var value: Value { .none }
}

/// An int or a num, kept as what it was.
public enum Number: ValueConvertible {
  case int(Int)
  case num(Double)

  /// The name of the type in signatures and messages.
  public static var kind: String { "num" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Number? {
    switch value.scalar {
    case .int(let int): .int(int)
    case .num(let num): .num(num)
    default: nil
    }
  }
  /// The value of the language.
  public var value: Value {
    switch self {
    case .int(let int): .int(int)
    case .num(let num): .num(num)
    }
  }
  /// The number as a num.
  public var double: Double {
    switch self {
    case .int(let int): Double(int)
    case .num(let num): num
    }
  }
}

/// All positional arguments that no parameter before it took.
public struct Rest<Element: ValueConvertible>: ValueConvertible {
  /// The arguments in order.
  public let elements: [Element]
  /// The name of the type in signatures and messages.
  public static var kind: String { Element.kind }
  /// The way it takes arguments.
  public static var role: ParameterRole { .rest }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Rest? {
    [Element].from(value).map { Rest(elements: $0) }
  }
  /// As ``from(_:)``, within a call.
  public static func from(_ value: Value, in call: Call) throws -> Rest? {
    try [Element].from(value, in: call).map { Rest(elements: $0) }
  }
  /// The arguments, converted from where the program put them.
  public static func argument(_ index: Int, of call: Call) throws -> Rest {
    guard call.gathered != nil else { return try slot(index, of: call) }
    return Rest(elements: try Element.gathered(index, of: call))
  }
  /// The value of the language.
  public var value: Value { elements.value }
}

/// All named arguments that are no parameter's, in the order written.
public struct Keywords<Element: ValueConvertible>: ValueConvertible {
  /// Names and values.
  public let fields: [(name: String, value: Element)]
  /// The name of the type in signatures and messages.
  public static var kind: String { Element.kind }
  /// The way it takes arguments.
  public static var role: ParameterRole { .keywords }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Keywords? {
    guard case .record(let record) = value else { return nil }
    var fields: [(name: String, value: Element)] = []
    for (name, value) in zip(record.names, record.values) {
      guard let element = Element.from(value) else { return nil }
      fields.append((name, element))
    }
    return Keywords(fields: fields)
  }
  /// The value of the language.
  public var value: Value { Value(fields: fields.map { ($0.name, $0.value.value) }) }
}

/// A string that is one of a few: `enum Fit: String, Choice { case stretch, crop }`.
///
/// A wrong one is answered with the list and the nearest.
public protocol Choice: ValueConvertible, CaseIterable, RawRepresentable where RawValue == String {}

extension Choice {
  /// The name of the type in signatures and messages.
  public static var kind: String {
    allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " | ")
  }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Self? {
    guard case .str(let text) = value else { return nil }
    return Self(rawValue: text.string)
  }
  /// As ``from(_:)``, within a call.
  public static func from(_ value: Value, in call: Call) throws -> Self? {
    guard case .str(let text) = value else { return nil }
    if let choice = Self(rawValue: text.string) { return choice }
    throw Refusal(.unknownChoice(text.string, among: allCases.map(\.rawValue)))
  }
  /// The value of the language.
  public var value: Value { Value(rawValue) }
}

/// A function, model or other callable that a built-in calls back.
///
/// It may be kept after the call (a dataset's `map`) and called as long as its session lives.
public struct Callback: ValueConvertible {
  /// The callable itself.
  public let value: Value
  private weak var machine: Machine?
  private let site: CallSite?

  /// The name of the type in signatures and messages.
  public static var kind: String { "fn" }
  /// The Swift value, or `nil` when `value` is of another type.
  public static func from(_ value: Value) -> Callback? {
    isCallable(value) ? Callback(value: value, machine: nil, site: nil) : nil
  }
  /// As ``from(_:)``, within a call.
  public static func from(_ value: Value, in call: Call) throws -> Callback? {
    isCallable(value) ? Callback(value: value, machine: call.machine, site: call.site) : nil
  }

  private static func isCallable(_ value: Value) -> Bool {
    switch value {
    case .function: true
    case .object(let object): object is any Callable
    default: false
    }
  }

  /// Calls it; errors inside it come with their own place.
  public func call(_ positional: [Value], named: [(name: String, value: Value)] = []) throws
    -> Value
  {
    guard let machine, let site else {
      throw Diagnostic("E-call", "the session of this function has ended")
    }
    return try machine.call(value, positional, named: named, from: site)
  }
}
