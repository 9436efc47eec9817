// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Attention by class activation maps (CAM): channels weighted by their share in the distinction of two
/// domains.
///
/// Two linear classifiers without bias look at each image: one at the means of its channels, one at their
/// maxima. Their logits are a side output. The feature maps are multiplied by the weights of each
/// classifier, and a 1x1 convolution with bias makes C channels of the 2C:
/// `act(conv1x1([x · w_mean, x · w_max]))`. Shape: `[N, C, H, W]` → the same.
///
/// Side outputs: `logits` `[N, 2]`, of the mean, then of the maximum; `heatmap` `[N, 1, H, W]`, the sum of
/// the result over its channels. [Zhou et al. 2016; Kim et al. 2020, U-GAT-IT]
///
/// Under spectral normalization the logits use the normalized weights and the maps are multiplied by the
/// raw ones, as in the authors' program.
public final class Attention: Layer {
  private let mean: Layer
  private let largest: Layer
  private let blend: Conv
  /// The weights of the classifiers, `[1, C]`.
  private let weights: (mean: ModelParameter, largest: ModelParameter)
  private let channels: Int
  private static let fewPixels = 64
  private let activation: Activation

  init(_ building: Building) throws {
    let settings = building.settings
    channels = try settings[AttentionOption.channels]
    let slope = try settings[AttentionOption.slope]
    activation = slope == 0 ? .relu : .leakyReLU(slope: Float(slope))
    let isSpectral = try settings[AttentionOption.spectral]
    let source = building.weights
    func classifier(_ channels: Int) throws -> (layer: Layer, weight: ModelParameter) {
      let linear = try LayerKind.linear(
        [("in", .int(channels)), ("out", .int(1)), ("bias", .bool(false))], source)
      guard let weight = linear.linearWeight?.parameter else {
        preconditionFailure("a linear layer has a weight")
      }
      let layer =
        isSpectral ? try LayerKind.spectral([], parts: [("layer", linear)], source) : linear
      return (layer, weight)
    }
    let (first, second) = (try classifier(channels), try classifier(channels))
    (mean, largest) = (first.layer, second.layer)
    weights = (first.weight, second.weight)
    let conv = try LayerKind.conv(
      [("in", .int(2 * channels)), ("out", .int(channels)), ("kernel", .int(1))], source)
    guard let conv = conv as? Conv else { preconditionFailure("a convolution is one") }
    blend = conv
  }

  /// The classifiers `gap_fc` (of the means) and `gmp_fc` (of the maxima), and `conv1x1`.
  public override var parts: [(name: String, layer: Layer)] {
    [("gap_fc", mean), ("gmp_fc", largest), ("conv1x1", blend)]
  }

  /// Its maps.
  public override var channelEffect: ChannelEffect { .maps(channels) }

  /// The pixels of its input.
  public override func grid(behind grid: PixelGrid) -> PixelGrid { grid }

  /// Whether negative elements become 0.
  public override var isRectifier: Bool { activation == .relu }

  /// Classifies and weights the channels.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    guard x.rank == 4, x.shape[1] == channels else {
      throw Failure(
        "E-shape", "\(self) takes Nx\(channels)xHxW, not \(x.shape)", parameter: "x")
    }
    let logits = try Tensor.concatenated(
      [
        try pass.run(mean, "gap_fc", x.mean([2, 3])),
        try pass.run(largest, "gmp_fc", x.maximum([2, 3])),
      ], axis: 1)
    pass.give("logits", logits)
    // Of few pixels, to multiply the weights costs more than to multiply the maps. And whoever looks on sees
    // the convolution as it is defined; the result is the same to rounding.
    let isFew = x.shape[0] * x.shape[2] * x.shape[3] <= Self.fewPixels
    if !isFew, pass.isWatched("conv1x1") { _ = try joined(x, pass) }
    let y = try isFew ? joined(x, pass).activated(activation) : folded(x, pass)
    try pass.give("heatmap", y.sum([1], keepingAxes: true))
    return y
  }

  /// The convolution as it is defined: of both products, their channels joined.
  private func joined(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    func column(_ weight: ModelParameter) throws -> Tensor {
      try pass(weight).reshaped([channels, 1, 1])
    }
    let both = try Tensor.concatenated(
      [try x * column(weights.mean), try x * column(weights.largest)], axis: 1)
    return try pass.run(blend, "conv1x1", both)
  }

  /// Its activation, with half of the arithmetic and no maps in between: the classifiers' weights are
  /// multiplied into the convolution's.
  private func folded(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try x.convolved(
      with: foldedWeight(pass), bias: try blend.bias.map { try pass($0) }, Convolution(),
      activation: activation)
  }

  /// The weight of that convolution, `[C, C, 1, 1]`.
  private func foldedWeight(_ pass: Pass) throws -> Tensor {
    let weight = try pass(blend.weight).reshaped([channels, 2 * channels])
    func half(_ start: Int, _ factor: ModelParameter) throws -> Tensor {
      let columns = try weight.selecting([
        .all, .slice(start: start, stop: start + channels, step: nil),
      ])
      return try columns * pass(factor)
    }
    return try (half(0, weights.mean) + half(channels, weights.largest))
      .reshaped([channels, channels, 1, 1])
  }

  /// Both pools with their classifiers, whose logits are a side output, and one convolution by the folded
  /// weight.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    func logit(_ pool: String, _ layer: Layer, _ name: String) throws -> Graph.Value {
      try graph.run(
        layer, name, graph.add("Flatten", [graph.add(pool, [x])], ["axis": .int(1)]))
    }
    let logits = [
      try logit("GlobalAveragePool", mean, "gap_fc"),
      try logit("GlobalMaxPool", largest, "gmp_fc"),
    ]
    graph.give("logits", graph.joined(logits, axis: 1))
    let inputs = [x, graph.constant(try foldedWeight(Pass()), "conv1x1.folded")]
    let bias = try blend.bias.map { [try graph.weight($0, "conv1x1.bias")] } ?? []
    let y = graph.activated(
      graph.add("Conv", inputs + bias, ["kernel_shape": .ints([1, 1])]), activation)
    graph.give(
      "heatmap",
      graph.add("ReduceSum", [y, graph.ints([1], "axes")], ["keepdims": .int(1)]))
    return y
  }
}

private enum AttentionOption {
  static let channels = Option("channels", "Number of channels.", .int(least: 1))
  static let slope = Option(
    "slope", "Slope of the activation for negative elements: 0 for a ReLU.", .num,
    default: .num(0))
  static let spectral = Option(
    "spectral", "Whether the classifiers have spectral normalization.", .bool,
    default: .bool(false))
}

extension LayerKind {
  /// ``Attention``.
  public static let attention = LayerKind(
    "attention",
    "Attention by class activation maps (CAM) of U-GAT-IT [Zhou et al. 2016; Kim et al. 2020]: act(conv1x1([x · w_mean, x · w_max])), where w_mean and w_max are the weights of two linear classifiers, of the means and of the maxima of the channels. Their logits (shape Nx2) are trained to distinguish the domains, so that the channels that differ count more. heatmap(m, x) returns the sum of the output over its channels.",
    [AttentionOption.channels, AttentionOption.slope, AttentionOption.spectral],
    example: LayerExample(["channels": 4], input: [2, 4, 5, 5])
  ) { try Attention($0) }
}
