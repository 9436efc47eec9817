// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor

private typealias Parameter = HengeLanguage.Parameter

/// The built-in that leads from one image to another through a model.
func walking(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "walk",
      "Returns `n` outputs of a model between those for two images, as a batch [n, C, H, W]. The inputs are interpolated linearly, (1 - s) * a + s * b with s from 0 to 1; with `layer`, the outputs of that layer are interpolated and the layers after it run on them, so that in an encoder-decoder the codes are interpolated. animate saves the result as a film.",
      Parameter("m", "A model, such as a generator or an encoder-decoder."),
      Parameter("a", "The first image, [C, H, W]."),
      Parameter("b", "The last image, of the same shape."),
      Parameter(
        "n", "Number of outputs, from 2 on; the first is that for `a`, the last that for `b`.",
        default: 16),
      Parameter(
        "layer",
        "Name of the layer whose outputs are interpolated; by default the inputs are. Layers that also read outputs of earlier layers, as a U-Net's, read those for `a`.",
        default: String?.none
      ).suggesting(layerAdvice),
      examples: [
        Example(
          """
          m = sequential(conv(3, 4, padding=1), relu(), conv(4, 3, padding=1))
          A = faces("anime", 2, size=32x32)
          walk(m, A[0], A[1], 5).shape
          #=> 5x3x32x32
          walk(m, A[0], A[1], 5, layer="relu1").shape
          #=> 5x3x32x32
          """)
      ], seeAlso: ["animate", "tap", "row"], errors: ["E-shape", "E-range", "E-name"]
    ) { (m: ModelObject, a: Tensor, b: Tensor, n: Int, layer: String?) in
      try Walk(m, a, b, n, layer).outputs(session)
    }.alsoCalled("interpolation between images", "latent walk", "morph")
  ]
}

/// The way from one image to another.
private struct Walk {
  private let m: ModelObject
  /// `[1, C, H, W]` each.
  private let (first, last): (Tensor, Tensor)
  private let count: Int
  private let layer: String?
  /// How many outputs are computed at once.
  private static let batch = 8

  init(_ m: ModelObject, _ a: Tensor, _ b: Tensor, _ n: Int, _ layer: String?) throws {
    guard a.rank == 3 else {
      throw Failure(
        "E-shape", "walk begins at one image [C, H, W], not at \(a.shape)",
        suggestion: a.rank == 4 ? "a[0]" : nil, parameter: "a")
    }
    guard a.shape == b.shape else {
      throw Failure(
        "E-shape", "the images have different shapes, \(a.shape) and \(b.shape)",
        suggestion: b.rank == 3 ? "resize(b, \(a.shape[1])x\(a.shape[2]))" : nil, parameter: "b")
    }
    guard (2...10_000).contains(n) else {
      throw Failure("E-range", "`n` must be 2 to 10000, not \(n)", parameter: "n")
    }
    if let layer, layer.isEmpty || m.layer.layer(at: layer) == nil {
      let names = m.layer.allLayers.map(\.path).filter { !$0.isEmpty }
      throw Failure.unknownPart("layer", layer, among: names, parameter: "layer")
    }
    (self.m, count, self.layer) = (m, n, layer)
    func batch(_ image: Tensor) throws -> Tensor {
      try (image.type.isFloat ? image : image.cast(to: .f32)).detached().expanded(at: 0)
    }
    (first, last) = (try batch(a), try batch(b))
  }

  func outputs(_ session: Session) throws -> Tensor {
    let ends = try layer.map { name in
      try [first, last].map { try m.layer.results(at: [name], $0)[0] }
    }
    return try Tensor.concatenated(
      stride(from: 0, to: count, by: Walk.batch).map { start in
        let places = Array(start..<min(count, start + Walk.batch))
        guard let layer, let ends else {
          return try run(mixed(first, last, places), session.pass(train: false))
        }
        let mixture = try mixed(ends[0], ends[1], places)
        let inputs = try Tensor.concatenated(places.map { _ in first }, axis: 0)
        return try run(inputs, session.pass(train: false).changing(layer) { _ in mixture })
      }, axis: 0)
  }

  private func run(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try Failure.renaming(["x": "a"]) { try m.apply(x, pass) }
  }

  /// The mixtures at `places` of 0 to n - 1; the ends exactly.
  private func mixed(_ a: Tensor, _ b: Tensor, _ places: [Int]) throws -> Tensor {
    try Tensor.concatenated(
      places.map { place in
        if place == 0 { return a }
        if place == count - 1 { return b }
        let share = Double(place) / Double(count - 1)
        return try a * .num(1 - share) + b * .num(share)
      }, axis: 0)
  }
}
