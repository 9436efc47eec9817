// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeTensor

/// A level of a quantile, or several.
private struct Levels: ValueConvertible {
  let levels: [Double]
  let isOne: Bool
  static var kind: String { "num | list of num" }
  static func from(_ value: Value) -> Levels? {
    if let level = Double.from(value) { return Levels(levels: [level], isOne: true) }
    return [Double].from(value).map { Levels(levels: $0, isOne: false) }
  }
  var value: Value { isOne ? .num(levels[0]) : levels.value }
}

/// Built-ins that depend on the order of elements.
func orderStatistics() -> [Builtin] {
  [
    Builtin(
      "median",
      "Returns the median along an axis: the middle element, or the mean of the two middle elements. The median is NaN if an element is NaN.",
      Parameter("x", "A tensor of numbers with at least one element along the axis."),
      Parameter("axis", "The axis; by default all elements.", default: Int?.none),
      examples: [Example("median(tensor([3, 1, 2])).item()", gives: "2.0")],
      seeAlso: ["quantile", "mean"], errors: ["E-index", "E-shape"]
    ) { (x: Tensor, axis: Int?) in try x.median(axis: axis) },
    Builtin(
      "quantile",
      "Returns the quantile at level `q` along an axis, with linear interpolation between two elements. The quantile is NaN if an element is NaN.",
      Parameter("x", "A tensor of numbers with at least one element along the axis."),
      Parameter(
        "q",
        "Level or list of levels, 0..1; 0.5 is the median. For a list, the result has one entry per level along a new first axis."
      ),
      Parameter("axis", "The axis; by default all elements.", default: Int?.none),
      examples: [
        Example("quantile(arange(5), 0.25).item()", gives: "1.0"),
        Example("print(quantile(arange(5), [0.25, 0.5]))", prints: "tensor([1, 2])"),
      ],
      seeAlso: ["median", "sort"], errors: ["E-range", "E-index", "E-shape"]
    ) { (x: Tensor, q: Levels, axis: Int?) in
      q.isOne ? try x.quantile(q.levels[0], axis: axis) : try x.quantile(q.levels, axis: axis)
    }.alsoCalled("percentile"),
    Builtin(
      "median",
      "Returns the median of a list of numbers: the middle one, or the mean of the two in the middle. It is NaN if a number is NaN.",
      Parameter("xs", "A list of at least one number."),
      examples: [Example("median([3, 1, 2])", gives: "2.0")], seeAlso: ["quantile", "mean"],
      errors: ["E-range"]
    ) { (xs: [Double]) in try xs.sorted.quantile(0.5, of: "median") },
    Builtin(
      "quantile",
      "Returns the quantile at level `q` of a list of numbers, with linear interpolation between two of them. It is NaN if a number is NaN.",
      Parameter("xs", "A list of at least one number."),
      Parameter("q", "Level or list of levels, 0..1; 0.5 is the median."),
      examples: [Example("quantile([0, 1, 2, 3, 4], 0.25)", gives: "1.0")],
      seeAlso: ["median", "sorted"], errors: ["E-range"]
    ) { (xs: [Double], q: Levels) in
      let sorted = xs.sorted
      let results = try q.levels.map { try sorted.quantile($0, of: "quantile") }
      return q.isOne ? results[0].value : results.value
    },
    Builtin(
      "topk",
      "Returns the `k` largest elements along an axis and their indices, as a record of `values` and `indices` (i64), in descending order. NaN comes last.",
      Parameter("x", "A tensor."), Parameter("k", "Number of elements to return."),
      Parameter("axis", "The axis; negative ones count from the last.", default: -1),
      Parameter(
        "largest",
        "Whether to return the largest elements; false returns the smallest, in ascending order.",
        default: true,
        isKeywordOnly: true),
      examples: [
        Example("print(topk(tensor([3, 1, 2]), 2).values)", prints: "tensor([3, 2])"),
        Example("print(topk(tensor([3, 1, 2]), 2).indices)", prints: "tensor([0, 2])"),
      ], seeAlso: ["sort", "argsort"], errors: ["E-range", "E-index"]
    ) { (x: Tensor, k: Int, axis: Int, largest: Bool) in
      let found = try x.largest(k, axis: axis, descending: largest)
      return Value(fields: [("values", found.values.value), ("indices", found.indices.value)])
    },
  ]
}

extension [Double] {
  /// In ascending order, NaN last.
  fileprivate var sorted: [Double] { sorted { $1.isNaN ? !$0.isNaN : $0 < $1 } }

  /// The quantile at `level` of numbers in ascending order; `name` is the built-in.
  fileprivate func quantile(_ level: Double, of name: String) throws -> Double {
    guard level >= 0, level <= 1 else {
      throw Failure("E-range", "`q` must be 0 to 1, not \(level)", parameter: "q")
    }
    guard let last else {
      throw Failure("E-range", "the list is empty, so it has no \(name)", parameter: "xs")
    }
    return last.isNaN ? .nan : quantile(level)
  }
}
