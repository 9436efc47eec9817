// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// The largest or the mean element under a window that moves over feature maps.
///
/// Shape: `[N, C, H, W]` → `[N, C, P, Q]` with `P = (H + 2·padding - kernel) / stride + 1`, rounded down.
public final class Pooling: Layer {
  private let kernel: Int
  private let stride: Int
  private let padding: Int
  private let takesMaximum: Bool

  init(_ building: Building, takesMaximum: Bool) throws {
    let settings = building.settings
    kernel = try settings[PoolingOption.kernel]
    stride = try settings[PoolingOption.stride] ?? kernel
    padding = try settings[PoolingOption.padding]
    self.takesMaximum = takesMaximum
  }

  /// Numbers see what the window covers, and move by the stride.
  public override func grid(behind grid: PixelGrid) -> PixelGrid {
    PixelGrid(
      rows: grid.rows.behind(kernel: kernel, stride: stride, before: padding),
      columns: grid.columns.behind(kernel: kernel, stride: stride, before: padding))
  }

  /// `MaxPool` or `AveragePool`, which counts the zeros around the maps.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let kernel = Graph.Attribute.ints([kernel, kernel])
    let stride = Graph.Attribute.ints([stride, stride])
    let pads = Graph.Attribute.ints([padding, padding, padding, padding])
    return takesMaximum
      ? graph.add("MaxPool", [x], ["kernel_shape": kernel, "strides": stride, "pads": pads])
      : graph.add(
        "AveragePool", [x],
        ["kernel_shape": kernel, "strides": stride, "pads": pads, "count_include_pad": .int(1)])
  }

  /// Pools.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    takesMaximum
      ? try x.maxPooled(kernel: kernel, stride: stride, padding: padding)
      : try x.averagePooled(kernel: kernel, stride: stride, padding: padding)
  }
}

private enum PoolingOption {
  static let kernel = Option(
    "kernel", "Window size: height and width.", .int(least: 1), default: .int(2))
  static let stride = Option(
    "stride", "Step between two windows, in pixels; by default the window size.",
    .intOrNone(least: 1),
    default: Setting.none)
  static let padding = Option(
    "padding", "Rows and columns added on each side: ignored by max_pool, zeros in avg_pool.",
    .int(least: 0), default: .int(0))
  static let all: [any DeclaresOption] = [kernel, stride, padding]
}

extension LayerKind {
  /// The largest element.
  public static let maxPool = LayerKind(
    "max_pool", "Max pooling: the largest element of each window.",
    PoolingOption.all,
    example: LayerExample(["kernel": 2], input: [1, 2, 4, 4], output: [1, 2, 2, 2])
  ) { try Pooling($0, takesMaximum: true) }

  /// The mean element.
  public static let averagePool = LayerKind(
    "avg_pool", "Average pooling: the mean of each window.",
    PoolingOption.all,
    example: LayerExample(["kernel": 2], input: [1, 2, 4, 4], output: [1, 2, 2, 2])
  ) { try Pooling($0, takesMaximum: false) }
}
