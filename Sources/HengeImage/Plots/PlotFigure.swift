// SPDX-License-Identifier: MIT
import HengeBackend

/// A plot laid out on a page: the shapes and words that SVG and pixels draw alike.
struct PlotFigure {
  /// One thing drawn, in the order in which later ones cover earlier ones.
  enum Shape: Equatable {
    case line([Point], colour: UInt32, width: Double)
    case dot(Point, radius: Double, colour: UInt32)
    case box(Point, width: Double, height: Double, colour: UInt32)
    case text(String, at: Point, size: Double, colour: UInt32, anchor: TextAnchor, isBold: Bool)
  }

  let width: Double
  let height: Double
  private(set) var shapes: [Shape] = []
  private let plot: Plot
  private let axes: (x: PlotAxis, y: PlotAxis)
  /// What is said of points left out.
  private let omission: String?
  /// The edges of the area between the axes.
  private var left = 0.0
  private var right = 0.0
  private var top = 0.0
  private var bottom = 0.0

  /// Blue, vermilion, green, purple, orange and sky blue (Okabe and Ito), which color-blind readers
  /// can distinguish; then brown and gray, for the eight losses of CycleGAN.
  ///
  /// All are dark enough on white.
  static let colours: [UInt32] = [
    0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x7B3F1D, 0x999999,
  ]
  private static let ink: UInt32 = 0x222222
  private static let label: UInt32 = 0x555555
  private static let edge: UInt32 = 0x999999
  private static let grid: UInt32 = 0xE4E4E4
  private static let labelSize = 11.0

  /// The layout of `plot` on a page of `width` x `height`.
  init(_ plot: Plot, width: Double, height: Double, budget: MemoryBudget) throws {
    self.plot = plot
    self.width = width
    self.height = height
    axes = try plot.axes(
      xTicks: max(2, min(10, Int(width / 80))), yTicks: max(2, min(10, Int(height / 55))),
      budget: budget)
    omission = try plot.omission(budget: budget)
    left = 18 + (axes.y.ticks.map { PlotFigure.extent($0.label) }.max() ?? 0)
    right = width - 20
    bottom = height - 30
    if !plot.xLabel.isEmpty { bottom -= 18 }
    if omission != nil { bottom -= 14 }
    placeHeading()
    drawGrid()
    for index in plot.series.indices { try draw(index, budget) }
    drawAxes()
  }

  /// The width of a line of text, about: a digit of DejaVu Sans is 0.636 of its size wide.
  ///
  /// An estimate, so that a page is the same with and without the font.
  private static func extent(_ text: String, size: Double = labelSize) -> Double {
    Double(text.unicodeScalars.count) * 0.62 * size
  }

  // MARK: Around the plot

  /// Title, legend and the name of y, from the top down.
  private mutating func placeHeading() {
    top = 18
    if !plot.title.isEmpty {
      write(plot.title, Point(left, top + 10), size: 15, PlotFigure.ink, isBold: true)
      top += 26
    }
    var x = left
    let entries = plot.legend
    for (index, name) in entries {
      let room = 24 + PlotFigure.extent(name, size: 12) + 18
      if x > left, x + room > right {
        x = left
        top += 18
      }
      let colour = PlotFigure.colours[index % PlotFigure.colours.count]
      switch plot.series[index].mark {
      case .line:
        shapes.append(
          .line([Point(x, top + 4), Point(x + 18, top + 4)], colour: colour, width: 2.5))
      case .points: shapes.append(.dot(Point(x + 9, top + 4), radius: 3.5, colour: colour))
      case .bars:
        shapes.append(.box(Point(x + 3, top - 2), width: 12, height: 12, colour: colour))
      }
      write(name, Point(x + 24, top + 8), size: 12, PlotFigure.ink)
      x += room
    }
    if !entries.isEmpty { top += 24 }
    if !plot.yLabel.isEmpty {
      write(plot.yLabel, Point(left, top + 4), size: 12, PlotFigure.label)
      top += 18
    }
  }

  private mutating func drawGrid() {
    for tick in axes.y.ticks {
      let y = crisp(bottom - tick.fraction * (bottom - top))
      shapes.append(.line([Point(left, y), Point(right, y)], colour: PlotFigure.grid, width: 1))
      write(tick.label, Point(left - 8, y + 4), PlotFigure.label, .end)
    }
    var free = -1e6
    for tick in axes.x.ticks {
      let x = crisp(left + tick.fraction * (right - left))
      shapes.append(.line([Point(x, top), Point(x, bottom)], colour: PlotFigure.grid, width: 1))
      let half = PlotFigure.extent(tick.label) / 2
      guard x - half >= free else { continue }
      write(tick.label, Point(x, bottom + 17), PlotFigure.label, .middle)
      free = x + half + 8
    }
  }

  private mutating func drawAxes() {
    let (x, y) = (crisp(left), crisp(bottom))
    shapes.append(
      .line([Point(x, top), Point(x, y), Point(right, y)], colour: PlotFigure.edge, width: 1))
    let middle = (left + right) / 2
    if !plot.xLabel.isEmpty {
      write(plot.xLabel, Point(middle, bottom + 35), size: 12, PlotFigure.label, .middle)
    }
    if let omission {
      write(omission, Point(right, height - 8), size: 10, PlotFigure.label, .end)
    }
    if plot.series.allSatisfy({ $0.x.isEmpty }) {
      write("no data", Point(middle, (top + bottom) / 2), size: 14, PlotFigure.label, .middle)
    }
  }

  /// The middle of the pixel that contains `place`, so that a line of one pixel is sharp.
  private func crisp(_ place: Double) -> Double { place.rounded(.down) + 0.5 }

  private mutating func write(
    _ text: String, _ point: Point, size: Double = labelSize, _ colour: UInt32,
    _ anchor: TextAnchor = .start, isBold: Bool = false
  ) {
    shapes.append(
      .text(text, at: point, size: size, colour: colour, anchor: anchor, isBold: isBold))
  }

  // MARK: Series

  private func place(_ x: Double, _ y: Double) -> Point {
    Point(
      left + axes.x.fraction(x) * (right - left), bottom - axes.y.fraction(y) * (bottom - top))
  }

  private mutating func draw(_ index: Int, _ budget: MemoryBudget) throws {
    let series = plot.series[index]
    let colour = PlotFigure.colours[index % PlotFigure.colours.count]
    if case .bars(let width) = series.mark {
      return try drawBars(series, width, colour, budget)
    }
    var piece: [Point] = []
    try series.eachPoint(budget) { x, y in
      guard plot.canPlace(x, y) else {
        end(&piece, colour)
        return
      }
      if series.mark == .points {
        shapes.append(.dot(place(x, y), radius: 2.5, colour: colour))
      } else {
        piece.append(place(x, y))
      }
    }
    end(&piece, colour)
  }

  /// Draws the points since the last gap, a single one as a dot.
  private mutating func end(_ piece: inout [Point], _ colour: UInt32) {
    if piece.count == 1 {
      shapes.append(.dot(piece[0], radius: 2.5, colour: colour))
    } else if piece.count > 1 {
      shapes.append(.line(PlotFigure.thinned(piece), colour: colour, width: 1.8))
    }
    piece = []
  }

  /// The points without those that would not be visible: of adjacent points within half a unit of
  /// x, the first, the last, the highest and the lowest are kept.
  static func thinned(_ points: [Point]) -> [Point] {
    guard points.count > 2000 else { return points }
    var kept: [Point] = []
    var start = 0
    while start < points.count {
      let column = (points[start].x * 2).rounded(.down)
      var end = start + 1
      while end < points.count, (points[end].x * 2).rounded(.down) == column { end += 1 }
      let run = start..<end
      let low = run.min { points[$0].y < points[$1].y } ?? start
      let high = run.max { points[$0].y < points[$1].y } ?? start
      for place in Set([start, low, high, end - 1]).sorted() { kept.append(points[place]) }
      start = end
    }
    return kept
  }

  private mutating func drawBars(
    _ series: Plot.Series, _ width: Double, _ colour: UInt32, _ budget: MemoryBudget
  ) throws {
    try series.eachPoint(budget) { x, y in
      guard plot.canPlace(x, y), plot.isLogY || y != 0 else { return }
      let base = plot.isLogY ? bottom : place(x, 0).y
      let corner = place(x, y)
      let end = place(x + width, y)
      // A hair between the bars, unless they are as fine as hairs themselves.
      let gap = end.x - corner.x > 3 ? 1.0 : 0
      shapes.append(
        .box(
          Point(corner.x, min(corner.y, base)), width: end.x - corner.x - gap,
          height: abs(base - corner.y), colour: colour))
    }
  }
}
