// SPDX-License-Identifier: MIT
import HengeBackend

extension Plot {
  /// The size at which the texts of a figure have room, in units: 640 x 400 for one plot, and
  /// smaller for each of several panels.
  public var size: (width: Int, height: Int) {
    guard !panels.isEmpty else { return (640, 400) }
    let across = min(max(1, columns), panels.count)
    let rows = (panels.count + across - 1) / across
    return (
      min(4000, across == 1 ? 640 : 440 * across),
      min(4000, (across == 1 ? 260 : 310) * rows + (title.isEmpty ? 0 : 30))
    )
  }
}

extension PlotFigure {
  /// Lays the panels out row by row, each as large as the others.
  mutating func placePanels(_ budget: MemoryBudget) throws {
    var top = 0.0
    if !plot.title.isEmpty {
      write(
        PlotFigure.fitted(plot.title, width - 40, size: 16), Point(width / 2, 27), size: 16,
        PlotFigure.ink, .middle, isBold: true)
      top = 30
    }
    let columns = min(max(1, plot.columns), plot.panels.count)
    let rows = (plot.panels.count + columns - 1) / columns
    let (wide, high) = (
      (width / Double(columns)).rounded(.down), ((height - top) / Double(rows)).rounded(.down)
    )
    for (index, panel) in plot.panels.enumerated() {
      let offset = Point(
        Double(index % columns) * wide, top + Double(index / columns) * high)
      let figure = try PlotFigure(panel, width: wide, height: high, budget: budget)
      shapes += figure.shapes.map { $0.moved(by: offset) }
    }
  }
}

extension PlotFigure.Shape {
  fileprivate func moved(by offset: Point) -> PlotFigure.Shape {
    switch self {
    case .line(let points, let colour, let width, let dashes):
      .line(points.map { $0 + offset }, colour: colour, width: width, dashes: dashes)
    case .area(let points, let colour, let opacity):
      .area(points.map { $0 + offset }, colour: colour, opacity: opacity)
    case .dot(let centre, let radius, let colour, let opacity):
      .dot(centre + offset, radius: radius, colour: colour, opacity: opacity)
    case .box(let corner, let width, let height, let colour):
      .box(corner + offset, width: width, height: height, colour: colour)
    case .picture(let picture, let corner, let width, let height):
      .picture(picture, at: corner + offset, width: width, height: height)
    case .text(let text, let point, let size, let colour, let anchor, let isBold, let angle):
      .text(
        text, at: point + offset, size: size, colour: colour, anchor: anchor, isBold: isBold,
        angle: angle)
    }
  }
}

// MARK: - Categories

extension PlotFigure {
  /// The degrees by which long names are turned.
  private static let turn = 35.0
  /// The cosine of the turn.
  private static let cosine = 0.819
  /// The sine of the turn.
  private static let sine = 0.574

  private var longestName: Double { min(120, height * 0.3) }
  private var slot: Double { (right - left) / Double(max(1, plot.categories.count)) }

  /// Whether the names are too long to be next to each other.
  private var turnsCategories: Bool {
    plot.categories.contains { PlotFigure.extent($0) + 6 > slot }
  }

  /// Makes room for the names of categories.
  mutating func placeCategories() {
    guard !plot.categories.isEmpty, turnsCategories else { return }
    let longest = plot.categories.map { PlotFigure.extent($0) }.max() ?? 0
    bottom -= min(longest, longestName) * PlotFigure.sine - 4
  }

  /// The names below their bars; of too many, those that have room.
  mutating func drawCategories() {
    let isTurned = turnsCategories
    var free = -1e6
    for tick in axes.x.ticks {
      let x = left + tick.fraction * (right - left)
      guard x >= free else { continue }
      if isTurned {
        // The first names must not leave the page at the left, and widths are estimates.
        let room = min(longestName, 0.85 * x / PlotFigure.cosine)
        write(
          PlotFigure.fitted(tick.label, room), Point(x + 4, bottom + 14), PlotFigure.label, .end,
          angle: -PlotFigure.turn)
        free = x + 13
      } else {
        write(tick.label, Point(x, bottom + 17), PlotFigure.label, .middle)
      }
    }
  }
}
