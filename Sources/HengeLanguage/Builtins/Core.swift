// SPDX-License-Identifier: MIT

extension Library {
  /// The general built-ins that need nothing of the outside world.
  public static var general: Topic {
    Topic("general", core + search + conversions + numbers + text + collections)
  }

  private static var core: [Builtin] {
    [
      Builtin(
        "len",
        "Returns the number of elements of a list or range, characters of a string, fields of a record, or axes of a shape.",
        Parameter("x", "A list, string, record, range or shape."),
        examples: [Example("len([1, 2, 3])", gives: "3"), Example("len(\"abc\")", gives: "3")]
      ) { (x: Sized) in x.count },
      Builtin(
        "type", "Returns the name of a value's type.", Parameter("x", "Any value."),
        examples: [Example("type(1.5)", gives: "\"num\"")], seeAlso: ["str", "int", "num"]
      ) { (x: Value) in x.kind },
      Builtin(
        "print", "Prints values, separated by spaces and followed by a newline.",
        Parameter("values", "Values to print; strings are printed without quotes."),
        Parameter("sep", "Separator between two values.", default: " ", isKeywordOnly: true),
        Parameter("end", "Text after the last value.", default: "\n", isKeywordOnly: true),
        examples: [Example("print(1, \"a\", [2])", prints: "1 a [2]")], seeAlso: ["str"]
      ) { (call: Call, values: Rest<Value>, sep: String, end: String) in
        try call.reserve(Value.textCost(of: values.elements))
        let machine = call.machine
        let parts = try values.elements.map { try $0.scalar.text { try machine.beat() } }
        let bytes = parts.reduce(0) { $0.addingSaturated($1.utf8.count) }
        guard bytes > 1 << 16 else {
          try call.print(parts.joined(separator: sep) + end)
          return Nothing.nothing
        }
        // What is long is not copied once more, which would take its time and its memory.
        for (index, part) in parts.enumerated() {
          if index > 0 { try call.print(sep) }
          try call.print(part)
        }
        try call.print(end)
        return Nothing.nothing
      },
      Builtin(
        "fail", "Raises an error with code E-fail, which `catch` can catch.",
        Parameter("message", "The error message."),
        examples: [
          Example(
            "try { fail(\"no faces\") } catch e { print(e.message) }", prints: "no faces")
        ], errors: ["E-fail"]
      ) { (message: String) -> Nothing in throw Diagnostic("E-fail", message) },
      Builtin(
        "set", "Returns a copy of a record with some fields changed or added.",
        Parameter("record", "The record, which is not changed."),
        Parameter("fields", "The new values by name."),
        examples: [Example("set((lr=0.1, n=2), lr=0.5)", gives: "(lr=0.5, n=2)")],
        seeAlso: ["keys", "has"]
      ) { (record: Record, fields: Keywords<Value>) in
        let copy = Record(copying: record)
        for (name, value) in fields.fields { copy.set(name, value) }
        return copy
      },
    ]
  }

  private static var conversions: [Builtin] {
    [
      Builtin(
        "str", "Converts a value to a string: the text that `print` prints.",
        Parameter("x", "Any value."),
        examples: [Example("str(1.5) + \"!\"", gives: "\"1.5!\"")], seeAlso: ["print"]
      ) { (call: Call, x: Value) in try call.machine.text(of: x) },
      Builtin(
        "int", "Converts a number, a bool or a string to an int.",
        Parameter("x", "A number, a bool, or a string of digits. A num is truncated toward zero."),
        examples: [Example("int(2.9)", gives: "2"), Example("int(\"42\")", gives: "42")],
        seeAlso: ["num", "round", "floor"].filter { $0 != "floor" }, errors: ["E-range"]
      ) { (x: Numeric) in try x.int() },
      Builtin(
        "num", "Converts a number, a bool or a string to a num, a 64-bit float.",
        Parameter("x", "A number, a bool, or a string such as \"1e-3\"."),
        examples: [Example("num(2)", gives: "2.0"), Example("num(\"1e-3\")", gives: "0.001")],
        seeAlso: ["int"], errors: ["E-range"]
      ) { (x: Numeric) in try x.num() },
      Builtin(
        "bool", "Converts a number to a bool: true unless it is 0.",
        Parameter("x", "A bool, a number, or a tensor without axes."),
        examples: [Example("bool(1)", gives: "true")], seeAlso: ["int"]
      ) { (x: Numeric) in try x.bool() },
    ]
  }
}

/// Anything with a length, which is all that is kept of it.
struct Sized: ValueConvertible {
  let count: Int
  var value: Value { .int(count) }
  static var kind: String { "list | str | record | range | shape" }

  static func from(_ value: Value) -> Sized? {
    switch value {
    case .list(let list): return Sized(count: list.count)
    case .str(let text): return Sized(count: text.count)
    case .record(let record): return Sized(count: record.count)
    case .range(let range): return Sized(count: range.count)
    case .shape(let shape): return Sized(count: shape.sizes.count)
    case .object(let object):
      guard let count = (object as? any Iterable)?.knownCount else { return nil }
      return Sized(count: count)
    default: return nil
    }
  }
}

/// What `int`, `num` and `bool` make numbers of.
struct Numeric: ValueConvertible {
  let value: Value
  static var kind: String { "num | bool | str" }

  static func from(_ value: Value) -> Numeric? {
    switch value.scalar {
    case .int, .num, .bool, .str: Numeric(value: value.scalar)
    default: nil
    }
  }

  func int() throws -> Int {
    switch value {
    case .int(let int): return int
    case .bool(let bool): return bool ? 1 : 0
    case .num(let num):
      guard let int = Int(exactly: num.rounded(.towardZero)) else {
        throw Diagnostic("E-range", "\(num.shortestText) does not fit a 64-bit int")
      }
      return int
    default:
      let digits = value.text.trimmed.filter { $0 != "_" }
      guard let int = Int(digits) else {
        throw Diagnostic("E-range", "\(value.text.quoted(limit: 40)) is not an int")
      }
      return int
    }
  }

  func num() throws -> Double {
    switch value {
    case .int(let int): return Double(int)
    case .bool(let bool): return bool ? 1 : 0
    case .num(let num): return num
    default:
      guard let num = Double(value.text.trimmed.filter { $0 != "_" }) else {
        throw Diagnostic("E-range", "\(value.text.quoted(limit: 40)) is not a number")
      }
      return num
    }
  }

  func bool() throws -> Bool {
    switch value {
    case .int(let int): return int != 0
    case .bool(let bool): return bool
    case .num(let num): return num != 0
    default:
      throw Diagnostic(
        "E-type", "a string is not a bool", suggestion: "x == \"true\", or len(x) > 0")
    }
  }
}
