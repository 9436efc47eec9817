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
  return all.map(reduction).map { $0.name == "std" ? $0.alsoCalled("standard deviation") : $0 } + [
    Builtin(
      "mean", "Returns the mean of a list of numbers, NaN for an empty list.",
      Parameter("xs", "A list of numbers."),
      examples: [Example("mean([1, 2])", gives: "1.5")], seeAlso: ["sum"]
    ) { (xs: [Double]) in xs.mean },
    ofList("std", "the standard deviation", "(of the population: divided by n)", "1.0") {
      $0.variance.squareRoot()
    },
    ofList("var", "the variance", "(of the population: divided by n)", "1.0") { $0.variance },
    ofList("norm", "the Euclidean norm", ": √Σx²", "3.1622776601683795") {
      $0.reduce(0) { $0 + $1 * $1 }.squareRoot()
    },
    positionInList("argmin", "smallest", "1", <),
    positionInList("argmax", "largest", "0", >),
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
    }.inPlaceOf(
      "accuracy",
      advice: "mean(f32(argmax(scores, axis=1) == labels)) is the fraction of right classes"),
  ]
}

private func reduction(
  _ name: String, _ summary: String, _ code: String, _ result: String, _ body: @escaping Reduce
) -> Builtin {
  Builtin(
    name, "\(summary).", Parameter("x", "A tensor."), axisParameter, keepParameter,
    examples: [Example(code, gives: result)], errors: ["E-index", "E-shape"]
  ) { (x: Tensor, axes: Axes?, keep: Bool) in try body(x, axes?.axes, keep) }
  .rewriting { arguments in
    // The order of the norm is 2.
    if name == "norm", arguments.count == 2, Int.from(arguments[1].value) == 2 {
      return "norm(\(arguments[0].text)): it is of order 2; the second argument is an axis"
    }
    guard let relation = ["max": ">", "min": "<"][name], arguments.count == 2,
      Tensor.from(arguments[1].value) != nil
    else { return nil }
    let (x, y) = (arguments[0].text, arguments[1].text)
    return "where(\(x) \(relation) \(y), \(x), \(y))"
  }
}

private func ofList(
  _ name: String, _ what: String, _ note: String, _ result: String,
  _ body: @escaping ([Double]) -> Double
) -> Builtin {
  Builtin(
    name, "Returns \(what) of a list of numbers\(note.hasPrefix("(") ? " " : "")\(note).",
    Parameter("xs", "A list of numbers."), examples: [Example("\(name)([3, 1])", gives: result)],
    seeAlso: ["mean"]
  ) { (xs: [Double]) in body(xs) }
}

private func positionInList(
  _ name: String, _ what: String, _ result: String,
  _ precedes: @escaping (Double, Double) -> Bool
) -> Builtin {
  Builtin(
    name,
    "Returns the index of the \(what) number of a list, of the first if several are equal, and of the first NaN if there is one.",
    Parameter("xs", "A list of at least one number."),
    examples: [Example("\(name)([3, 1, 2])", gives: result)], errors: ["E-range"]
  ) { (xs: [Double]) in
    guard var best = xs.indices.first else {
      throw Failure("E-range", "the list is empty, so it has no \(name)", parameter: "xs")
    }
    for index in xs.indices.dropFirst() where !xs[best].isNaN {
      if xs[index].isNaN || precedes(xs[index], xs[best]) { best = index }
    }
    return best
  }
}

extension [Double] {
  /// NaN of no numbers.
  fileprivate var mean: Double { reduce(0, +) / Double(count) }

  fileprivate var variance: Double {
    let mean = mean
    return map { ($0 - mean) * ($0 - mean) }.mean
  }
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
