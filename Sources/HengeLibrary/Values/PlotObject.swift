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
    let points = plot.series.reduce(0) { $0 + $1.x.count }
    let title = plot.title.isEmpty ? "" : " \(Value(plot.title).representation)"
    return "plot\(title) of \(points) points in \(plot.series.count) series"
  }

  func displays(width: Int) throws -> [Display] { [.plot(DrawnPlot(plot: plot, budget: budget))] }
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
    return try visible.characters(columns: columns, rows: rows, kind, budget: budget).map { row in
      row.map { TextRun($0.text, series: $0.series) }
    }
  }

  /// The plot with its words as a terminal shows them.
  private var visible: Plot {
    var plot = plot
    plot.title = TextWidth.visible(plot.title)
    plot.xLabel = TextWidth.visible(plot.xLabel)
    plot.yLabel = TextWidth.visible(plot.yLabel)
    for index in plot.series.indices {
      plot.series[index].name = TextWidth.visible(plot.series[index].name)
    }
    return plot
  }

  var svg: String { get throws { try plot.svg(width: width, height: height, budget: budget) } }
}
