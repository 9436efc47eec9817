// SPDX-License-Identifier: MIT
import HengeBackend

/// The colors of a range of numbers as a bar, the largest at the top, with the numbers at its ends.
public struct ColourBar: Sendable {
  /// The colors.
  public let colours: ColourMap
  /// The text at the lower end.
  public let low: String
  /// The text at the upper end.
  public let high: String

  /// A bar of a color map.
  public init(_ colours: ColourMap, low: String, high: String) {
    (self.colours, self.low, self.high) = (colours, low, high)
  }

  private static let width = 10

  /// The bar `height` pixels high, with its numbers at the right in letters of `textSize`.
  func pixels(
    height: Int, textSize: Double, background: Colour, budget: MemoryBudget
  ) throws -> Pixels {
    let measured = try Canvas(width: 1, height: 1, budget: budget)
    let extents = [low, high].map { measured.extent(of: $0, size: textSize) }
    let room = extents.map(\.width).max() ?? 0
    let canvas = try Canvas(
      width: ColourBar.width + 10 + Int(room.rounded(.up)), height: height, budget: budget)
    canvas.fill(.colour(background.with(alpha: 1)))
    let ramp = try colours.coloured(
      Planes(
        channels: 1, height: height, width: 1,
        values: (0..<height).map { 1 - Float($0) / Float(max(1, height - 1)) }), over: 0...1,
      budget: budget)
    let (left, width) = (3.0, Double(ColourBar.width))
    try canvas.draw(ramp, at: Point(left, 0), width: width, height: Double(height))
    // White ends would not be seen on white.
    canvas.stroke(
      .rectangle(Point(left + 0.5, 0.5), width: width - 1, height: Double(height) - 1),
      .colour(Colour(0.6, 0.6, 0.6)), width: 1)
    let ink = background.luma > 0.5 ? Colour.black : Colour.white
    let start = left + width + 4
    // Digits are as high as three quarters of the letters' size.
    canvas.text(high, at: Point(start, textSize * 0.75 + 1), size: textSize, ink)
    canvas.text(low, at: Point(start, Double(height) - 1), size: textSize, ink)
    return try canvas.pixels()
  }
}
