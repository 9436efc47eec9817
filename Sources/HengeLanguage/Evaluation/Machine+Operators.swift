// SPDX-License-Identifier: MIT

// Operators, except between two ints or nums, which `Machine+Execute` handles itself.

extension Machine {
  /// `left op right` of whatever values.
  func binary(
    _ operation: BinaryOperator, _ left: Value, _ right: Value, at site: CallSite? = nil
  ) throws -> Value {
    if let result = try numeric(operation, left, right) { return result }
    if let result = try collection(operation, left, right) { return result }
    if let result = try declared(operation, left, right) { return result }
    switch operation {
    case .equal: return .bool(try left.isEqual(right))
    case .notEqual: return .bool(try !left.isEqual(right))
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      if let order = left.ordering(right) { return .bool(order.satisfies(operation)) }
    default: break
    }
    let (first, second) = (left.scalar, right.scalar)
    if first.isNumberOrBool && second.isNumberOrBool && (left.isObject || right.isObject) {
      return try binary(operation, first, second, at: site)
    }
    throw Diagnostic.noOperation(operation, left, right)
  }

  private func numeric(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) throws -> Value? {
    switch (left, right) {
    case (.int(let first), .int(let second)): try Arithmetic.apply(operation, first, second)
    case (.num(let first), .num(let second)): try Arithmetic.apply(operation, first, second)
    case (.int(let first), .num(let second)):
      try Arithmetic.apply(operation, Double(first), second)
    case (.num(let first), .int(let second)):
      try Arithmetic.apply(operation, first, Double(second))
    case (.bool(let first), .bool(let second)):
      switch operation {
      case .bitAnd: .bool(first && second)
      case .bitOr: .bool(first || second)
      default: nil
      }
    default: nil
    }
  }

  /// An operator that a built-in declares for the operands' types.
  private func declared(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) throws -> Value? {
    guard left.isObject || right.isObject,
      let overloads = library.operations[operation.rawValue]
    else { return nil }
    for builtin in overloads.builtins where builtin.parameters.count == 2 {
      guard builtin.parameters[0].accepts(left), builtin.parameters[1].accepts(right) else {
        continue
      }
      return try invoke(builtin, [left, right])
    }
    return nil
  }

  private func collection(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) throws -> Value? {
    switch (operation, left, right) {
    case (.add, .str(let first), .str(let second)):
      try charge(first.string.utf8.count + second.string.utf8.count)
      return Value(first.string + second.string)
    case (.add, .list(let first), .list(let second)):
      try charge((first.count + second.count) * MemoryLayout<Value>.stride)
      try first.checkNesting(with: second.depth, weight: second.weight)
      return Value(first.elements + second.elements)
    case (.add, .shape(let first), .shape(let second)): return try joined(first, second)
    case (.add, .shape(let first), .list), (.add, .list, .shape(let first)):
      guard let other = ShapeValue.from(left.isShape ? right : left) else { return nil }
      return try left.isShape ? joined(first, other) : joined(other, first)
    case (.multiply, .str(let text), .int(let count)), (.multiply, .int(let count), .str(let text)):
      return try repeated(text, count)
    case (.multiply, .list(let list), .int(let count)),
      (.multiply, .int(let count), .list(let list)):
      return try repeated(list, count)
    case (.contained, _, _): return try contains(right, left).map(Value.bool)
    case (.notContained, _, _): return try contains(right, left).map { .bool(!$0) }
    default: return nil
    }
  }

  private func joined(_ first: ShapeValue, _ second: ShapeValue) throws -> Value {
    guard let shape = ShapeValue(first.sizes + second.sizes) else {
      throw Diagnostic(
        "E-overflow", "\(first.text) + \(second.text) has more elements than fit 64 bits")
    }
    return .shape(shape)
  }

  private func repeated(_ text: Text, _ count: Int) throws -> Value {
    let bytes = try chargeProduct(text.string.utf8.count, max(0, count))
    guard bytes > 0 else { return Value("") }
    // Doubled up to a stretch that takes some microseconds, then stretch by stretch.
    var stretch = text.string
    var copies = 1
    while stretch.utf8.count < 1 << 15, copies * 2 <= count {
      stretch += stretch
      copies *= 2
    }
    var result = ""
    result.reserveCapacity(bytes)
    for _ in 0..<(count / copies) {
      try beat(1 << 9)
      result += stretch
    }
    for _ in 0..<(count % copies) { result += text.string }
    return .str(Text(result, count: text.count * count))
  }

  private func repeated(_ list: List, _ count: Int) throws -> Value {
    guard count > 0, list.count > 0 else { return Value([]) }
    let (weight, overflow) = list.weight.multipliedReportingOverflow(by: count)
    try list.checkNesting(weight: overflow ? Int.max : weight)
    let bytes = list.count * MemoryLayout<Value>.stride
    let total = try chargeProduct(bytes, count) / MemoryLayout<Value>.stride
    if list.count == 1 { return Value([Value](repeating: list.elements[0], count: total)) }
    var elements: [Value] = []
    elements.reserveCapacity(total)
    for _ in 0..<count { elements.append(contentsOf: list.elements) }
    return Value(elements)
  }

  /// Asks for a product of sizes, which may not fit an int.
  @discardableResult
  func chargeProduct(_ size: Int, _ count: Int) throws -> Int {
    let (bytes, overflow) = size.multipliedReportingOverflow(by: count)
    guard !overflow else {
      throw Diagnostic("E-memory", "\(count) times \(size) bytes exceeds any memory")
    }
    try charge(bytes)
    return bytes
  }

  private func contains(_ container: Value, _ element: Value) throws -> Bool? {
    switch (container, element) {
    case (.list(let list), _):
      for candidate in list.elements {
        try beat()
        if try candidate.isEqual(element) { return true }
      }
      return false
    case (.str(let text), .str(let part)):
      var from = 0
      while true {
        switch text.string.nextOffset(of: part.string, from: from, within: 1 << 16) {
        case .found: return true
        case .none: return false
        case .notBefore(let offset): from = offset
        }
        try beat(1 << 11)
      }
    case (.record(let record), .str(let name)): return record.index(of: name.string) != nil
    case (.range(let range), _):
      guard case .int(let int) = element.scalar else { return false }
      return range.index(of: int) != nil
    case (.shape(let shape), _):
      guard case .int(let int) = element.scalar else { return false }
      return shape.sizes.contains(int)
    default: return nil
    }
  }

  /// What an operator makes of its only operand.
  func unary(_ operation: UnaryOperator, _ operand: Value) throws -> Value {
    switch (operation, operand) {
    case (.plus, .int), (.plus, .num): return operand
    case (.negate, .num(let num)): return .num(-num)
    case (.negate, .int(let int)):
      let (result, overflow) = 0.subtractingReportingOverflow(int)
      guard !overflow else { throw Diagnostic.overflow(.subtract, 0, int) }
      return .int(result)
    case (.invert, .int(let int)): return .int(~int)
    case (.invert, .bool(let bool)): return .bool(!bool)
    default: break
    }
    if operand.isObject, let overloads = library.operations[operation.rawValue] {
      for builtin in overloads.builtins where builtin.parameters.count == 1 {
        if builtin.parameters[0].accepts(operand) { return try invoke(builtin, [operand]) }
      }
    }
    throw Diagnostic(
      "E-type", "`\(operation.rawValue)` does not accept \(operand.kindWithArticle)")
  }

  /// The opposite of a condition.
  func negated(_ operand: Value) throws -> Value { .bool(try !isTrue(operand)) }

  /// The bool that a condition is; anything else is an error, as there is no truthiness.
  func isTrue(_ value: Value, isChain: Bool = false) throws -> Bool {
    if case .bool(let bool) = value.scalar { return bool }
    throw Diagnostic.notCondition(value, isChain: isChain)
  }
}

extension Value {
  var isObject: Bool { if case .object = self { true } else { false } }
  var isShape: Bool { if case .shape = self { true } else { false } }
  fileprivate var isNumberOrBool: Bool {
    switch self {
    case .int, .num, .bool: true
    default: false
    }
  }
}

extension Diagnostic {
  static func notCondition(_ value: Value, isChain: Bool) -> Diagnostic {
    if isChain, value.isObject {
      return Diagnostic(
        "E-cond", "chained comparisons need scalars, not \(value.brief)",
        suggestion: chainExample)
    }
    if value.isObject {
      return Diagnostic(
        "E-cond", "a condition must be a single bool, not \(value.brief)",
        suggestion: value.scalar.isNumberOrBool
          ? "§ != 0" : "all(§) or any(§); & and | are elementwise")
    }
    let suggestion: String? =
      switch value {
      case .int, .num: "§ != 0"
      case .str, .list, .record: "len(§) > 0"
      case .none: "§ != none"
      default: nil
      }
    return Diagnostic(
      "E-cond", "a condition must be a bool, not \(value.brief)", suggestion: suggestion)
  }
}

/// What a search in a stretch of a text came to.
enum StretchSearch: Equatable {
  /// The part begins at this byte.
  case found(Int)
  /// It begins nowhere before this byte, where the next stretch begins.
  case notBefore(Int)
  /// It is nowhere in the rest of the text.
  case none
}

extension String {
  /// Looks for `part` among the `length` bytes from `start` on.
  func nextOffset(of part: String, from start: Int, within length: Int) -> StretchSearch {
    var text = self
    var pattern = part
    return text.withUTF8 { bytes in
      pattern.withUTF8 { wanted in
        let last = bytes.count - wanted.count
        guard start <= last else { return .none }
        guard wanted.count > 0 else { return .found(start) }
        let stop = length <= last - start ? start + length : last + 1
        for offset in start..<stop where bytes[offset] == wanted[0] {
          var index = 1
          while index < wanted.count && bytes[offset + index] == wanted[index] { index += 1 }
          if index == wanted.count { return .found(offset) }
        }
        return stop > last ? .none : .notBefore(stop)
      }
    }
  }
}
