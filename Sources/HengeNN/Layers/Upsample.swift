// SPDX-License-Identifier: MIT
public import HengeTensor

/// Feature maps made larger by a whole factor.
///
/// Shape: `[N, C, H, W]` → `[N, C, factor·H, factor·W]`.
public final class Upsample: Layer {
  private let factor: Int
  private let isBilinear: Bool

  init(_ building: Building) {
    factor = building.settings.int("factor")
    isBilinear = building.settings.text("mode") == "bilinear"
  }

  /// Numbers lie between those of the input.
  public override func grid(behind grid: PixelGrid) -> PixelGrid {
    let shift = 0.5 - Double(factor) / 2
    return PixelGrid(
      rows: grid.rows.finer(by: factor, shift: shift),
      columns: grid.columns.finer(by: factor, shift: shift))
  }

  /// Enlarges.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    isBilinear ? try x.upsampledBilinear(factor) : try x.upsampledNearest(factor)
  }
}

extension LayerKind {
  /// ``Upsample``.
  public static let upsample = LayerKind(
    "upsample", "Makes a layer that enlarges feature maps by repeating pixels or between them.",
    [
      Option("factor", "How many times as large.", .int(least: 1), default: .int(2)),
      Option(
        "mode", "\"nearest\" repeats pixels, \"bilinear\" goes evenly from one to the next.",
        .choice(["nearest", "bilinear"]), default: .text("nearest")),
    ], example: ("upsample(2)", [1, 2, 3, 3])
  ) { Upsample($0) }
}
