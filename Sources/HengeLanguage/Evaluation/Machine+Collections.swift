// SPDX-License-Identifier: MIT

// Lists, records, ranges and functions, and loops over values.

extension Machine {
  /// Moves `count` registers into a list.
  func list(_ first: UnsafeMutablePointer<Value>, _ count: Int) throws -> Value {
    try charge((count + 4) * MemoryLayout<Value>.stride)
    guard count > 0 else { return Value([]) }
    let elements = [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count {
        (buffer.baseAddress.unsafelyUnwrapped + index).initialize(to: (first + index).move())
        (first + index).initialize(to: .undefined)
      }
      initialized = count
    }
    let list = List(elements)
    try Value.list(list).checkNesting()
    return .list(list)
  }

  func append(_ r: UnsafeMutablePointer<Value>, _ i: Instruction) throws {
    let element = try operand(r, i.b)
    guard case .list(let list) = r[Int(i.a)] else { return }
    try charge(list.growth(appending: 1))
    try element.checkInside(weight: list.weight)
    list.append(element)
  }

  func setField(_ place: UnsafeMutablePointer<Value>, _ name: String, _ value: Value) throws {
    guard case .record(let record) = place.pointee else { return }
    try value.checkInside(weight: record.weight)
    try charge(64)
    record.set(name, value)
  }

  func spread(_ value: Value, into place: UnsafeMutablePointer<Value>) throws {
    guard case .record(let fields) = value else {
      throw Diagnostic("E-type", "`**` unpacks a record, not \(value.kindWithArticle)")
    }
    for (name, value) in zip(fields.names, fields.values) { try setField(place, name, value) }
  }

  func range(_ r: UnsafeMutablePointer<Value>, _ i: Instruction) throws -> Value {
    let step = try i.d >= 0 ? operand(r, UInt16(truncatingIfNeeded: i.d)) : .int(1)
    let parts = try [operand(r, i.b), operand(r, i.c), step]
    var ints: [Int] = []
    for part in parts {
      guard let int = Int.from(part) else {
        throw Diagnostic(
          "E-type", "the bounds of a range must be ints, not \(part.kindWithArticle)",
          suggestion: part.kind == "num" ? "linspace(a, b, n) or arange(a, b, step) for nums" : nil)
      }
      ints.append(int)
    }
    guard ints[2] != 0 else { throw Diagnostic("E-range", "a range's step cannot be 0") }
    guard let range = RangeValue(ints[0], ints[1], by: ints[2]) else {
      throw Diagnostic(
        "E-overflow", "the length of the range \(ints[0])..\(ints[1]) does not fit 64 bits")
    }
    return .range(range)
  }

  func closure(_ closure: ClosureCode, _ r: UnsafeMutablePointer<Value>) throws -> Value {
    let frame = frames[depth - 1]
    let captures = closure.captures.map { r[Int($0)] }
    let defaults = closure.defaults.map { register in
      let value = r[Int(register)]
      r[Int(register)] = .undefined
      return value
    }
    try charge(128 + (captures.count + defaults.count) * MemoryLayout<Value>.stride)
    let function = Function(closure.code, captures: captures, defaults: defaults, frame.module)
    guard function.depth <= Value.depthLimit else { throw Diagnostic.tooNested() }
    return .function(function)
  }

  // MARK: Loops

  func repetitions(_ value: Value) throws -> Int {
    guard let count = Int.from(value) else {
      throw Diagnostic("E-type", "repeat needs an int, not \(value.kindWithArticle)")
    }
    guard count >= 0 else { throw Diagnostic("E-range", "repeat needs 0 or more, not \(count)") }
    return count
  }

  /// Begins a loop: the first register is what is looped over, the second counts turns.
  func iterate(_ r: UnsafeMutablePointer<Value>, _ i: Instruction) throws {
    let value = try operand(r, i.b)
    r[Int(i.a)] = try iterator(over: value, names: Int(i.c))
    r[Int(i.a) + 1] = .int(0)
    if depth == 1 { beginLoop { $0.begin(r + Int(i.a), in: loopCode(.next)) } }
  }

  /// Begins a `repeat`, whose register counts down.
  func countDown(_ r: UnsafeMutablePointer<Value>, _ i: Instruction) throws {
    let count = try repetitions(operand(r, i.b))
    r[Int(i.a)] = .int(count)
    if depth == 1 { beginLoop { $0.begin(r + Int(i.a), in: loopCode(.countNext), count: count) } }
  }

  /// The instructions of the loop that begins: the first `next` knows where to go when there is none.
  private func loopCode(_ next: Opcode) -> Range<Int> {
    let (start, code) = (frames[0].counter, frames[0].code.instructions)
    var place = start
    while code[place].op != next { place += 1 }
    return start..<max(start, Int(code[place].d))
  }

  /// A list, a range, or an object to ask for the next element.
  func iterator(over value: Value, names: Int) throws -> Value {
    switch value {
    case .list, .range: return value
    case .shape(let shape): return shape.sizes.value
    case .str(let text):
      try charge(text.count * 64)
      return Value(text.string.unicodeScalars.map { Value(String($0)) })
    case .record(let record):
      try charge(record.count * 64)
      guard names > 1 else { return record.names.value }
      return Value(zip(record.names, record.values).map { Value([$0.value, $1]) })
    case .object(let object):
      if let iterable = object as? any Iterable {
        return .object(ObjectIterator(try iterable.makeIterator()))
      }
    default: break
    }
    throw Diagnostic.notIterable(value)
  }

  /// The next element into `R[b]`; false at the end.
  @inline(never)
  func next(_ r: UnsafeMutablePointer<Value>, _ i: Instruction) throws -> Bool {
    let state = Int(i.a)
    switch r[state] {
    case .list(let list):
      guard case .int(let turn) = r[state + 1], turn < list.count else { break }
      r[Int(i.b)] = list.elements[turn]
      r[state + 1] = .int(turn &+ 1)
      return true
    case .object(let object):
      guard let iterator = object as? ObjectIterator, let value = try iterator.next() else { break }
      r[Int(i.b)] = value
      return true
    default: break
    }
    r[state] = .undefined
    return false
  }

  func unpack(_ value: Value, into target: UnsafeMutablePointer<Value>, _ count: Int) throws {
    guard value.canBeUnpacked else {
      throw Diagnostic("E-assign", "\(value.brief) cannot be unpacked into \(count) names")
    }
    let elements = try elements(of: value, limit: count + 1)
    guard elements.count == count else {
      let isMany = elements.count > count
      let given =
        isMany
        ? "more than \(count) values" : elements.count == 1 ? "1 value" : "\(elements.count) values"
      throw Diagnostic(
        "E-assign", "\(given) cannot be unpacked into \(count) names",
        notes: ["the value is \(value.brief)"],
        suggestion: isMany && value.isList ? "one name for each, or a slice: §[:\(count)]" : nil)
    }
    for (index, element) in elements.enumerated() { target[index] = element }
  }

  /// The elements of anything that can be looped over, at most `limit` of them.
  func elements(of value: Value, limit: Int = .max) throws -> [Value] {
    switch try iterator(over: value, names: 1) {
    case .list(let list): return list.elements
    case .range(let range):
      let count = min(range.count, limit)
      try chargeProduct(count, MemoryLayout<Value>.stride)
      return try makeElements(count) { .int(range[$0]) }
    case .object(let object):
      guard let iterator = object as? ObjectIterator else { return [] }
      var result: [Value] = []
      while result.count < limit, let next = try iterator.next() {
        try charge(MemoryLayout<Value>.stride)
        try host.checkInterrupt()
        result.append(next)
      }
      return result
    default: return []
    }
  }

  /// The values of `element` for 0..<`count`, each `units` of work.
  func makeElements(
    _ count: Int, units: Int = 1, _ element: (Int) throws -> Value
  ) throws -> [Value] {
    var result: [Value] = []
    result.reserveCapacity(count)
    do {
      for index in 0..<count {
        try beat(units)
        result.append(try element(index))
      }
    } catch {
      // The longer the list has grown, the longer it takes to free.
      host.discard(.list(List(flat: consume result)))
      throw error
    }
    return result
  }
}

/// An iterable object being looped over.
final class ObjectIterator: Object {
  let next: () throws -> Value?
  init(_ next: @escaping () throws -> Value?) { self.next = next }
}

extension Diagnostic {
  static func notIterable(_ value: Value) -> Diagnostic {
    var suggestion: String?
    if case .int(let int) = value { suggestion = "0..\(int)" }
    return Diagnostic(
      "E-type", "\(value.kindWithArticle) cannot be iterated over", suggestion: suggestion)
  }
}

extension Value {
  fileprivate var isList: Bool { if case .list = self { true } else { false } }

  /// Whether it has elements that can be unpacked into names.
  fileprivate var canBeUnpacked: Bool {
    switch self {
    case .none, .bool, .int, .num, .function, .undefined: false
    default: true
    }
  }
}
