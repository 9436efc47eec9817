// SPDX-License-Identifier: MIT
import HengeBackend

extension PlotFigure {
  func place(_ x: Double, _ y: Double) -> Point {
    Point(
      left + axes.x.fraction(x) * (right - left), bottom - axes.y.fraction(y) * (bottom - top))
  }

  mutating func draw(_ index: Int, _ budget: MemoryBudget) throws {
    let series = plot.series[index]
    let style = PlotStyle(index)
    switch series.mark {
    case .bars(let width): try drawBars(series, width, style.colour, budget)
    case .points where !series.pictures.isEmpty: try drawPictures(series, style, budget)
    case .points where series.x.count > PlotFigure.mostDots:
      try drawCloud(series, style, budget)
    case .points:
      try series.eachPoint(budget) { x, y in
        if plot.canPlace(x, y) { shapes.append(style.dot(place(x, y), radius: 2.5)) }
      }
    case .line, .dottedLine:
      let isDotted = series.mark == .dottedLine
      for piece in try pieces(series.x, series.y, budget) {
        if piece.count == 1 || (isDotted && piece.count <= 100) {
          for point in piece { shapes.append(style.dot(point, radius: 2.5)) }
        }
        guard piece.count > 1 else { continue }
        shapes.append(
          .line(
            PlotFigure.thinned(piece), colour: style.colour, width: 1.8, dashes: style.dashes))
      }
    }
  }

  /// The points between each two gaps.
  private func pieces(
    _ xs: [Double], _ ys: [Double], _ budget: MemoryBudget
  ) throws -> [[Point]] {
    var pieces: [[Point]] = []
    var piece: [Point] = []
    try budget.inStretches(min(xs.count, ys.count), weighing: 32) { stretch in
      for index in stretch {
        if plot.canPlace(xs[index], ys[index]) {
          piece.append(place(xs[index], ys[index]))
        } else if !piece.isEmpty {
          pieces.append(piece)
          piece = []
        }
      }
    }
    return piece.isEmpty ? pieces : pieces + [piece]
  }

  /// An image at each point, in a frame of the series' color.
  private mutating func drawPictures(
    _ series: Plot.Series, _ style: PlotStyle, _ budget: MemoryBudget
  ) throws {
    for (index, picture) in series.pictures.enumerated() {
      try budget.checkStop()
      guard plot.canPlace(series.x[index], series.y[index]) else { continue }
      let scale = plot.pictureSide / Double(max(picture.height, picture.width))
      let (width, height) = (Double(picture.width) * scale, Double(picture.height) * scale)
      let corner = place(series.x[index], series.y[index]) - Point(width / 2, height / 2)
      let frame = series.name.isEmpty ? 0.5 : 2
      shapes.append(
        .box(
          corner - Point(frame, frame), width: width + 2 * frame, height: height + 2 * frame,
          colour: series.name.isEmpty ? PlotFigure.edge : style.colour))
      shapes.append(.picture(picture, at: corner, width: width, height: height))
    }
  }

  // MARK: Bands, errors and smoothed curves

  /// The band of a series, and the values that were smoothed.
  mutating func drawBelow(_ index: Int, _ budget: MemoryBudget) throws {
    let series = plot.series[index]
    let style = PlotStyle(index)
    if let band = series.band { try drawBand(series, band, style.colour, budget) }
    guard let raw = series.raw else { return }
    for piece in try pieces(series.x, raw, budget) where piece.count > 1 {
      shapes.append(.line(PlotFigure.thinned(piece), colour: style.faint, width: 1))
    }
  }

  private mutating func drawBand(
    _ series: Plot.Series, _ band: Plot.Interval, _ colour: UInt32, _ budget: MemoryBudget
  ) throws {
    var (lows, highs): ([Point], [Point]) = ([], [])
    func end() {
      // A band over one point has no area: it is drawn as wide as a curve.
      if lows.count == 1 {
        (lows, highs) = (
          [lows[0] - Point(1, 0), lows[0] + Point(1, 0)],
          [highs[0] - Point(1, 0), highs[0] + Point(1, 0)]
        )
      }
      if !lows.isEmpty {
        let outline = PlotFigure.thinned(highs) + PlotFigure.thinned(lows).reversed()
        shapes.append(.area(outline, colour: colour, opacity: 0.2))
      }
      (lows, highs) = ([], [])
    }
    try budget.inStretches(min(series.x.count, band.low.count), weighing: 32) { stretch in
      for index in stretch {
        let (x, low, high) = (series.x[index], band.low[index], band.high[index])
        // A band that leaves a log axis below reaches down to its end.
        guard low.isFinite, plot.canPlace(x, high) else {
          end()
          continue
        }
        lows.append(plot.canPlace(x, low) ? place(x, low) : Point(place(x, high).x, bottom))
        highs.append(place(x, high))
      }
    }
    end()
  }

  mutating func drawErrors(_ index: Int, _ budget: MemoryBudget) throws {
    let series = plot.series[index]
    guard let errors = series.errors else { return }
    // Over its own color a bar's error could not be seen.
    let isBar = series.barCenter != 0
    let colour = isBar ? PlotFigure.ink : PlotStyle(index).colour
    try budget.inStretches(min(series.x.count, errors.low.count), weighing: 64) { stretch in
      for point in stretch {
        let x = series.x[point] + series.barCenter
        let (low, high) = (errors.low[point], errors.high[point])
        guard low.isFinite, plot.canPlace(x, high) else { continue }
        let above = place(x, high)
        let below = plot.canPlace(x, low) ? place(x, low) : Point(above.x, bottom)
        shapes.append(.line([above, below], colour: colour, width: 1.2))
        for end in [above, below] {
          shapes.append(
            .line([end - Point(3, 0), end + Point(3, 0)], colour: colour, width: 1.2))
        }
      }
    }
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

extension Plot.Series {
  /// From the `x` of a point to where its error bar is: the middle of its bar.
  var barCenter: Double {
    if case .bars(let width) = mark { return width / 2 }
    return 0
  }
}
