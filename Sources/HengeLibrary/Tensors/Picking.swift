// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

private var tensorParameter: Parameter {
  Parameter("x", "A tensor.")
}
private var axisParameter: Parameter {
  Parameter("axis", "The axis; negative ones count from the last.", default: -1)
}
private var orderParameter: Parameter {
  Parameter(
    "descending", "Whether to sort in descending order.", default: false, isKeywordOnly: true)
}

/// Built-ins that sort elements, or select them by position.
func picking() -> [Builtin] {
  [
    Builtin(
      "sort", "Sorts along an axis in ascending order, NaN last.", tensorParameter, axisParameter,
      orderParameter,
      examples: [Example("print(sort(tensor([3, 1, 2])))", prints: "tensor([1, 2, 3])")],
      seeAlso: ["argsort"], errors: ["E-index"]
    ) { (x: Tensor, axis: Int, descending: Bool) in try x.sorted(axis: axis, descending: descending)
    },
    Builtin(
      "argsort",
      "Returns the indices (i64) that sort a tensor along an axis. Equal elements keep their order.",
      tensorParameter, axisParameter, orderParameter,
      examples: [Example("print(argsort(tensor([3, 1, 2])))", prints: "tensor([1, 2, 0])")],
      seeAlso: ["sort", "gather"], errors: ["E-index"]
    ) { (x: Tensor, axis: Int, descending: Bool) in
      try x.argsorted(axis: axis, descending: descending)
    },
    Builtin(
      "cumsum", "Returns the cumulative sum along an axis.", tensorParameter,
      Parameter(
        "axis", "The axis; by default all elements in row-major order.", default: Int?.none),
      examples: [Example("print(cumsum(tensor([1, 2, 3])))", prints: "tensor([1, 3, 6])")],
      errors: ["E-index", "E-range"]
    ) { (x: Tensor, axis: Int?) in try x.cumulativeSum(axis: axis) },
    Builtin(
      "cumprod", "Returns the cumulative product along an axis.", tensorParameter,
      Parameter(
        "axis", "The axis; by default all elements in row-major order.", default: Int?.none),
      examples: [Example("print(cumprod(tensor([1, 2, 3])))", prints: "tensor([1, 2, 6])")],
      seeAlso: ["cumsum"], errors: ["E-index", "E-range"]
    ) { (x: Tensor, axis: Int?) in try x.cumulativeProduct(axis: axis) },
    Builtin(
      "gather",
      "Selects one element per index along an axis: y[i, j] = x[indices[i, j], j] along axis 0, x[i, indices[i, j]] along axis 1.",
      tensorParameter,
      Parameter("indices", "Indices (i64), of the shape of `x` except along `axis`."),
      Parameter("axis", "The axis to index."),
      examples: [
        Example(
          "print(gather(tensor([5, 6, 7]), i64(tensor([2, 0])), 0))", prints: "tensor([7, 5])")
      ], seeAlso: ["pick"], errors: ["E-shape", "E-index"]
    ) { (x: Tensor, indices: Tensor, axis: Int) in try x.gathered(indices, axis: axis) },
    Builtin(
      "pick", "Selects the elements at the positions (rows[i], columns[i], …).",
      tensorParameter,
      Parameter("lists", "One list of indices for each leading axis, all of the same length."),
      examples: [Example("print(pick(eye(3), [0, 1], [0, 2]))", prints: "tensor([1, 0])")],
      seeAlso: ["gather"], errors: ["E-shape", "E-index"]
    ) { (x: Tensor, lists: Rest<[Int]>) in try x.picked(lists.elements) },
    Builtin(
      "item", "Returns the only element of a tensor as a number or bool.",
      Parameter("x", "A tensor with one element."),
      examples: [Example("item(full(1x1, 3))", gives: "3.0")], errors: ["E-shape"]
    ) { (x: Tensor) in try x.item().value },
    Builtin(
      "len", "Returns the size of the first axis.",
      Parameter("x", "A tensor with at least one axis."),
      examples: [Example("len(zeros(3x4))", gives: "3")], errors: ["E-type"]
    ) { (x: Tensor) in
      guard let count = x.shape.sizes.first else {
        throw Failure("E-type", "a tensor without axes has no length")
      }
      return count
    },
  ]
}

/// Properties of tensors.
func tensorProperties() -> [Builtin] {
  [
    Builtin(
      "shape", as: .property, "Sizes of the axes.", tensorParameter,
      examples: [Example("zeros(2x3).shape", gives: "2x3")]
    ) { (x: Tensor) in x.shape },
    Builtin(
      "numel", as: .property, "Number of elements.", tensorParameter,
      examples: [Example("zeros(2x3).numel", gives: "6")]
    ) { (x: Tensor) in x.count },
    Builtin(
      "dtype", as: .property, "Type of the elements.", tensorParameter,
      examples: [Example("zeros(2x3).dtype", gives: "\"f32\"")]
    ) { (x: Tensor) in x.type },
    Builtin(
      "T", as: .property, "The tensor with its axes in reverse order: the transpose of a matrix.",
      tensorParameter,
      examples: [Example("zeros(2x3).T.shape", gives: "3x2")]
    ) { (x: Tensor) in try x.transposed() },
  ]
}
