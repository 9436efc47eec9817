// SPDX-License-Identifier: MIT

// Reading and writing `x[…]`.

extension Machine {
  /// The subscripts of an index out of their registers.
  func subscripts(_ index: IndexCode, _ r: UnsafeMutablePointer<Value>) throws -> [Subscript] {
    try index.subscripts.map { part in
      switch part {
      case .ellipsis: return .ellipsis
      case .value(let register, _):
        let value = try operand(r, register)
        if case .none = value { return .newAxis }
        if case .int(let int) = value.scalar { return .int(int) }
        return .value(value)
      case .slice(let start, let stop, let step, let span):
        func bound(_ register: UInt16?) throws -> Int? {
          guard let register else { return nil }
          let value = try operand(r, register)
          if case .none = value { return nil }
          guard let int = Int.from(value) else {
            throw Diagnostic(
              "E-type", "the bounds of a slice must be ints, not \(value.kindWithArticle)",
              labels: [Diagnostic.Label(index.site.source, span)])
          }
          return int
        }
        let slice = Slice(try bound(start), try bound(stop), try bound(step))
        guard slice.step != 0 else {
          throw Diagnostic(
            "E-range", "a slice's step cannot be 0",
            labels: [Diagnostic.Label(index.site.source, span)])
        }
        return .slice(slice)
      }
    }
  }

  /// The part of a value that an index selects.
  @inline(never)
  func element(
    _ value: Value, _ index: IndexCode, _ r: UnsafeMutablePointer<Value>
  ) throws -> Value {
    let subscripts = try subscripts(index, r)
    if case .object(let object) = value {
      guard let indexable = object as? any Indexable else { throw Diagnostic.notIndexable(value) }
      guard !subscripts.isEmpty else { throw Diagnostic.emptyIndex() }
      return try indexable.element(at: subscripts)
    }
    return try element(value, subscripts)
  }

  /// A part of a value of the language proper, which has one axis.
  func element(_ value: Value, _ subscripts: [Subscript]) throws -> Value {
    guard let only = subscripts.first else { throw Diagnostic.emptyIndex() }
    guard subscripts.count == 1 else {
      throw Diagnostic(
        "E-index", "\(value.kindWithArticle) has one axis, not \(subscripts.count)",
        suggestion: "x[i][j]")
    }
    switch (value, only) {
    case (.list(let list), .int(let int)):
      return list.elements[try Diagnostic.position(int, in: list.count, of: value)]
    case (.list(let list), .slice(let slice)):
      try charge(slice.resolved(count: list.count).count * MemoryLayout<Value>.stride)
      return Value(slice.applied(to: list.elements))
    case (.str(let text), .int(let int)):
      let position = try Diagnostic.position(int, in: text.count, of: value)
      return Value(text.slice(position, position + 1))
    case (.str(let text), .slice(let slice)): return try sliced(text, slice)
    case (.shape(let shape), .int(let int)):
      return .int(shape.sizes[try Diagnostic.position(int, in: shape.sizes.count, of: value)])
    case (.shape(let shape), .slice(let slice)):
      guard let part = ShapeValue(slice.applied(to: shape.sizes)) else { return .none }
      return .shape(part)
    case (.range(let range), .int(let int)):
      return .int(range[try Diagnostic.position(int, in: range.count, of: value)])
    case (.range(let range), .slice(let slice)): return try sliced(range, slice)
    case (.record(let record), .value(.str(let name))):
      guard let field = record[name.string] else {
        throw Diagnostic.noField(name.string, record)
      }
      return field
    case (.list, _), (.str, _), (.shape, _), (.range, _), (.record, _):
      throw Diagnostic.wrongSubscript(only, of: value)
    default: throw Diagnostic.notIndexable(value)
    }
  }

  private func sliced(_ text: Text, _ slice: Slice) throws -> Value {
    let (start, step, count) = slice.resolved(count: text.count)
    if step == 1 { return Value(text.slice(start, start + count)) }
    try charge(text.count * 4)
    let scalars = Array(text.string.unicodeScalars)
    var result = String.UnicodeScalarView()
    for index in 0..<count { result.append(scalars[start + index * step]) }
    return Value(String(result))
  }

  private func sliced(_ range: RangeValue, _ slice: Slice) throws -> Value {
    let (start, step, count) = slice.resolved(count: range.count)
    guard count > 0, let empty = RangeValue(0, 0) else {
      return RangeValue(0, 0).map(Value.range) ?? .none
    }
    let (newStep, overflow) = range.step.multipliedReportingOverflow(by: step)
    let first = range[start]
    let last = range[start + (count - 1) * step]
    let isUp = (range.step > 0) == (step > 0)
    let (stop, stopOverflow) = last.addingReportingOverflow(isUp ? 1 : -1)
    guard count > 1 else { return RangeValue(first, stop).map(Value.range) ?? .range(empty) }
    guard !overflow, !stopOverflow, let part = RangeValue(first, stop, by: newStep) else {
      throw Diagnostic("E-overflow", "this part of the range does not fit 64 bits")
    }
    return .range(part)
  }
}

extension Slice {
  /// The selected elements.
  func applied<Element>(to elements: [Element]) -> [Element] {
    let (start, step, count) = resolved(count: elements.count)
    if step == 1 { return Array(elements[start..<(start + count)]) }
    return (0..<count).map { elements[start + $0 * step] }
  }
}

extension Diagnostic {
  /// `index` counted from the start, or E-index.
  static func position(_ index: Int, in count: Int, of value: Value) throws -> Int {
    if index >= 0 && index < count { return index }
    if index < 0 && index >= -count { return index + count }
    let what = if case .list = value { "a list of \(count)" } else { value.brief }
    let valid = count == 0 ? "it is empty" : "valid are 0 to \(count - 1), or -\(count) to -1"
    throw Diagnostic("E-index", "index \(index) is out of range for \(what): \(valid)")
  }

  static func emptyIndex() -> Diagnostic { Diagnostic("E-index", "an index must not be empty") }

  static func noField(_ name: String, _ record: Record) -> Diagnostic {
    Diagnostic(
      "E-key", "the record has no field \(name.quoted(limit: 40))",
      notes: [record.count == 0 ? "it is empty" : "its fields: \(record.names.summary)"],
      suggestion: Suggestion.closest(to: name, among: record.names).map { "\"\($0)\"" })
  }

  static func notIndexable(_ value: Value) -> Diagnostic {
    Diagnostic("E-type", "\(value.kindWithArticle) cannot be indexed")
  }

  static func wrongSubscript(_ part: Subscript, of value: Value) -> Diagnostic {
    let wanted = value.kind == "record" ? "a field's name" : "an int or a slice"
    let given =
      switch part {
      case .int: "an int"
      case .slice: "a slice"
      case .ellipsis: "..."
      case .newAxis: "none"
      case .value(let value): value.scalar.kindWithArticle
      }
    return Diagnostic(
      "E-index", "the index of \(value.kindWithArticle) must be \(wanted), not \(given)")
  }
}

extension [String] {
  /// The first few, joined by commas.
  var summary: String {
    count <= 12 ? joined(separator: ", ") : prefix(12).joined(separator: ", ") + ", …"
  }
}
