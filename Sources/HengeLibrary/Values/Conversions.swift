// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeLanguage
public import HengeTensor

// Conversions of the learning house's small types to values of the language.

extension Scalar {
  /// The number or truth value of the language.
  var value: Value {
    switch self {
    case .bool(let bool): .bool(bool)
    case .int(let int): .int(int)
    case .num(let num): .num(num)
    }
  }

  /// The number or truth value that `value` is, or counts as.
  init?(_ value: Value) {
    switch value.scalar {
    case .bool(let bool): self = .bool(bool)
    case .int(let int): self = .int(int)
    case .num(let num): self = .num(num)
    default: return nil
    }
  }
}

extension Operand: ValueConvertible {
  /// What signatures and messages call it.
  public static var kind: String { "tensor | num" }
  /// The contents of `value`, or `nil` when it is of another type.
  public static func from(_ value: Value) -> Operand? {
    if let tensor = Tensor.from(value) { return .tensor(tensor) }
    switch value {
    case .bool, .int, .num: return Scalar(value).map(Operand.scalar)
    default: return nil
    }
  }
  /// The value of the language.
  public var value: Value {
    switch self {
    case .tensor(let tensor): tensor.value
    case .scalar(let scalar): scalar.value
    }
  }
}

extension Shape: ValueConvertible {
  /// What signatures and messages call it.
  public static var kind: String { "shape" }
  /// Takes shapes, lists of ints, and one int for a single axis.
  public static func from(_ value: Value) -> Shape? {
    if let count = Int.from(value) { return try? Shape([count]) }
    return ShapeValue.from(value).flatMap { try? Shape($0.sizes) }
  }
  /// As ``from(_:)``; throws `E-shape` for one int below 0.
  public static func from(_ value: Value, in call: Call) throws -> Shape? {
    try Int.from(value).map { try Shape([$0]) } ?? from(value)
  }
  /// The value of the language.
  public var value: Value { ShapeValue(sizes).map { .shape($0) } ?? .none }
}

extension ElementType: Choice {}

/// An axis or several, as `axis=` takes them.
struct Axes: ValueConvertible {
  let axes: [Int]
  static var kind: String { "int | list of int" }
  static func from(_ value: Value) -> Axes? {
    if let axis = Int.from(value) { return Axes(axes: [axis]) }
    return [Int].from(value).map(Axes.init)
  }
  var value: Value { axes.count == 1 ? .int(axes[0]) : axes.value }
}

/// A tensor, or a number or (nested) list of numbers that is made one.
struct TensorLike: ValueConvertible {
  let value: Value
  static var kind: String { "tensor | num | list" }
  static func from(_ value: Value) -> TensorLike? {
    if Operand.from(value) != nil { return TensorLike(value: value) }
    guard case .list = value else { return nil }
    return TensorLike(value: value)
  }

  /// The tensor: f32, or bool for truth values, unless `type` says otherwise.
  func tensor(_ type: ElementType? = nil, on backend: any Backend) throws -> Tensor {
    if let tensor = Tensor.from(value) { return try type.map { try tensor.cast(to: $0) } ?? tensor }
    let list = try NestedList(value)
    return try list.tensor(type ?? (list.isTruth ? .bool : .f32), on: backend)
  }

  /// The tensor whose elements are the numbers themselves: i64 for ints, f64 with nums.
  ///
  /// A cast from f32, which tensors have by default, would come too late for their last digits.
  func exactTensor(on backend: any Backend) throws -> Tensor {
    if let tensor = Tensor.from(value) { return tensor }
    let list = try NestedList(value)
    return try list.tensor(list.isTruth ? .bool : list.isWhole ? .i64 : .f64, on: backend)
  }
}

/// Reads a nested list of numbers, checking that it is rectangular.
private struct NestedList {
  var numbers: [Scalar] = []
  /// The size at each depth, once known.
  var sizes: [Int]? = nil
  private var known: [Int] = []
  private var leafDepth: Int?

  init(_ value: Value) throws { try read(value, depth: 0) }

  /// Whether all are truth values, and there are some.
  var isTruth: Bool {
    !numbers.isEmpty && numbers.allSatisfy { if case .bool = $0 { true } else { false } }
  }

  /// Whether none has a fraction, as it is written.
  var isWhole: Bool { !numbers.contains { if case .num = $0 { true } else { false } } }

  func tensor(_ type: ElementType, on backend: any Backend) throws -> Tensor {
    try Tensor(scalars: numbers, Shape(sizes ?? []), type, on: backend)
  }

  private mutating func read(_ value: Value, depth: Int) throws {
    if let tensor = Tensor.from(value), tensor.rank > 0 {
      let parts = try (0..<tensor.shape[0]).map { try tensor.selecting([.at($0)]).value }
      try read(parts, depth)
    } else if case .list(let list) = value {
      try read(list.elements, depth)
    } else if let number = Scalar(value) {
      guard leafDepth ?? depth == depth else { throw ragged() }
      leafDepth = depth
      numbers.append(number)
    } else {
      throw Failure("E-type", "the elements of a tensor are numbers, not \(value.kindWithArticle)")
    }
    if depth == 0 { sizes = known }
  }

  private mutating func read(_ parts: [Value], _ depth: Int) throws {
    if depth < known.count {
      guard known[depth] == parts.count, leafDepth.map({ depth < $0 }) ?? true else {
        throw ragged()
      }
    } else {
      guard leafDepth == nil else { throw ragged() }
      known.append(parts.count)
    }
    for part in parts { try read(part, depth: depth + 1) }
  }

  private func ragged() -> Failure {
    Failure(
      "E-shape", "the lists have different lengths, so they cannot form a tensor",
      notes: ["all lists at the same depth must have the same number of elements"])
  }
}
