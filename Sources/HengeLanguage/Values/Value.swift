// SPDX-License-Identifier: MIT

/// A value of the language: sixteen bytes, copied freely.
///
/// Small values are stored inline; the others are one reference. Shared values of the language
/// proper are immutable: the machine changes a list or a record in place only if it has the sole
/// reference (copy on write). Domain values (tensors, datasets, models) are subclasses of `Object`
/// that adopt the capability protocols of `Object.swift`; nothing else is needed to enter the
/// language.
///
/// Make values with `Value(...)` or the `value` of a `ValueConvertible`: `"a".value`, `3.value`,
/// `Value([a, b])`, `Value(fields: [("x", a)])`, `.object(tensor)`.
public enum Value {
  /// Never seen by programs: a register or a global before its first assignment.
  case undefined
  case none
  case bool(Bool)
  case int(Int)
  case num(Double)
  case str(Text)
  case list(List)
  case record(Record)
  case range(RangeValue)
  case shape(ShapeValue)
  case function(Function)
  case object(Object)

  /// A string.
  public init(_ string: String) { self = .str(Text(string)) }

  /// A list.
  public init(_ elements: [Value]) { self = .list(List(elements)) }

  /// A record with these fields in this order; of two fields with one name the last counts.
  public init(fields: [(String, Value)]) {
    let record = Record()
    for (name, value) in fields { record.set(name, value) }
    self = .record(record)
  }
}

extension Value {
  /// The name of the type, as returned by `type(x)`: `int`, `list`, `tensor`.
  public var kind: String {
    switch self {
    case .undefined: "undefined"
    case .none: "none"
    case .bool: "bool"
    case .int: "int"
    case .num: "num"
    case .str: "str"
    case .list: "list"
    case .record: "record"
    case .range: "range"
    case .shape: "shape"
    case .function: "fn"
    case .object(let object): object.kind
    }
  }

  /// The kind with its article, as messages say it: `an int`, `a list`, `none`.
  public var kindWithArticle: String {
    if case .none = self { return "none" }
    return withArticle(kind)
  }

  /// The text next to the carets of an error: `f32 1x3x64x64`, `int 3`, `list of 4`.
  public var brief: String {
    switch self {
    case .undefined, .none: kind
    case .bool, .int, .num, .range: "\(kind) \(representation)"
    case .shape: "shape \(representation)"
    case .str(let text): "str \(text.string.quoted(limit: 24))"
    case .list(let list): "list of \(list.count)"
    case .record(let record): "record of \(record.count)"
    case .function(let function): function.brief
    case .object(let object): object.brief
    }
  }

  /// How deeply lists, records, functions and objects are nested in this value; 0 for a number.
  public var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .record(let record): record.depth
    case .function(let function): function.depth
    case .object(let object): object.depth
    default: 0
    }
  }

  /// The deepest nesting that a value may have.
  public static let depthLimit = 1000

  /// How many values this one is when all that is shared in it is written out; 1 for a number.
  ///
  /// Thirty times `x = [x, x]` take no memory, but to print or compare the result takes forever.
  var weight: Int {
    switch self {
    case .list(let list): list.weight
    case .record(let record): record.weight
    default: 1
    }
  }

  /// The most values that one nested value may be when written out; a flat list is bounded by
  /// memory alone.
  static let weightLimit = 20_000_000

  /// Throws E-depth when the value is nested too deeply, or too large when written out.
  func checkNesting() throws {
    guard depth <= Value.depthLimit else { throw Diagnostic.tooNested() }
    guard weight <= Value.weightLimit || depth <= 1 else { throw Diagnostic.tooHeavy() }
  }

  /// Throws E-depth when the value cannot be put into a collection that weighs `weight`.
  func checkInside(weight: Int) throws {
    guard depth < Value.depthLimit else { throw Diagnostic.tooNested() }
    guard depth == 0 || weight.addingSaturated(self.weight) <= Value.weightLimit else {
      throw Diagnostic.tooHeavy()
    }
  }

  /// This value, or the number or bool that it counts as when it is an object without axes.
  public var scalar: Value {
    guard case .object(let object) = self, let scalarLike = object as? any ScalarLike else {
      return self
    }
    return scalarLike.scalar ?? self
  }
}

extension List {
  /// Throws E-depth when this list with others' elements would be nested too deeply or too large.
  func checkNesting(with otherDepth: Int = 0, weight other: Int = 0) throws {
    let depth = max(depth, otherDepth)
    guard depth <= Value.depthLimit else { throw Diagnostic.tooNested() }
    guard depth <= 1 || weight.addingSaturated(other) <= Value.weightLimit else {
      throw Diagnostic.tooHeavy()
    }
  }
}

extension Int {
  /// The sum, or the largest int.
  func addingSaturated(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? Int.max : sum
  }
}

/// `word` with `a` or `an`, by its pronunciation.
func withArticle(_ word: String) -> String {
  guard let first = word.unicodeScalars.first else { return word }
  // The letters of `rng` are said one by one.
  let isSaidWithVowel = "aeiou".unicodeScalars.contains(first) || word == "rng"
  return (isSaidWithVowel ? "an " : "a ") + word
}
