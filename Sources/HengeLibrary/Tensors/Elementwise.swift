// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

/// A function of one number, for tensors and for numbers alone.
private struct Elementwise {
  let name: String
  let operation: UnaryOperation
  let summary: String
  /// The argument and the result of the example.
  let example: (String, String)
  let ofNumber: (Double) -> Double

  init(
    _ name: String, _ operation: UnaryOperation, _ summary: String, _ example: (String, String),
    _ ofNumber: @escaping (Double) -> Double
  ) {
    self.name = name
    self.operation = operation
    self.summary = summary
    self.example = example
    self.ofNumber = ofNumber
  }

  var builtins: [Builtin] {
    let operation = operation
    let ofNumber = ofNumber
    return [
      Builtin(
        name, "\(summary), element by element.", Parameter("x", "A tensor of numbers."),
        examples: [Example("\(name)(zeros(2x3)).shape", gives: "2x3")]
      ) { (x: Tensor) in try x.map(operation) },
      Builtin(
        name, "\(summary).", Parameter("x", "A number."),
        examples: [Example("\(name)(\(example.0))", gives: example.1)]
      ) { (x: Double) in ofNumber(x) },
    ]
  }
}

/// Built-ins that work element by element.
func elementwise(_ session: Session) -> [Builtin] {
  let functions = [
    Elementwise("exp", .exp, "Gives e to the power of `x`", ("0", "1.0"), exp),
    Elementwise("log", .log, "Gives the natural logarithm of `x`", ("1", "0.0"), log),
    Elementwise("sqrt", .sqrt, "Gives the square root of `x`", ("9", "3.0")) { $0.squareRoot() },
    Elementwise("sin", .sin, "Gives the sine of `x`, in radians", ("0", "0.0"), sin),
    Elementwise("cos", .cos, "Gives the cosine of `x`, in radians", ("0", "1.0"), cos),
    Elementwise("tanh", .tanh, "Gives the hyperbolic tangent of `x`", ("0", "0.0"), tanh),
    Elementwise("sigmoid", .sigmoid, "Gives 1 / (1 + e^-x)", ("0", "0.5")) { 1 / (1 + exp(-$0)) },
    Elementwise("relu", .relu, "Gives the larger of `x` and 0", ("-2", "0.0")) {
      $0.isNaN ? $0 : max($0, 0)
    },
  ]
  return functions.flatMap(\.builtins) + [
    tensorOnly(
      "abs", .abs, "Gives the size of `x` without its sign", "abs(tensor([-2, 3])).sum().item()",
      "5.0"),
    tensorOnly("floor", .floor, "Rounds down", "floor(tensor([1.5])).item()", "1.0"),
    tensorOnly("ceil", .ceil, "Rounds up", "ceil(tensor([1.5])).item()", "2.0"),
    tensorOnly(
      "round", .round, "Rounds to the nearest whole number, halves to the even one",
      "round(tensor([2.5])).item()", "2.0"),
    numberOnly("floor", "Rounds down", ("1.5", "1.0")) { $0.rounded(.down) },
    numberOnly("ceil", "Rounds up", ("1.5", "2.0")) { $0.rounded(.up) },
    Builtin(
      "atan2", "Gives the angle of the point (x, y) in radians, element by element.",
      Parameter("y", "The vertical part."), Parameter("x", "The horizontal part."),
      examples: [Example("atan2(0, 1)", gives: "0.0")]
    ) { (y: Operand, x: Operand) -> Value in
      if case .scalar(let a) = y, case .scalar(let b) = x { return .num(atan2(a.double, b.double)) }
      return try Tensor.combine(.arcTangent, y, x).value
    },
    Builtin(
      "clip", "Limits each element to low..high; `none` leaves a side open.",
      Parameter("x", "A tensor."), Parameter("low", "The least value.", default: Operand?.none),
      Parameter("high", "The largest value.", default: Operand?.none),
      examples: [
        Example("str(clip(tensor([-3, 0.5, 3]), -1, 1))", gives: "\"tensor([-1, 0.5, 1])\"")
      ]
    ) { (x: Tensor, low: Operand?, high: Operand?) in try x.clip(low: low, high: high) },
    Builtin(
      "clip", "Limits a number to low..high.", Parameter("x", "A number."),
      Parameter("low", "The least value."), Parameter("high", "The largest value."),
      examples: [Example("clip(7, 0, 5)", gives: "5.0")]
    ) { (x: Double, low: Double, high: Double) in min(max(x, low), high) },
    Builtin(
      "where", "Takes `a` where `condition` is true and `b` elsewhere; all three broadcast.",
      Parameter("condition", "A bool tensor."), Parameter("a", "Where true."),
      Parameter("b", "Where false."),
      examples: [
        Example("str(where(tensor([true, false]), 1, 0))", gives: "\"tensor([1, 0])\"")
      ], errors: ["E-shape", "E-type"]
    ) { (condition: Tensor, a: Operand, b: Operand) in try Tensor.choose(condition, a, b) },
    Builtin(
      "detach", "Gives `x` as plain numbers, with no record of how it was computed.",
      Parameter("x", "A tensor."), examples: [Example("detach(ones(2)).shape", gives: "shape(2)")]
    ) { (x: Tensor) in x },
  ]
}

private func tensorOnly(
  _ name: String, _ operation: UnaryOperation, _ summary: String, _ code: String, _ gives: String
) -> Builtin {
  Builtin(
    name, "\(summary), element by element.", Parameter("x", "A tensor of numbers."),
    examples: [Example(code, gives: gives)]
  ) { (x: Tensor) in try x.map(operation) }
}

private func numberOnly(
  _ name: String, _ summary: String, _ example: (String, String),
  _ body: @escaping (Double) -> Double
) -> Builtin {
  Builtin(
    name, "\(summary).", Parameter("x", "A number."),
    examples: [Example("\(name)(\(example.0))", gives: example.1)]
  ) { (x: Double) in body(x) }
}
