// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

var titleParameter: Parameter {
  Parameter(
    "title", "Title of the plot.", default: "", isKeywordOnly: true)
}
var xLabelParameter: Parameter {
  Parameter(
    "xlabel", "Label of the x axis.", default: "", isKeywordOnly: true)
}
var yLabelParameter: Parameter {
  Parameter(
    "ylabel", "Label of the y axis.", default: "", isKeywordOnly: true)
}
var logParameter: Parameter {
  Parameter(
    "log", "Whether the y axis is logarithmic; or \"x\", \"y\", \"xy\" to choose the axes.",
    default: LogAxes(x: false, y: false), isKeywordOnly: true)
}
var errorsParameter: Parameter {
  Parameter(
    "errors", "Error bars, given as `bands` are.", default: PlotIntervals?.none,
    isKeywordOnly: true)
}

/// Built-ins that make plots and save them.
func plots(_ session: Session) -> [Builtin] {
  [linePlot(session), histogram(session)] + charts(session) + panels(session)
    + savingPlots(session)
}

private func linePlot(_ session: Session) -> Builtin {
  Builtin(
    "plot",
    """
    Plots lines over 0, 1, 2, … or over `x`. A tensor [K, N], a list of K lists or a record has \
    one line per row, list or field. A table has one line per column of numbers, over its first \
    column if `x` is not given. Values that are not finite leave gaps. A table whose first column is `step`, such as \
    t.log, has its losses and its other measures (distances, accuracies, …) in panels of their \
    own, and a measure has a line between its measurements. The result is shown, or saved with \
    save, save_svg, save_png and save_pdf.
    """,
    Parameter("y", "Tensors or lists of numbers, a record of them, or a table such as t.log."),
    Parameter(
      "x", "x coordinates, one per point; by default the indices from 0.",
      default: PlotData?.none, isKeywordOnly: true),
    logParameter, titleParameter,
    Parameter(
      "labels", "Labels of the lines in the legend.", default: Labels(names: []),
      isKeywordOnly: true),
    xLabelParameter, yLabelParameter,
    Parameter(
      "points", "Whether to draw points instead of lines.", default: false,
      isKeywordOnly: true),
    Parameter(
      "bands",
      "A shaded band for a line, in units of y: half-widths (the band is y ± half-width) as numbers, one per point or one for all; or a record (low=…, high=…) of its bounds. For several lines a list with one of these or none for each, or a record by their labels.",
      default: PlotIntervals?.none, isKeywordOnly: true),
    errorsParameter,
    Parameter(
      "smooth",
      "Factor s of an exponential moving average, 0 <= s < 1: the line shows m_k / (1 - s^k) with m_k = s m_(k-1) + (1 - s) y_k, m_0 = 0 and k from 1, and the values are drawn faintly below it. Of t.log only the losses are smoothed.",
      default: 0.0, isKeywordOnly: true),
    examples: [
      Example(
        "print(plot([3, 1, 2], title=\"losses\"))",
        prints: "plot \"losses\" of 3 points in 1 series"),
      Example(
        "plot(arange(10) ** 2, arange(10) ** 1.5, labels=[\"x²\", \"x¹·⁵\"])", gives: nil),
      Example(
        """
        mean = tensor([3.0, 1.0, 2.0])
        print(plot(mean, bands=[0.5, 0.2, 0.3], smooth=0.5))
        #=> plot of 3 points in 1 series
        """),
    ],
    seeAlso: ["hist", "bars", "scatter", "panels", "save_svg", "save_png", "save_pdf"],
    errors: ["E-shape", "E-type", "E-arg", "E-range", "E-name"]
  ) {
    (
      call: Call, y: Rest<PlotData>, x: PlotData?, log: LogAxes, title: String, labels: Labels,
      xlabel: String, ylabel: String, points: Bool, bands: PlotIntervals?,
      errors: PlotIntervals?, smooth: Double
    ) in
    guard smooth >= 0, smooth < 1 else {
      throw Failure(
        "E-range", "`smooth` must be at least 0 and below 1, not \(smooth)",
        suggestion: "smooth=0.9", parameter: "smooth")
    }
    var curves = try y.elements.flatMap { try $0.curves(call, isGivenX: x != nil) }
    guard !curves.isEmpty else {
      throw Failure("E-arg", "there is nothing to plot", suggestion: "plot([3, 1, 2])")
    }
    if let x {
      let places = try PlotData.numbers(x.value, "x", call)
      for index in curves.indices { (curves[index].x, curves[index].xName) = (places, "") }
    }
    guard labels.names.isEmpty || labels.names.count == curves.count else {
      throw Failure(
        "E-arg",
        "there are \(labels.names.count) labels for \(curves.count) lines",
        parameter: "labels")
    }
    // What belongs together in a log is known by the names of its columns, not by labels.
    let groups =
      y.elements.count == 1 && curves[0].xName == "step"
      ? curves.map { LogGroup(of: $0.name, $0.y) } : []
    for (index, name) in labels.names.enumerated() { curves[index].name = name }
    var series = try curves.map { curve in
      let x = curve.x ?? curve.y.indices.map(Double.init)
      guard x.count == curve.y.count else {
        throw Failure(
          "E-shape", "a line has \(curve.y.count) points, and x has \(x.count)",
          parameter: "x")
      }
      return Plot.Series(name: curve.name, x: x, y: curve.y, mark: points ? .points : .line)
    }
    for index in series.indices where groups.isEmpty || groups[index].isLoss {
      series[index].smooth(smooth)
    }
    try series.add(bands: bands, errors: errors, call)
    var plot = groups.isEmpty ? Plot(series) : LogGroup.plot(series, groups, log)
    plot.title = title
    if plot.panels.isEmpty { (plot.isLogX, plot.isLogY) = (log.x, log.y) }
    plot.label(x: xlabel.isEmpty ? curves[0].xName : xlabel, y: ylabel)
    return PlotObject(plot, session.budget)
  }.alsoCalled("chart", "curve", "learning curve", "matplotlib", "confidence band", "smoothing")
    .rewriting { arguments in
      // `"r--"`, the style of matplotlib.
      guard let style = arguments.last?.text, "\"'".contains(style.prefix(1)) else { return nil }
      return switch arguments.count {
      case 2: "plot(\(arguments[0].text))"
      case 3: "plot(\(arguments[1].text), x=\(arguments[0].text))"
      default: nil
      }
    }
    .inPlaceOf(
      "wandb",
      advice: "plot(t.log) draws the losses of a trainer")
}

extension Plot {
  /// Names its axes, or those of its panels; a panel's own name of y stays.
  fileprivate mutating func label(x: String, y: String) {
    for index in panels.indices { panels[index].label(x: x, y: y) }
    xLabel = x
    if !y.isEmpty { yLabel = y }
  }
}

extension Plot.Series {
  /// Replaces y by its exponential moving average, corrected for its start at 0.
  ///
  /// The values are kept as `raw`. Those that are not finite are left out of the average.
  mutating func smooth(_ factor: Double) {
    guard factor > 0 else { return }
    raw = y
    var (mean, weight) = (0.0, 0.0)
    y = y.map { value in
      guard value.isFinite else { return .nan }
      mean = factor * mean + (1 - factor) * value
      weight = factor * weight + (1 - factor)
      return mean / weight
    }
  }
}

extension [Plot.Series] {
  /// Adds the bands and the error bars of an argument.
  mutating func add(bands: PlotIntervals?, errors: PlotIntervals?, _ call: Call) throws {
    let curves = map { (name: $0.name, y: $0.y) }
    if let bands {
      for (index, band) in try bands.intervals(of: curves, "bands", call).enumerated() {
        self[index].band = band
      }
    }
    guard let errors else { return }
    for (index, bars) in try errors.intervals(of: curves, "errors", call).enumerated() {
      self[index].errors = bars
    }
  }
}

/// What a column of a training's log measures: columns of one group are in one panel.
struct LogGroup: Equatable {
  let name: String
  var isLoss: Bool { name == "loss" }

  private static let losses: Set = ["loss", "losses", "val", "train", "test"]
  private static let measures: Set = [
    "accuracy", "acc", "correlation", "spread", "swd", "kid", "fid", "mmd", "lpips", "ssim",
    "psnr", "iou", "error", "distance", "norm", "lr", "minutes", "seconds",
  ]

  /// The group of column `name`: by what it is called, and a column that is not measured at every
  /// step is no loss of the training.
  init(of name: String, _ values: [Double]) {
    let parts = name.lowercased().split(separator: "_").map(String.init)
    if let measure = parts.first(where: LogGroup.measures.contains) {
      self.name = measure
    } else if parts.contains(where: LogGroup.losses.contains) {
      self.name = "loss"
    } else {
      let isSparse = values.contains(where: \.isNaN) && values.contains(where: \.isFinite)
      self.name = isSparse ? parts.first ?? name : "loss"
    }
  }

  /// The log of a training as the built-in draws it, over the steps.
  static func plot(of log: Table) throws -> Plot {
    let columns = log.columns.compactMap { column -> (name: String, values: [Double])? in
      switch column.cells {
      case .integers(let cells): return (column.name, cells.map(Double.init))
      case .numbers(let cells): return (column.name, cells)
      case .texts: return nil
      }
    }
    guard let steps = columns.first, columns.count > 1 else { return Plot() }
    let measured = columns.dropFirst()
    var plot = plot(
      measured.map { Plot.Series(name: $0.name, x: steps.values, y: $0.values) },
      measured.map { LogGroup(of: $0.name, $0.values) }, LogAxes(x: false, y: false))
    plot.label(x: steps.name, y: "")
    return plot
  }

  /// A panel for each group, the losses first; one plot where there is one group.
  ///
  /// Only losses are on a logarithmic y axis: other measures may be 0 or negative.
  static func plot(_ series: [Plot.Series], _ groups: [LogGroup], _ log: LogAxes) -> Plot {
    // A column without any measurement would be an empty panel.
    let kept = series.indices.filter { series[$0].y.contains(where: { !$0.isNaN }) }
    if !kept.isEmpty, kept.count < series.count {
      return plot(kept.map { series[$0] }, kept.map { groups[$0] }, log)
    }
    var order: [LogGroup] = []
    for group in groups where !order.contains(group) { order.append(group) }
    order = order.filter(\.isLoss) + order.filter { !$0.isLoss }
    let steps = series.flatMap(\.x).filter(\.isFinite)
    let panels = order.map { group in
      var members = zip(series, groups).filter { $0.1 == group }.map { $0.0.withoutGaps }
      if members.count == 1, members[0].name == group.name { members[0].name = "" }
      var panel = Plot(members)
      panel.yLabel = group.name
      if let first = steps.min(), let last = steps.max() { panel.xReach = first...last }
      panel.isLogX = log.x
      panel.isLogY = log.y && group.isLoss
      return panel
    }
    guard panels.count > 1 else { return panels[0] }
    var plot = Plot()
    plot.panels = panels
    plot.columns = panels.count > 2 ? 2 : 1
    return plot
  }
}

extension Plot.Series {
  /// Without the points at which nothing was measured, where there are such points.
  fileprivate var withoutGaps: Plot.Series {
    let kept = y.indices.filter { !y[$0].isNaN }
    guard kept.count < y.count, !kept.isEmpty else { return self }
    func part(_ values: [Double]) -> [Double] { kept.map { values[$0] } }
    func part(_ interval: Plot.Interval) -> Plot.Interval {
      Plot.Interval(low: part(interval.low), high: part(interval.high))
    }
    var series = Plot.Series(
      name: name, x: part(x), y: part(y), mark: mark == .line ? .dottedLine : mark)
    series.raw = raw.map(part)
    series.band = band.map(part)
    series.errors = errors.map(part)
    return series
  }
}
