// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor

private typealias Parameter = HengeLanguage.Parameter

/// The number whose gradient a map shows: a channel of the output, or a function of the output.
private struct Score: ValueConvertible {
  let value: Value
  static var kind: String { "int | fn" }
  static func from(_ value: Value) -> Score? {
    Int.from(value) != nil || Callback.from(value) != nil ? Score(value: value) : nil
  }

  /// The score of the output `y` of a batch: the sum over its images.
  func of(_ y: Tensor, _ call: Call) throws -> Tensor {
    guard let channel = Int.from(value) else {
      guard let f = try Callback.from(value, in: call) else { return try y.sum() }
      let answer = try f.call([y.value])
      guard let score = Tensor.from(answer), score.count == 1, score.type.isFloat else {
        throw Failure(
          "E-type", "`to` must return one number of the output, not \(answer.kindWithArticle)",
          suggestion: "to=y => y.mean()", parameter: "to")
      }
      return score
    }
    guard y.rank > 1 else {
      throw Failure(
        "E-index", "the output \(y.shape) has no channels to choose from", parameter: "to")
    }
    let count = y.shape[1]
    guard (-count..<count).contains(channel) else {
      throw Failure(
        "E-index", "there is no channel \(channel) in the output \(y.shape)",
        notes: ["its channels are 0 to \(count - 1)"], parameter: "to")
    }
    return try y.selecting([.all, .at(channel)]).sum()
  }
}

/// The results of a run for an image or a batch, all on the tape.
private struct TracedRun {
  /// The batch.
  let x: Tensor
  /// The output of the layer, if one was named.
  let maps: Tensor
  /// The score.
  let score: Tensor

  init(_ m: ModelObject, _ image: Tensor, _ layer: String?, _ to: Score?, _ call: Call) throws {
    let image = image.type.isFloat ? image : try image.cast(to: .f32)
    let batch = image.rank == 3 ? try image.reshaped([1] + (0..<3).map { image.shape[$0] }) : image
    guard batch.rank == 4 else {
      throw Failure(
        "E-shape", "`x` must be an image [C, H, W] or a batch [N, C, H, W], not \(image.shape)",
        parameter: "x")
    }
    if let layer, m.layer.layer(at: layer) == nil {
      let names = m.layer.allLayers.map(\.path)
      throw Failure.unknownPart("layer", layer, among: names, parameter: "layer")
    }
    x = batch.detached().onTape()
    let results = try m.layer.results(at: [layer ?? "", ""], x)
    maps = results[0]
    score = try to.map { try $0.of(results[1], call) } ?? results[1].sum()
  }

  /// The gradient of the score at a tensor of the run.
  func gradient(at tensor: Tensor) throws -> Tensor {
    try Failure.renaming([nil: "to"]) { try score.gradients(at: [tensor])[0] }
  }
}

/// Built-ins that show by gradients what an output of a model depends on.
func gradientMaps(_ session: Session) -> [Builtin] {
  let to = Parameter(
    "to",
    "The score S: a channel of the output (a class), summed over its positions, or a function of the output [N, …] that returns one number; by default the sum of the output.",
    default: Score?.none)
  let image = Parameter("x", "An image [C, H, W] or a batch [N, C, H, W].")
  let small = "m = sequential(conv(3, 4, padding=1), relu(), conv(4, 2, padding=1))"
  return [
    Builtin(
      "saliency",
      "Returns the saliency map of an image [Simonyan et al. 2014]: at each pixel the largest |dS/dx| of its channels, [1, H, W] or, for a batch, [N, 1, H, W]. Large values mark the pixels on which the score S of the model's output depends most. The model runs in evaluation mode. overlay(x, saliency(m, x)) and heat(…) show it.",
      Parameter("m", "A model."), image, to,
      examples: [
        Example("\(small)\nsaliency(m, faces(\"anime\", 1)[0], to=1).shape\n#=> 1x64x64"),
        Example(
          "m = linear(12, 3)\nx = rand(3x2x2)\nsaliency(sequential(flatten(), m), x, to=y => y[0, 2]).shape\n#=> 1x2x2"
        ),
      ], seeAlso: ["grad_cam", "heatmap", "grad", "overlay"],
      errors: ["E-shape", "E-index", "E-tape", "E-type"]
    ) { (call: Call, m: ModelObject, x: Tensor, to: Score?) in
      let gradient = try session.learn([]) { _ in
        let run = try TracedRun(m, x, nil, to, call)
        return try run.gradient(at: run.x)
      }
      let map = try gradient.map(.abs).maximum([1], keepingAxes: true)
      return x.rank == 3 ? try map.selecting([.at(0)]) : map
    }.alsoCalled("gradient map", "sensitivity", "saliency map"),
    Builtin(
      "grad_cam",
      "Returns the class activation map of a layer by gradients, Grad-CAM [Selvaraju et al. 2017]: relu(Σₖ αₖ Aₖ) with the feature maps A of the layer [N, K, P, Q] and αₖ the mean of dS/dAₖ over the positions; [1, P, Q] or, for a batch, [N, 1, P, Q]. Large values mark where features speak for the score S of the model's output. The model runs in evaluation mode. overlay(x, grad_cam(m, x, layer)) shows it.",
      Parameter("m", "A model."), image,
      Parameter("layer", "Name of the layer.").suggesting(layerAdvice), to,
      examples: [
        Example(
          "\(small)\ngrad_cam(m, faces(\"anime\", 1)[0], \"relu1\", to=1).shape\n#=> 1x64x64")
      ], seeAlso: ["saliency", "heatmap", "tap", "overlay"],
      errors: ["E-name", "E-shape", "E-index", "E-tape", "E-type"]
    ) { (call: Call, m: ModelObject, x: Tensor, layer: String, to: Score?) in
      let (maps, gradient) = try session.learn([]) { _ in
        let run = try TracedRun(m, x, layer, to, call)
        return (run.maps.detached(), try run.gradient(at: run.maps))
      }
      guard maps.rank == 4 else {
        throw Failure(
          "E-shape",
          "layer `\(layer)` has no feature maps [N, K, P, Q]: its output is \(maps.shape)",
          suggestion: layerAdvice, parameter: "layer")
      }
      let weights = try gradient.mean([2, 3], keepingAxes: true)
      let map = try (weights * maps).sum([1], keepingAxes: true).map(.relu)
      return x.rank == 3 ? try map.selecting([.at(0)]) : map
    }.alsoCalled("Grad-CAM", "gradcam"),
  ]
}
