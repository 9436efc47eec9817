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

  init(_ building: Building, takesMaximum: Bool) {
    let settings = building.settings
    kernel = settings.int("kernel")
    stride = settings["stride"] == .none ? kernel : settings.int("stride")
    padding = settings.int("padding")
    self.takesMaximum = takesMaximum
  }

  /// Numbers see what the window covers, and move by the stride.
  public override func grid(behind grid: PixelGrid) -> PixelGrid {
    PixelGrid(
      rows: grid.rows.behind(kernel: kernel, stride: stride, before: padding),
      columns: grid.columns.behind(kernel: kernel, stride: stride, before: padding))
  }

  /// Pools.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    takesMaximum
      ? try x.maxPooled(kernel: kernel, stride: stride, padding: padding)
      : try x.averagePooled(kernel: kernel, stride: stride, padding: padding)
  }
}

private let poolingOptions = [
  Option("kernel", "Window size: height and width.", .int(least: 1), default: .int(2)),
  Option(
    "stride", "Step between two windows, in pixels; by default the window size.",
    .int(least: 1),
    default: Setting.none),
  Option(
    "padding", "Rows and columns added on each side: ignored by max_pool, zeros in avg_pool.",
    .int(least: 0), default: .int(0)),
]

extension LayerKind {
  /// The largest element.
  public static let maxPool = LayerKind(
    "max_pool", "Max pooling: the largest element of each window.",
    poolingOptions, example: ("max_pool(2)", [1, 2, 4, 4]), output: [1, 2, 2, 2]
  ) { Pooling($0, takesMaximum: true) }

  /// The mean element.
  public static let averagePool = LayerKind(
    "avg_pool", "Average pooling: the mean of each window.",
    poolingOptions, example: ("avg_pool(2)", [1, 2, 4, 4]), output: [1, 2, 2, 2]
  ) { Pooling($0, takesMaximum: false) }
}
