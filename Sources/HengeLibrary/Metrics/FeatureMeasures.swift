// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor

/// Built-ins for distances of two sets of images by the features of a network's layer.
func featureMeasures(_ session: Session) -> [Builtin] {
  let a = HengeLanguage.Parameter(
    "A", "A dataset or a batch of images; without a model, features [N, D] or [N, D, H, W].")
  let b = HengeLanguage.Parameter("B", "The images or features to compare with.")
  let model = HengeLanguage.Parameter(
    "m", "Model that computes the features.", default: ModelObject?.none)
  let layer = HengeLanguage.Parameter(
    "layer",
    "Name of the model's layer that computes the features; by default the result of a model from an ONNX file. Feature maps are averaged over their pixels.",
    default: String?.none)
  let small = """
    m = sequential(conv(3, 4), relu())
    A = randn(8x3x6x6)
    """
  return [
    Builtin(
      "kid",
      """
      Returns the kernel distance (KID) of two sets of images: the squared maximum mean discrepancy \
      of their features, with the kernel (x·y / D + 1)³ (Bińkowski et al. 2018). The features are the \
      output of a layer of a model. The estimator is unbiased, so the distance of similar sets can be \
      slightly negative. If a set has more than `size` images, the result is the mean over `subsets` \
      random subsets. Compare values of the same layer and model only; those in papers are of \
      Inception features (`henge` loads the network from an ONNX file, see Docs/OtherTools.md).
      """,
      a, b, model, layer,
      Parameter("subsets", "Number of random subsets.", default: 100, isKeywordOnly: true),
      Parameter(
        "size", "Number of images per subset, 2 or more.", default: 1000, isKeywordOnly: true),
      Parameter("seed", "Seed of the random subsets.", default: 0, isKeywordOnly: true),
      Parameter(
        "each", "Whether to return the distances of all subsets as a tensor instead of their mean.",
        default: false,
        isKeywordOnly: true),
      examples: [
        Example(
          """
          \(small)
          kid(A, A + 1, m, layer="conv1") > 0
          #=> true
          """)
      ], seeAlso: ["features", "fid", "swd"],
      errors: ["E-shape", "E-data", "E-arg", "E-name", "E-range"]
    ) {
      (
        A: Batches, B: Batches, m: ModelObject?, layer: String?, subsets: Int, size: Int, seed: Int,
        each: Bool
      ) -> Value in
      guard let start = UInt64(exactly: seed) else {
        throw Failure("E-range", "a seed must be 0 or larger, not \(seed)", parameter: "seed")
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
      Returns the Fréchet distance (FID) of two sets of images: |m₁ - m₂|² + tr(S₁ + S₂ - 2 √(√S₁ S₂ \
      √S₁)), with the means m and covariances S of their features (Heusel et al. 2017). The features \
      are the output of a layer of a model. Each set must have more images than there are features, \
      unless `few` is true; with fewer, the distance depends on their number. Compare values of the \
      same layer, model and number of images only; those in papers are of Inception features (`henge` \
      loads the network from an ONNX file, see Docs/OtherTools.md).
      """,
      a, b, model, layer,
      Parameter(
        "few", "Whether to accept sets with no more images than features.", default: false,
        isKeywordOnly: true),
      examples: [
        Example(
          """
          \(small)
          fid(A, A, m, layer="relu1") < 1e-9
          #=> true
          f = A.mean(axis=(2, 3))
          round(fid(f, f + 1), 6)
          #=> 3.0
          """)
      ], seeAlso: ["features", "kid", "swd"],
      errors: ["E-shape", "E-data", "E-arg", "E-name"]
    ) { (A: Batches, B: Batches, m: ModelObject?, layer: String?, few: Bool) in
      let looking = try Looking("fid", m, layer)
      return try FeatureDistance.frechet(
        looking.features(A, "A"), looking.features(B, "B"), few: few)
    },
  ]
}

/// Where a measure's features come from: a layer of a model, or the caller.
private struct Looking {
  let measure: String
  let part: (model: ModelObject, layer: String)?

  init(_ measure: String, _ m: ModelObject?, _ layer: String?) throws {
    self.measure = measure
    switch (m, layer) {
    case (nil, nil): part = nil
    case (let m?, let layer?): part = (m, layer)
    // Feature extractors are exported to return their features.
    case (let m?, nil) where m.layer.isForInference: part = (m, "")
    case (let m?, nil):
      let names = m.layer.allLayers.map(\.path).filter { !$0.isEmpty }
      throw Failure(
        "E-arg", "\(measure) needs the name of a layer of the model",
        notes: ["m.layers lists them"],
        suggestion: names.last.map { "\(measure)(A, B, m, layer=\"\($0)\")" }, parameter: "m")
    case (nil, let layer?):
      throw Failure(
        "E-arg", "\(measure) has a layer, \"\(layer)\", but no model",
        suggestion: "\(measure)(A, B, m, layer=\"\(layer)\")", parameter: "layer")
    }
  }

  /// The features of `data`, given as the parameter `name`.
  func features(_ data: Batches, _ name: String) throws -> Tensor {
    if let part {
      return try Failure.renaming(["data": name]) { try part.model.features(part.layer, data) }
    }
    guard let features = Tensor.from(data.value) else {
      throw Failure(
        "E-arg", "\(measure) without a model compares features, but \(name) is a dataset",
        suggestion: "\(measure)(A, B, m, layer=\"…\")", parameter: name)
    }
    return features
  }
}
