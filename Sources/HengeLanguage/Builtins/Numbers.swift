// SPDX-License-Identifier: MIT

extension Library {
  static var numbers: [Builtin] {
    [
      Builtin(
        "abs", "Returns the absolute value of a number.", Parameter("x", "An int or a num."),
        examples: [Example("abs(-3)", gives: "3")], errors: ["E-overflow"]
      ) { (x: Number) -> Number in
        guard case .int(let int) = x else { return .num(x.double.magnitude) }
        guard let result = Int(exactly: int.magnitude) else {
          throw Diagnostic.overflow(.subtract, 0, int)
        }
        return .int(result)
      },
      Builtin(
        "round",
        "Rounds a number to an int or, with `digits`, to that many decimals. Halves are rounded to the even neighbor. An int stays an int.",
        Parameter("x", "An int or a num."),
        Parameter(
          "digits",
          "Number of decimals. Negative values round to tens (-1), hundreds (-2) and so on.",
          default: 0),
        examples: [
          Example("round(2.5)", gives: "2"), Example("round(0.126, 2)", gives: "0.13"),
          Example("round(1234, -2)", gives: "1200"),
        ],
        errors: ["E-range"]
      ) { (x: Number, digits: Int) in try rounded(x, digits) },
      Builtin(
        "sum", "Returns the sum of a list's numbers, 0 for an empty list.",
        Parameter("x", "A list or range of numbers."),
        examples: [Example("sum([1, 2, 3.5])", gives: "6.5")], seeAlso: ["min", "max"],
        errors: ["E-overflow"]
      ) { (call: Call, x: Numbers) in
        try x.elements(call).reduce(Value.int(0)) { sum, element in
          try call.machine.beat()
          return try call.machine.binary(.add, sum, element)
        }
      },
      Builtin(
        "min", "Returns the smallest element.", Parameter("x", "A list or range."),
        examples: [Example("min([3, 1, 2])", gives: "1")], seeAlso: ["max", "sorted"]
      ) { (call: Call, x: Numbers) in
        try extreme(x.elements(call), "min", .less, call.machine)
      },
      Builtin(
        "max", "Returns the largest element.", Parameter("x", "A list or range."),
        examples: [Example("max([3, 1, 2])", gives: "3")], seeAlso: ["min", "sorted"]
      ) { (call: Call, x: Numbers) in
        try extreme(x.elements(call), "max", .greater, call.machine)
      },
      Builtin(
        "min", "Returns the smallest of several numbers.", Parameter("x", "A number."),
        Parameter("others", "More numbers."), examples: [Example("min(3, 1, 2)", gives: "1")]
      ) { (call: Call, x: Number, others: Rest<Number>) in
        try extreme(x.value, others.elements.lazy.map(\.value), .less, call.machine)
      },
      Builtin(
        "max", "Returns the largest of several numbers.", Parameter("x", "A number."),
        Parameter("others", "More numbers."), examples: [Example("max(3, 1, 2)", gives: "3")]
      ) { (call: Call, x: Number, others: Rest<Number>) in
        try extreme(x.value, others.elements.lazy.map(\.value), .greater, call.machine)
      },
    ]
  }

  private static func rounded(_ x: Number, _ digits: Int) throws -> Number {
    let num: Double
    switch x {
    case .int(let int): return .int(try rounded(int, digits))
    case .num(let value): num = value
    }
    guard num.isFinite else {
      if digits != 0 { return x }
      throw Diagnostic("E-range", "\(num.shortestText) has no nearest int")
    }
    guard digits != 0 else {
      guard let int = Int(exactly: num.rounded(.toNearestOrEven)) else {
        throw Diagnostic("E-range", "\(num.shortestText) does not fit a 64-bit int")
      }
      return .int(int)
    }
    if let fixed = FixedDecimal(num.magnitude, decimals: digits)?.number(decimals: digits) {
      return .num(num < 0 ? -fixed : fixed)
    }
    guard digits < 400 else { return x }
    var decimal = ExactDecimal(num.magnitude)
    decimal.round(decimals: digits)
    let (whole, fraction) = decimal.fixed(decimals: max(0, digits))
    guard let result = Double("\(num < 0 ? "-" : "")\(whole).\(fraction)") else { return x }
    return .num(result)
  }

  /// An int rounded to tens, hundreds and so on, where `digits` is negative; halves go to the even one.
  private static func rounded(_ int: Int, _ digits: Int) throws -> Int {
    guard digits < 0 else { return int }
    // No int comes near half of 10^20.
    guard digits > -20 else { return 0 }
    let unit = (0..<(-digits)).reduce(1 as UInt) { product, _ in product * 10 }
    let (quotient, rest) = int.magnitude.quotientAndRemainder(dividingBy: unit)
    let isUp = rest > unit - rest || (rest == unit - rest && quotient % 2 == 1)
    let (size, overflow) = (quotient + (isUp ? 1 : 0)).multipliedReportingOverflow(by: unit)
    let (signed, isTooLarge) = (int < 0 ? -1 : 1).multipliedReportingOverflow(
      by: Int(truncatingIfNeeded: size))
    guard !overflow, !isTooLarge, signed.magnitude == size else {
      throw Diagnostic(
        "E-range", "\(int) rounded to \(digits) digits does not fit a 64-bit int")
    }
    return signed
  }

  private static func extreme(
    _ elements: [Value], _ name: String, _ wanted: Ordering, _ machine: Machine
  ) throws -> Value {
    guard let first = elements.first else {
      throw Diagnostic("E-range", "the list is empty, so it has no \(name)")
    }
    // The first is compared too: what has no order, has no smallest element either.
    return try extreme(first, elements, wanted, machine)
  }

  private static func extreme(
    _ first: Value, _ others: some Sequence<Value>, _ wanted: Ordering, _ machine: Machine
  ) throws -> Value {
    var best = first
    for element in others {
      try machine.beat()
      guard let order = element.ordering(best) else {
        throw Diagnostic.noOperation(wanted == .less ? .less : .greater, element, best)
      }
      // As numpy: a nan among the numbers is the answer.
      if order == .unordered { return element.ordering(element) == .unordered ? element : best }
      if order == wanted { best = element }
    }
    return best
  }
}

/// A list, range or shape.
struct Numbers: ValueConvertible {
  let value: Value
  static var kind: String { "list | range" }
  static func from(_ value: Value) -> Numbers? {
    switch value {
    case .list, .range, .shape: Numbers(value: value)
    default: nil
    }
  }

  func elements(_ call: Call) throws -> [Value] { try call.machine.elements(of: value) }
}
