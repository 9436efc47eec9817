// SPDX-License-Identifier: MIT
public import HengeTensor

/// Where the numbers of a map are over the image that it was computed from: the centers of what
/// they see.
///
/// Number i of an axis sees what is around pixel `start + i · step`, pixel 0 being the first.
public struct PixelGrid: Hashable, Sendable {
  /// One axis of it.
  public struct Axis: Hashable, Sendable {
    /// Around which pixel number 0 looks.
    public var start: Double
    /// How many pixels further the next number looks.
    public var step: Double

    /// Keeps the two.
    public init(start: Double, step: Double) {
      self.start = start
      self.step = step
    }

    /// An axis of a kernel with `stride`, `before` numbers of padding in front of it.
    func behind(kernel: Int, stride: Int, before: Int, dilation: Int = 1) -> Axis {
      let centre = Double((kernel - 1) * dilation) / 2 - Double(before)
      return Axis(start: start + centre * step, step: step * Double(stride))
    }

    /// An axis `factor` times as fine, whose element 0 is `shift` elements after this one's.
    func finer(by factor: Int, shift: Double) -> Axis {
      Axis(start: start + shift * step / Double(factor), step: step / Double(factor))
    }
  }

  /// Along the axis H.
  public var rows: Axis
  /// Along the axis W.
  public var columns: Axis

  /// Keeps the two axes.
  public init(rows: Axis, columns: Axis) {
    self.rows = rows
    self.columns = columns
  }

  /// The image's own pixels.
  public static let pixels = PixelGrid(
    rows: Axis(start: 0, step: 1), columns: Axis(start: 0, step: 1))
}

extension Tensor {
  /// Maps `[N, C, P, Q]` enlarged to images, `[N, C, height, width]`, by linear interpolation.
  ///
  /// `grid` is the pixel of each element; the outermost elements extend to the edges. Throws `E-shape`
  /// for another rank, `E-memory`.
  public func laid(over height: Int, _ width: Int, by grid: PixelGrid) throws -> Tensor {
    try interpolated(
      height: height, width: width, rows: (grid.rows.start, grid.rows.step),
      columns: (grid.columns.start, grid.columns.step))
  }
}
