// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor

/// Built-ins that say how far two sets of pictures are apart as a layer of a network sees them.
func featureMeasures(_ session: Session) -> [Builtin] {
  let a = HengeLanguage.Parameter(
    "A", "A dataset or a batch of pictures; without a model, features [N, D] or [N, D, H, W].")
  let b = HengeLanguage.Parameter("B", "The like.")
  let model = HengeLanguage.Parameter(
    "m", "The model that looks at the pictures.", default: ModelObject?.none)
  let layer = HengeLanguage.Parameter(
    "layer", "The name of the layer whose result counts; maps count as their means over pixels.",
    default: String?.none)
  let small = "seed(1); m = sequential(conv(3, 4), relu()); x = randn(8x3x6x6); "
  return [
    Builtin(
      "kid",
      """
      Gives the kernel distance of two sets of pictures: the squared maximum mean discrepancy of \
      their features under (x·y / D + 1)³, without bias, so that it may be a little below 0 for \
      sets that are alike. Features are what a layer of a model gives, [N, D], or the means over \
      pixels of maps [N, D, H, W]. Where a set has more than `size` pictures it is the mean over \
      `subsets` draws of as many from both, which depend on `seed` alone. Numbers are comparable \
      for one layer of one model, and are not those of Inception (Bińkowski et al. 2018).
      """,
      a, b, model, layer,
      Parameter("subsets", "How many draws.", default: 100, isKeywordOnly: true),
      Parameter("size", "The pictures of a draw, at least 2.", default: 1000, isKeywordOnly: true),
      Parameter("seed", "The seed of the draws.", default: 0, isKeywordOnly: true),
      Parameter(
        "each", "Whether to give the draws' values as a tensor, not their mean.", default: false,
        isKeywordOnly: true),
      examples: [
        Example("\(small)kid(x, x, m, \"relu1\") < 0", gives: "true"),
        Example("\(small)kid(x, x + 1, m, layer=\"conv1\") > 0", gives: "true"),
        Example(
          "\(small)kid(x.mean(axis=(2, 3)), zeros(8x3), size=4, each=true).shape",
          gives: "shape(100)"),
      ], seeAlso: ["features", "fid", "swd"],
      errors: ["E-shape", "E-data", "E-arg", "E-name", "E-range"]
    ) {
      (
        A: Batches, B: Batches, m: ModelObject?, layer: String?, subsets: Int, size: Int, seed: Int,
        each: Bool
      ) -> Value in
      guard let start = UInt64(exactly: seed) else {
        throw Failure("E-range", "a seed is no less than 0, not \(seed)", parameter: "seed")
      }
      let looking = try Looking("kid", m, layer)
      let values = try FeatureDistance.kernel(
        looking.features(A, "A"), looking.features(B, "B"), subsets: subsets, size: size,
        seed: start)
      if each { return try Tensor(values, Shape([values.count]), on: session.backend).value }
      return .num(values.reduce(0, +) / Double(values.count))
    },
    Builtin(
      "fid",
      """
      Gives the Fréchet distance of two sets of pictures: |m₁ - m₂|² + tr(S₁ + S₂ - 2 √(√S₁ S₂ \
      √S₁)) with the means and the unbiased covariances of their features, in double precision. \
      Features are what a layer of a model gives, [N, D], or the means over pixels of maps [N, D, \
      H, W]. A set has more pictures than there are features, unless `few` is true: with fewer \
      their number decides. Numbers are comparable for one layer of one model and one number of \
      pictures, and are not those of Inception (Heusel et al. 2017).
      """,
      a, b, model, layer,
      Parameter(
        "few", "Whether no more pictures than features are taken.", default: false,
        isKeywordOnly: true),
      examples: [
        Example("\(small)fid(x, x, m, \"relu1\") < 1e-9", gives: "true"),
        Example("\(small)f = x.mean(axis=(2, 3)); round(fid(f, f + 1), 6)", gives: "3.0"),
      ], seeAlso: ["features", "kid", "swd"],
      errors: ["E-shape", "E-data", "E-arg", "E-name"]
    ) { (A: Batches, B: Batches, m: ModelObject?, layer: String?, few: Bool) in
      let looking = try Looking("fid", m, layer)
      return try FeatureDistance.frechet(
        looking.features(A, "A"), looking.features(B, "B"), few: few)
    },
  ]
}

/// What gives a measure its features: a layer of a model, or whoever calls.
private struct Looking {
  let measure: String
  let part: (model: ModelObject, layer: String)?

  init(_ measure: String, _ m: ModelObject?, _ layer: String?) throws {
    self.measure = measure
    switch (m, layer) {
    case (nil, nil): part = nil
    case (let m?, let layer?): part = (m, layer)
    case (let m?, nil):
      let names = m.layer.allLayers.map(\.path).filter { !$0.isEmpty }
      throw Failure(
        "E-arg", "\(measure) needs the name of a layer of the model",
        notes: ["m.layers lists them"],
        suggestion: names.last.map { "\(measure)(A, B, m, layer=\"\($0)\")" }, parameter: "m")
    case (nil, let layer?):
      throw Failure(
        "E-arg", "\(measure) is given a layer, \"\(layer)\", and no model",
        suggestion: "\(measure)(A, B, m, layer=\"\(layer)\")", parameter: "layer")
    }
  }

  /// The features of `data`, given as the parameter `name`.
  func features(_ data: Batches, _ name: String) throws -> Tensor {
    if let part { return try part.model.features(part.layer, data) }
    guard let features = Tensor.from(data.value) else {
      throw Failure(
        "E-arg", "\(measure) compares features, and \(name) is a dataset",
        suggestion: "\(measure)(A, B, m, layer=\"…\")", parameter: name)
    }
    return features
  }
}
