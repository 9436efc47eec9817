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
    try canvas.draw(figure, budget)
    return try canvas.pixels()
  }
}

extension Plot {
  /// The plot as a PDF file of one page, `width` x `height` units of 1/96 inch.
  ///
  /// Throws what cairo reports, `E-memory`, and what the budget's owner stops by.
  public func pdf(width: Int = 640, height: Int = 400, budget: MemoryBudget) throws -> [UInt8] {
    let figure = try PlotFigure(
      self, width: Double(width), height: Double(height), budget: budget)
    // A point of PDF is 1/72 inch, a unit of SVG 1/96.
    return try Canvas.pdf(
      width: Double(width) * 0.75, height: Double(height) * 0.75, title: title, budget: budget
    ) { canvas in
      canvas.transform(.scale(0.75, 0.75))
      try canvas.draw(figure, budget)
    }
  }

  /// The characters of its texts that no installed font has: pixels and PDF draw boxes for them.
  public func undrawable(budget: MemoryBudget) throws -> [Character] {
    let figure = try PlotFigure(self, width: 640, height: 400, budget: budget)
    let canvas = try Canvas(width: 1, height: 1, budget: budget)
    var found: [Character] = []
    for case .text(let text, _, let size, _, _, let isBold, _) in figure.shapes {
      for character in canvas.undrawable(in: text, size: size, bold: isBold)
      where !found.contains(character) { found.append(character) }
    }
    return found
  }
}

extension Canvas {
  fileprivate func draw(_ figure: PlotFigure, _ budget: MemoryBudget) throws {
    try budget.inStretches(figure.shapes.count, weighing: 4096) { stretch in
      for shape in figure.shapes[stretch] { try draw(shape) }
    }
  }

  private func draw(_ shape: PlotFigure.Shape) throws {
    switch shape {
    case .line(let points, let colour, let width, let dashes):
      stroke(.lines(points), .colour(Colour(hex: colour)), width: width, dashes: dashes)
    case .area(let points, let colour, let opacity):
      fill(.lines(points, closed: true), Colour(hex: colour).with(alpha: opacity))
    case .dot(let centre, let radius, let colour, let opacity):
      fill(.ellipse(centre, radius, radius), Colour(hex: colour).with(alpha: opacity))
    case .box(let corner, let width, let height, let colour):
      fill(.rectangle(corner, width: width, height: height), Colour(hex: colour))
    case .picture(let picture, let corner, let width, let height):
      try draw(picture, at: corner, width: width, height: height)
    case .text(let text, let point, let size, let colour, let anchor, let isBold, let angle):
      let colour = Colour(hex: colour)
      guard angle != 0 else {
        self.text(text, at: point, size: size, colour, anchor: anchor, bold: isBold)
        return
      }
      saving {
        transform(Transform.translation(point).after(.rotation(degrees: angle)))
        self.text(text, at: Point(0, 0), size: size, colour, anchor: anchor, bold: isBold)
      }
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
