// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN

private enum CriticOption {
  static let base = Option(
    "base", "Channels after the first layer; they double with each layer.", .int(least: 1),
    default: .int(64))
  static let layers = Option(
    "layers",
    "Number of layers, the last convolution included; all but the last two have stride 2. The authors use 7 for the global and 5 for the local discriminator. Images need sides of 3 · 2^(layers - 2) pixels: 96 with 7 layers, 48 with 6, 24 with 5.",
    .int(least: 3, most: 16), default: .int(5))
}

extension LayerKind {
  /// U-GAT-IT's discriminator: convolutions with spectral normalization, attention, and one score for
  /// each patch.
  ///
  /// `[N, channels, H, W]` → `[N, 1, P, Q]`; side outputs `attention.logits` `[N, 2]` and
  /// `attention.heatmap`. There are no normalizations of maps. With base 64, 53,130,176 parameters with 7
  /// layers and 3,290,560 with 5, the vectors of spectral normalization not counted. First weights as
  /// PyTorch draws them where nothing is said. [Kim et al. 2020]
  public static let ugatitDiscriminator = LayerKind(
    "ugatit_discriminator",
    "Discriminator of U-GAT-IT [Kim et al. 2020], as in the authors' PyTorch program: 4x4 convolutions with spectral normalization, attention by class activation maps, and one score per patch, [N, 1, P, Q]. High scores mean real. heatmap(m, x) shows what it attends to. Layers: layers.0 …, attention, head.",
    [SharedOption.channels, CriticOption.base, CriticOption.layers],
    reference: .ugatitDiscriminator,
    example: LayerExample(["base": 2, "layers": 3], input: [1, 3, 12, 12], output: [1, 1, 4, 4])
  ) { building in
    let settings = building.settings
    let maker = Maker(weights: building.weights.ruled(by: .uniform))
    let (base, layers) = (try settings[CriticOption.base], try settings[CriticOption.layers])
    guard base << (layers - 2) <= 1 << 24 else {
      throw Failure(
        "E-range", "\(layers) layers that double \(base) channels are too wide",
        suggestion: "layers=7", parameter: "layers")
    }
    func convolution(_ input: Int, _ output: Int, stride: Int, bias: Bool = true) throws -> Layer {
      let conv = try maker.conv(input, output, kernel: 4, stride: stride, bias: bias)
      return try LayerKind.spectral([], parts: [("layer", conv)], maker.weights)
    }
    var channels = try settings[SharedOption.channels]
    var parts: [(name: String, layer: Layer?)] = []
    for index in 0..<(layers - 1) {
      let output = base << index
      let conv = try convolution(channels, output, stride: index == layers - 2 ? 1 : 2)
      parts.append(
        (
          "layers.\(index)",
          try maker.sequential([
            ("pad", try maker.padding(.reflect, 1)), ("conv", conv),
            ("relu", try maker.plain(.leakyReLU, [("slope", .num(0.2))])),
          ])
        ))
      channels = output
    }
    parts.append(
      (
        "attention",
        try maker.plain(
          .attention,
          [("channels", .int(channels)), ("slope", .num(0.2)), ("spectral", .bool(true))])
      ))
    parts.append(
      (
        "head",
        try maker.sequential([
          ("pad", try maker.padding(.reflect, 1)),
          ("conv", try convolution(channels, 1, stride: 1, bias: false)),
        ])
      ))
    return try maker.sequential(parts)
  }
}

extension ReferenceNaming {
  /// The names of the authors' PyTorch program.
  fileprivate static let ugatitDiscriminator = ReferenceNaming { model in
    var places = [
      "attention.gap_fc": "gap_fc", "attention.gmp_fc": "gmp_fc",
      "attention.conv1x1": "conv1x1", "head.conv": "conv",
    ]
    for (index, part) in model.parts.enumerated() where part.name.hasPrefix("layers.") {
      places["\(part.name).conv"] = "model.\(1 + 3 * index)"
    }
    return named(model, places).map { own, reference in
      // Inside spectral normalization the weight is the raw one.
      guard own.contains(".layer.") else { return (own, reference) }
      let outer = own.split(separator: ".").dropLast(2).joined(separator: ".")
      let name = own.hasSuffix(".weight") ? "weight_orig" : "bias"
      return (own, "\(places[outer] ?? outer).\(name)")
    }
  } settings: { shapes in
    guard let first = shapes["model.1.weight_orig"], first.rank == 4,
      shapes["gap_fc.weight_orig"] != nil
    else { return nil }
    let layers = shapes.keys.filter { $0.hasPrefix("model.") && $0.hasSuffix(".weight_orig") }
    return [
      ("channels", .int(first[1])), ("base", .int(first[0])), ("layers", .int(layers.count + 1)),
    ]
  }
}
