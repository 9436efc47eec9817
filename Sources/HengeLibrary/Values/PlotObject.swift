// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeImage
internal import HengeLanguage

/// A plot as a value of the language: its echo draws it.
final class PlotObject: Object, ObjectConvertible, Displayed {
  let plot: Plot
  /// Whose owner may stop the drawing.
  private let budget: MemoryBudget

  init(_ plot: Plot, _ budget: MemoryBudget) {
    self.plot = plot
    self.budget = budget
  }

  override class var kind: String { "plot" }
  override var brief: String { text }

  var text: String {
    let title = plot.title.isEmpty ? "" : " \(Value(plot.title).representation)"
    let parts =
      plot.panels.isEmpty
      ? "\(plot.series.count) series" : counted(plot.panels.count, "panel")
    return "plot\(title) of \(plot.pointCount) points in \(parts)"
  }

  func displays(width: Int) throws -> [Display] {
    let size = plot.size
    return [
      .plot(DrawnPlot(plot: plot, budget: budget, width: size.width, height: size.height))
    ]
  }
}

extension Plot {
  /// The number of its points, and of those of its panels.
  fileprivate var pointCount: Int {
    series.reduce(0) { $0 + $1.x.count } + panels.reduce(0) { $0 + $1.pointCount }
  }

  private var texts: [String] {
    [title, xLabel, yLabel] + series.map(\.name) + categories + panels.flatMap(\.texts)
  }

  /// Whether it has texts that the font of plots may lack.
  var hasUnusualText: Bool {
    texts.contains { $0.unicodeScalars.contains { $0.value >= 0x2000 } }
  }

  /// The plot with its words as a terminal shows them.
  fileprivate var visible: Plot {
    var plot = self
    plot.title = TextWidth.visible(title)
    plot.xLabel = TextWidth.visible(xLabel)
    plot.yLabel = TextWidth.visible(yLabel)
    plot.categories = categories.map { TextWidth.visible($0) }
    for index in series.indices {
      plot.series[index].name = TextWidth.visible(series[index].name)
    }
    plot.panels = panels.map(\.visible)
    return plot
  }
}

/// A plot of the learning house as the language shows one.
struct DrawnPlot: PlotDisplay {
  let plot: Plot
  let budget: MemoryBudget
  /// Of the SVG, in its units.
  var width = 640
  var height = 400

  func rows(columns: Int, rows: Int, with characters: PlotCharacters) throws -> [[TextRun]] {
    let kind: Plot.Characters =
      switch characters {
      case .braille: .braille
      case .marks: .marks
      case .ascii: .ascii
      }
    let lines = try plot.visible.characters(
      columns: columns, rows: rows, kind, budget: budget)
    return lines.map { row in row.map { TextRun($0.text, series: $0.series) } }
  }

  var svg: String { get throws { try plot.svg(width: width, height: height, budget: budget) } }

  func picture(zoom: Int) throws -> PixelDisplay {
    PixelDisplay(try plot.pixels(width: width, height: height, zoom: zoom, budget: budget))
  }
}
