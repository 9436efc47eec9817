// SPDX-License-Identifier: MIT

// Assignment to places: `root[…].a = value`. Each container is taken out of its place on the way
// down and put back on the way up, so that one with no other reference is changed in place.

/// What is written at the end of a place: a value, or the result of an operator with it.
private struct Writing {
  let value: Value
  let operation: BinaryOperator?
}

/// A step on the way to the place.
private enum Step {
  case index([Subscript])
  case member(String)
}

/// What a step leads into.
private enum Container {
  case list, record, object, other

  init(_ value: Value) {
    self =
      switch value {
      case .list: .list
      case .record: .record
      case .object: .object
      default: .other
      }
  }
}

extension Machine {
  /// `root[…].a = value`, or `+=`.
  func assign(
    _ place: PlaceCode, _ r: UnsafeMutablePointer<Value>, _ i: Instruction, isOuter: Bool
  ) throws {
    let value = try operand(r, i.b)
    var steps: [Step] = []
    for step in place.steps {
      switch step {
      case .member(let name, _): steps.append(.member(name))
      case .index(let index): steps.append(.index(try subscripts(index, r)))
      }
    }
    let root = r + Int(i.a)
    if case .undefined = root.pointee { root.pointee = try resolved(r, i.a) }
    if isOuter && !root.pointee.isHandle {
      let frame = frames[depth - 1]
      throw Diagnostic.outer(place.rootName, frame.code.source, place.span)
    }
    try change(root, steps[...], Writing(value: value, operation: place.operation))
  }

  private func change(
    _ place: UnsafeMutablePointer<Value>, _ steps: ArraySlice<Step>, _ writing: Writing
  ) throws {
    guard let step = steps.first else {
      if let operation = writing.operation {
        try combine(place, operation, writing.value)
      } else {
        place.pointee = writing.value
      }
      return
    }
    let rest = steps.dropFirst()
    switch Container(place.pointee) {
    case .list: try changeList(place, step, rest, writing)
    case .record: try changeRecord(place, step, rest, writing)
    case .object:
      switch step {
      case .index(let subscripts): try changeElement(place, subscripts, rest, writing)
      case .member(let name): try changeMember(place, name, rest, writing)
      }
    case .other: throw Diagnostic.notAssignable(place.pointee)
    }
  }

  /// A value that would be nested too deeply is dropped before the error.
  private func check(_ element: inout Value, inside weight: Int) throws {
    do { try element.checkInside(weight: weight) } catch {
      element = .none
      throw error
    }
  }

  private func changeList(
    _ place: UnsafeMutablePointer<Value>, _ step: Step, _ rest: ArraySlice<Step>,
    _ writing: Writing
  ) throws {
    guard case .index(let subscripts) = step, subscripts.count == 1, let only = subscripts.first
    else { throw Diagnostic.notAssignable(place.pointee) }
    guard case .int(let int) = only else {
      return try changeSlice(place, only, rest, writing)
    }
    guard var list = place.takeList() else { return }
    defer { place.pointee = .list(list) }
    let index = try Diagnostic.position(int, in: list.count, of: .list(list))
    if !isKnownUniquelyReferenced(&list) {
      try charge(list.count * MemoryLayout<Value>.stride)
      list = List(list.elements)
    }
    var element = list.take(index)
    defer { list.replace(index, element) }
    try change(&element, rest, writing)
    try check(&element, inside: list.weight)
  }

  /// Assigns to a slice a list of the same length.
  private func changeSlice(
    _ place: UnsafeMutablePointer<Value>, _ part: Subscript, _ rest: ArraySlice<Step>,
    _ writing: Writing
  ) throws {
    guard case .list(let list) = place.pointee else { return }
    guard case .slice(let slice) = part, rest.isEmpty else {
      throw Diagnostic.wrongSubscript(part, of: place.pointee)
    }
    var changed = Value(slice.applied(to: list.elements))
    try change(&changed, rest, writing)
    let (start, step, count) = slice.resolved(count: list.count)
    guard case .list(let values) = changed, values.count == count else {
      throw Diagnostic(
        "E-assign", "a slice of \(count) elements needs a list of \(count), not \(changed.brief)")
    }
    try charge(list.count * MemoryLayout<Value>.stride)
    var elements = list.elements
    for index in 0..<count { elements[start + index * step] = values.elements[index] }
    let result = List(elements)
    try Value.list(result).checkNesting()
    place.pointee = .list(result)
  }

  private func changeRecord(
    _ place: UnsafeMutablePointer<Value>, _ step: Step, _ rest: ArraySlice<Step>,
    _ writing: Writing
  ) throws {
    let name = try fieldName(step, place.pointee)
    guard var record = place.takeRecord() else { return }
    defer { place.pointee = .record(record) }
    if !isKnownUniquelyReferenced(&record) {
      try charge(record.count * 2 * MemoryLayout<Value>.stride)
      record = Record(copying: record)
    }
    guard let index = record.index(of: name) else {
      guard rest.isEmpty, writing.operation == nil else { throw Diagnostic.noField(name, record) }
      try writing.value.checkInside(weight: record.weight)
      try charge(64)
      return record.set(name, writing.value)
    }
    var value = record.take(index)
    defer { record.replace(index, value) }
    try change(&value, rest, writing)
    try check(&value, inside: record.weight)
  }

  private func fieldName(_ step: Step, _ record: Value) throws -> String {
    switch step {
    case .member(let name): return name
    case .index(let subscripts):
      guard let only = subscripts.first else { throw Diagnostic.emptyIndex() }
      if subscripts.count == 1, case .value(.str(let name)) = only { return name.string }
      throw Diagnostic.wrongSubscript(only, of: record)
    }
  }

  private func changeMember(
    _ place: UnsafeMutablePointer<Value>, _ name: String, _ rest: ArraySlice<Step>,
    _ writing: Writing
  ) throws {
    guard case .object(let object) = place.pointee else { return }
    let settable = object as? any HasSettableMembers
    let canSet = settable?.settableNames.contains(name) ?? false
    if rest.isEmpty && !canSet {
      throw Diagnostic.notSettable(name, place.pointee, settable: settable?.settableNames ?? [])
    }
    let isPlain = rest.isEmpty && writing.operation == nil
    var value = isPlain ? Value.none : try member(name, of: place.pointee)
    // A handle that the member returns is changed itself; anything else is written back.
    let isBehindHandle = !rest.isEmpty && value.isHandle
    guard canSet || isBehindHandle else {
      throw Diagnostic.notSettable(name, place.pointee, settable: settable?.settableNames ?? [])
    }
    try change(&value, rest, writing)
    guard !isBehindHandle, let settable else { return }
    try settable.setMember(name, value)
    if let handle = settable as? any Handle { effects.set(handle, name, to: value) }
  }

  private func changeElement(
    _ place: UnsafeMutablePointer<Value>, _ subscripts: [Subscript], _ rest: ArraySlice<Step>,
    _ writing: Writing
  ) throws {
    guard let (part, isAssignable) = try elementToChange(place, subscripts, rest, writing),
      isAssignable
    else { throw Diagnostic.notAssignable(place.pointee) }
    var value = part
    try change(&value, rest, writing)
    guard var object = place.takeObject() else { return }
    defer { place.pointee = .object(object) }
    let isUnique = isKnownUniquelyReferenced(&object)
    guard let assignable = object as? any IndexAssignable else { return }
    object = try assignable.assigning(value, at: subscripts, isUnique: isUnique)
  }

  /// The element at `subscripts`, if it is needed to compute the new one.
  private func elementToChange(
    _ place: UnsafeMutablePointer<Value>, _ subscripts: [Subscript], _ rest: ArraySlice<Step>,
    _ writing: Writing
  ) throws -> (Value, isAssignable: Bool)? {
    guard case .object(let object) = place.pointee else { return nil }
    guard !subscripts.isEmpty else { throw Diagnostic.emptyIndex() }
    let isAssignable = object is any IndexAssignable
    if rest.isEmpty && writing.operation == nil { return (.none, isAssignable) }
    guard let indexable = object as? any Indexable else { return nil }
    return (try indexable.element(at: subscripts), isAssignable)
  }
}

extension UnsafeMutablePointer<Value> {
  /// Clears the place and returns its list, so that the caller may have its only reference.
  func takeList() -> List? {
    guard case .list(let list) = pointee else { return nil }
    pointee = .undefined
    return list
  }

  fileprivate func takeRecord() -> Record? {
    guard case .record(let record) = pointee else { return nil }
    pointee = .undefined
    return record
  }

  fileprivate func takeObject() -> Object? {
    guard case .object(let object) = pointee else { return nil }
    pointee = .undefined
    return object
  }
}

extension Value {
  /// Whether it has state, so that changing it does not change a name.
  var isHandle: Bool {
    guard case .object(let object) = self else { return false }
    return object is any Handle || object is any HasSettableMembers
  }
}

extension Diagnostic {
  static func notAssignable(_ value: Value) -> Diagnostic {
    let isEmptyList = if case .list(let list) = value { list.count == 0 } else { false }
    return Diagnostic(
      "E-assign", "elements of \(value.kindWithArticle) cannot be assigned",
      notes: isEmptyList ? ["`()` and `[]` are the empty list"] : [],
      suggestion: isEmptyList
        ? "dict() for an empty record"
        : value.kind == "table" ? "t = t.with(x=1) for another column" : nil)
  }

  static func notSettable(_ name: String, _ value: Value, settable: [String]) -> Diagnostic {
    Diagnostic(
      "E-assign", "`\(name)` of \(value.kindWithArticle) cannot be set",
      notes: settable.isEmpty ? [] : ["settable members: \(settable.summary)"],
      suggestion: Suggestion.closest(to: name, among: settable))
  }
}
