// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

/// A transposed convolution: the gradient of a convolution at its input, as a layer that enlarges.
///
/// Shape: `[N, in, P, Q]` → `[N, out, H, W]`, `H = (P - 1)·stride - 2·padding + kernel + extra`.
public final class ConvTranspose: Layer {
  /// `[in, out, R, S]`, as PyTorch lays it out.
  public let weight: ModelParameter
  /// `[out]`, if it has one.
  public let bias: ModelParameter?
  private let convolution: Convolution
  private let extra: Convolution.Pair

  init(_ building: Building) throws {
    let settings = building.settings
    let (height, width) = try settings[TransposedOption.kernel]
    let (input, output) = (
      try settings[TransposedOption.input], try settings[TransposedOption.output]
    )
    convolution = try Convolution(
      kernel: (height, width), stride: settings[TransposedOption.stride],
      padding: settings[TransposedOption.padding])
    let (rows, columns) = try settings[TransposedOption.extra]
    extra = Convolution.Pair(rows, columns)
    guard extra.vertical < convolution.stride.vertical,
      extra.horizontal < convolution.stride.horizontal
    else {
      throw Failure(
        "E-range", "`extra` must be less than the stride",
        parameter: "extra")
    }
    // PyTorch counts the second axis of the weight as what is summed.
    let (fanIn, fanOut) = (output * height * width, input * height * width)
    weight = try building.weights.weight(
      [input, output, height, width], fanIn: fanIn, fanOut: fanOut)
    bias =
      try settings[TransposedOption.bias] ? try building.weights.bias(output, fanIn: fanIn) : nil
  }

  /// `weight`, and `bias` if it has one.
  public override var parameters: [(name: String, parameter: ModelParameter)] {
    [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
  }

  /// Its effect on the number of channels.
  public override var channelEffect: ChannelEffect { .maps(weight.value.shape[1]) }

  /// Convolves, transposed.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try forward(x, pass, with: Neighbors())
  }

  /// The activation.
  override var takesOver: TakesOver { .activation }

  /// Convolves, transposed, and applies the activation.
  override func forward(_ x: Tensor, _ pass: Pass, with neighbors: Neighbors) throws -> Tensor {
    try x.convolvedTransposed(
      with: try pass(weight), bias: try bias.map { try pass($0) }, convolution, extra: extra,
      activation: neighbors.activation)
  }

  /// `ConvTranspose`; its weight has the same axes, and `extra` is `output_padding`.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let inputs =
      try [x, graph.weight(weight, "weight")] + (bias.map { [try graph.weight($0, "bias")] } ?? [])
    return graph.add(
      "ConvTranspose", inputs,
      [
        "kernel_shape": .ints(Array(weight.value.shape.sizes.suffix(2))),
        "strides": convolution.stride.attribute, "pads": convolution.pads,
        "output_padding": extra.attribute,
      ])
  }

  /// `weight` by output channel, `[out, in, R, S]`.
  public override var filters: Tensor? { try? weight.value.transposed(0, 1) }

  /// `weight`, whose second axis is the output channels.
  override var linearWeight: LinearWeight? { LinearWeight(weight, outputs: 1) }

  /// Numbers are spread by the kernel, the stride apart.
  public override func grid(behind grid: PixelGrid) -> PixelGrid {
    func axis(_ axis: PixelGrid.Axis, _ kernel: Int, _ stride: Int, _ before: Int)
      -> PixelGrid.Axis
    {
      axis.finer(by: stride, shift: Double(before) - Double(kernel - 1) / 2)
    }
    let kernel = weight.value.shape.sizes
    return PixelGrid(
      rows: axis(
        grid.rows, kernel[2], convolution.stride.vertical, convolution.vertical.before),
      columns: axis(
        grid.columns, kernel[3], convolution.stride.horizontal, convolution.horizontal.before))
  }

  /// Kept for the backward pass.
  public override var keepsResult: Bool { true }

  /// 2·K·C·R·S for each input pixel.
  public override func operations(input: Shape, output: Shape) -> Int {
    2 * weight.value.count * input.count / max(1, input[1])
  }
}

private enum TransposedOption {
  static let input = Option("in", "Number of input channels.", .int(least: 1))
  static let output = Option("out", "Number of output channels.", .int(least: 1))
  static let kernel = Option(
    "kernel", "Kernel size: height and width of the filters.", .pair(least: 1), default: .int(3))
  static let stride = Option(
    "stride", "Upsampling factor: output rows per input row.", .pair(least: 1), default: .int(1))
  static let padding = Option(
    "padding", "Rows and columns removed from the output on each side. \"same\" keeps the size.",
    .pair(least: 0, or: PaddingWord.self), default: .int(0))
  static let extra = Option(
    "extra", "Rows and columns added at the end (`output_padding` in PyTorch).", .pair(least: 0),
    default: .int(0))
  static let bias = Option(
    "bias", "Whether to add a bias to each output channel.", .bool, default: .bool(true))
}

extension LayerKind {
  /// ``ConvTranspose``.
  public static let convTranspose = LayerKind(
    "conv_transpose",
    "Transposed 2D convolution (deconvolution), for upsampling: the output of [N, in, P, Q] has (P - 1)·stride - 2·padding + kernel + extra rows.",
    [
      TransposedOption.input, TransposedOption.output, TransposedOption.kernel,
      TransposedOption.stride, TransposedOption.padding, TransposedOption.extra,
      TransposedOption.bias,
    ],
    example: LayerExample(
      ["in": 8, "out": 3, "stride": 2, "padding": 1, "extra": 1], input: [1, 8, 4, 4],
      output: [1, 3, 8, 8])
  ) { try ConvTranspose($0) }
}
