// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Feature maps made larger by a whole factor.
///
/// `blur`, by 2 only: zeros between the pixels, the edges repeated, then [1, 3, 3, 1] / 4 along rows and
/// columns, which is `y[2i] = ¾ x[i] + ¼ x[i - 1]`, `y[2i + 1] = ¾ x[i] + ¼ x[i + 1]`. [Zhang 2019; Park et al.
/// 2020, whose networks enlarge so] That is bilinear enlarging by 2, reached from the other side.
///
/// Shape: `[N, C, H, W]` → `[N, C, factor·H, factor·W]`.
public final class Upsample: Layer {
  private let factor: Int
  private let mode: Mode

  /// How pixels are put between those of the input.
  enum Mode: String, CaseIterable {
    case nearest
    case bilinear
    case blur
  }

  init(_ building: Building) throws {
    factor = try building.settings[UpsampleOption.factor]
    mode = try building.settings[UpsampleOption.mode]
    guard mode != .blur || factor == 2 else {
      throw Failure(
        "E-range", "mode=\"blur\" needs factor 2, not \(factor)",
        suggestion: "upsample(\(factor), mode=\"bilinear\")", parameter: "factor")
    }
  }

  /// [1, 3, 3, 1] / 4 in the mode of that name.
  public override var blur: [Float]? { mode == .blur ? [0.25, 0.75, 0.75, 0.25] : nil }

  /// The next convolution keeps it.
  public override var keepsResult: Bool { true }

  /// Numbers are between those of the input.
  public override func grid(behind grid: PixelGrid) -> PixelGrid {
    let shift = 0.5 - Double(factor) / 2
    return PixelGrid(
      rows: grid.rows.finer(by: factor, shift: shift),
      columns: grid.columns.finer(by: factor, shift: shift))
  }

  /// `Resize` by constant scales: "blur" is bilinear interpolation by 2.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let scales = try graph.constant([1, 1, Double(factor), Double(factor)], [4], "scales")
    let inputs = [x, Graph.none, scales]
    return mode == .nearest
      ? graph.add(
        "Resize", inputs,
        [
          "mode": .text("nearest"), "coordinate_transformation_mode": .text("asymmetric"),
          "nearest_mode": .text("floor"),
        ])
      : graph.add(
        "Resize", inputs,
        ["mode": .text("linear"), "coordinate_transformation_mode": .text("half_pixel")])
  }

  /// Enlarges.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    switch mode {
    case .bilinear: try x.upsampledBilinear(factor)
    case .blur: try x.upsampledBlurred()
    case .nearest: try x.upsampledNearest(factor)
    }
  }
}

private enum UpsampleOption {
  static let factor = Option(
    "factor", "Scale factor, an integer.", .int(least: 1), default: .int(2))
  static let mode = Option(
    "mode",
    "Interpolation: \"nearest\" repeats pixels; \"bilinear\"; \"blur\" inserts zeros and filters with [1, 3, 3, 1] / 4 (¾ of a pixel and ¼ of its neighbor), for factor 2.",
    .choice(Upsample.Mode.self), default: .text("nearest"))
}

extension LayerKind {
  /// ``Upsample``.
  public static let upsample = LayerKind(
    "upsample", "Upsampling: enlarges feature maps by interpolation.",
    [UpsampleOption.factor, UpsampleOption.mode],
    example: LayerExample(["factor": 2], input: [1, 2, 3, 3], output: [1, 2, 6, 6])
  ) { try Upsample($0) }
}
