// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Feature maps at half their size, blurred first, so that fine patterns do not turn into coarse ones
/// (aliasing).
///
/// `y[i, j] = Σ w[a] · w[b] · x[2i + a, 2j + b]` over a and b of -1, 0, 1, with w = [1, 2, 1] / 4 and
/// the maps mirrored at their edges. [Zhang 2019; Park et al. 2020, whose networks halve maps so]
///
/// Shape: `[N, C, H, W]` → `[N, C, (H + 1) / 2, (W + 1) / 2]`, rounded down.
public final class BlurPool: Layer {
  /// The next convolution keeps it.
  public override var keepsResult: Bool { true }

  /// [1, 2, 1] / 4.
  public override var blur: [Float]? { [0.25, 0.5, 0.25] }

  /// A number is at every second pixel.
  public override func grid(behind grid: PixelGrid) -> PixelGrid {
    PixelGrid(
      rows: grid.rows.behind(kernel: 3, stride: 2, before: 1),
      columns: grid.columns.behind(kernel: 3, stride: 2, before: 1))
  }

  /// Mirrored edges, and a convolution of each channel by the outer product of [1, 2, 1] / 4 with itself.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let channels = try graph.inputShape()[1]
    let line = [0.25, 0.5, 0.25]
    let kernel = line.flatMap { row in line.map { row * $0 } }
    let weight = try graph.constant(
      Array(repeating: kernel, count: channels).flatMap(\.self), [channels, 1, 3, 3], "blur")
    let edges = Convolution.Edges(1)
    let padded = graph.padded(x, vertical: edges, horizontal: edges, isMirrored: true)
    return graph.add(
      "Conv", [padded, weight],
      ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2]), "group": .int(channels)])
  }

  /// Blurs, and takes every second pixel.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try x.downsampledBlurred()
  }
}

extension LayerKind {
  /// ``BlurPool``.
  public static let blurPool = LayerKind(
    "blur_pool",
    "Anti-aliased downsampling [Zhang 2019]: halves feature maps after a blur with [1, 2, 1] / 4 along rows and columns (reflection padding). A network that downsamples so changes less when its input shifts by a pixel.",
    example: LayerExample(input: [1, 2, 4, 4], output: [1, 2, 2, 2])
  ) { _ in BlurPool() }
}
