// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Layer-instance normalization: `(ρ · n + (1 - ρ) · l) · γ + β`.
///
/// n is the instance normalization, l the layer normalization: `(x - mean) / √(variance + eps)` over the
/// pixels of each channel, and over all channels and pixels of each image. The variance is that of a
/// sample (divided by the count less 1), as in the authors' program. ρ, one number a channel, is learned
/// and clipped to 0...1 after each step. Shape: `[N, C, H, W]` → the same. [Kim et al. 2020, U-GAT-IT]
public final class LayerInstanceNorm: Layer {
  private let share: ModelParameter
  private let scale: ModelParameter?
  private let shift: ModelParameter?
  private let epsilon: Double

  init(_ building: Building) throws {
    let sizes = [1, try building.settings[BlendOption.channels], 1, 1]
    let isAffine = try building.settings[BlendOption.affine]
    epsilon = try building.settings[BlendOption.epsilon]
    share = try building.weights.constant(
      sizes, try building.settings[BlendOption.rho(0)], bounds: 0...1)
    scale = isAffine ? try building.weights.constant(sizes, 1) : nil
    shift = isAffine ? try building.weights.constant(sizes, 0) : nil
  }

  /// `rho`, and `gamma` and `beta` where it is affine; each `[1, C, 1, 1]`.
  public override var parameters: [(name: String, parameter: ModelParameter)] {
    [("rho", share)]
      + [("gamma", scale), ("beta", shift)].compactMap { name, one in one.map { (name, $0) } }
  }

  /// Means, differences and their squares.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    try graph.blendNormalized(
      x, rho: graph.weight(share, "rho"), channels: share.value.count, epsilon: epsilon,
      scale: scale.map { try graph.weight($0, "gamma") },
      shift: shift.map { try graph.weight($0, "beta") })
  }

  /// Normalizes.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try forward(x, pass, with: Neighbors())
  }

  /// The activation.
  override var takesOver: TakesOver { .activation }

  /// Normalizes and applies the activation.
  override func forward(_ x: Tensor, _ pass: Pass, with neighbors: Neighbors) throws -> Tensor {
    func row(_ parameter: ModelParameter) throws -> Tensor {
      try pass(parameter).reshaped([parameter.value.count])
    }
    return try x.blendNormalized(
      rho: row(share), epsilon: epsilon, scale: try scale.map(row), shift: try shift.map(row),
      activation: neighbors.activation)
  }
}

/// Adaptive layer-instance normalization: a ``LayerInstanceNorm`` whose γ and β are given for each image.
///
/// Inside a U-GAT-IT generator they are that network's: `[N, C, H, W]` → the same. Elsewhere they are the
/// means of the last channels of x, C for γ and then C for β: `[N, 3C, H, W]` → `[N, C, H, W]`.
/// [Kim et al. 2020, U-GAT-IT]
public final class AdaptiveLayerInstanceNorm: Layer {
  private let share: ModelParameter
  private let channels: Int
  private let epsilon: Double

  init(_ building: Building) throws {
    channels = try building.settings[BlendOption.channels]
    epsilon = try building.settings[BlendOption.epsilon]
    share = try building.weights.constant(
      [1, channels, 1, 1], try building.settings[BlendOption.rho(0.9)], bounds: 0...1)
  }

  /// `rho`, `[1, C, 1, 1]`.
  public override var parameters: [(name: String, parameter: ModelParameter)] {
    [("rho", share)]
  }

  /// Its maps, without scale and shift.
  public override var channelEffect: ChannelEffect { .maps(channels) }

  /// As ``LayerInstanceNorm``, with the network's scale and shift.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    var (maps, style) = (x, graph.style)
    if style == nil {
      let (own, means) = try graph.splittingCondition(x, 2 * channels)
      maps = own
      style = (
        graph.sliced(means, axis: 1, from: 0, to: channels),
        graph.sliced(means, axis: 1, from: channels)
      )
    }
    return try graph.blendNormalized(
      maps, rho: graph.weight(share, "rho"), channels: channels, epsilon: epsilon,
      scale: style.map { graph.overMaps($0.scale) }, shift: style.map { graph.overMaps($0.shift) })
  }

  /// Normalizes.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try forward(x, pass, with: Neighbors())
  }

  /// The activation.
  override var takesOver: TakesOver { .activation }

  /// Normalizes and applies the activation.
  override func forward(_ x: Tensor, _ pass: Pass, with neighbors: Neighbors) throws -> Tensor {
    let (maps, style) =
      try pass.style.map { (x, $0) } ?? x.splittingStyle(channels, for: "\(self)")
    guard maps.rank == 4, maps.shape[1] == channels,
      [style.scale, style.shift].allSatisfy({ $0.shape.sizes == [x.shape[0], channels] })
    else {
      throw Failure(
        "E-shape",
        "\(self) takes Nx\(channels)xHxW and a scale and shift Nx\(channels), not \(maps.shape) and \(style.scale.shape)",
        parameter: "x")
    }
    return try maps.blendNormalized(
      rho: pass(share).reshaped([channels]), epsilon: epsilon, scale: style.scale,
      shift: style.shift, activation: neighbors.activation)
  }
}

extension Tensor {
  /// The channels of a batch `[N, 3C, H, W]` without the last 2C, and the means of those.
  fileprivate func splittingStyle(_ channels: Int, for layer: String) throws
    -> (maps: Tensor, style: (scale: Tensor, shift: Tensor))
  {
    guard rank == 4, shape[1] == 3 * channels else {
      throw Failure(
        "E-shape",
        "\(layer) takes Nx\(3 * channels)xHxW: \(channels) channels, \(channels) whose means are the scale and \(channels) whose means are the shift, not \(shape)",
        parameter: "x")
    }
    let (maps, style) = try splittingCondition(2 * channels, for: layer)
    func half(_ range: Range<Int>) throws -> Tensor {
      try style.selecting([
        .all, .slice(start: range.lowerBound, stop: range.upperBound, step: nil),
      ])
    }
    return (maps, (try half(0..<channels), try half(channels..<2 * channels)))
  }
}

private enum BlendOption {
  static let channels = Option("channels", "Number of channels.", .int(least: 1))
  static let epsilon = Option(
    "eps", "Small number added to the variance, against division by 0.", .num, default: .num(1e-5))
  static let affine = Option(
    "affine", "Whether to learn a scale and a shift per channel.", .bool, default: .bool(true))
  static func rho(_ initial: Double) -> Option<Double> {
    Option(
      "rho",
      "First share of instance normalization in each channel, 0..1; the rest is layer normalization.",
      .num, default: .num(initial))
  }
}

extension LayerKind {
  /// ``LayerInstanceNorm``.
  public static let layerInstanceNorm = LayerKind(
    "layer_instance_norm",
    "Layer-instance normalization of U-GAT-IT's upsampling [Kim et al. 2020]: (ρ · n + (1 - ρ) · l) · γ + β, where n is x normalized over the pixels of each channel and l is x normalized over all channels and pixels of the image, (x - mean) / √(variance + eps), the variance divided by the count less 1. ρ, γ and β are learned for each channel; ρ is clipped to 0..1 after each step.",
    [BlendOption.channels, BlendOption.epsilon, BlendOption.affine, BlendOption.rho(0)],
    example: LayerExample(["channels": 4, "rho": 0.3], input: [2, 4, 5, 5])
  ) { try LayerInstanceNorm($0) }

  /// ``AdaptiveLayerInstanceNorm``.
  public static let adaptiveLayerInstanceNorm = LayerKind(
    "adaptive_layer_instance_norm",
    "Adaptive layer-instance normalization (AdaLIN) of U-GAT-IT's residual blocks [Kim et al. 2020]: layer_instance_norm(…) whose γ and β are given for each image. Inside ugatit_generator(…) that network computes them from its attended feature maps; elsewhere they are the means of the last channels of x, which the output lacks: [N, 3 · channels, H, W] → [N, channels, H, W].",
    [BlendOption.channels, BlendOption.epsilon, BlendOption.rho(0.9)],
    example: LayerExample(["channels": 4], input: [2, 12, 5, 5], output: [2, 4, 5, 5])
  ) { try AdaptiveLayerInstanceNorm($0) }
}
