// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

/// Built-ins that multiply tensors by each other.
func products() -> [Builtin] {
  [
    Builtin(
      "matmul", "Multiplies matrices, as a @ b: [..., m, k] times [..., k, n] is [..., m, n].",
      Parameter("a", "A matrix, a vector, or a batch of matrices."),
      Parameter("b", "A matrix, a vector, or a batch of matrices."),
      examples: [Example("matmul(ones(2x3), ones(3x4)).shape", gives: "2x4")],
      seeAlso: ["einsum", "outer"], errors: ["E-shape"]
    ) { (a: Tensor, b: Tensor) in try a.multiplied(by: b) }.alsoCalled(
      "matrix multiplication", "matrix product", "dot product"
    )
    .inPlaceOf(
      "matrix inverse", "SVD", "FFT", "eigenvalues",
      advice: "save(x, \"x.npy\") takes a tensor to numpy"),
    Builtin(
      "einsum",
      "Computes an Einstein sum of two tensors: multiplies the elements whose indices agree, and sums over the indices that the result does not have.",
      Parameter(
        "sum",
        "The indices, one letter per axis: \"ij,jk->ik\" is the matrix product. Without -> the result has the letters that occur once, in alphabetical order."
      ),
      Parameter("a", "The first tensor."), Parameter("b", "The second tensor."),
      examples: [
        Example("einsum(\"ij,jk->ik\", ones(2x3), ones(3x4)).shape", gives: "2x4"),
        Example("einsum(\"i,i->\", arange(3), arange(3)).item()", gives: "5.0"),
      ], seeAlso: ["matmul", "outer"], errors: ["E-arg", "E-shape"]
    ) { (sum: String, a: Tensor, b: Tensor) in try Tensor.einsum(sum, a, b) },
    Builtin(
      "outer",
      "Returns the outer product [N, M] of two vectors: every element of `a` times every element of `b`.",
      Parameter("a", "A tensor of N elements."), Parameter("b", "A tensor of M elements."),
      examples: [Example("outer(arange(2), arange(3)).shape", gives: "2x3")],
      seeAlso: ["matmul", "einsum"]
    ) { (a: Tensor, b: Tensor) in try a.outerProduct(with: b) },
  ]
}
