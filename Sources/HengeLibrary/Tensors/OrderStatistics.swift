// SPDX-License-Identifier: MIT
internal import HengeBackend
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

/// Built-ins that show where elements lie in their order.
func orderStatistics() -> [Builtin] {
  [
    Builtin(
      "median",
      "Returns the median along an axis: the middle element, or the mean of the two in the middle; NaN where an element is NaN.",
      Parameter("x", "A tensor of numbers, at least one along the axis."),
      Parameter("axis", "The axis; none for all elements.", default: Int?.none),
      examples: [Example("median(tensor([3, 1, 2])).item()", gives: "2.0")],
      seeAlso: ["quantile", "mean"], errors: ["E-index", "E-shape"]
    ) { (x: Tensor, axis: Int?) in try x.median(axis: axis) },
    Builtin(
      "quantile",
      "Returns the quantile at level `q` along an axis, interpolated linearly between two elements; NaN where an element is NaN.",
      Parameter("x", "A tensor of numbers, at least one along the axis."),
      Parameter(
        "q", "The level, 0..1: 0.5 is the median. Of several, the results have a new first axis."),
      Parameter("axis", "The axis; none for all elements.", default: Int?.none),
      examples: [
        Example("quantile(arange(5), 0.25).item()", gives: "1.0"),
        Example("str(quantile(arange(5), [0.25, 0.5]))", gives: "\"tensor([1, 2])\""),
      ],
      seeAlso: ["median", "sort"], errors: ["E-range", "E-index", "E-shape"]
    ) { (x: Tensor, q: Levels, axis: Int?) in
      q.isOne ? try x.quantile(q.levels[0], axis: axis) : try x.quantile(q.levels, axis: axis)
    },
    Builtin(
      "topk",
      "Returns the `k` largest elements along an axis and their positions: a record of `values` and `indices` (i64), the largest first. NaN comes last.",
      Parameter("x", "A tensor."), Parameter("k", "How many elements."),
      Parameter("axis", "The axis, negative from the end.", default: -1),
      Parameter(
        "largest", "Whether to take the largest; false takes the smallest.", default: true,
        isKeywordOnly: true),
      examples: [
        Example("str(topk(tensor([3, 1, 2]), 2).values)", gives: "\"tensor([3, 2])\""),
        Example("str(topk(tensor([3, 1, 2]), 2).indices)", gives: "\"tensor([0, 2])\""),
      ], seeAlso: ["sort", "argsort"], errors: ["E-range", "E-index"]
    ) { (x: Tensor, k: Int, axis: Int, largest: Bool) in
      let found = try x.largest(k, axis: axis, descending: largest)
      return Value(fields: [("values", found.values.value), ("indices", found.indices.value)])
    },
  ]
}
