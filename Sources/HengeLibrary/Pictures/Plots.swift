// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

/// Numbers to be plotted: one row of them or several, or the columns of a table or record.
struct PlotData: ValueConvertible {
  let value: Value
  static var kind: String { "tensor | list | table | record" }

  static func from(_ value: Value) -> PlotData? {
    switch value {
    case .list, .record, .range: return PlotData(value: value)
    default:
      guard Tensor.from(value) != nil || Table.from(value) != nil else { return nil }
      return PlotData(value: value)
    }
  }

  /// A line: its name, its x coordinates, if it has any, and its values.
  struct Curve {
    var name = ""
    var x: [Double]?
    let y: [Double]
  }

  /// The curves; throws `E-type` and `E-shape` for what is no row of numbers.
  func curves(_ call: Call) throws -> [Curve] {
    if let table = Table.from(value) { return try PlotData.columns(of: table) }
    switch value {
    case .record(let record):
      return try zip(record.names, record.values).map { name, value in
        Curve(name: name, y: try PlotData.numbers(value, "y", call))
      }
    case .list(let list):
      let isNested = list.elements.contains { element in
        if case .list = element { return true }
        return (Tensor.from(element)?.rank ?? 0) > 0
      }
      if isNested {
        return try list.elements.map { Curve(y: try PlotData.numbers($0, "y", call)) }
      }
    default: break
    }
    if let tensor = Tensor.from(value), tensor.rank == 2 {
      return try (0..<tensor.shape[0]).map {
        Curve(y: try tensor.selecting([.at($0)]).doubles())
      }
    }
    return [Curve(y: try PlotData.numbers(value, "y", call))]
  }

  /// Numbers in a row: a tensor of one axis, or a list of numbers.
  static func numbers(_ value: Value, _ parameter: String, _ call: Call) throws -> [Double] {
    if let tensor = Tensor.from(value) {
      guard tensor.rank <= 1 else {
        throw Failure(
          "E-shape", "a line needs a tensor of one axis, and this one is \(tensor.shape)",
          suggestion: tensor.rank == 2 ? nil : "x.reshape(-1) or hist(x)", parameter: parameter)
      }
      return try tensor.doubles()
    }
    if let numbers = try [Double].from(value, in: call) { return numbers }
    if case .range(let range) = value, range.count <= 10_000_000 {
      return (0..<range.count).map { Double(range[$0]) }
    }
    throw Failure(
      "E-type", "a line needs a list of numbers or a tensor, not \(value.kindWithArticle)",
      parameter: parameter)
  }

  /// The columns of numbers after the first over the first, as a trainer's log has them.
  private static func columns(of table: Table) throws -> [Curve] {
    let columns = table.columns.compactMap { column -> Curve? in
      switch column.cells {
      case .integers(let cells): Curve(name: column.name, y: cells.map(Double.init))
      case .numbers(let cells): Curve(name: column.name, y: cells)
      case .texts: nil
      }
    }
    guard let first = columns.first else {
      throw Failure(
        "E-type", "the table has no column of numbers",
        notes: ["its columns: \(table.names.joined(separator: ", "))"], parameter: "y")
    }
    if columns.count == 1 { return columns }
    return columns.dropFirst().map { Curve(name: $0.name, x: first.y, y: $0.y) }
  }
}

/// Which axes are drawn by logarithms.
struct LogAxes: ValueConvertible {
  let x: Bool
  let y: Bool
  static var kind: String { "bool | \"x\" | \"y\" | \"xy\"" }

  static func from(_ value: Value) -> LogAxes? {
    if let isLog = Bool.from(value) { return LogAxes(x: false, y: isLog) }
    switch String.from(value) {
    case "x": return LogAxes(x: true, y: false)
    case "y": return LogAxes(x: false, y: true)
    case "xy": return LogAxes(x: true, y: true)
    default: return nil
    }
  }

  var value: Value { x ? Value(y ? "xy" : "x") : .bool(y) }
}

/// One name or several.
struct Labels: ValueConvertible {
  let names: [String]
  static var kind: String { "str | list of str" }

  static func from(_ value: Value) -> Labels? {
    if let name = String.from(value) { return Labels(names: [name]) }
    return [String].from(value).map(Labels.init)
  }

  var value: Value { names.value }
}

var titleParameter: Parameter {
  Parameter(
    "title", "Title of the plot.", default: "", isKeywordOnly: true)
}
var xLabelParameter: Parameter {
  Parameter(
    "xlabel", "Label of the x axis.", default: "", isKeywordOnly: true)
}
private var yLabelParameter: Parameter {
  Parameter(
    "ylabel", "Label of the y axis.", default: "", isKeywordOnly: true)
}
private var logParameter: Parameter {
  Parameter(
    "log", "Whether the y axis is logarithmic; or \"x\", \"y\", \"xy\" to choose the axes.",
    default: LogAxes(x: false, y: false), isKeywordOnly: true)
}

/// Built-ins that make plots and save them.
func plots(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "plot",
      """
      Plots lines over 0, 1, 2, … or over `x`. A tensor [K, N], a list of K lists or a record has \
      one line per row, list or field. A table has one line per column of numbers, over its first \
      column. Values that are not finite leave gaps. The result is shown, or saved with save_svg \
      and save_png.
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
      examples: [
        Example(
          "print(plot([3, 1, 2], title=\"losses\"))",
          prints: "plot \"losses\" of 3 points in 1 series"),
        Example(
          "plot(arange(10) ** 2, arange(10) ** 1.5, labels=[\"x²\", \"x¹·⁵\"])", gives: nil),
      ],
      seeAlso: ["hist", "save_svg", "save_png"], errors: ["E-shape", "E-type", "E-arg"]
    ) {
      (
        call: Call, y: Rest<PlotData>, x: PlotData?, log: LogAxes, title: String, labels: Labels,
        xlabel: String, ylabel: String, points: Bool
      ) in
      var curves = try y.elements.flatMap { try $0.curves(call) }
      guard !curves.isEmpty else {
        throw Failure("E-arg", "there is nothing to plot", suggestion: "plot([3, 1, 2])")
      }
      if let x {
        let places = try PlotData.numbers(x.value, "x", call)
        for index in curves.indices { curves[index].x = places }
      }
      guard labels.names.isEmpty || labels.names.count == curves.count else {
        throw Failure(
          "E-arg",
          "there are \(labels.names.count) labels for \(curves.count) lines",
          parameter: "labels")
      }
      for (index, name) in labels.names.enumerated() { curves[index].name = name }
      var plot = Plot(
        try curves.map { curve in
          let x = curve.x ?? curve.y.indices.map(Double.init)
          guard x.count == curve.y.count else {
            throw Failure(
              "E-shape", "a line has \(curve.y.count) points, and x has \(x.count)",
              parameter: "x")
          }
          return Plot.Series(name: curve.name, x: x, y: curve.y, mark: points ? .points : .line)
        })
      plot.title = title
      (plot.xLabel, plot.yLabel) = (xlabel, ylabel)
      (plot.isLogX, plot.isLogY) = (log.x, log.y)
      return PlotObject(plot, session.budget)
    }.alsoCalled("chart", "curve", "learning curve", "matplotlib")
      .inPlaceOf(
        "tensorboard", "wandb",
        advice: "plot(t.log) draws the losses of a trainer"),
    histogram(session),
    Builtin(
      "save_svg",
      "Saves a plot as an SVG file. The same plot is always the same file, byte by byte.",
      Parameter("plot", "A plot, made by plot() or hist()."), pathParameter, sizeParameter,
      examples: [
        Example("save_svg(plot([3, 1, 2]), \"losses.svg\")\nexists(\"losses.svg\")\n#=> true")
      ],
      seeAlso: ["plot", "save_png"], errors: ["E-file", "E-range"]
    ) { (plot: PlotObject, path: String, size: Shape) in
      let size = try pageSize(size)
      try session.supplement?(.plot(DrawnPlot(plot: plot.plot, budget: session.budget)))
      return try session.write(path, as: [".svg"], of: "a plot") {
        try AtomicFile.write(
          Array(
            plot.plot.svg(width: size.width, height: size.height, budget: session.budget).utf8),
          to: $0, budget: session.budget)
      }
    },
    Builtin(
      "save_png", "Saves a plot as a PNG file.",
      Parameter("plot", "A plot, made by plot() or hist()."), pathParameter, sizeParameter,
      Parameter(
        "zoom", "Number of pixels per unit of the size, 1..8.", default: 2, isKeywordOnly: true),
      examples: [
        Example(
          "save_png(plot([3, 1, 2]), \"losses.png\")\nload(\"losses.png\").shape\n#=> 3x800x1280")
      ],
      seeAlso: ["plot", "save_svg"], errors: ["E-file", "E-range"]
    ) { (plot: PlotObject, path: String, size: Shape, zoom: Int) in
      let size = try pageSize(size)
      guard (1...8).contains(zoom) else {
        throw Failure("E-range", "`zoom` must be 1 to 8, not \(zoom)", parameter: "zoom")
      }
      try session.supplement?(.plot(DrawnPlot(plot: plot.plot, budget: session.budget)))
      return try session.write(path, as: [".png"], of: "a plot") {
        let pixels = try plot.plot.pixels(
          width: size.width, height: size.height, zoom: zoom, budget: session.budget)
        try AtomicFile.write(
          encodePNG(pixels, budget: session.budget), to: $0, budget: session.budget)
      }
    }.alsoCalled("savefig", "save figure", "export plot")
      .inPlaceOf(
        "screenshot",
        advice:
          "save_png(x, \"x.png\") saves an image or a plot, and :render f.html the whole session"),
  ]
}

private var pathParameter: Parameter {
  Parameter("path", "Path of the file. A relative path is inside the output folder.")
}

private var sizeParameter: Parameter {
  Parameter("size", "Height x width of the plot.", default: [400, 640], isKeywordOnly: true)
}

/// A size that a plot can be drawn in.
private func pageSize(_ size: Shape) throws -> PictureSize {
  guard size.rank == 2, size.sizes.allSatisfy({ (100...4000).contains($0) }) else {
    throw Failure(
      "E-range", "the sides of a plot must be 100 to 4000, not \(size)",
      suggestion: "size=400x640", parameter: "size")
  }
  return PictureSize(height: size[0], width: size[1])
}
