// SPDX-License-Identifier: MIT
import HengeBackend

/// A plot laid out on a page: the shapes and words that SVG and pixels draw alike.
struct PlotFigure {
  /// One thing drawn, in the order in which later ones cover earlier ones.
  enum Shape: Equatable {
    case line([Point], colour: UInt32, width: Double, dashes: [Double] = [])
    /// The inside of a polygon.
    case area([Point], colour: UInt32, opacity: Double)
    case dot(Point, radius: Double, colour: UInt32, opacity: Double = 1)
    case box(Point, width: Double, height: Double, colour: UInt32)
    /// An image in RGB, its left upper corner at the point.
    case picture(Pixels, at: Point, width: Double, height: Double)
    /// Text, turned by degrees clockwise about its point.
    case text(
      String, at: Point, size: Double, colour: UInt32, anchor: TextAnchor, isBold: Bool,
      angle: Double = 0)
  }

  let width: Double
  let height: Double
  var shapes: [Shape] = []
  let plot: Plot
  let axes: (x: PlotAxis, y: PlotAxis)
  /// What is said of points left out.
  private let omission: String?
  /// The edges of the area between the axes.
  var left = 0.0
  var right = 0.0
  var top = 0.0
  var bottom = 0.0

  static let ink: UInt32 = 0x222222
  static let label: UInt32 = 0x555555
  static let edge: UInt32 = 0x999999
  private static let grid: UInt32 = 0xE4E4E4
  static let labelSize = 11.0

  /// The layout of `plot` on a page of `width` x `height`.
  init(_ plot: Plot, width: Double, height: Double, budget: MemoryBudget) throws {
    self.plot = plot
    self.width = width
    self.height = height
    axes = try plot.axes(
      xTicks: max(2, min(10, Int(width / 80))), yTicks: max(2, min(10, Int(height / 55))),
      budget: budget)
    omission = try plot.omission(budget: budget)
    guard plot.panels.isEmpty else {
      try placePanels(budget)
      return
    }
    left = 18 + (axes.y.ticks.map { PlotFigure.extent($0.label) }.max() ?? 0)
    right = width - 20
    bottom = height - 30
    if !plot.xLabel.isEmpty { bottom -= 18 }
    if omission != nil { bottom -= 14 }
    placeCategories()
    placeHeading()
    drawGrid()
    for index in plot.series.indices { try drawBelow(index, budget) }
    for index in plot.series.indices { try draw(index, budget) }
    for index in plot.series.indices { try drawErrors(index, budget) }
    drawAxes()
  }

  /// The width of a line of text, about: a digit of DejaVu Sans is 0.636 of its size wide.
  ///
  /// An estimate, so that a page is the same with and without the font.
  static func extent(_ text: String, size: Double = labelSize) -> Double {
    // Ideographs, kana and hangul are as wide as they are high.
    let isWide: (Unicode.Scalar) -> Bool = {
      (0x1100...0x115F).contains($0.value) || (0x2E80...0xD7A3).contains($0.value)
        || (0xF900...0xFAFF).contains($0.value) || (0xFF00...0xFF60).contains($0.value)
    }
    let wide = text.unicodeScalars.count(where: isWide)
    return (Double(text.unicodeScalars.count - wide) * 0.62 + Double(wide)) * size
  }

  /// As much of `text` as fits into `room`.
  static func fitted(_ text: String, _ room: Double, size: Double = labelSize) -> String {
    guard extent(text, size: size) > room else { return text }
    var shown = text
    while shown.count > 1, extent(shown + "…", size: size) > room { shown.removeLast() }
    return shown + "…"
  }

  // MARK: Around the plot

  /// Title, legend and the name of y, from the top down.
  private mutating func placeHeading() {
    top = 18
    if !plot.title.isEmpty {
      write(
        PlotFigure.fitted(plot.title, right - left, size: 15), Point(left, top + 10), size: 15,
        PlotFigure.ink, isBold: true)
      top += 26
    }
    placeLegend()
    if !plot.yLabel.isEmpty {
      write(
        PlotFigure.fitted(plot.yLabel, right - left, size: 12), Point(left, top + 4), size: 12,
        PlotFigure.label)
      top += 18
    }
  }

  /// Names in rows over the axes, or beside them where there are many: never over the data.
  private mutating func placeLegend() {
    let entries = plot.legend
    guard entries.count <= PlotStyle.colours.count else { return placeColumn(entries) }
    var x = left
    for (index, name) in entries {
      let name = PlotFigure.fitted(name, right - left - 24, size: 12)
      let room = 24 + PlotFigure.extent(name, size: 12) + 18
      if x > left, x + room > right {
        x = left
        top += 18
      }
      drawKey(index, name, Point(x, top + 4))
      x += room
    }
    if !entries.isEmpty { top += 24 }
  }

  /// Names below each other at the right, in as many columns as they need.
  private mutating func placeColumn(_ entries: [(index: Int, name: String)]) {
    let names = entries.map { PlotFigure.fitted($0.name, width / 4 - 24, size: 12) }
    let room = 24 + (names.map { PlotFigure.extent($0, size: 12) }.max() ?? 0) + 12
    let most = max(1, Int((bottom - top) / 16))
    let columns = min((entries.count + most - 1) / most, max(1, Int(width * 0.4 / room)))
    let rows = min(most, (entries.count + columns - 1) / columns)
    right -= room * Double(columns)
    for (place, name) in names.enumerated() {
      let (column, row) = (place / rows, place % rows)
      let point = Point(right + 12 + Double(column) * room, top + 6 + Double(row) * 16)
      if column == columns - 1, row == rows - 1, place < names.count - 1 {
        write("… \(names.count - place) more", point + Point(0, 4), size: 12, PlotFigure.label)
        return
      }
      drawKey(entries[place].index, name, point)
    }
  }

  /// The mark and the name of a series; `point` is the middle of the left edge.
  private mutating func drawKey(_ index: Int, _ name: String, _ point: Point) {
    let style = PlotStyle(index)
    switch plot.series[index].mark {
    case .line, .dottedLine:
      shapes.append(
        .line(
          [point, point + Point(18, 0)], colour: style.colour, width: 2.5, dashes: style.dashes))
    case .points where plot.series[index].pictures.isEmpty:
      shapes.append(style.dot(point + Point(9, 0), radius: 3.5))
    case .bars, .points:
      shapes.append(.box(point + Point(3, -6), width: 12, height: 12, colour: style.colour))
    }
    write(name, point + Point(24, 4), size: 12, PlotFigure.ink)
  }

  private mutating func drawGrid() {
    for tick in axes.y.ticks {
      let y = crisp(bottom - tick.fraction * (bottom - top))
      shapes.append(.line([Point(left, y), Point(right, y)], colour: PlotFigure.grid, width: 1))
      write(signed(tick.label), Point(left - 8, y + 4), PlotFigure.label, .end)
    }
    guard plot.categories.isEmpty else { return drawCategories() }
    let places = axes.x.ticks.map { crisp(left + $0.fraction * (right - left)) }
    for x in places {
      shapes.append(.line([Point(x, top), Point(x, bottom)], colour: PlotFigure.grid, width: 1))
    }
    // Labels that would touch others are left out: on a logarithmic axis powers of ten come first.
    var taken: [ClosedRange<Double>] = []
    let order = axes.x.ticks.indices.sorted {
      let ranks = [$0, $1].map { plot.isLogX ? roughness(axes.x.ticks[$0].label) : 0 }
      return (ranks[0], $0) < (ranks[1], $1)
    }
    for index in order {
      let label = axes.x.ticks[index].label
      let half = PlotFigure.extent(label) / 2 + 4
      let room = places[index] - half...places[index] + half
      guard !taken.contains(where: { $0.overlaps(room) }) else { continue }
      write(signed(label), Point(places[index], bottom + 17), PlotFigure.label, .middle)
      taken.append(room)
    }
  }

  /// 0 for a power of ten, 1 for twice and five times one, 2 for other numbers.
  private func roughness(_ label: String) -> Int {
    let digits = label.prefix { $0 != "e" }.filter { $0.isNumber }
    let significant = digits.drop { $0 == "0" }.reversed().drop { $0 == "0" }.reversed()
    return ["1": 0, "2": 1, "5": 1][String(significant)] ?? 2
  }

  private mutating func drawAxes() {
    let (x, y) = (crisp(left), crisp(bottom))
    shapes.append(
      .line([Point(x, top), Point(x, y), Point(right, y)], colour: PlotFigure.edge, width: 1))
    let middle = (left + right) / 2
    if !plot.xLabel.isEmpty {
      let base = height - (omission == nil ? 13 : 27)
      write(
        PlotFigure.fitted(plot.xLabel, right - left, size: 12), Point(middle, base), size: 12,
        PlotFigure.label, .middle)
    }
    if let omission {
      write(omission, Point(right, height - 8), size: 10, PlotFigure.label, .end)
    }
    if plot.series.allSatisfy({ $0.x.isEmpty }) {
      write("no data", Point(middle, (top + bottom) / 2), size: 14, PlotFigure.label, .middle)
    }
  }

  /// A number with minus signs in place of hyphens, which are shorter than a plus sign.
  private func signed(_ number: String) -> String {
    String(number.map { $0 == "-" ? "\u{2212}" : $0 })
  }

  /// The middle of the pixel that contains `place`, so that a line of one pixel is sharp.
  func crisp(_ place: Double) -> Double { place.rounded(.down) + 0.5 }

  mutating func write(
    _ text: String, _ point: Point, size: Double = labelSize, _ colour: UInt32,
    _ anchor: TextAnchor = .start, isBold: Bool = false, angle: Double = 0
  ) {
    shapes.append(
      .text(
        text, at: point, size: size, colour: colour, anchor: anchor, isBold: isBold, angle: angle))
  }
}
