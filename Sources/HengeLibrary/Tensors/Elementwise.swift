// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

extension Elementwise {
  /// The built-ins for tensors and, where the help has an example of one, for numbers.
  fileprivate var builtins: [Builtin] {
    guard let help else { return [] }
    let function = self
    let ofTensors = Builtin(
      name, "\(help.summary), element by element.", Parameter("x", "A tensor of numbers."),
      examples: [example(of: [-1.5, 2])]
    ) { (x: Tensor) in try x.map(function) }.rewriting(baseOfLogarithm)
    guard let example = help.example else { return [ofTensors] }
    let ofNumbers = Builtin(
      name, "\(help.summary).", Parameter("x", "A number."),
      examples: [Example("\(name)(\(example.argument))", gives: example.result)]
    ) { (x: Double) in function.operation.definition(x) }.rewriting(baseOfLogarithm)
    return [ofTensors, ofNumbers]
  }
}

extension Elementwise {
  /// `log(x) / log(10)` for `log(x, 10)`.
  fileprivate func baseOfLogarithm(_ arguments: [WrittenArgument]) -> String? {
    guard name == "log", arguments.count == 2 else { return nil }
    return "log(\(arguments[0].text)) / log(\(arguments[1].text))"
  }

  /// Its values for `arguments`, or for 0.25 and 1 where it is not defined for one of them.
  fileprivate func example(of arguments: [Double]) -> Example {
    let results = arguments.map(operation.definition)
    guard results.allSatisfy(\.isFinite) else { return example(of: [0.25, 1]) }
    func list(_ numbers: [Double]) -> String {
      "tensor([\(numbers.map(TensorText.short).joined(separator: ", "))])"
    }
    return Example("print(\(name)(\(list(arguments))))", prints: list(results))
  }
}

/// Built-ins that work element by element.
func elementwise(_ session: Session) -> [Builtin] {
  Elementwise.all.flatMap(\.builtins) + [
    Builtin(
      "softmax",
      "Returns the softmax along an axis: e^x / Σ e^x. The results are positive and sum to 1.",
      Parameter("x", "A tensor of numbers."),
      Parameter("axis", "The axis; negative ones count from the last.", default: -1),
      examples: [Example("print(softmax(zeros(2)))", prints: "tensor([0.5, 0.5])")],
      seeAlso: ["log_softmax", "sigmoid"], errors: ["E-index"]
    ) { (x: Tensor, axis: Int) in try x.softmax(axis: axis) },
    Builtin(
      "log_softmax",
      "Returns the logarithm of the softmax along an axis. It is exact where the softmax is close to 0.",
      Parameter("x", "A tensor of numbers."),
      Parameter("axis", "The axis; negative ones count from the last.", default: -1),
      examples: [Example("log_softmax(zeros(1x2)).shape", gives: "1x2")],
      seeAlso: ["softmax"], errors: ["E-index"]
    ) { (x: Tensor, axis: Int) in try x.logSoftmax(axis: axis) },
    Builtin(
      "round",
      "Rounds each element to an integer or, with `digits`, to that many decimals. Halves are rounded to the even neighbor.",
      Parameter("x", "A tensor of numbers."),
      Parameter(
        "digits",
        "Number of decimals. Negative values round to tens (-1), hundreds (-2) and so on.",
        default: 0),
      examples: [
        Example("round(tensor([2.5])).item()", gives: "2.0"),
        Example("round(tensor([1250.0]), -2).item()", gives: "1200.0"),
      ], seeAlso: ["floor", "ceil"], errors: ["E-range"]
    ) { (x: Tensor, digits: Int) in try x.rounded(digits: digits) },
    Builtin(
      "atan2", "Returns the angle of the point (x, y) in radians, element by element.",
      Parameter("y", "Vertical coordinate."), Parameter("x", "Horizontal coordinate."),
      examples: [Example("atan2(0, 1)", gives: "0.0")]
    ) { (y: Operand, x: Operand) -> Value in
      if case .scalar(let a) = y, case .scalar(let b) = x { return .num(atan2(a.double, b.double)) }
      return try Tensor.combine(.arcTangent, y, x).value
    },
    Builtin(
      "clip", "Limits each element to the range low..high. A bound that is none does not limit.",
      Parameter("x", "A tensor."),
      Parameter("low", "Smallest value of the result.", default: Operand?.none),
      Parameter("high", "Largest value of the result.", default: Operand?.none),
      examples: [
        Example("print(clip(tensor([-3, 0.5, 3]), -1, 1))", prints: "tensor([-1, 0.5, 1])")
      ]
    ) { (x: Tensor, low: Operand?, high: Operand?) in try x.clip(low: low, high: high) }.alsoCalled(
      "clamp", "limit values"
    )
    .inPlaceOf(
      "sharpen",
      advice: "clip(2 * x - resize(resize(x, 32x32), 64x64), -1, 1) sharpens an image of 64x64"),
    Builtin(
      "clip", "Limits a number to the range low..high.", Parameter("x", "A number."),
      Parameter("low", "Smallest value of the result."),
      Parameter("high", "Largest value of the result."),
      examples: [Example("clip(7, 0, 5)", gives: "5.0")]
    ) { (x: Double, low: Double, high: Double) in min(max(x, low), high) },
    Builtin(
      "where",
      "Selects elements from `a` where `condition` is true, and from `b` elsewhere. All three broadcast.",
      Parameter("condition", "A bool tensor."),
      Parameter("a", "Values where the condition is true."),
      Parameter("b", "Values where it is false."),
      examples: [
        Example("print(where(tensor([true, false]), 1, 0))", prints: "tensor([1, 0])")
      ], errors: ["E-shape", "E-type"]
    ) { (condition: Tensor, a: Operand, b: Operand) in try Tensor.choose(condition, a, b) }
    .alsoCalled("mask", "masked fill", "np.where"),
    Builtin(
      "detach", "Returns `x` without its history, so that no gradient flows through it.",
      Parameter("x", "A tensor."),
      examples: [
        Example(
          "print(grad(x => (x * detach(x)).sum(), tensor([1, 2, 3])))", prints: "tensor([1, 2, 3])")
      ], seeAlso: ["grad", "minimize"]
    ) { (x: Tensor) in x.detached() },
  ]
}
