// SPDX-License-Identifier: MIT

/// How two values are ordered; `unordered` when a nan is among them.
enum Ordering {
  case less, equal, greater, unordered

  init<T: Comparable>(_ left: T, _ right: T) {
    self = left < right ? .less : left == right ? .equal : left > right ? .greater : .unordered
  }

  /// An int against a num, exactly, as no conversion of either can be.
  init(_ left: Int, _ right: Double) {
    if right.isNaN {
      self = .unordered
    } else if right >= 0x1p63 {
      self = .less
    } else if right < -0x1p63 {
      self = .greater
    } else {
      let whole = Int(right.rounded(.towardZero))
      self =
        whole == left ? Ordering(0.0, right - Double(whole)) : left < whole ? .less : .greater
    }
  }

  var reversed: Ordering {
    switch self {
    case .less: .greater
    case .greater: .less
    default: self
    }
  }

  /// Whether `left op right` is true.
  func satisfies(_ operation: BinaryOperator) -> Bool {
    switch operation {
    case .less: self == .less
    case .lessOrEqual: self == .less || self == .equal
    case .greater: self == .greater
    case .greaterOrEqual: self == .greater || self == .equal
    case .equal: self == .equal
    default: self != .equal
    }
  }
}

extension Value {
  /// The order of two values of the language proper; none when they have none.
  func ordering(_ other: Value) -> Ordering? {
    switch (self, other) {
    case (.int(let left), .int(let right)): Ordering(left, right)
    case (.num(let left), .num(let right)): Ordering(left, right)
    case (.int(let left), .num(let right)): Ordering(left, right)
    case (.num(let left), .int(let right)): Ordering(right, left).reversed
    case (.str(let left), .str(let right)): Text.ordering(left.string, right.string)
    case (.list(let left), .list(let right)): List.ordering(left, right)
    default: nil
    }
  }

  /// Whether two values are equal; objects inside must be comparable to a single bool.
  func isEqual(_ other: Value) throws -> Bool {
    switch (self, other) {
    case (.none, .none), (.undefined, .undefined): return true
    case (.bool(let left), .bool(let right)): return left == right
    case (.int, .int), (.num, .num), (.int, .num), (.num, .int):
      return ordering(other) == .equal
    case (.str(let left), .str(let right)): return left === right || left.isSame(right)
    case (.list(let left), .list(let right)): return try List.areEqual(left, right)
    case (.record(let left), .record(let right)): return try Record.areEqual(left, right)
    case (.range(let left), .range(let right)):
      guard left.count == right.count else { return false }
      return left.count == 0
        || (left.start == right.start && (left.count == 1 || left.step == right.step))
    case (.shape(let left), .shape(let right)): return left.sizes == right.sizes
    case (.shape(let shape), .list(let list)), (.list(let list), .shape(let shape)):
      return [Int].from(.list(list)) == shape.sizes
    case (.function(let left), .function(let right)): return left.isSame(right)
    case (.object, _), (_, .object): return try isObjectEqual(other)
    default: return false
    }
  }

  private func isObjectEqual(_ other: Value) throws -> Bool {
    if case .object(let left) = self, case .object(let right) = other, left === right {
      return true
    }
    for (value, peer) in [(self, other), (other, self)] {
      guard case .object(let object) = value, let comparable = object as? any ComparableObject
      else { continue }
      let result = try comparable.equals(peer).scalar
      guard case .bool(let bool) = result else {
        throw Diagnostic(
          "E-cond",
          "comparing \(brief) with \(other.brief) returns \(result.brief), not a single bool",
          suggestion: "all(a == b)")
      }
      return bool
    }
    return false
  }
}

extension Function {
  fileprivate func isSame(_ other: Function) -> Bool {
    if case .builtin(let left) = body, case .builtin(let right) = other.body {
      return left === right
    }
    return self === other
  }
}

extension Text {
  /// Equality of code points: `é` in one and in two of them are different strings.
  func isSame(_ other: Text) -> Bool {
    string.utf8.count == other.string.utf8.count && string.utf8.elementsEqual(other.string.utf8)
  }

  static func ordering(_ left: String, _ right: String) -> Ordering {
    for (first, second) in zip(left.utf8, right.utf8) where first != second {
      return first < second ? .less : .greater
    }
    return Ordering(left.utf8.count, right.utf8.count)
  }
}

extension List {
  fileprivate static func areEqual(_ left: List, _ right: List) throws -> Bool {
    guard left !== right else { return true }
    guard left.count == right.count else { return false }
    for (first, second) in zip(left.elements, right.elements) {
      guard try first.isEqual(second) else { return false }
    }
    return true
  }

  fileprivate static func ordering(_ left: List, _ right: List) -> Ordering? {
    for (first, second) in zip(left.elements, right.elements) {
      guard let order = first.ordering(second) else { return nil }
      if order != .equal { return order }
    }
    return Ordering(left.count, right.count)
  }
}

extension Record {
  fileprivate static func areEqual(_ left: Record, _ right: Record) throws -> Bool {
    guard left !== right else { return true }
    guard left.count == right.count else { return false }
    for (name, value) in zip(left.names, left.values) {
      guard let other = right[name], try value.isEqual(other) else { return false }
    }
    return true
  }
}
