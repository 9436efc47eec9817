// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

private var axisParameter: Parameter {
  Parameter(
    "axis", "Axis or list of axes to reduce; by default all. Negative axes count from the last.",
    default: Axes?.none)
}
private var keepParameter: Parameter {
  Parameter(
    "keepdims", "Whether to keep reduced axes, with size 1.", default: false)
}

private typealias Reduce = (Tensor, [Int]?, Bool) throws -> Tensor

/// Built-ins that reduce axes.
func reductions() -> [Builtin] {
  let all: [(String, String, String, String, Reduce)] = [
    (
      "sum", "Returns the sum along axes", "ones(2x3).sum().item()", "6.0",
      { try $0.sum($1, keepingAxes: $2) }
    ),
    (
      "mean", "Returns the mean along axes, NaN for an empty tensor", "arange(4).mean().item()",
      "1.5",
      { try $0.mean($1, keepingAxes: $2) }
    ),
    (
      "std", "Returns the standard deviation along axes (of the population: divided by n)",
      "ones(3).std().item()",
      "0.0",
      { try $0.standardDeviation($1, keepingAxes: $2) }
    ),
    (
      "var", "Returns the variance along axes (of the population: divided by n)",
      "tensor([1, 3]).var().item()",
      "1.0",
      { try $0.variance($1, keepingAxes: $2) }
    ),
    (
      "min", "Returns the minimum along axes, NaN if an element is NaN", "arange(4).min().item()",
      "0.0",
      { try $0.minimum($1, keepingAxes: $2) }
    ),
    (
      "max", "Returns the maximum along axes, NaN if an element is NaN", "arange(4).max().item()",
      "3.0",
      { try $0.maximum($1, keepingAxes: $2) }
    ),
    (
      "norm", "Returns the Euclidean norm along axes: √Σx²", "tensor([3, 4]).norm().item()",
      "5.0",
      { try $0.norm($1, keepingAxes: $2) }
    ),
    (
      "any", "Returns whether any element along axes is true", "any(arange(3) > 1)", "true",
      { try $0.any($1, keepingAxes: $2) }
    ),
    (
      "all", "Returns whether all elements along axes are true", "all(arange(3) > 1)", "false",
      { try $0.all($1, keepingAxes: $2) }
    ),
  ]
  return all.map(reduction) + [
    Builtin(
      "mean", "Returns the mean of a list of numbers, NaN for an empty list.",
      Parameter("xs", "A list of numbers."),
      examples: [Example("mean([1, 2])", gives: "1.5")], seeAlso: ["sum"]
    ) { (xs: [Double]) in xs.reduce(0, +) / Double(xs.count) },
    truth(
      "any", "Returns whether any element of a list of bools is true.", "any([false, true])", "true"
    ) {
      $0.contains(true)
    },
    truth(
      "all", "Returns whether all elements of a list of bools are true.", "all([false, true])",
      "false"
    ) {
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
  _ name: String, _ summary: String, _ code: String, _ result: String, _ body: @escaping Reduce
) -> Builtin {
  Builtin(
    name, "\(summary).", Parameter("x", "A tensor."), axisParameter, keepParameter,
    examples: [Example(code, gives: result)], errors: ["E-index", "E-shape"]
  ) { (x: Tensor, axes: Axes?, keep: Bool) in try body(x, axes?.axes, keep) }
}

private func truth(
  _ name: String, _ summary: String, _ code: String, _ result: String,
  _ body: @escaping ([Bool]) -> Bool
) -> Builtin {
  Builtin(
    name, summary, Parameter("xs", "A list of bools."), examples: [Example(code, gives: result)]
  ) { (xs: [Bool]) in body(xs) }
}

private func position(
  _ name: String, _ what: String, _ code: String, _ result: String,
  _ body: @escaping (Tensor, Int?, Bool) throws -> Tensor
) -> Builtin {
  Builtin(
    name,
    "Returns the index of the \(what) element along an axis, of the first if several are equal. Without an axis the index counts all elements in row-major order.",
    Parameter("x", "A tensor with at least one element."),
    Parameter("axis", "The axis; by default all elements.", default: Int?.none), keepParameter,
    examples: [Example(code, gives: result)], errors: ["E-index", "E-shape"]
  ) { (x: Tensor, axis: Int?, keep: Bool) in try body(x, axis, keep) }
}
