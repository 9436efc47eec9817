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
    let (height, width) = settings.pair("kernel")
    let (input, output) = (settings.int("in"), settings.int("out"))
    let (fanIn, fanOut) = (input * height * width, output * height * width)
    convolution = try Convolution(settings, height, width)
    weight = try building.weights.weight(
      [output, input, height, width], fanIn: fanIn, fanOut: fanOut)
    bias = settings.bool("bias") ? try building.weights.bias(output, fanIn: fanIn) : nil
  }

  /// `weight`, and `bias` if it has one.
  public override var parameters: [(name: String, parameter: ModelParameter)] {
    [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
  }

  /// Convolves.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try forward(x, pass, padding: nil, activation: .none)
  }

  /// Convolves `x` as it would be after `padding`, applies `activation` and then `dropout`.
  func forward(
    _ x: Tensor, _ pass: Pass, padding: Padding?, activation: Activation, dropout: Dropout? = nil
  ) throws -> Tensor {
    var convolution = convolution
    if let padding {
      convolution.vertical = padding.vertical
      convolution.horizontal = padding.horizontal
      convolution.border = padding.border
    }
    let y = try x.convolved(
      with: try pass(weight), bias: try bias.map { try pass($0) }, convolution,
      activation: activation, dropping: dropout?.dropping(pass))
    dropout?.move(pass, by: y.count)
    return y
  }

  /// `weight`.
  public override var filters: Tensor? { weight.value }

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

  /// Whether a layer of padding before it can be its own padding.
  var hasNoPadding: Bool {
    convolution.vertical == .init(0) && convolution.horizontal == .init(0)
  }

  /// 2·K·C·R·S for each output pixel.
  public override func operations(input: Shape, output: Shape) -> Int {
    2 * weight.value.count * output.count / max(1, output[1])
  }
}

extension Convolution {
  /// What the options `stride`, `padding` and `dilation` say.
  ///
  /// `"same"` pads so that the output has ⌈size / stride⌉ rows at stride 1, one more at the end where the
  /// kernel is even. Throws `E-arg` for `"same"` at other strides, where the image's size decides.
  init(_ settings: Settings, _ height: Int, _ width: Int) throws {
    let stride = settings.pair("stride")
    let dilation = settings.pair("dilation")
    func same(_ kernel: Int, _ dilation: Int) -> Edges {
      let all = max(1, dilation) * (kernel - 1)
      return Edges(all / 2, all - all / 2)
    }
    var edges = (Edges(settings.pair("padding").0), Edges(settings.pair("padding").1))
    if settings["padding"] == .text("same") {
      guard stride == (1, 1) else {
        throw Failure(
          "E-arg", "padding=\"same\" needs a stride of 1",
          suggestion: "padding=\((height - 1) / 2)", parameter: "padding")
      }
      edges = (same(height, dilation.0), same(width, dilation.1))
    }
    self.init(
      stride: Pair(stride.0, stride.1), vertical: edges.0, horizontal: edges.1,
      dilation: dilation == (0, 0) ? Pair(1) : Pair(dilation.0, dilation.1))
  }
}

extension LayerKind {
  /// ``Conv``.
  public static let conv = LayerKind(
    "conv",
    "2D convolution of feature maps [N, in, H, W]: y[n, k, p, q] = bias[k] + Σ x[n, c, p·stride + r, q·stride + s] · weight[k, c, r, s].",
    [
      Option("in", "Number of input channels.", .int(least: 1)),
      Option("out", "Number of output channels: the number of filters.", .int(least: 1)),
      Option(
        "kernel", "Kernel size: height and width of the filters.", .pair(least: 1), default: .int(3)
      ),
      Option(
        "stride", "Step between two positions of the filter, in pixels.", .pair(least: 1),
        default: .int(1)),
      Option(
        "padding", "Zero padding: rows and columns added on each side. \"same\" keeps the size.",
        .pairOrChoice(least: 0, ["same"]), default: .int(0)),
      Option(
        "dilation", "Distance between the elements of a filter, in pixels.",
        .pair(least: 1), default: .int(1)),
      Option("bias", "Whether to add a bias to each output channel.", .bool, default: .bool(true)),
    ], example: ("conv(3, 16, padding=1)", [1, 3, 8, 8]), output: [1, 16, 8, 8]
  ) { try Conv($0) }
}
