// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeTensor

private typealias Parameter = HengeLanguage.Parameter

/// Observations: the rows of a tensor or a list, or the images of a dataset.
private struct Observations: ValueConvertible {
  let value: Value
  static var kind: String { "tensor | dataset | list" }
  static func from(_ value: Value) -> Observations? {
    if Dataset.from(value) != nil || Tensor.from(value) != nil { return Observations(value: value) }
    guard case .list = value else { return nil }
    return Observations(value: value)
  }

  /// `[N, …]`.
  func tensor(_ session: Session) throws -> Tensor {
    try Dataset.from(value)?.tensor()
      ?? TensorLike(value: value).exactTensor(on: session.backend)
  }
}

/// The built-in for the directions in which observations vary most.
func principalComponents(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "pca",
      """
      Computes the first principal components of N observations of D numbers, in double \
      precision. Returns a record: scores [N, n], the coordinates along the components; components \
      [n, …], unit vectors of the shape of an observation; variance [n], divided by N - 1; ratio \
      [n], the share of the whole variance; and mean. The sign of a component is arbitrary: its \
      element of the largest magnitude is positive [Pearson 1901].
      """,
      Parameter(
        "x",
        "The observations along the first axis, [N, …], such as features(m, layer, A), or a dataset."
      ),
      Parameter(
        "n",
        "Number of components, at most the number of directions in which the observations vary.",
        default: 2),
      examples: [
        Example(
          """
          p = pca([[2, 1], [4, 2], [6, 3], [8, 4.5]], n=1)
          p.scores.shape
          #=> 4x1
          p.ratio[0] > 0.99
          #=> true
          """),
        Example(
          """
          A = faces("anime", 20)
          scatter(pca(A).scores, images=A)
          """, gives: nil),
      ],
      seeAlso: ["features", "scatter", "cov"], errors: ["E-shape", "E-range", "E-data"]
    ) { (x: Observations, n: Int) in
      let observations = try x.tensor(session)
      guard observations.rank >= 2, observations.count > 0 else {
        throw Failure(
          "E-shape", "pca takes observations [N, …], not \(observations.shape)", parameter: "x")
      }
      let sizes = observations.shape.sizes
      let rows = try observations.reshaped([sizes[0], observations.count / sizes[0]])
      let found = try rows.principalComponents(n)
      return Value(fields: [
        ("scores", found.scores.value),
        ("components", try found.components.reshaped([n] + sizes.dropFirst()).value),
        ("variance", found.variance.value), ("ratio", found.ratio.value),
        ("mean", try found.mean.reshaped(Array(sizes.dropFirst())).value),
      ])
    }.alsoCalled("principal component analysis", "PCA", "dimensionality reduction")
      .inPlaceOf(
        "t-SNE", "tsne", "UMAP", advice: "pca(x).scores maps features linearly to two dimensions")
  ]
}
