// SPDX-License-Identifier: MIT
import HengeBackend
import HengeLanguage
import HengeTestSupport
import Testing

@Suite struct ChartTests {
  private func run(_ text: String) -> String {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    return ScriptRunner(folder: folder.path).run(text)
  }

  private func svg(_ text: String) throws -> String {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    #expect(runner.failure(of: "x = \(text)") == nil)
    for display in try runner.interpreter.displays(of: #require(runner.interpreter["x"]), width: 80)
    {
      if case .plot(let plot) = display { return try plot.svg }
    }
    return ""
  }

  private func count(_ part: String, in text: String) -> Int {
    text.ranges(of: part).count
  }

  // MARK: Bands and errors

  @Test func bandsAreHalfWidthsOrBounds() throws {
    for bands in [
      "0.5", "[0.5, 0.2, 0.1]", "tensor([0.5, 0.2, 0.1])", "(low=[0, 0, 1], high=[2, 3, 4])",
      "[[0, 0, 1], [2, 3, 4]]", "[[0.5, 0.2, 0.1]]", "stack([zeros(3), ones(3) * 4])",
    ] {
      #expect(count("<polygon", in: try svg("plot([1, 2, 3], bands=\(bands))")) == 1, "\(bands)")
    }
    for bands in [
      "0.5", "[0.5, [1, 2]]", "[none, 0.5]", "(b=0.5)", "[(low=0, high=[3, 4]), none]", "ones(2x2)",
    ] {
      let count = count(
        "<polygon", in: try svg("plot((a=[1, 2], b=[2, 1]), bands=\(bands))"))
      #expect(count == (bands.contains("none") || bands == "(b=0.5)" ? 1 : 2), "\(bands)")
    }
  }

  @Test func wrongBandsSayWhatIsWrong() {
    #expect(
      run("plot([1, 2, 3], bands=[1, 2])").contains(
        "`bands` has 2 values for a series of 3 points"))
    #expect(run("plot([1, 2], errors=-1)").contains("a half-width must be at least 0, not -1"))
    #expect(
      run("plot([1, 2], bands=(low=[1, 2], high=[2, 1]))").contains(
        "the lower bound 2.0 of point 1 is above the upper bound 1.0"))
    #expect(
      run("plot([1, 2], [3, 4], bands=[0.1, 0.2, 0.3])").contains(
        "`bands` is for 3 series, and there are 2"))
    #expect(
      run("plot((a=[1, 2], b=[3, 4]), bands=(c=0.1))").contains(
        "`bands` has \"c\", and no series has this name"))
    #expect(run("plot([1, 2], bands=\"a\")").hasPrefix("E-type"))
    #expect(run("plot([1, 2], bands=(low=[1, 2]))").hasPrefix("E-name"))
  }

  // MARK: Smoothing

  @Test func smoothingIsAnAverageCorrectedForItsStart() throws {
    // With s = 0.5: 4, then (0.5 * 2 + 0.5 * 1) / 0.75 = 2, then (0.75 + 0.5 * 2) / 0.875 = 2.
    let smooth = try svg("plot([4, 1, 2], smooth=0.5)")
    let curve = try #require(
      smooth.split(separator: "\n").last { $0.hasPrefix("<polyline") && $0.contains("#0072b2") })
    let places = curve.split(separator: "\"")[1].split(separator: " ")
    #expect(places.count == 3)
    #expect(places[1].split(separator: ",")[1] == places[2].split(separator: ",")[1])
    #expect(run("plot([1], smooth=1)").contains("`smooth` must be at least 0 and below 1"))
    #expect(run("plot([1], smooth=-0.1)").hasPrefix("E-range"))
    #expect(run("plot([1], smooth=nan)").hasPrefix("E-range"))
  }

  // MARK: Logs

  @Test func aLogHasPanelsForItsMeasures() throws {
    let log =
      "table(step=[1, 2, 3, 4], g=[3, 2, 1, 1], d=[1, 1, 1, 1], swd_a=[nan, 2, nan, 1], accuracy_d=[0.5, 0.6, 0.7, 0.8])"
    #expect(run("str(plot(\(log)))") == "\"plot of 14 points in 3 panels\"\n")
    let figure = try svg("plot(\(log), smooth=0.9)")
    #expect(count(">step</text>", in: figure) == 3)
    for label in ["loss", "swd", "accuracy"] { #expect(figure.contains(">\(label)</text>")) }
    // Both measurements are dots, joined by a line.
    #expect(count("<circle", in: figure) == 2)
    #expect(!figure.contains("left out"))
    #expect(run("str(plot(table(step=[1, 2], loss=[3, 4], val=[nan, 3])))").contains("in 2 series"))
  }

  @Test func aColumnThatWasNeverMeasuredHasNoPanel() {
    let log = "table(step=[1, 2], g=[3, 2], spread_g=[nan, nan], swd=[nan, 1])"
    #expect(run("str(plot(\(log)))") == "\"plot of 3 points in 2 panels\"\n")
  }

  @Test func otherTablesNameTheirXAxis() throws {
    let table = "table(epoch=[1, 2], loss=[3, 4], swd=[1, 2])"
    #expect(try svg("plot(\(table))").contains(">epoch</text>"))
    #expect(try svg("plot(\(table), xlabel=\"time\")").contains(">time</text>"))
    #expect(run("str(plot(\(table)))") == "\"plot of 4 points in 2 series\"\n")
    #expect(run("plot(table(step=[1, 2], g=[nan, nan]))").contains("2 points left out"))
  }

  // MARK: Panels, bars, points

  @Test func panelsAreAFigure() {
    #expect(
      run("str(panels([plot([1, 2]), hist([1, 2], bins=2)], title=\"a\"))")
        == "'plot \"a\" of 4 points in 2 panels'\n")
    #expect(run("panels([])").contains("there are no plots"))
    #expect(run("panels([plot([1])], cols=0)").contains("`cols` must be 1 to 16, not 0"))
    #expect(run("panels([1])").hasPrefix("E-type"))
    #expect(run("panels([panels([plot([1])]), plot([2])])").contains("┤"))
  }

  @Test func barsHaveTheNamesOfTheirCategories() throws {
    let bars = try svg("bars((a=3, b=-1), errors=[0.5, 0.2])")
    #expect(bars.contains(">a</text>") && bars.contains(">b</text>"))
    #expect(count("<rect", in: bars) == 3)
    #expect(run("str(bars((a=[1, 2], b=[3, 4]), labels=[\"x\", \"y\"]))").contains("2 series"))
    let table = try svg("bars(table(name=[\"p\", \"q\"], fid=[1, 2], kid=[2, 3]))")
    #expect(table.contains(">q</text>") && table.contains(">kid</text>"))
    #expect(run("bars([])").contains("there are no values for bars"))
    #expect(run("bars([1, 2], labels=[\"a\"])").contains("1 label for 2 bars"))
    #expect(run("bars((a=[1, 2], b=[3]))").contains("must be of the same length, not 2, 1"))
    #expect(run("bars(zeros(2000))").contains("there are 2000 bars"))
    #expect(run("bars([1, nan])").contains("1 point left out"))
  }

  @Test func pointsTakeCoordinatesAndCategories() throws {
    let points = try svg("scatter([1, 2, 3], [2, 1, 3], color=[\"a\", \"b\", \"a\"])")
    // Three points, and two in the legend.
    #expect(count("<circle", in: points) == 5)
    #expect(run("str(scatter(zeros(5x2)))") == "\"plot of 5 points in 1 series\"\n")
    #expect(run("str(scatter(zeros(4), zeros(4), color=[1, 2, 3, 1]))").contains("3 series"))
    #expect(run("scatter([1, 2], [1])").contains("2 x coordinates and 1 y coordinates"))
    #expect(run("scatter([1, 2])").contains("points need two coordinates"))
    #expect(
      run("scatter([1, 2], [1, 2], color=[\"a\"])").contains("1 categories for 2 points"))
    #expect(
      run("scatter(zeros(40), zeros(40), color=arange(40))").contains("more than 32 categories"))
  }

  // MARK: Files

  @Test func theEndingChoosesTheFormat() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    let lines = ["png", "svg", "pdf"].map { "save(panels([plot([1, 2])]), \"p.\($0)\")" }
    #expect(runner.run(lines.joined(separator: "\n")) == "")
    let starts = try ["png", "svg", "pdf"].map {
      try Array(
        readRegularFile("\(folder.path)/p.\($0)", budget: MemoryBudget(limit: 1 << 24)).prefix(4))
    }
    #expect(starts == [[0x89, 0x50, 0x4E, 0x47], Array("<svg".utf8), Array("%PDF".utf8)])
    #expect(runner.run("save(plot([1]), \"p.jpg\")").hasPrefix("E-file"))
    #expect(runner.run("save_pdf(plot([1]), \"p.png\")").hasPrefix("E-file"))
    #expect(runner.run("save_pdf(plot([1]), \"p.pdf\", size=1x1)").hasPrefix("E-range"))
    #expect(runner.run("save(plot([1], title=\"訓練\"), \"t.svg\")") == "")
  }
}
