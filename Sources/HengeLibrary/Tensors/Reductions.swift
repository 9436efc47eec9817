// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

private var axisParameter: Parameter {
  Parameter(
    "axis", "The axis or axes to reduce, negative ones from the end; none for all.",
    default: Axes?.none)
}
private var keepParameter: Parameter {
  Parameter(
    "keepdims", "Whether reduced axes stay, with size 1.", default: false)
}

private typealias Reduce = (Tensor, [Int]?, Bool) throws -> Tensor

/// Built-ins that reduce axes.
func reductions() -> [Builtin] {
  let all: [(String, String, String, String, Reduce)] = [
    (
      "sum", "Adds up along axes", "ones(2x3).sum().item()", "6.0",
      { try $0.sum($1, keepingAxes: $2) }
    ),
    (
      "mean", "Averages along axes; NaN of nothing", "arange(4).mean().item()", "1.5",
      { try $0.mean($1, keepingAxes: $2) }
    ),
    (
      "std", "Gives the standard deviation along axes, of the population", "ones(3).std().item()",
      "0.0",
      { try $0.standardDeviation($1, keepingAxes: $2) }
    ),
    (
      "var", "Gives the variance along axes, of the population", "arange(3).var().item() < 0.7",
      "true",
      { try $0.variance($1, keepingAxes: $2) }
    ),
    (
      "min", "Gives the smallest along axes; NaN wins", "arange(4).min().item()", "0.0",
      { try $0.minimum($1, keepingAxes: $2) }
    ),
    (
      "max", "Gives the largest along axes; NaN wins", "arange(4).max().item()", "3.0",
      { try $0.maximum($1, keepingAxes: $2) }
    ),
    (
      "norm", "Gives the root of the sum of squares along axes", "tensor([3, 4]).norm().item()",
      "5.0",
      { try $0.norm($1, keepingAxes: $2) }
    ),
    (
      "any", "Whether any along axes is true", "any(arange(3) > 1)", "true",
      { try $0.any($1, keepingAxes: $2) }
    ),
    (
      "all", "Whether all along axes are true", "all(arange(3) > 1)", "false",
      { try $0.all($1, keepingAxes: $2) }
    ),
  ]
  return all.map(reduction) + [
    Builtin(
      "mean", "Averages the numbers of a list; NaN of nothing.",
      Parameter("xs", "A list of numbers."),
      examples: [Example("mean([1, 2])", gives: "1.5")], seeAlso: ["sum"]
    ) { (xs: [Double]) in xs.reduce(0, +) / Double(xs.count) },
    truth("any", "Whether any of a list of bools is true.", "any([false, true])", "true") {
      $0.contains(true)
    },
    truth("all", "Whether all of a list of bools are true.", "all([false, true])", "false") {
      !$0.contains(false)
    },
    position("argmin", "smallest", "argmin(tensor([3, 1, 2])).item()", "1") {
      try $0.argMinimum($1, keepingAxes: $2)
    },
    position("argmax", "largest", "argmax(tensor([3, 1, 2])).item()", "0") {
      try $0.argMaximum($1, keepingAxes: $2)
    },
  ]
}

private func reduction(
  _ name: String, _ summary: String, _ code: String, _ gives: String, _ body: @escaping Reduce
) -> Builtin {
  Builtin(
    name, "\(summary).", Parameter("x", "A tensor."), axisParameter, keepParameter,
    examples: [Example(code, gives: gives)], errors: ["E-index", "E-shape"]
  ) { (x: Tensor, axes: Axes?, keep: Bool) in try body(x, axes?.axes, keep) }
}

private func truth(
  _ name: String, _ summary: String, _ code: String, _ gives: String,
  _ body: @escaping ([Bool]) -> Bool
) -> Builtin {
  Builtin(
    name, summary, Parameter("xs", "A list of bools."), examples: [Example(code, gives: gives)]
  ) { (xs: [Bool]) in body(xs) }
}

private func position(
  _ name: String, _ what: String, _ code: String, _ gives: String,
  _ body: @escaping (Tensor, Int?, Bool) throws -> Tensor
) -> Builtin {
  Builtin(
    name,
    "Gives where the first \(what) lies along an axis, or in all elements counted row by row.",
    Parameter("x", "A tensor with at least one element."),
    Parameter("axis", "The axis; none for all elements.", default: Int?.none), keepParameter,
    examples: [Example(code, gives: gives)], errors: ["E-index", "E-shape"]
  ) { (x: Tensor, axis: Int?, keep: Bool) in try body(x, axis, keep) }
}
