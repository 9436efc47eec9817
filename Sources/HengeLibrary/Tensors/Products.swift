// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

/// Built-ins that multiply tensors by each other.
func products() -> [Builtin] {
  [
    Builtin(
      "matmul", "Multiplies matrices, [..., m, k] by [..., k, n], as a @ b does.",
      Parameter("a", "A matrix, a vector, or a batch of matrices."),
      Parameter("b", "A matrix, a vector, or a batch of matrices."),
      examples: [Example("matmul(ones(2x3), ones(3x4)).shape", gives: "2x4")],
      seeAlso: ["einsum", "outer"], errors: ["E-shape"]
    ) { (a: Tensor, b: Tensor) in try a.multiplied(by: b) },
    Builtin(
      "einsum",
      "Computes Einstein's sum over two tensors: the products of elements whose letters agree, summed over the letters that the result lacks.",
      Parameter(
        "sum",
        "A letter for each axis: \"ij,jk->ik\" is the matrix product. Without -> the result has the letters that occur once, in alphabetical order."
      ),
      Parameter("a", "The first tensor."), Parameter("b", "The second tensor."),
      examples: [
        Example("einsum(\"ij,jk->ik\", ones(2x3), ones(3x4)).shape", gives: "2x4"),
        Example("einsum(\"i,i->\", arange(3), arange(3)).item()", gives: "5.0"),
      ], seeAlso: ["matmul", "outer"], errors: ["E-arg", "E-shape"]
    ) { (sum: String, a: Tensor, b: Tensor) in try Tensor.einsum(sum, a, b) },
    Builtin(
      "outer", "Returns the products of each element of `a` with each of `b`, [N, M].",
      Parameter("a", "A tensor of N elements."), Parameter("b", "A tensor of M elements."),
      examples: [Example("outer(arange(2), arange(3)).shape", gives: "2x3")],
      seeAlso: ["matmul", "einsum"]
    ) { (a: Tensor, b: Tensor) in try a.outerProduct(with: b) },
  ]
}
