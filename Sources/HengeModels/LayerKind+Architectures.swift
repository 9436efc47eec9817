// SPDX-License-Identifier: MIT
public import HengeNN

// This target: whole networks as declared values, the files that contain models, and the names of
// the same weights in other programs.

extension LayerKind {
  /// All whole networks, each from its file in `Architectures`.
  public static let architectures: [LayerKind] = [
    .encoderDecoder, .stridedEncoderDecoder, .resnetGenerator, .filmGenerator, .unetGenerator,
    .patchDiscriminator, .pixelDiscriminator, .projectionHeads, .ugatitGenerator,
    .ugatitDiscriminator, .cfa, .landmarkRegressor,
  ]

  /// All that a file may name.
  public static let all = layers + architectures
}

/// Makes the layers of an architecture, all from the same source of weights.
struct Maker {
  let weights: FirstWeights
  /// Number of values per sample that condition the instance normalizations; 0 without a condition.
  var condition = 0

  func conv(
    _ input: Int, _ output: Int, kernel: Int = 3, stride: Int = 1, padding: Int = 0,
    bias: Bool = true
  ) throws -> Layer {
    try LayerKind.conv(
      [
        ("in", .int(input)), ("out", .int(output)), ("kernel", .int(kernel)),
        ("stride", .int(stride)), ("padding", .int(padding)), ("bias", .bool(bias)),
      ], weights)
  }

  func convTranspose(
    _ input: Int, _ output: Int, kernel: Int = 3, stride: Int = 1, padding: Int = 0, extra: Int = 0,
    bias: Bool = true
  ) throws -> Layer {
    try LayerKind.convTranspose(
      [
        ("in", .int(input)), ("out", .int(output)), ("kernel", .int(kernel)),
        ("stride", .int(stride)), ("padding", .int(padding)), ("extra", .int(extra)),
        ("bias", .bool(bias)),
      ], weights)
  }

  /// The normalization, nothing for `none`.
  func norm(_ norm: Norm, _ channels: Int) throws -> Layer? {
    switch norm {
    case .instance where condition > 0:
      try LayerKind.conditionalNorm(
        [("channels", .int(channels)), ("condition", .int(condition))], weights)
    case .instance: try LayerKind.instanceNorm([("channels", .int(channels))], weights)
    case .batch: try LayerKind.batchNorm([("channels", .int(channels))], weights)
    case .none: nil
    }
  }

  func plain(_ kind: LayerKind, _ settings: [(String, Setting)] = []) throws -> Layer {
    try kind(settings, weights)
  }

  /// Padding of `size` around a convolution that has none itself.
  func padding(_ border: Border, _ size: Int) throws -> Layer {
    try plain(border == .reflect ? .reflectPad : .zeroPad, [("padding", .int(size))])
  }

  /// What follows the convolution, normalization and activation; nothing where the convolution itself
  /// halves the maps.
  func pool(_ down: Down) throws -> Layer? { down == .blur ? try plain(.blurPool) : nil }

  /// The layers that double maps, the last of them `conv`: by interpolation before a 3x3 convolution, or what
  /// `transposed` makes.
  func doubled(
    _ up: Up, _ input: Int, _ output: Int, bias: Bool, transposed: () throws -> Layer
  ) throws -> [(name: String, layer: Layer?)] {
    switch up {
    case .deconv: return [("conv", try transposed())]
    case .blur:
      return [
        ("upsample", try plain(.upsample, [("mode", .text(up.rawValue))])),
        ("conv", try conv(input, output, padding: 1, bias: bias)),
      ]
    case .nearest, .bilinear:
      return [
        ("upsample", try plain(.upsample, [("mode", .text(up.rawValue))])),
        ("pad", try padding(.reflect, 1)), ("conv", try conv(input, output, bias: bias)),
      ]
    }
  }

  func sequential(_ parts: [(name: String, layer: Layer?)]) throws -> Layer {
    try LayerKind.sequential([], parts: given(parts), weights)
  }

  func residual(_ parts: [(name: String, layer: Layer?)]) throws -> Layer {
    try LayerKind.residual([], parts: given(parts), weights)
  }

  func conditioned(_ parts: [(name: String, layer: Layer?)]) throws -> Layer {
    try LayerKind.conditioned([("condition", .int(condition))], parts: given(parts), weights)
  }

  private func given(_ parts: [(name: String, layer: Layer?)]) -> [(name: String, layer: Layer)] {
    parts.compactMap { part in part.layer.map { (part.name, $0) } }
  }
}

/// The normalization of an architecture.
public enum Norm: String, Sendable, CaseIterable {
  /// Each channel of each image separately.
  case instance
  /// Each channel of the batch.
  case batch
  /// None.
  case none
}

/// The surroundings of maps before a convolution.
enum Border: String, CaseIterable {
  case reflect
  case zero
}

/// How a network halves its maps.
enum Down: String, CaseIterable {
  /// By a convolution of stride 2.
  case conv
  /// By a convolution of stride 1, then a blur of which every second pixel is taken.
  case blur

  /// The stride of the convolution.
  var stride: Int { self == .conv ? 2 : 1 }
}

/// How a network enlarges its maps.
enum Up: String, CaseIterable {
  case deconv
  case nearest
  case bilinear
  case blur
}

/// How the first weights of an architecture are drawn.
enum Initialiser: String, CaseIterable {
  case normal
  case xavier
  case kaiming
  case orthogonal
  case uniform

  var rule: FirstWeights.Rule {
    switch self {
    case .normal: .normal
    case .xavier: .xavier
    case .kaiming: .kaiming
    case .orthogonal: .orthogonal
    case .uniform: .uniform
    }
  }
}

/// Options that several architectures share.
enum SharedOption {
  static let channels = Option(
    "channels", "Channels of the input images.", .int(least: 1), default: .int(3))
  static let out = Option(
    "out", "Channels of the output images.", .int(least: 1), default: .int(3))
  static let norm = Option(
    "norm", "Normalization layer after the convolutions.", .choice(Norm.self),
    default: .text("instance"))
  static let down = Option(
    "down",
    "Downsampling: \"conv\" is a convolution of stride 2, as in the reference implementation; \"blur\" a convolution of stride 1 and then blur_pool(), as in CUT.",
    .choice(Down.self), default: .text("conv"))
  static let up = Option(
    "up",
    "Upsampling: \"deconv\" is a transposed convolution, as in the reference implementation. The others avoid checkerboard artifacts: \"nearest\" and \"bilinear\" interpolation before a convolution with reflection padding, \"blur\" before a convolution with zero padding, as in CUT.",
    .choice(Up.self), default: .text("deconv"))
  static let initialiser = Option(
    "init", "Weight initialization: distribution of the initial weights.",
    .choice(Initialiser.self), default: .text("normal"))
  static let gain = Option(
    "gain", "Standard deviation of normal initial weights, or gain of the other initializations.",
    .num,
    default: .num(0.02))
}

extension Building {
  /// A maker whose weights are drawn as the options `init` and `gain` say.
  var maker: Maker {
    get throws {
      Maker(
        weights: weights.ruled(
          by: try settings[SharedOption.initialiser].rule, gain: try settings[SharedOption.gain]))
    }
  }
}
