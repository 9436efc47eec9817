// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN
internal import HengeTensor

/// A network of images in -1...1 around one that computes with 0...255.
final class PixelScaled: Layer {
  private let body: Layer
  private let isScaled: Bool

  /// The range of the images that it takes and returns.
  enum Range: String, CaseIterable {
    case signed = "-1..1"
    case bytes = "0..255"
  }

  init(_ body: Layer, pixels: Range) {
    self.body = body
    isScaled = pixels == .signed
  }

  override var parts: [(name: String, layer: Layer)] { body.parts }

  override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    guard isScaled else { return try body.forward(x, pass) }
    let bytes = try (x + .int(1)) * .num(127.5)
    return try (try body.forward(bytes, pass) * .num(1 / 127.5)) - .int(1)
  }

  override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    guard isScaled else { return try body.export(x, to: graph) }
    let one = try graph.constant(1, "one")
    let bytes = graph.add(
      "Mul", [graph.add("Add", [x, one]), try graph.constant(127.5, "scale")])
    let y = try body.export(bytes, to: graph)
    return graph.add(
      "Sub", [graph.add("Mul", [y, try graph.constant(1 / 127.5, "inverse")]), one])
  }

  override var imageRange: ClosedRange<Double> { isScaled ? -1...1 : 0...255 }
}

private enum EncoderDecoderOption {
  static let pixels = Option(
    "pixels", "Range of the input and output images.",
    .choice(PixelScaled.Range.self), default: .text("-1..1"))
  static let dropout = Option(
    "dropout", "Dropout rate after the encoder.", .num, default: .num(0.5))
}

extension LayerKind {
  /// The encoder-decoder [Eki, method 2], to the letter: six 3x3 convolutions of stride 1 with
  /// 16, 128, 256, 128, 16 and 3 filters, the last three transposed, a rectifier after each, and
  /// half of the 256 maps' elements dropped while it trains.
  ///
  /// It computes with pixels of 0...255, as the paper's program does; images of -1...1 are scaled on
  /// their way in and out. 628,099 parameters; each output pixel sees 13x13 pixels.
  /// [Eki, "Automatic transformation from animated face image to real human face image", method 2]
  public static let encoderDecoder = LayerKind(
    "encoder_decoder",
    "Encoder-decoder [Eki, method 2]: 3x3 convolutions to 16, 128 and 256 channels, dropout, and transposed convolutions back to 128, 16 and 3 channels, each followed by ReLU. It computes with pixels of 0..255; images in -1..1 are scaled at the input and output.",
    [EncoderDecoderOption.pixels, EncoderDecoderOption.dropout],
    example: LayerExample(input: [1, 3, 8, 8])
  ) { building in
    // Keras' first weights: even, by Glorot and Bengio's rule, and biases of 0.
    let maker = Maker(weights: building.weights.ruled(by: .glorot))
    var parts: [(name: String, layer: Layer?)] = []
    for (index, (input, output)) in [(3, 16), (16, 128), (128, 256)].enumerated() {
      parts.append(("conv\(index + 1)", try maker.conv(input, output, padding: 1)))
      parts.append(("relu\(index + 1)", try maker.plain(.relu)))
    }
    let rate = try building.settings[EncoderDecoderOption.dropout]
    try parts.append(
      (
        "dropout",
        Failure.renaming(["rate": "dropout"]) { try maker.plain(.dropout, [("rate", .num(rate))]) }
      ))
    for (index, (input, output)) in [(256, 128), (128, 16), (16, 3)].enumerated() {
      parts.append(("deconv\(index + 1)", try maker.convTranspose(input, output, padding: 1)))
      parts.append(("relu\(index + 4)", try maker.plain(.relu)))
    }
    return PixelScaled(
      try maker.sequential(parts), pixels: try building.settings[EncoderDecoderOption.pixels])
  }

  /// An encoder-decoder with strides and of about as many parameters (626,243): it sees nearly the whole
  /// face, where the paper's sees 13x13 pixels.
  public static let stridedEncoderDecoder = LayerKind(
    "strided_encoder_decoder",
    "Encoder-decoder with strides: about as many weights as encoder_decoder(), but a receptive field of nearly the whole face. Its layers: 4x4 convolutions of stride 2 to 32, 64 and 128 channels, a residual block, transposed convolutions back, instance normalization, and tanh at the end.",
    [SharedOption.channels, SharedOption.out], divisor: Divisor(8),
    example: LayerExample(input: [1, 3, 16, 16])
  ) { building in
    let maker = Maker(weights: building.weights.ruled(by: .normal, gain: 0.02))
    var parts: [(name: String, layer: Layer?)] = []
    let widths = [try building.settings[SharedOption.channels], 32, 64, 128]
    for index in 1...3 {
      parts += [
        (
          "conv\(index)",
          try maker.conv(widths[index - 1], widths[index], kernel: 4, stride: 2, padding: 1)
        ),
        ("norm\(index)", try maker.norm(.instance, widths[index])),
        ("relu\(index)", try maker.plain(.relu)),
      ]
    }
    parts.append(
      ("res", try residualBlock(maker, 128, norm: .instance, padding: .reflect, dropout: 0)))
    for (index, output) in [64, 32].enumerated() {
      parts += [
        (
          "deconv\(index + 1)",
          try maker.convTranspose(output * 2, output, kernel: 4, stride: 2, padding: 1)
        ),
        ("norm\(index + 4)", try maker.norm(.instance, output)),
        ("relu\(index + 4)", try maker.plain(.relu)),
      ]
    }
    let out = try building.settings[SharedOption.out]
    parts.append(("deconv3", try maker.convTranspose(32, out, kernel: 4, stride: 2, padding: 1)))
    parts.append(("tanh", try maker.plain(.tanh)))
    return try maker.sequential(parts)
  }
}

/// A residual block: two padded 3x3 convolutions with normalization, a rectifier between them.
///
/// [Johnson et al. 2016; the reference's ResnetBlock]
func residualBlock(
  _ maker: Maker, _ channels: Int, norm: Norm, padding: Border, dropout: Double
) throws -> Layer {
  let bias = norm == .instance
  return try maker.residual([
    ("pad1", try maker.padding(padding, 1)),
    ("conv1", try maker.conv(channels, channels, bias: bias)),
    ("norm1", try maker.norm(norm, channels)), ("relu", try maker.plain(.relu)),
    (
      "dropout",
      dropout > 0
        ? try Failure.renaming(["rate": "dropout"]) {
          try maker.plain(.dropout, [("rate", .num(dropout))])
        } : nil
    ),
    ("pad2", try maker.padding(padding, 1)),
    ("conv2", try maker.conv(channels, channels, bias: bias)),
    ("norm2", try maker.norm(norm, channels)),
  ])
}
