// SPDX-License-Identifier: MIT

extension Library {
  static var collections: [Builtin] {
    [
      Builtin(
        "list", "Returns a list of the elements of anything that `for` can loop over.",
        Parameter(
          "x", "A list, range, shape, string, record (its field names) or dataset.",
          default: Value([])),
        examples: [Example("list(0..3)", gives: "[0, 1, 2]")], seeAlso: ["zip", "enumerate"]
      ) { (call: Call, x: Value) -> List in
        let elements = try call.machine.elements(of: x)
        if case .range = x { return List(flat: elements) }
        return List(elements)
      },
      Builtin(
        "zip",
        "Returns a list of lists: the first elements of all lists, the second elements, and so on, up to the length of the shortest.",
        Parameter("lists", "Lists, or anything that `for` can loop over."),
        examples: [Example("zip([1, 2], [\"a\", \"b\"])", gives: "[[1, \"a\"], [2, \"b\"]]")],
        seeAlso: ["enumerate"]
      ) { (call: Call, lists: Rest<Value>) -> List in
        let columns = try lists.elements.map { try call.machine.elements(of: $0) }
        let count = columns.map(\.count).min() ?? 0
        try call.machine.chargeProduct(count, (columns.count + 4) * MemoryLayout<Value>.stride)
        return List(
          try call.machine.makeElements(count, units: 4) { row in Value(columns.map { $0[row] }) })
      },
      Builtin(
        "enumerate", "Returns a list of pairs [index, element].",
        Parameter("x", "A list, or anything that `for` can loop over."),
        Parameter("start", "Index of the first element.", default: 0),
        examples: [Example("enumerate([\"a\", \"b\"])", gives: "[[0, \"a\"], [1, \"b\"]]")],
        seeAlso: ["zip"], errors: ["E-overflow"]
      ) { (call: Call, x: Value, start: Int) -> List in
        let elements = try call.machine.elements(of: x)
        try call.machine.chargeProduct(elements.count, 96)
        guard !start.addingReportingOverflow(elements.count).overflow else {
          throw Diagnostic.overflow(.add, start, elements.count)
        }
        return List(
          try call.machine.makeElements(elements.count, units: 4) { index in
            Value([.int(start + index), elements[index]])
          })
      },
      Builtin(
        "sorted", "Returns the elements in ascending order. Equal elements keep their order.",
        Parameter("x", "A list of numbers, of strings, or of lists of them."),
        Parameter(
          "by", "Sort key: a function of one element, whose results are compared.",
          default: Value.none, isKeywordOnly: true),
        Parameter(
          "descending", "Whether to sort in descending order.", default: false, isKeywordOnly: true),
        examples: [
          Example("sorted([3, 1, 2])", gives: "[1, 2, 3]"),
          Example("sorted([\"bb\", \"a\"], by=len)", gives: "[\"a\", \"bb\"]"),
        ], seeAlso: ["min", "max"]
      ) { (call: Call, x: Value, by: Callback?, descending: Bool) in
        try sorted(call.machine.elements(of: x), by, descending, call)
      },
      Builtin(
        "dict",
        "Returns a record: empty, or with the fields of a list of pairs [name, value] or of another record, and with named ones.",
        Parameter("pairs", "A list of pairs [name, value], or a record.", default: Fields()),
        Parameter("fields", "Further fields by name."),
        examples: [
          Example("r = dict()\nr.lr = 0.1\nr", gives: "(lr=0.1)"),
          Example("dict(zip([\"a\", \"b\"], [1, 2]), c=3)", gives: "(a=1, b=2, c=3)"),
        ], seeAlso: ["set", "keys"], errors: ["E-type"]
      ) { (call: Call, pairs: Fields, fields: Keywords<Value>) in
        try call.machine.charge((pairs.record.count + fields.fields.count) * 96)
        let record = Record(copying: pairs.record)
        for (name, value) in fields.fields { record.set(name, value) }
        return record
      }.alsoCalled("dictionary", "hash", "empty record", "object", "struct"),
      Builtin(
        "keys", "Returns the names of a record's fields.", Parameter("record", "The record."),
        examples: [Example("keys((a=1, b=2))", gives: "[\"a\", \"b\"]")], seeAlso: ["has"]
      ) { (record: Record) in record.names },
      Builtin(
        "has", "Returns whether a record has a field of this name.",
        Parameter("record", "The record."),
        Parameter("name", "The field's name."),
        examples: [Example("has((a=1), \"a\")", gives: "true")], seeAlso: ["keys"]
      ) { (record: Record, name: String) in record.index(of: name) != nil },
      Builtin(
        "map", "Applies a function to each element and returns the list of results.",
        Parameter("x", "A list, range or shape."), Parameter("f", "A function of one element."),
        examples: [Example("map([1, 2], x => x * 10)", gives: "[10, 20]")], seeAlso: ["filter"]
      ) { (call: Call, x: Numbers, f: Callback) in
        try x.elements(call).map { try f.call([$0]) }
      },
      Builtin(
        "filter", "Returns the elements for which a function returns true.",
        Parameter("x", "A list, range or shape."),
        Parameter("f", "A function of one element that returns a bool."),
        examples: [Example("filter([1, 2, 3], x => x > 1)", gives: "[2, 3]")],
        seeAlso: ["map"], errors: ["E-cond"]
      ) { (call: Call, x: Numbers, f: Callback) in
        try x.elements(call).filter { element in
          let answer = try f.call([element])
          guard let isKept = Bool.from(answer) else {
            throw Refusal(
              Diagnostic(
                "E-cond",
                "the function of filter must return a bool; for \(element.brief) it returned \(answer.brief)"
              ), parameter: "f")
          }
          return isKept
        }
      },
      Builtin(
        "numel", as: .property,
        "Number of elements of a tensor of this shape: the product of the sizes.",
        Parameter("shape", "A shape."),
        examples: [Example("(3x4).numel", gives: "12")]
      ) { (shape: ShapeValue) in shape.numel },
      Builtin(
        "shape", "Returns the shape with these sizes.",
        Parameter("sizes", "Sizes of the axes, 0 or more: several ints or one list."),
        examples: [
          Example("shape(3, 64, 64)", gives: "3x64x64"), Example("shape()", gives: "shape()"),
        ],
        seeAlso: ["numel"], errors: ["E-range", "E-type"]
      ) { (sizes: Rest<Value>) -> ShapeValue in
        if sizes.elements.count == 1, let shape = ShapeValue.from(sizes.elements[0]) {
          return shape
        }
        guard let ints = [Int].from(sizes.value), let shape = ShapeValue(ints) else {
          if case .object(let object)? = sizes.elements.first, sizes.elements.count == 1 {
            throw Refusal(
              Diagnostic(
                "E-type", "a shape consists of ints, not of \(withArticle(object.kind))",
                suggestion: "§.shape"), parameter: "sizes")
          }
          let wrong = sizes.elements.first { (Int.from($0) ?? -1) < 0 }
          throw Diagnostic(
            "E-range",
            wrong.map { "a size must be an int of 0 or more, not \($0.brief)" }
              ?? "the product of the sizes does not fit 64 bits")
        }
        return shape
      },
    ]
  }

  private static func sorted(
    _ elements: [Value], _ by: Callback?, _ descending: Bool, _ call: Call
  ) throws -> [Value] {
    let keys = try by.map { by in try elements.map { try by.call([$0]) } } ?? elements
    try call.machine.chargeProduct(elements.count, 3 * MemoryLayout<Value>.stride)
    for key in keys {
      try call.machine.beat()
      guard let order = key.ordering(keys[0]) else {
        throw Diagnostic.noOperation(.less, keys[0], key)
      }
      guard order != .unordered || keys.count == 1 else {
        throw Diagnostic(
          "E-range", "nan cannot be sorted: it is neither smaller nor larger than any number")
      }
    }
    let order = try elements.indices.sorted { left, right in
      try call.machine.beat()
      return switch keys[left].ordering(keys[right]) {
      case .less: !descending
      case .greater: descending
      default: left < right
      }
    }
    return order.map { elements[$0] }
  }
}

/// The fields of a record, or of a list of pairs.
private struct Fields: ValueConvertible {
  var record = Record()
  var value: Value { .record(record) }
  static var kind: String { "record | list of list" }

  static func from(_ value: Value) -> Fields? {
    switch value {
    case .record(let record): return Fields(record: record)
    case .list(let list):
      let record = Record()
      for pair in list.elements {
        guard case .list(let parts) = pair, parts.count == 2,
          case .str(let name) = parts.elements[0]
        else { return nil }
        record.set(name.string, parts.elements[1])
      }
      return Fields(record: record)
    default: return nil
    }
  }
}
