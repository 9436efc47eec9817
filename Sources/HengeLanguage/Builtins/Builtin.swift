// SPDX-License-Identifier: MIT

/// One built-in: name, signature, documentation, examples and body in one declaration.
///
///     Builtin(
///       "resize", "Resizes an image with antialiased bicubic interpolation.",
///       Parameter("image", "An image, [C, H, W]."), Parameter("size", "Height and width."),
///       examples: [Example("resize(zeros(3x4x4), 2x2).shape", gives: "3x2x2")],
///       seeAlso: ["crop"]
///     ) { (image: Tensor, size: Shape) in try image.resized(to: size) }
///
/// The closure's types are the signature. A body whose first parameter is a ``Call`` receives the
/// call in addition. Several built-ins may share a name if the types of their first parameters
/// differ: a call runs the first one, in the order of declaration, whose first parameter accepts
/// the value.
/// Bodies run on the main thread only.
public final class Builtin {
  /// The way a built-in is used in programs.
  public enum Naming: String, Sendable {
    /// `mean(x)` and `x.mean()`
    case function
    /// `x.shape`; one parameter.
    case property
    /// `pi`; no parameter.
    case constant
    /// `a + b`, `-a`; two parameters or one; the name is the operator.
    case operation
    /// `m(x)`: what a value of the first parameter's type does when it is called; the name is what
    /// messages call such a value.
    case call
  }

  /// The name, or the operator.
  public let name: String
  /// The way it is used in programs.
  public let naming: Naming
  /// The group of the vocabulary: the name of the ``Topic`` that contains it.
  public internal(set) var group = ""
  /// One paragraph; its first sentence ends in a stop and is what lists show.
  public let summary: String
  /// The parameters with their types.
  public let parameters: [Parameter]
  /// The result's type.
  public let result: String
  /// At least one example.
  public let examples: [Example]
  /// Related built-ins.
  public let seeAlso: [String]
  /// The codes of errors worth knowing.
  public let errors: [String]
  /// A constant's value.
  public let constant: Value?
  /// The names of the record that it returns, where they follow from its first argument.
  private(set) var fields: ((Value) -> [String])?
  /// What else people call what it does.
  public private(set) var otherNames: [String] = []
  /// What henge does not have, with what this built-in does in its place.
  public private(set) var absent: [(names: [String], advice: String)] = []
  /// The call of henge for a call that other programs take, where the arguments are those of one.
  private(set) var rewritten: (([WrittenArgument]) -> String?)?
  /// Takes one converted value per parameter out of the call.
  let body: (Call) throws -> Value
  /// How many parameters take one positional argument each.
  let positionalCount: Int
  /// How many arguments a call has when each parameter takes one by position; -1 when one does not.
  let fixedCount: Int
  /// The least arguments with which a call needs no more than defaults; beyond reach where
  /// arguments are gathered.
  let requiredCount: Int
  /// As ``requiredCount``, for calls whose arguments a rest parameter may gather where they are.
  let inPlaceCount: Int
  /// Whether a rest parameter does.
  let gathersInPlace: Bool
  /// For each parameter the default, or none.
  let initials: [Value]
  let restIndex: Int?
  let keywordsIndex: Int?
  let presetIndex: Int?
  /// Whether the first parameter takes a value; kept apart because a parameter is large to copy.
  let acceptsFirst: (Value) -> Bool

  /// Declares a built-in by its body's types.
  @inlinable
  public convenience init<each A: ValueConvertible, R: ValueConvertible>(
    _ name: String, as naming: Naming = .function, _ summary: String, _ parameters: Parameter...,
    examples: [Example], seeAlso: [String] = [], errors: [String] = [],
    body: @escaping (repeat each A) throws -> R
  ) {
    var types: [ParameterType] = []
    repeat types.append(ParameterType((each A).self))
    self.init(
      name, naming, summary, parameters, types, result: R.kind, examples: examples,
      seeAlso: seeAlso, errors: errors
    ) { call in
      var index = 0
      return try body(repeat call.argument(&index, (each A).self)).value
    }
  }

  /// Declares a built-in whose body receives the call besides its arguments.
  @inlinable
  public convenience init<each A: ValueConvertible, R: ValueConvertible>(
    _ name: String, as naming: Naming = .function, _ summary: String, _ parameters: Parameter...,
    examples: [Example], seeAlso: [String] = [], errors: [String] = [],
    body: @escaping (Call, repeat each A) throws -> R
  ) {
    var types: [ParameterType] = []
    repeat types.append(ParameterType((each A).self))
    self.init(
      name, naming, summary, parameters, types, result: R.kind, examples: examples,
      seeAlso: seeAlso, errors: errors
    ) { call in
      var index = 0
      return try body(call, repeat call.argument(&index, (each A).self)).value
    }
  }

  /// Declares a constant.
  public convenience init(
    constant name: String, _ summary: String, _ value: any ValueConvertible, examples: [Example],
    seeAlso: [String] = []
  ) {
    let value = value.value
    self.init(
      name, .constant, summary, [], [], result: value.kind, examples: examples, seeAlso: seeAlso,
      errors: [], constant: value
    ) { _ in value }
  }

  @usableFromInline
  init(
    _ name: String, _ naming: Naming, _ summary: String, _ declared: [Parameter],
    _ types: [ParameterType], result: String, examples: [Example], seeAlso: [String],
    errors: [String], constant: Value? = nil, body: @escaping (Call) throws -> Value
  ) {
    precondition(
      declared.count == types.count,
      "\(name) declares \(declared.count) parameters, its body takes \(types.count).")
    self.name = name
    self.naming = naming
    self.summary = summary
    self.result = result
    self.examples = examples
    self.seeAlso = seeAlso
    self.errors = errors
    self.constant = constant
    self.body = body
    parameters = zip(declared, types).map { declared, type in
      var parameter = declared
      parameter.kind = type.kind
      parameter.role = type.role
      parameter.accepts = type.accepts
      return parameter
    }
    positionalCount = parameters.prefix { !$0.isKeywordOnly && $0.role == .single }.count
    fixedCount = positionalCount == parameters.count ? positionalCount : -1
    let required = parameters.lastIndex { $0.initial == nil }.map { $0 + 1 } ?? 0
    requiredCount = parameters.allSatisfy { $0.role == .single } ? required : .max
    initials = parameters.map { $0.initial ?? .none }
    restIndex = parameters.firstIndex { $0.role == .rest }
    keywordsIndex = parameters.firstIndex { $0.role == .keywords }
    presetIndex = parameters.firstIndex { !$0.presets.isEmpty }
    gathersInPlace =
      restIndex != nil && keywordsIndex == nil && presetIndex == nil
      && parameters.dropFirst(positionalCount).allSatisfy { $0.isOmissible }
    inPlaceCount = gathersInPlace ? positionalCount : requiredCount
    let first = types.first
    let accepts = first?.accepts ?? { _ in false }
    acceptsFirst = first?.role == .rest ? { accepts(Value([$0])) } : accepts
  }

  /// Declares the field names of the record that this built-in returns: `names` computes them from
  /// the first argument.
  ///
  /// They apply when no optional arguments are passed. Completion uses them without running the
  /// call, so `names` must be fast. Returns the built-in itself.
  public func givingFields<T: ValueConvertible>(_ names: @escaping (T) -> [String]) -> Builtin {
    fields = { T.from($0).map(names) ?? [] }
    return self
  }

  /// Declares what else people call what it does, for searches of the help.
  ///
  /// Returns the built-in itself.
  public func alsoCalled(_ names: String...) -> Builtin {
    otherNames += names
    return self
  }

  /// Declares what people search for that henge does not have, and what to do in its place with this
  /// built-in: "henge has no blur: …".
  ///
  /// Returns the built-in itself.
  public func inPlaceOf(_ names: String..., advice: String) -> Builtin {
    absent.append((names, advice))
    return self
  }

  /// Declares what the error of a call suggests whose positional arguments are those that another
  /// program takes, such as `crop(x, 3x4, at=[1, 2])` for `crop(x, 1, 2, 3, 4)`.
  ///
  /// `rewrite` returns nil for other arguments. Returns the built-in itself.
  public func rewriting(_ rewrite: @escaping ([WrittenArgument]) -> String?) -> Builtin {
    rewritten = rewrite
    return self
  }

  /// The signature in one line, such as `resize(image: tensor, size: shape) -> tensor`.
  public var signature: String {
    guard naming != .constant else { return "\(name): \(result)" }
    var parts: [String] = []
    var isAfterStar = false
    for parameter in naming == .call ? parameters.dropFirst() : parameters[...] {
      if parameter.isKeywordOnly && !isAfterStar && parameter.role == .single {
        parts.append("*")
        isAfterStar = true
      }
      let initial = parameter.initial.map { " = \($0.representation)" } ?? ""
      switch parameter.role {
      case .single: parts.append("\(parameter.name): \(parameter.kind)\(initial)")
      case .rest:
        parts.append("*\(parameter.name): \(parameter.kind)")
        isAfterStar = true
      case .keywords: parts.append("**\(parameter.name): \(parameter.kind)")
      }
    }
    switch naming {
    case .property:
      let owner = parameters.first?.name ?? "x"
      return "\(owner).\(name): \(result)   (\(owner): \(parameters.first?.kind ?? "any"))"
    case .call: return "\(shownName)(\(parts.joined(separator: ", "))) -> \(result)"
    default: return "\(name)(\(parts.joined(separator: ", "))) -> \(result)"
    }
  }

  /// The signature without types, such as `resize(image, size, filter="bicubic") -> tensor`.
  public var shortSignature: String {
    var parts: [String] = []
    for parameter in naming == .call ? parameters.dropFirst() : parameters[...] {
      let initial = parameter.initial.map { "=\($0.representation)" } ?? ""
      switch parameter.role {
      case .single: parts.append(parameter.name + initial)
      case .rest: parts.append("*\(parameter.name)")
      case .keywords: parts.append("**\(parameter.name)")
      }
    }
    return "\(shownName)(\(parts.joined(separator: ", "))) -> \(result)"
  }

  /// What an error shows of the signature: all of it where it fits a line, else the parameters without
  /// a default.
  var briefSignature: String {
    guard signature.count > 76 else { return signature }
    let own = naming == .call ? parameters.dropFirst() : parameters[...]
    let required = own.filter { $0.initial == nil && $0.role == .single }
      .map { "\($0.name): \($0.kind)" }
    return "\(shownName)(\((required + ["…"]).joined(separator: ", "))) -> \(result)"
  }

  /// What comes before the parentheses of a call.
  var shownName: String { naming == .call ? parameters.first?.name ?? name : name }

  /// The call with ints put together, where `values` end in several for what is one shape or list:
  /// `zeros(3x4)` for `zeros(3, 4)`, and `reshape(T, [2, -1])` for `T.reshape(2, -1)`.
  func gathering(_ values: [Value], at site: CallSite) -> String? {
    guard
      let place = parameters.firstIndex(where: {
        $0.kind.hasPrefix("shape") || $0.kind.hasPrefix("list of int")
      }), place < 2, values.count > place + 1
    else { return nil }
    let sizes = values[place...].compactMap { value in
      if case .int(let size) = value.scalar { size } else { nil }
    }
    guard sizes.count == values.count - place, sizes.count <= 8 else { return nil }
    let isShape = parameters[place].kind.hasPrefix("shape")
    // -1, the size that is left, can only be written in a list.
    let isList = !isShape || sizes.contains { $0 < 0 }
    let list = sizes.map { String($0) }.joined(separator: isList ? ", " : "x")
    let whole = isList ? "[\(list)]" : list
    guard place > 0 else { return "\(name)(\(whole))" }
    let written = site.arguments.first.map { site.source.text($0.span) } ?? ""
    let isShort = (1...40).contains(written.utf8.count) && !written.contains("\n")
    return "\(name)(\(isShort ? written : parameters[0].name), \(whole))"
  }

  /// Whether the first parameter takes `value`.
  func accepts(_ value: Value) -> Bool { acceptsFirst(value) }
}

/// A positional argument of a call that failed.
public struct WrittenArgument {
  /// Its text in the program.
  public let text: String
  /// Its value.
  public let value: Value
}

/// What a built-in knows of a parameter's Swift type.
@usableFromInline
struct ParameterType {
  let kind: String
  let role: ParameterRole
  let accepts: (Value) -> Bool

  init(kind: String, role: ParameterRole, accepts: @escaping (Value) -> Bool) {
    self.kind = kind
    self.role = role
    self.accepts = accepts
  }

  @usableFromInline
  init<T: ValueConvertible>(_ type: T.Type) {
    kind = T.kind
    role = T.role
    accepts = { T.accepts($0) }
  }
}
