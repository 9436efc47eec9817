// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

private typealias OfTwo = (Tensor, Tensor) throws -> Tensor

/// Built-ins about how variables vary together, and how often values occur.
func covariances(_ session: Session) -> [Builtin] {
  [
    covariance(
      "corr", session,
      "Returns the Pearson correlation coefficient, -1..1: of `x` and `y` as a number, or of the rows of a matrix [K, N] as a matrix [K, K], as numpy's corrcoef. It is NaN if a variable is constant.",
      examples: [
        Example("corr([1, 2, 3], [1, 3, 2])", gives: "0.5"),
        Example("corr(rand(3x100)).shape", gives: "3x3"),
      ], seeAlso: ["cov", "std"],
      ofTwo: { try $0.correlation(with: $1) }, ofRows: { try $0.correlation() }
    ).alsoCalled("correlation", "correlation coefficient", "Pearson", "corrcoef"),
    covariance(
      "cov", session,
      "Returns the covariance, divided by n - 1: of `x` and `y` as a number, or of the rows of a matrix [K, N] as a matrix [K, K], as numpy's cov.",
      examples: [
        Example("cov([1, 2, 3], [2, 4, 7])", gives: "2.5"),
        Example("cov(rand(3x100)).shape", gives: "3x3"),
      ], seeAlso: ["corr", "var"],
      ofTwo: { try $0.covariance(with: $1) }, ofRows: { try $0.covariance() }
    ).alsoCalled("covariance", "covariance matrix"),
    Builtin(
      "bincount",
      "Counts how often each of 0, 1, 2, … occurs, as i64 [largest element + 1].",
      Parameter("x", "A tensor or a list of whole numbers of 0 or more, of any shape."),
      Parameter("minlength", "The least number of counts.", default: 0),
      examples: [
        Example("print(bincount([1, 2, 2, 4]))", prints: "tensor([0, 1, 2, 0, 1])"),
        Example("print(bincount([1, 0], minlength=4))", prints: "tensor([1, 1, 0, 0])"),
      ], seeAlso: ["hist", "sort"], errors: ["E-range"]
    ) { (x: TensorLike, length: Int) in
      try x.exactTensor(on: session.backend).counts(atLeast: length)
    }.alsoCalled("frequencies", "value counts")
      .inPlaceOf(
        "confusion matrix",
        advice: "bincount(labels * 10 + classes, minlength=100).reshape(10x10) counts 10 classes"
      )
      .inPlaceOf(
        "unique",
        advice: "bincount(x) counts each whole number, sort(x) puts equal values next to each other"
      ),
  ]
}

private func covariance(
  _ name: String, _ session: Session, _ summary: String, examples: [Example], seeAlso: [String],
  ofTwo: @escaping OfTwo, ofRows: @escaping (Tensor) throws -> Tensor
) -> Builtin {
  Builtin(
    name, summary,
    Parameter(
      "x",
      "A tensor or a list of numbers; without `y` a matrix [K, N]: K variables with N observations each, one row per variable (`x.T` if they are columns)."
    ),
    Parameter("y", "The second variable, of the same shape as `x`.", default: TensorLike?.none),
    examples: examples, seeAlso: seeAlso, errors: ["E-shape"]
  ) { (x: TensorLike, y: TensorLike?) in
    let first = try x.exactTensor(on: session.backend)
    guard let y else { return try ofRows(first) }
    return try ofTwo(first, y.exactTensor(on: session.backend))
  }
}
