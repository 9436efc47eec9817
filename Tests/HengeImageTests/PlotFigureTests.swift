// SPDX-License-Identifier: MIT
import HengeBackend
import Testing

@testable import HengeImage

@Suite struct PlotFigureTests {
  private let budget = MemoryBudget(limit: 500_000_000)

  private func curve(_ y: [Double], name: String = "", mark: Plot.Mark = .line) -> Plot.Series {
    Plot.Series(name: name, x: y.indices.map(Double.init), y: y, mark: mark)
  }

  private func shapes(
    _ plot: Plot, width: Double = 640, height: Double = 400
  ) throws -> [PlotFigure.Shape] {
    try PlotFigure(plot, width: width, height: height, budget: budget).shapes
  }

  private func areas(_ plot: Plot) throws -> [[Point]] {
    try shapes(plot).compactMap { shape in
      if case .area(let points, _, _) = shape { points } else { nil }
    }
  }

  private func texts(_ plot: Plot) throws -> [String] {
    try shapes(plot).compactMap { shape in
      if case .text(let text, _, _, _, _, _, _) = shape { text } else { nil }
    }
  }

  // MARK: Bands, errors, smoothed curves

  @Test func aBandSurroundsItsCurveAndWidensTheAxis() throws {
    var series = curve([1, 2, 3])
    series.band = Plot.Interval(low: [0, 1, 2], high: [2, 3, 14])
    let outline = try #require(try areas(Plot([series])).first)
    #expect(outline.count == 6)
    #expect(outline.allSatisfy { (0...640).contains($0.x) && (0...400).contains($0.y) })
    #expect(try texts(Plot([series])).contains("14"))
    // High to the right, low back to the left.
    #expect(outline[0].x == outline[5].x && outline[0].y < outline[5].y)
  }

  @Test func aBandHasGapsWhereItIsNotFinite() throws {
    var series = curve([1, 2, 3, 4, 5])
    series.band = Plot.Interval(low: [0, 1, .nan, 3, 4], high: [2, 3, 4, 5, 6])
    #expect(try areas(Plot([series])).map(\.count) == [4, 4])
    series.band = Plot.Interval(low: [0, .nan, .nan, 3, 4], high: [2, 3, 4, .infinity, 6])
    #expect(try areas(Plot([series])).count == 2)
  }

  @Test func aBandReachesDownToTheEndOfALogAxis() throws {
    var series = curve([1, 10, 100])
    series.band = Plot.Interval(low: [-1, 0, 50], high: [2, 20, 200])
    var plot = Plot([series])
    plot.isLogY = true
    let outline = try #require(try areas(plot).first)
    #expect(outline.count == 6)
    #expect(outline.map(\.y).max() == 370)
  }

  @Test func errorBarsHaveTwoEnds() throws {
    var series = curve([1, 2])
    series.errors = Plot.Interval(low: [0.5, 1.5], high: [1.5, .nan])
    let lines = try shapes(Plot([series])).filter { shape in
      if case .line(_, _, let width, _) = shape { width == 1.2 } else { false }
    }
    #expect(lines.count == 3)
  }

  @Test func whatWasSmoothedIsBelowTheCurve() throws {
    var series = curve([2, 2, 2])
    series.raw = [1, 5, 2]
    let colours = try shapes(Plot([series])).compactMap { shape -> UInt32? in
      if case .line(_, let colour, _, _) = shape { colour } else { nil }
    }
    let style = PlotStyle(0)
    let (below, above) = (colours.firstIndex(of: style.faint), colours.firstIndex(of: style.colour))
    #expect(try #require(below) < #require(above))
    #expect(try texts(Plot([series])).contains("5"))
  }

  // MARK: Legend

  @Test func manyNamesAreBesideTheAxes() throws {
    let plot = Plot((0..<20).map { curve([1, 2], name: "series \($0)") })
    let figure = try PlotFigure(plot, width: 640, height: 400, budget: budget)
    #expect(figure.right < 560)
    for case .text(let text, let point, _, _, _, _, _) in figure.shapes
    where text.hasPrefix("series") { #expect(point.x > figure.right && point.y < 400) }
    #expect(try texts(plot).filter { $0.hasPrefix("series") }.count == 20)
  }

  @Test func namesWithoutRoomAreCounted() throws {
    let name = String(repeating: "very long name ", count: 10)
    let plot = Plot((0..<100).map { curve([1, 2], name: "\($0) \(name)") })
    #expect(try texts(plot).contains { $0.hasPrefix("… ") && $0.hasSuffix(" more") })
    let figure = try PlotFigure(plot, width: 640, height: 400, budget: budget)
    #expect(figure.right - figure.left > 200)
  }

  @Test func equalNamesAreTwoEntries() throws {
    let plot = Plot([curve([1, 2], name: "a"), curve([2, 1], name: "a")])
    #expect(try texts(plot).filter { $0 == "a" }.count == 2)
  }

  // MARK: Panels

  @Test func panelsDivideThePage() throws {
    var plot = Plot()
    plot.panels = (0..<3).map { index in
      var panel = Plot([curve([1, 2, 3])])
      panel.title = "panel \(index)"
      return panel
    }
    plot.columns = 2
    plot.title = "all"
    #expect(try texts(plot).filter { $0.hasPrefix("panel") }.count == 3)
    var places: [String: Point] = [:]
    for case .text(let text, let point, _, _, _, _, _) in try shapes(plot) { places[text] = point }
    let (first, second, third) = (places["panel 0"], places["panel 1"], places["panel 2"])
    #expect(try #require(second).x - #require(first).x == 320)
    #expect(try #require(third).x == #require(first).x)
    #expect(try #require(third).y - #require(first).y == 185)
    #expect(plot.size == (880, 650))
    let rows = try plot.characters(columns: 40, rows: 15, budget: budget)
    #expect(rows.count { $0.map(\.text).joined().contains("panel") } == 3)
  }

  // MARK: Categories

  @Test func categoriesAreNamesBelowTheirBars() throws {
    var plot = Plot([Plot.Series(x: [-0.4, 0.6], y: [3, 0], mark: .bars(width: 0.8))])
    plot.categories = ["a", "b"]
    #expect(try texts(plot).contains("a"))
    let rows = try plot.characters(columns: 40, rows: 5, budget: budget)
    #expect(rows.contains { $0.map(\.text).joined().contains("a") })
    plot.categories = [String(repeating: "long ", count: 40), "b"]
    let angles = try shapes(plot).compactMap { shape -> Double? in
      if case .text(let text, _, _, _, _, _, let angle) = shape, text.hasPrefix("long") {
        angle
      } else {
        nil
      }
    }
    #expect(angles == [-35])
    for columns in [32, 60] {
      let rows = try plot.characters(columns: columns, rows: 5, budget: budget)
      #expect(rows.allSatisfy { $0.map(\.text).joined().count <= columns })
    }
  }

  // MARK: Many points

  @Test func aCloudKeepsItsExtremesAndHasFewDots() throws {
    var state: UInt64 = 3
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 9_007_199_254_740_992
    }
    var (x, y): ([Double], [Double]) = ([50], [50])
    for _ in 0..<200_000 {
      x.append(next())
      y.append(next())
    }
    let plot = Plot([Plot.Series(x: x, y: y, mark: .points)])
    let dots = try shapes(plot).compactMap { shape -> (Point, Double)? in
      if case .dot(let point, _, _, let opacity) = shape { (point, opacity) } else { nil }
    }
    #expect(dots.count < 200)
    #expect(dots.contains { $0.0.x > 500 && $0.0.y < 100 })
    #expect(dots.map(\.1).max() == 1)
  }

  // MARK: PDF and texts

  @Test func aPDFIsTheSameEachTimeAndHasNoDate() throws {
    var plot = Plot([curve([1, 2, .nan, 3], name: "a")])
    plot.title = "a (title) \\ \u{1B}"
    let pdf = try plot.pdf(budget: budget)
    #expect(pdf.starts(with: Array("%PDF-1.".utf8)))
    #expect(try pdf == plot.pdf(budget: budget))
    let text = String(decoding: pdf, as: UTF8.self)
    #expect(!text.contains("CreationDate"))
    #expect(text.contains("[ 0 0 480 300 ]"))
  }

  @Test func charactersWithoutAFontAreNamed() throws {
    var plot = Plot([curve([1, 2])])
    plot.title = "Größe −1 … αβγ"
    #expect(try plot.undrawable(budget: budget) == [])
    // A character of no script has no shape in any font.
    plot.title = "x\u{10FFFD}y"
    #expect(try plot.undrawable(budget: budget) == ["\u{10FFFD}"])
    _ = try plot.pixels(width: 200, height: 100, zoom: 1, budget: budget)
  }

  // MARK: Any numbers

  @Test func imagesArePointsInFramesOfTheirColor() throws {
    let red = Pixels(
      height: 2, width: 4, channels: 3,
      bytes: Array(repeating: [200, 0, 0], count: 8).flatMap(\.self))
    var series = Plot.Series(name: "a", x: [0, 1, .nan], y: [0, 2, 1], mark: .points)
    series.pictures = [red, red, red]
    let plot = Plot([series])
    let pictures = try shapes(plot).compactMap { shape -> (Point, Double, Double)? in
      if case .picture(_, let corner, let width, let height) = shape {
        (corner, width, height)
      } else {
        nil
      }
    }
    // The longer side has the size that suits so few; a point that is not finite is left out.
    #expect(pictures.count == 2)
    #expect(pictures.allSatisfy { $0.1 == 40 && $0.2 == 20 })
    #expect(pictures[0].0.x < pictures[1].0.x && pictures[0].0.y > pictures[1].0.y)
    let svg = try plot.svg(budget: budget)
    #expect(svg.components(of: "<image ").count == 3)
    #expect(svg.contains("href=\"data:image/png;base64,iVBORw0KGgo"))
    let pixels = try plot.pixels(zoom: 1, budget: budget)
    let center = pictures[0].0 + Point(20, 10)
    let at = 3 * (Int(center.y) * pixels.width + Int(center.x))
    #expect(Array(pixels.bytes[at..<at + 3]) == [200, 0, 0])
    #expect(try plot.pdf(budget: budget).starts(with: Array("%PDF".utf8)))
  }

  @Test func aTitleFitsItsPanel() throws {
    var plot = Plot([curve([1, 2])])
    plot.title = String(repeating: "long ", count: 40)
    #expect(try texts(plot).contains { $0.hasPrefix("long") && $0.hasSuffix("…") })
  }

  @Test func ticksBelowZeroHaveMinusSigns() throws {
    let words = try texts(Plot([curve([-1, 1])]))
    #expect(words.contains("\u{2212}1"))
    #expect(!words.contains("-1"))
  }

  @Test func noNumbersTrapInBandsAndClouds() throws {
    let odd: [Double] = [
      .nan, .infinity, -.infinity, 1e308, -1e308, 0, 1e-12, 1e12, .leastNonzeroMagnitude, -1, 2,
    ]
    for (round, value) in odd.enumerated() {
      var series = Plot.Series(x: odd, y: odd.map { $0 * value })
      series.band = Plot.Interval(low: odd.map { _ in value }, high: odd)
      series.errors = Plot.Interval(low: odd, high: odd.map { _ in value })
      series.raw = odd.reversed()
      series.mark = [.line, .points, .bars(width: 0.5), .dottedLine][round % 4]
      var plot = Plot([series])
      plot.isLogY = round % 2 == 1
      plot.isLogX = round % 3 == 1
      _ = try plot.svg(budget: budget)
      _ = try plot.pixels(width: 200, height: 150, zoom: 1, budget: budget)
      _ = try plot.pdf(width: 200, height: 150, budget: budget)
      _ = try plot.characters(columns: 40, rows: 8, budget: budget)
      let many = (0..<12_000).map { odd[$0 % odd.count] }
      var cloud = Plot([Plot.Series(x: many, y: many.reversed(), mark: .points)])
      cloud.isLogX = round % 2 == 0
      _ = try cloud.svg(budget: budget)
    }
  }
}

extension String {
  /// Its parts between occurrences of `mark`.
  fileprivate func components(of mark: String) -> [Substring] { split(separator: mark) }
}
