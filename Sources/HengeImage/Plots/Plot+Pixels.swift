// SPDX-License-Identifier: MIT
public import HengeBackend

extension Plot {
  /// The plot as an image of `width * zoom` x `height * zoom` pixels, in RGB.
  ///
  /// Throws `E-range` for a size that cannot be drawn, `E-memory`, and what the budget's owner stops by.
  public func pixels(
    width: Int = 640, height: Int = 400, zoom: Int = 2, budget: MemoryBudget
  ) throws -> Pixels {
    let (wide, tooWide) = width.multipliedReportingOverflow(by: zoom)
    let (high, tooHigh) = height.multipliedReportingOverflow(by: zoom)
    let canvas = try Canvas(
      width: tooWide ? .max : wide, height: tooHigh ? .max : high, budget: budget)
    canvas.fill(.colour(.white))
    canvas.transform(.scale(Double(zoom), Double(zoom)))
    let figure = try PlotFigure(
      self, width: Double(width), height: Double(height), budget: budget)
    try budget.inStretches(figure.shapes.count, weighing: 4096) { stretch in
      for shape in figure.shapes[stretch] { canvas.draw(shape) }
    }
    return try canvas.pixels()
  }
}

extension Canvas {
  fileprivate func draw(_ shape: PlotFigure.Shape) {
    switch shape {
    case .line(let points, let colour, let width):
      stroke(.lines(points), Colour(hex: colour), width: width)
    case .dot(let centre, let radius, let colour):
      fill(.ellipse(centre, radius, radius), Colour(hex: colour))
    case .box(let corner, let width, let height, let colour):
      fill(.rectangle(corner, width: width, height: height), Colour(hex: colour))
    case .text(let text, let point, let size, let colour, let anchor, let isBold):
      self.text(text, at: point, size: size, Colour(hex: colour), anchor: anchor, bold: isBold)
    }
  }
}

extension Colour {
  /// A color as `0xRRGGBB`.
  fileprivate init(hex: UInt32) {
    func part(_ shift: UInt32) -> Double { Double(hex >> shift & 255) / 255 }
    self.init(part(16), part(8), part(0))
  }
}
