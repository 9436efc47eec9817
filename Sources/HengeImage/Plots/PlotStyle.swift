// SPDX-License-Identifier: MIT

/// How a series is told apart from the others: a color, and beyond eight series dashes and markers.
struct PlotStyle {
  let colour: UInt32
  /// The lengths of dashes and gaps; none for a solid line.
  let dashes: [Double]
  /// 0 for a disk, 1 for a square, 2 for a triangle, 3 for a diamond.
  private let marker: Int

  /// Blue, vermilion, green, purple, orange and sky blue (Okabe and Ito), then brown and black.
  ///
  /// All are dark enough on white, and readers with any kind of color blindness can distinguish
  /// them: a test simulates each.
  static let colours: [UInt32] = [
    0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x7B3F1D, 0x1A1A1A,
  ]
  private static let dashes: [[Double]] = [[], [6, 4], [1, 3.5], [9, 3.5, 1, 3.5]]

  /// The style of series `index`: its color repeats after eight, with other dashes and markers.
  init(_ index: Int) {
    colour = PlotStyle.colours[index % PlotStyle.colours.count]
    marker = index / PlotStyle.colours.count % PlotStyle.dashes.count
    dashes = PlotStyle.dashes[marker]
  }

  /// The color of what is drawn below the curve: mixed with white.
  var faint: UInt32 {
    func part(_ shift: UInt32) -> UInt32 { (colour >> shift & 255) * 3 / 10 + 255 * 7 / 10 }
    return part(16) << 16 | part(8) << 8 | part(0)
  }

  /// The marker of a point.
  func dot(_ centre: Point, radius: Double, opacity: Double = 1) -> PlotFigure.Shape {
    func at(_ x: Double, _ y: Double) -> Point {
      Point(centre.x + x * radius, centre.y + y * radius)
    }
    let corners: [Point]
    switch marker {
    case 1: corners = [at(-0.9, -0.9), at(0.9, -0.9), at(0.9, 0.9), at(-0.9, 0.9)]
    case 2: corners = [at(0, -1.2), at(1.1, 0.8), at(-1.1, 0.8)]
    case 3: corners = [at(0, -1.3), at(1.3, 0), at(0, 1.3), at(-1.3, 0)]
    default: return .dot(centre, radius: radius, colour: colour, opacity: opacity)
    }
    return .area(corners, colour: colour, opacity: opacity)
  }
}
