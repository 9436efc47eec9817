// SPDX-License-Identifier: MIT
import HengeBackend
import Testing

@testable import HengeImage

@Suite struct PlotTests {
  private let budget = MemoryBudget(limit: 50_000_000)

  private func histogram(_ values: [Double], bins: Int) throws -> (plot: Plot, omitted: Int) {
    try values.withUnsafeBufferPointer { try Plot.histogram(of: [$0], bins: bins, budget: budget) }
  }

  private func curve(_ y: [Double], x: [Double]? = nil, name: String = "") -> Plot.Series {
    Plot.Series(name: name, x: x ?? y.indices.map(Double.init), y: y)
  }

  private func text(
    _ plot: Plot, columns: Int = 30, rows: Int = 4, _ characters: Plot.Characters = .braille
  ) -> String {
    let drawn = try? plot.characters(columns: columns, rows: rows, characters, budget: budget)
    return (drawn ?? [])
      .map { $0.map(\.text).joined() }.joined(separator: "\n")
  }

  private func axis(_ low: Double, _ high: Double, isLog: Bool = false, ticks: Int = 5) -> [String]
  {
    var extent = PlotExtent()
    extent.include(low)
    extent.include(high)
    return PlotAxis(extent, isLog: isLog, ticks: ticks, reachesTicks: true).ticks.map(\.label)
  }

  // MARK: Several histograms

  @Test func histogramsOfSeveralGroupsShareTheirBins() throws {
    let (first, second): ([Double], [Double]) = ([0, 0.5, 1], [1, 2, .nan])
    let (plot, omitted) = try first.withUnsafeBufferPointer { a in
      try second.withUnsafeBufferPointer { b in
        try Plot.histogram(of: [a, b], bins: 2, budget: budget)
      }
    }
    #expect(omitted == 1)
    #expect(plot.series.map(\.y) == [[2, 1], [0, 2]])
    #expect(plot.series[0].mark == .bars(width: 0.4))
    #expect(plot.series.map(\.x) == [[0.1, 1.1], [0.5, 1.5]])
  }

  @Test func asDensitiesGroupsOfDifferentSizesHaveTheSameArea() throws {
    let values: [Double] = [0, 0, 0, 4]
    let (plot, _) = try values.withUnsafeBufferPointer {
      try Plot.histogram(of: [$0], bins: 2, isDensity: true, budget: budget)
    }
    #expect(plot.series[0].y == [0.375, 0.125])
  }

  // MARK: Axes

  @Test func ticksStandAtOneTwoAndFive() {
    #expect(axis(0, 1) == ["0", "0.2", "0.4", "0.6", "0.8", "1"])
    #expect(axis(-0.3, 0.9) == ["-0.5", "0", "0.5", "1"])
    #expect(axis(0, 40) == ["0", "10", "20", "30", "40"])
    #expect(axis(3, 5) == ["3", "4", "5"])
    #expect(axis(0.00001, 0.00002) == ["1e-5", "1.2e-5", "1.4e-5", "1.6e-5", "1.8e-5", "2e-5"])
    #expect(axis(-2.5e6, 2.5e6) == ["-3e6", "-2e6", "-1e6", "0", "1e6", "2e6", "3e6"])
  }

  @Test func equalPointsStandInTheMiddle() {
    #expect(axis(5, 5) == ["4", "5", "6"])
    #expect(axis(0, 0) == ["-1", "0", "1"])
  }

  @Test func aLogAxisHasDecades() {
    #expect(axis(1, 10_000, isLog: true) == ["1", "10", "100", "1000", "10000"])
    #expect(axis(0.1, 10, isLog: true) == ["0.1", "0.2", "0.5", "1", "2", "5", "10"])
    #expect(axis(1e-20, 1, isLog: true) == ["1e-20", "1e-16", "1e-12", "1e-8", "0.0001", "1"])
  }

  @Test func labelsAreExact() {
    #expect(PlotAxis.label(3, power: -1) == "0.3")
    #expect(PlotAxis.label(-15, power: 2) == "-1500")
    #expect(PlotAxis.label(12, power: -9) == "1.2e-8")
    #expect(PlotAxis.label(5, power: 300) == "5e300")
    #expect(PlotAxis.label(0, power: 7) == "0")
  }

  // MARK: Characters

  @Test func aCurveIsDrawnInBraille() {
    #expect(
      text(Plot([curve([0, 1, 4, 9, 16])]))
        == """
        20 ┤                           ⣀
        10 ┤                     ⢀⣀⠤⠒⠊⠉
           │               ⣀⡠⠤⠔⠒⠉⠁
         0 ┤⣀⣀⣀⡠⠤⠤⠤⠤⠤⠒⠒⠒⠊⠉⠉
           └┬─────────────┬────────────┬
            0             2            4
        """)
  }

  @Test func severalCurvesWithoutColourHaveMarks() {
    var plot = Plot([curve([0, 1], name: "up"), curve([1, 0], name: "down")])
    plot.title = "cross"
    #expect(
      text(plot, .marks)
        == """
                        cross
          1 ┤+++++                 *****
        0.5 ┤     ++++++++*********
            │     ********+++++++++
          0 ┤*****                 +++++
            └┬────────────┬────────────┬
             0           0.5           1
             * up   + down
        """)
  }

  @Test func aDumbTerminalGetsASCII() {
    let plot = Plot([curve([2, 2])])
    #expect(
      text(plot, .ascii)
        == """
        3 +
        2 +*****************************
          |
        1 +
          ++-------------+-------------+
           0            0.5            1
        """)
  }

  @Test func whatIsNotFiniteLeavesGapsAndIsCounted() throws {
    let plot = Plot([curve([1, .nan, 3, .infinity, 2, -.infinity])])
    #expect(try plot.omitted(budget: budget) == 3)
    #expect(text(plot).hasSuffix("3 points left out: not finite"))
    var log = Plot([curve([1, 0, -3, 10])])
    log.isLogY = true
    #expect(
      text(log, columns: 80).hasSuffix(
        "2 points left out: not finite, or not above 0 on a log axis"))
  }

  @Test func nothingIsAPlotToo() throws {
    #expect(text(Plot()).contains("no data"))
    #expect(text(Plot([curve([])])).contains("no data"))
    #expect(try Plot().svg(budget: budget).contains(">no data</text>"))
  }

  @Test func noRowIsTooWide() throws {
    var plot = Plot((0..<9).map { curve([1e-7, 123_456.75], name: "a long name of series \($0)") })
    plot.title = String(repeating: "title ", count: 40)
    for columns in [32, 40, 80, 120] {
      let rows = try plot.characters(columns: columns, rows: 15, .marks, budget: budget)
      #expect(rows.allSatisfy { $0.map(\.text).joined().count <= columns })
    }
  }

  // MARK: Histograms

  @Test func aHistogramCountsEveryFiniteValueOnce() throws {
    let (plot, omitted) = try histogram([0, 1, 1, 2, 4, .nan, .infinity], bins: 4)
    #expect(omitted == 2)
    #expect(plot.series[0].x == [0, 1, 2, 3])
    #expect(plot.series[0].y == [1, 2, 1, 1])
    #expect(try histogram([3, 3], bins: 2).plot.series[0].y == [0, 2])
    #expect(try histogram([], bins: 3).plot.series[0].y == [])
    #expect(try histogram([-1e308, 1e308], bins: 2).plot.series[0].y == [1, 1])
  }

  // MARK: SVG and pixels

  /// Whether every element is closed and only known signs are written out.
  private func isWellFormed(_ svg: String) -> Bool {
    var open: [String] = []
    for piece in svg.split(separator: "<").map(String.init) {
      guard let end = piece.firstIndex(of: ">") else { return piece.allSatisfy(\.isWhitespace) }
      let tag = piece[..<end]
      let name = String(tag.split(separator: " ").first ?? "")
      if name.hasPrefix("/") {
        guard open.popLast() == String(name.dropFirst()) else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(name)
      }
      guard tag.count(where: { $0 == "\"" }) % 2 == 0 else { return false }
      for entity in piece.split(separator: "&").dropFirst() {
        guard ["amp;", "lt;", "gt;", "quot;"].contains(where: entity.hasPrefix) else {
          return false
        }
      }
    }
    return open.isEmpty
  }

  @Test func anSVGIsWellFormedAndTheSameEachTime() throws {
    var plot = Plot([curve([1, 2, .nan, 3], name: "a<b>&\"c\""), curve([3, 1, 1, 2], name: "d")])
    plot.title = "<script>\u{1B}\u{0}&amp;"
    plot.xLabel = "x"
    let svg = try plot.svg(budget: budget)
    #expect(isWellFormed(svg))
    #expect(try svg == plot.svg(budget: budget))
    #expect(!svg.contains("<script>"))
    #expect(svg.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"400\""))
    // Two pieces of the first curve: a line and, after the gap, a dot.
    #expect(svg.contains("<circle"))
    #expect(isWellFormed(try histogram([1, 2, 3], bins: 3).plot.svg(budget: budget)))
  }

  @Test func pixelsHaveTheSizeAndTheColoursOfThePlot() throws {
    let plot = Plot([curve([1, 2, 3]), curve([3, 2, 1])])
    let pixels = try plot.pixels(
      width: 320, height: 200, zoom: 2, budget: budget)
    #expect([pixels.height, pixels.width, pixels.channels] == [400, 640, 3])
    var colours: Set<[UInt8]> = []
    for at in stride(from: 0, to: pixels.bytes.count, by: 3) {
      colours.insert(Array(pixels.bytes[at..<at + 3]))
    }
    for hex in [0xFFFFFF, 0xE4E4E4, 0x0072B2, 0xD55E00] {
      #expect(colours.contains([UInt8(hex >> 16), UInt8(hex >> 8 & 255), UInt8(hex & 255)]))
    }
    #expect(throws: Failure.self) {
      try plot.pixels(width: 4000, height: 4000, zoom: 99, budget: MemoryBudget(limit: 1_000))
    }
  }

  @Test func manyPointsAreThinnedWithoutLosingTheirExtremes() {
    let points = (0..<100_000).map { Point(Double($0) / 200, $0 == 5000 ? 900 : 10) }
    let thinned = PlotFigure.thinned(points)
    #expect(thinned.count <= 4 * 1001)
    #expect(thinned.contains(Point(25, 900)))
    #expect(thinned.first == points.first && thinned.last == points.last)
  }

  @Test func aBandIsShadedInCharacters() throws {
    var series = Plot.Series(x: [0, 1, 2, 3], y: [0, 0, 0, 0])
    series.band = Plot.Interval(low: [-1, -1, -1, -1], high: [1, 1, 1, 1])
    func drawn(_ characters: Plot.Characters) throws -> [String] {
      try Plot([series]).characters(columns: 40, rows: 9, characters, budget: budget)
        .map { $0.map(\.text).joined() }
    }
    let ascii = try drawn(.ascii)
    #expect(ascii[0].contains("....."))
    #expect(ascii[4].contains("*****"))
    #expect(ascii[8].contains("....."))
    // Sparse dots, two of the eight of a cell.
    let braille = try drawn(.braille)
    let cells = braille[1].unicodeScalars.filter { (0x2801...0x28FF).contains($0.value) }
    #expect(cells.count > 20)
    #expect(cells.allSatisfy { ($0.value - 0x2800).nonzeroBitCount == 2 })
  }

  // MARK: Any numbers

  @Test func noNumbersTrap() throws {
    var state: UInt64 = 7
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state
    }
    func number() -> Double {
      switch next() >> 60 {
      case 0...7: Double(bitPattern: next())
      case 8: .infinity
      case 9: .greatestFiniteMagnitude
      case 10: -.greatestFiniteMagnitude
      case 11: .leastNonzeroMagnitude
      case 12: 0
      default: Double(Int64(bitPattern: next()) >> 50)
      }
    }
    for round in 0..<400 {
      let count = Int(next() >> 60)
      let y = (0..<count).map { _ in number() }
      let x = (0..<count).map { _ in number() }
      let marks: [Plot.Mark] = [.line, .points, .bars(width: 1)]
      var plot = Plot([Plot.Series(x: x, y: y, mark: marks[round % 3])])
      plot.isLogX = next() >> 63 == 1
      plot.isLogY = next() >> 63 == 1
      let rows = try plot.characters(columns: 60, rows: 10, budget: budget)
      #expect(rows.allSatisfy { $0.map(\.text).joined().count <= 60 })
      #expect(isWellFormed(try plot.svg(budget: budget)))
      if round % 20 == 0 {
        _ = try plot.pixels(width: 200, height: 150, zoom: 1, budget: budget)
        _ = try histogram(y, bins: 5).plot.svg(budget: budget)
      }
    }
  }
}
