// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN
public import HengeTensor

/// U-GAT-IT's generator: an encoder, attention, residual blocks with adaptive layer-instance normalization
/// whose scale and shift are computed from the attended maps, and upsampling with layer-instance
/// normalization.
///
/// Shape: `[N, C, H, W]` → `[N, out, H, W]`, with a condition of K numbers `[N, C + K, H, W]`: constant
/// channels, whose means join the features that scale and shift are computed from. Side outputs:
/// `attention.logits` `[N, 2]` and `attention.heatmap` `[N, 1, H/4, W/4]`. [Kim et al. 2020]
public final class UGATITGenerator: Layer {
  private let encoder: [(name: String, layer: Layer)]
  private let attention: Layer
  private let style: [(name: String, layer: Layer)]
  private let decoder: [(name: String, layer: Layer)]
  /// Whether scale and shift are computed from the means of the maps, not from all of their pixels.
  private let isLight: Bool
  private let condition: Int
  /// The size of the images that a generator takes which computes scale and shift from all pixels.
  private let size: (height: Int, width: Int)

  init(_ building: Building) throws {
    let settings = building.settings
    let maker = Maker(weights: building.weights.ruled(by: .uniform))
    let base = try settings[UGATITOption.base]
    let blocks = try settings[UGATITOption.blocks]
    let width = 4 * base
    isLight = try settings[UGATITOption.light]
    condition = try settings[UGATITOption.condition]
    size = try settings[UGATITOption.size]
    encoder =
      [("stem", try maker.down(settings[SharedOption.channels], base, kernel: 7, stride: 1))]
      + (try (0..<2).map { step in
        ("down.\(step)", try maker.down(base << step, base << (step + 1), kernel: 3, stride: 2))
      })
      + (try (0..<blocks).map { ("res.\($0)", try maker.block(width, adaptive: false)) })
    attention = try maker.plain(.attention, [("channels", .int(width))])
    let pixels = isLight ? 1 : (size.height / 4) * (size.width / 4)
    func linear(_ input: Int) throws -> Layer {
      try maker.plain(
        .linear, [("in", .int(input)), ("out", .int(width)), ("bias", .bool(false))])
    }
    style = [
      (
        "style",
        try maker.sequential([
          ("fc1", try linear(width * pixels + condition)), ("relu1", try maker.plain(.relu)),
          ("fc2", try linear(width)), ("relu2", try maker.plain(.relu)),
        ])
      ), ("gamma", try linear(width)), ("beta", try linear(width)),
    ]
    decoder =
      (try (0..<blocks).map { ("adapt.\($0)", try maker.block(width, adaptive: true)) })
      + (try (0..<2).map { ("up.\($0)", try maker.up(width >> $0)) })
      + [
        (
          "head",
          try maker.sequential([
            ("pad", try maker.padding(.reflect, 3)),
            (
              "conv",
              try maker.conv(base, settings[SharedOption.out], kernel: 7, bias: false)
            ),
            ("tanh", try maker.plain(.tanh)),
          ])
        )
      ]
  }

  /// `stem`, `down.0`, `down.1`, `res.0` …, `attention`, `style`, `gamma`, `beta`, `adapt.0` …, `up.0`,
  /// `up.1`, `head`.
  public override var parts: [(name: String, layer: Layer)] {
    encoder + [("attention", attention)] + style + decoder
  }

  /// Its images.
  public override var channelEffect: ChannelEffect { .unknown }

  /// Encodes, attends, and decodes under the style of what was attended to.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    var (maps, given): (Tensor, Tensor?) = (x, nil)
    if condition > 0 { (maps, given) = try x.splittingCondition(condition, for: kind) }
    if !isLight, maps.rank == 4, (maps.shape[2], maps.shape[3]) != size {
      throw Failure(
        "E-shape",
        "this generator was made for images of \(size.height)x\(size.width), not \(maps.shape[2])x\(maps.shape[3])",
        notes: ["with light=false, its style is computed from all pixels"],
        suggestion: "resize(x, \(size.height)x\(size.width))", parameter: "x")
    }
    for (name, layer) in encoder { maps = try pass.run(layer, name, maps) }
    maps = try pass.run(attention, "attention", maps)
    var features =
      isLight
      ? try maps.mean([2, 3])
      : try maps.reshaped([maps.shape[0], maps.count / max(1, maps.shape[0])])
    if let given { features = try Tensor.concatenated([features, given], axis: 1) }
    features = try pass.run(style[0].layer, style[0].name, features)
    let styled = pass.styled(
      scale: try pass.run(style[1].layer, style[1].name, features),
      shift: try pass.run(style[2].layer, style[2].name, features))
    for (name, layer) in decoder { maps = try styled.run(layer, name, maps) }
    return maps
  }

  /// The layers as they run; the style's features are means of maps, or all of their pixels.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    var (maps, given): (Graph.Value, Graph.Value?) = (x, nil)
    if condition > 0 { (maps, given) = try graph.splittingCondition(x, condition) }
    for (name, layer) in encoder { maps = try graph.run(layer, name, maps) }
    maps = try graph.run(attention, "attention", maps)
    var features =
      isLight ? graph.pixelMeans(maps) : graph.add("Flatten", [maps], ["axis": .int(1)])
    if let given { features = graph.joined([features, given], axis: 1) }
    features = try graph.run(style[0].layer, style[0].name, features)
    let scale = try graph.run(style[1].layer, style[1].name, features)
    let shift = try graph.run(style[2].layer, style[2].name, features)
    return try graph.styled(scale: scale, shift: shift) {
      try decoder.reduce(maps) { try graph.run($1.layer, $1.name, $0) }
    }
  }
}

extension Maker {
  /// Mirrored maps, a convolution, instance normalization and ReLU.
  fileprivate func down(_ input: Int, _ output: Int, kernel: Int, stride: Int) throws -> Layer {
    try sequential([
      ("pad", try padding(.reflect, kernel / 2)),
      ("conv", try conv(input, output, kernel: kernel, stride: stride, bias: false)),
      ("norm", try norm(.instance, output)), ("relu", try plain(.relu)),
    ])
  }

  /// A residual block of two convolutions; an adaptive one is normalized under the network's style.
  fileprivate func block(_ channels: Int, adaptive: Bool) throws -> Layer {
    func normalization() throws -> Layer? {
      adaptive
        ? try plain(.adaptiveLayerInstanceNorm, [("channels", .int(channels))])
        : try norm(.instance, channels)
    }
    return try residual([
      ("pad1", try padding(.reflect, 1)), ("conv1", try conv(channels, channels, bias: false)),
      ("norm1", try normalization()), ("relu", try plain(.relu)),
      ("pad2", try padding(.reflect, 1)), ("conv2", try conv(channels, channels, bias: false)),
      ("norm2", try normalization()),
    ])
  }

  /// Twice the size and half the channels.
  fileprivate func up(_ channels: Int) throws -> Layer {
    try sequential([
      ("upsample", try plain(.upsample)), ("pad", try padding(.reflect, 1)),
      ("conv", try conv(channels, channels / 2, bias: false)),
      ("norm", try plain(.layerInstanceNorm, [("channels", .int(channels / 2))])),
      ("relu", try plain(.relu)),
    ])
  }
}

private enum UGATITOption {
  static let base = Option(
    "base", "Channels after the first layer; four times as many in the residual blocks.",
    .int(least: 1), default: .int(64))
  static let blocks = Option(
    "blocks", "Residual blocks of the encoder, and as many adaptive ones of the decoder.",
    .int(least: 1, most: 1000), default: .int(4))
  static let light = Option(
    "light",
    "Whether the style (γ and β of the adaptive blocks) is computed from the mean of each feature map. With false it is computed from all pixels: images then have the size `size`, and there are 16 · base² · (height/4) · (width/4) weights more.",
    .bool, default: .bool(true))
  static let size = Option(
    "size", "Size of the images with light=false: height and width, multiples of 4.",
    .pair(least: 8), default: .int(256))
  static let condition = Option(
    "condition",
    "Number of channels after those of the image that contain a condition, such as 2 for (cos t, sin t); their means join the features that the style is computed from.",
    .int(least: 0, most: 65_536), default: .int(0))
}

extension LayerKind {
  /// ``UGATITGenerator``.
  ///
  /// 10,589,888 parameters with base 64 and 4 blocks; with light=false 278,959,808 at 256x256. First weights
  /// as PyTorch draws them where nothing is said: even over ±1/√fan_in. In the authors' other program, for
  /// TensorFlow, all convolutions and normalizations have biases, one classifier serves both logits, the
  /// variance is the population's, ρ begins at 1, and first weights are normal with deviation 0.02.
  public static let ugatitGenerator = LayerKind(
    "ugatit_generator",
    "Generator of U-GAT-IT [Kim et al. 2020], as in the authors' PyTorch program: an encoder with residual blocks, attention by class activation maps, residual blocks with adaptive layer-instance normalization whose γ and β a small network computes from the attended maps, and upsampling by nearest neighbor. heatmap(m, x) shows what it attends to. Layers: stem, down.0, down.1, res.0 …, attention, style, gamma, beta, adapt.0 …, up.0, up.1, head.",
    [
      SharedOption.channels, SharedOption.out, UGATITOption.base, UGATITOption.blocks,
      UGATITOption.light, UGATITOption.size, UGATITOption.condition,
    ], divisor: Divisor(4), reference: .ugatitGenerator,
    example: LayerExample(["base": 2, "blocks": 1], input: [1, 3, 16, 16])
  ) { building in
    let size = try building.settings[UGATITOption.size]
    guard size.0 % 4 == 0, size.1 % 4 == 0 else {
      throw Failure(
        "E-range", "`size` of ugatit_generator must be multiples of 4, not \(size.0)x\(size.1)",
        suggestion: "size=\(max(8, size.0 / 4 * 4))x\(max(8, size.1 / 4 * 4))", parameter: "size")
    }
    let features = try 4 * building.settings[UGATITOption.base] * (size.0 / 4) * (size.1 / 4)
    guard try building.settings[UGATITOption.light] || features <= Linear.mostInputs else {
      throw Failure(
        "E-range",
        "the style of ugatit_generator would be computed from \(features) features: with light=false, 4 · base · (height/4) · (width/4) is at most \(Linear.mostInputs)",
        suggestion: "light=true", parameter: "size")
    }
    return try UGATITGenerator(building)
  }
}

extension ReferenceNaming {
  /// The names of the authors' PyTorch program.
  fileprivate static let ugatitGenerator = ReferenceNaming { model in
    let blocks = model.parts.filter { $0.name.hasPrefix("res.") }.count
    var places = [
      "stem.conv": "DownBlock.1", "down.0.conv": "DownBlock.5", "down.1.conv": "DownBlock.9",
      "attention.gap_fc": "gap_fc", "attention.gmp_fc": "gmp_fc",
      "attention.conv1x1": "conv1x1", "style.fc1": "FC.0", "style.fc2": "FC.2", "gamma": "gamma",
      "beta": "beta", "up.0.conv": "UpBlock2.2", "up.0.norm": "UpBlock2.3",
      "up.1.conv": "UpBlock2.7", "up.1.norm": "UpBlock2.8", "head.conv": "UpBlock2.11",
    ]
    for block in 0..<blocks {
      for (own, place) in [("conv1", 1), ("conv2", 5)] {
        places["res.\(block).\(own)"] = "DownBlock.\(12 + block).conv_block.\(place)"
      }
      for own in ["conv1", "norm1", "conv2", "norm2"] {
        places["adapt.\(block).\(own)"] = "UpBlock1_\(block + 1).\(own)"
      }
    }
    return named(model, places)
  } settings: { shapes in
    guard let stem = shapes["DownBlock.1.weight"], stem.rank == 4,
      let head = shapes["UpBlock2.11.weight"], head.rank == 4,
      let style = shapes["FC.0.weight"], style.rank == 2, stem[0] > 0
    else { return nil }
    let blocks = shapes.keys.filter { $0.hasPrefix("UpBlock1_") && $0.hasSuffix("norm1.rho") }
    let pixels = style[1] / (4 * stem[0])
    let side = Int(Double(pixels).squareRoot().rounded())
    guard side * side == pixels else { return nil }
    return [
      ("channels", .int(stem[1])), ("out", .int(head[0])), ("base", .int(stem[0])),
      ("blocks", .int(blocks.count)), ("light", .bool(pixels == 1)),
      ("size", .int(pixels == 1 ? 256 : 4 * side)),
    ]
  } guess: { model in
    model.settings["light"] == .bool(false)
      ? "its images are square: other sizes with as many pixels have the same names" : nil
  }

  /// The names of parameters by those of the layers that they belong to.
  static func named(_ model: Layer, _ places: [String: String]) -> [Pair] {
    model.allParameters.map { name, _ in
      let parts = name.split(separator: ".")
      let own = parts.dropLast().joined(separator: ".")
      return (name, "\(places[own] ?? own).\(parts.last ?? "")")
    }
  }
}
