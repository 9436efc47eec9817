// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

private var tensorParameter: Parameter {
  Parameter("x", "A tensor.")
}
private var axisParameter: Parameter {
  Parameter("axis", "The axis, negative from the end.", default: -1)
}
private var orderParameter: Parameter {
  Parameter(
    "descending", "Whether the largest come first.", default: false, isKeywordOnly: true)
}

/// Built-ins that order elements, or take them by position.
func picking() -> [Builtin] {
  [
    Builtin(
      "sort", "Orders along an axis, NaN last.", tensorParameter, axisParameter, orderParameter,
      examples: [Example("str(sort(tensor([3, 1, 2])))", gives: "\"tensor([1, 2, 3])\"")],
      seeAlso: ["argsort"], errors: ["E-index"]
    ) { (x: Tensor, axis: Int, descending: Bool) in try x.sorted(axis: axis, descending: descending)
    },
    Builtin(
      "argsort",
      "Gives where the elements in order lie along an axis, i64; equal ones keep their order.",
      tensorParameter, axisParameter, orderParameter,
      examples: [Example("str(argsort(tensor([3, 1, 2])))", gives: "\"tensor([1, 2, 0])\"")],
      seeAlso: ["sort", "gather"], errors: ["E-index"]
    ) { (x: Tensor, axis: Int, descending: Bool) in
      try x.argsorted(axis: axis, descending: descending)
    },
    Builtin(
      "cumsum", "Gives the sums of all elements up to each one.", tensorParameter,
      Parameter("axis", "Along which axis; none for all elements, row by row.", default: Int?.none),
      examples: [Example("str(cumsum(tensor([1, 2, 3])))", gives: "\"tensor([1, 3, 6])\"")],
      errors: ["E-index", "E-range"]
    ) { (x: Tensor, axis: Int?) in try x.cumulativeSum(axis: axis) },
    Builtin(
      "cumprod", "Returns the products of all elements up to each one.", tensorParameter,
      Parameter("axis", "Along which axis; none for all elements, row by row.", default: Int?.none),
      examples: [Example("str(cumprod(tensor([1, 2, 3])))", gives: "\"tensor([1, 2, 6])\"")],
      seeAlso: ["cumsum"], errors: ["E-index", "E-range"]
    ) { (x: Tensor, axis: Int?) in try x.cumulativeProduct(axis: axis) },
    Builtin(
      "gather", "Takes x[indices[i, j], j] along axis 0, and likewise along others.",
      tensorParameter,
      Parameter("indices", "i64, of the sizes of `x` but along `axis`."),
      Parameter("axis", "The axis that the indices count along."),
      examples: [
        Example(
          "str(gather(tensor([5, 6, 7]), i64(tensor([2, 0])), 0))", gives: "\"tensor([7, 5])\"")
      ], seeAlso: ["pick"], errors: ["E-shape", "E-index"]
    ) { (x: Tensor, indices: Tensor, axis: Int) in try x.gathered(indices, axis: axis) },
    Builtin(
      "pick", "Takes the elements at (rows[i], columns[i], …): one list for each leading axis.",
      tensorParameter, Parameter("lists", "Lists of positions, all of one length."),
      examples: [Example("str(pick(eye(3), [0, 1], [0, 2]))", gives: "\"tensor([1, 0])\"")],
      seeAlso: ["gather"], errors: ["E-shape", "E-index"]
    ) { (x: Tensor, lists: Rest<[Int]>) in try x.picked(lists.elements) },
    Builtin(
      "item", "Gives the one element of a tensor as a number or bool.",
      Parameter("x", "A tensor of one element."),
      examples: [Example("item(full(1x1, 3))", gives: "3.0")], errors: ["E-shape"]
    ) { (x: Tensor) in try x.item().value },
    Builtin(
      "len", "Gives the size of the first axis.",
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

/// What tensors have.
func tensorProperties() -> [Builtin] {
  [
    Builtin(
      "shape", as: .property, "The sizes of the axes.", tensorParameter,
      examples: [Example("zeros(2x3).shape", gives: "2x3")]
    ) { (x: Tensor) in x.shape },
    Builtin(
      "numel", as: .property, "The number of elements.", tensorParameter,
      examples: [Example("zeros(2x3).numel", gives: "6")]
    ) { (x: Tensor) in x.count },
    Builtin(
      "dtype", as: .property, "What the elements are.", tensorParameter,
      examples: [Example("zeros(2x3).dtype", gives: "\"f32\"")]
    ) { (x: Tensor) in x.type },
    Builtin(
      "T", as: .property, "The axes in reverse order.", tensorParameter,
      examples: [Example("zeros(2x3).T.shape", gives: "3x2")]
    ) { (x: Tensor) in try x.transposed() },
  ]
}
