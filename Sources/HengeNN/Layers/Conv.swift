// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

/// A convolution: `y[n, k, p, q] = bias[k] + Σ x[n, c, p·stride + r, q·stride + s] · weight[k, c, r, s]`.
///
/// Shape: `[N, in, H, W]` → `[N, out, P, Q]`; ``Convolution`` computes the sizes.
public final class Conv: Layer {
  /// `[out, in, R, S]`.
  public let weight: ModelParameter
  /// `[out]`, if it has one.
  public let bias: ModelParameter?
  /// Stride, padding and dilation.
  let convolution: Convolution

  init(_ building: Building) throws {
    let settings = building.settings
    let (height, width) = try settings[ConvOption.kernel]
    let (input, output) = (try settings[ConvOption.input], try settings[ConvOption.output])
    let (fanIn, fanOut) = (input * height * width, output * height * width)
    convolution = try Convolution(
      kernel: (height, width), stride: settings[ConvOption.stride],
      padding: settings[ConvOption.padding], dilation: settings[ConvOption.dilation])
    weight = try building.weights.weight(
      [output, input, height, width], fanIn: fanIn, fanOut: fanOut)
    bias = try settings[ConvOption.bias] ? try building.weights.bias(output, fanIn: fanIn) : nil
  }

  /// `weight`, and `bias` if it has one.
  public override var parameters: [(name: String, parameter: ModelParameter)] {
    [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
  }

  /// Its effect on the number of channels.
  public override var channelEffect: ChannelEffect { .maps(weight.value.shape[0]) }

  /// Convolves.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try forward(x, pass, with: Neighbors())
  }

  /// Its own padding leaves no room for a layer's.
  override var takesOver: TakesOver {
    hasNoPadding ? [.padding, .activation, .dropout] : [.activation, .dropout]
  }

  /// Convolves the padded `x`, applies the activation and then the dropout.
  override func forward(_ x: Tensor, _ pass: Pass, with neighbors: Neighbors) throws -> Tensor {
    var convolution = convolution
    let dropout = neighbors.dropout
    if let padding = neighbors.padding {
      convolution.vertical = padding.vertical
      convolution.horizontal = padding.horizontal
      convolution.border = padding.border
    }
    let y = try x.convolved(
      with: try pass(weight), bias: try bias.map { try pass($0) }, convolution,
      activation: neighbors.activation, dropping: dropout?.dropping(pass))
    dropout?.move(pass, by: y.count)
    return y
  }

  /// `Conv`.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let inputs =
      try [x, graph.weight(weight, "weight")] + (bias.map { [try graph.weight($0, "bias")] } ?? [])
    return graph.add(
      "Conv", inputs,
      [
        "kernel_shape": .ints(Array(weight.value.shape.sizes.suffix(2))),
        "strides": convolution.stride.attribute, "pads": convolution.pads,
        "dilations": convolution.dilation.attribute,
      ])
  }

  /// `weight`.
  public override var filters: Tensor? { weight.value }

  /// `weight`.
  override var linearWeight: LinearWeight? { LinearWeight(weight) }

  /// Numbers see what the kernel covers, and move by the stride.
  public override func grid(behind grid: PixelGrid) -> PixelGrid {
    let kernel = weight.value.shape.sizes
    return PixelGrid(
      rows: grid.rows.behind(
        kernel: kernel[2], stride: convolution.stride.vertical,
        before: convolution.vertical.before, dilation: convolution.dilation.vertical),
      columns: grid.columns.behind(
        kernel: kernel[3], stride: convolution.stride.horizontal,
        before: convolution.horizontal.before, dilation: convolution.dilation.horizontal))
  }

  private var hasNoPadding: Bool {
    convolution.vertical == .init(0) && convolution.horizontal == .init(0)
  }

  /// Kept for the backward pass.
  public override var keepsResult: Bool { true }

  /// Without padding a plane becomes planes; zero padding adds an edge to it.
  public override var planes: PlaneEffect { hasNoPadding ? .mapped : .other }

  /// 2·K·C·R·S for each output pixel.
  public override func operations(input: Shape, output: Shape) -> Int {
    2 * weight.value.count * output.count / max(1, output[1])
  }
}

extension Convolution {
  /// What the options say.
  ///
  /// `"same"` pads so that the output has ⌈size / stride⌉ rows at stride 1, one more at the end where the
  /// kernel is even. Throws `E-arg` for `"same"` at other strides, where the image's size decides.
  init(
    kernel: (Int, Int), stride: (Int, Int), padding: SizesOrWord<PaddingWord>,
    dilation: (Int, Int) = (1, 1)
  ) throws {
    func same(_ kernel: Int, _ dilation: Int) -> Edges {
      let all = max(1, dilation) * (kernel - 1)
      return Edges(all / 2, all - all / 2)
    }
    let edges: (Edges, Edges)
    switch padding {
    case .sizes(let rows, let columns): edges = (Edges(rows), Edges(columns))
    case .word(.same):
      guard stride == (1, 1) else {
        throw Failure(
          "E-arg", "padding=\"same\" needs a stride of 1",
          suggestion: "padding=\((kernel.0 - 1) / 2)", parameter: "padding")
      }
      edges = (same(kernel.0, dilation.0), same(kernel.1, dilation.1))
    }
    self.init(
      stride: Pair(stride.0, stride.1), vertical: edges.0, horizontal: edges.1,
      dilation: Pair(dilation.0, dilation.1))
  }
}

extension Convolution {
  /// The padding as operators of ONNX have it: above, left, below, right.
  var pads: Graph.Attribute {
    .ints([vertical.before, horizontal.before, vertical.after, horizontal.after])
  }
}

extension Convolution.Pair {
  /// Both numbers, as an attribute.
  var attribute: Graph.Attribute { .ints([vertical, horizontal]) }
}

/// What `padding` may be besides numbers.
enum PaddingWord: String, CaseIterable {
  /// As much as keeps the size.
  case same
}

private enum ConvOption {
  static let input = Option("in", "Number of input channels.", .int(least: 1))
  static let output = Option(
    "out", "Number of output channels: the number of filters.", .int(least: 1))
  static let kernel = Option(
    "kernel", "Kernel size: height and width of the filters.", .pair(least: 1), default: .int(3))
  static let stride = Option(
    "stride", "Step between two positions of the filter, in pixels.", .pair(least: 1),
    default: .int(1))
  static let padding = Option(
    "padding", "Zero padding: rows and columns added on each side. \"same\" keeps the size.",
    .pair(least: 0, or: PaddingWord.self), default: .int(0))
  static let dilation = Option(
    "dilation", "Distance between the elements of a filter, in pixels.", .pair(least: 1),
    default: .int(1))
  static let bias = Option(
    "bias", "Whether to add a bias to each output channel.", .bool, default: .bool(true))
}

extension LayerKind {
  /// ``Conv``.
  public static let conv = LayerKind(
    "conv",
    "2D convolution of feature maps [N, in, H, W]: y[n, k, p, q] = bias[k] + Σ x[n, c, p·stride + r, q·stride + s] · weight[k, c, r, s].",
    [
      ConvOption.input, ConvOption.output, ConvOption.kernel, ConvOption.stride,
      ConvOption.padding, ConvOption.dilation, ConvOption.bias,
    ],
    example: LayerExample(
      ["in": 3, "out": 16, "padding": 1], input: [1, 3, 8, 8], output: [1, 16, 8, 8])
  ) { try Conv($0) }
}
