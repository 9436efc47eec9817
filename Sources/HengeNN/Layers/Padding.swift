// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Rows and columns added around feature maps.
///
/// Shape: `[N, C, H, W]` → `[N, C, H + 2·n, W + 2·n]`.
public final class Padding: Layer {
  let vertical: Convolution.Edges
  let horizontal: Convolution.Edges
  let border: Convolution.Border

  init(_ building: Building, _ border: Convolution.Border) throws {
    let (height, width) = try building.settings[LayerKind.paddedSides]
    vertical = .init(height)
    horizontal = .init(width)
    self.border = border
  }

  /// A padding.
  override var neighbor: Neighbor? { .padding(self) }

  /// Zeros, where it adds any.
  public override var planes: PlaneEffect {
    border == .zero && (vertical != Convolution.Edges(0) || horizontal != Convolution.Edges(0))
      ? .bordered : .other
  }

  /// The first number is before the input's.
  public override func grid(behind grid: PixelGrid) -> PixelGrid {
    PixelGrid(
      rows: grid.rows.behind(kernel: 1, stride: 1, before: vertical.before),
      columns: grid.columns.behind(kernel: 1, stride: 1, before: horizontal.before))
  }

  /// `Pad`, its widths constant.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    graph.padded(
      x, rank: try graph.inputShape().rank, vertical: vertical, horizontal: horizontal,
      isMirrored: border == .reflection)
  }

  /// Pads the last two axes.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let widths =
      Array(repeating: (before: 0, after: 0), count: max(0, x.rank - 2))
      + [(vertical.before, vertical.after), (horizontal.before, horizontal.after)]
    guard x.rank >= 2 else {
      throw Failure("E-shape", "\(x.shape) has no rows and columns to pad", parameter: "x")
    }
    return try x.padded(widths, with: border == .reflection ? .reflect : .constant(.int(0)))
  }
}

extension LayerKind {
  /// Mirrored rows and columns.
  public static let reflectPad = LayerKind(
    "reflect_pad",
    "Reflection padding: pads feature maps with their mirror image, without repeating the edge.",
    [paddedSides],
    example: LayerExample(["padding": 1], input: [1, 2, 3, 3], output: [1, 2, 5, 5])
  ) { try Padding($0, .reflection) }

  /// Rows and columns of zeros.
  public static let zeroPad = LayerKind(
    "zero_pad", "Zero padding around feature maps.",
    [paddedSides],
    example: LayerExample(["padding": 1], input: [1, 2, 3, 3], output: [1, 2, 5, 5])
  ) { try Padding($0, .zero) }

  fileprivate static let paddedSides = Option(
    "padding", "Number of rows and columns added on each side.", .pair(least: 0))
}
