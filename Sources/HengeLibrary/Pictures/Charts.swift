// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

/// Built-ins that plot categories and clouds of points.
func charts(_ session: Session) -> [Builtin] { [barChart(session), scatterPlot(session)] }

private func barChart(_ session: Session) -> Builtin {
  Builtin(
    "bars",
    """
    Plots bars from 0 up to each value. A record of numbers has one bar per field, with the name \
    of the field below it. A record of lists has one color per field and its bars next to each \
    other. A table has one color per column of numbers, and its first column of text names the \
    bars.
    """,
    Parameter("values", "Numbers, a record of numbers or of lists of numbers, or a table."),
    Parameter(
      "labels", "Names of the bars, below the x axis.", default: Labels(names: []),
      isKeywordOnly: true),
    errorsParameter, titleParameter, xLabelParameter, yLabelParameter,
    examples: [
      Example(
        """
        print(bars((fid=41.5, baseline=63.2), errors=[1.5, 2.0]))
        #=> plot of 2 points in 1 series
        """),
      Example("bars([3, 1, 2], labels=[\"a\", \"b\", \"c\"], ylabel=\"count\")", gives: nil),
    ],
    seeAlso: ["plot", "hist", "panels"],
    errors: ["E-arg", "E-range", "E-shape", "E-type", "E-name"]
  ) {
    (
      call: Call, values: PlotData, labels: Labels, errors: PlotIntervals?, title: String,
      xlabel: String, ylabel: String
    ) in
    var (series, categories) = try values.barGroups(call)
    let count = series.map(\.y.count).max() ?? 0
    guard count > 0 else {
      throw Failure(
        "E-arg", "there are no values for bars", suggestion: "bars([3, 1, 2])",
        parameter: "values")
    }
    guard count <= 1000 else {
      throw Failure(
        "E-range", "there are \(count) bars, and more than 1000 cannot be distinguished",
        suggestion: "plot(values) or hist(values)", parameter: "values")
    }
    guard labels.names.isEmpty || labels.names.count == count else {
      throw Failure(
        "E-arg", "\(counted(labels.names.count, "label")) for \(counted(count, "bar"))",
        parameter: "labels")
    }
    if !labels.names.isEmpty { categories = labels.names }
    if categories.isEmpty { categories = (0..<count).map { "\($0)" } }
    try series.add(bands: nil, errors: errors, call)
    var plot = Plot(series)
    plot.categories = categories
    plot.title = title
    (plot.xLabel, plot.yLabel) = (xlabel, ylabel)
    return PlotObject(plot, session.budget)
  }.alsoCalled("bar chart", "bar plot", "barplot", "column chart")
}

extension PlotData {
  /// The bars of a chart as series, and the names of its categories, empty where it has none.
  fileprivate func barGroups(_ call: Call) throws -> (series: [Plot.Series], names: [String]) {
    var names: [String] = []
    var groups: [(name: String, values: [Double])] = []
    if let table = Table.from(value) {
      for column in table.columns {
        switch column.cells {
        case .texts(let texts): if names.isEmpty { names = texts }
        case .integers(let cells): groups.append((column.name, cells.map(Double.init)))
        case .numbers(let cells): groups.append((column.name, cells))
        }
      }
      guard !groups.isEmpty else {
        throw Failure(
          "E-type", "the table has no column of numbers",
          notes: ["its columns: \(table.names.joined(separator: ", "))"], parameter: "values")
      }
    } else if case .record(let record) = value,
      record.values.allSatisfy({ Number.from($0) != nil })
    {
      names = record.names
      groups = [("", record.values.compactMap { Number.from($0)?.double })]
    } else {
      groups = try curves(call, of: "values").map { ($0.name, $0.y) }
    }
    let counts = Set(groups.map(\.values.count))
    guard counts.count <= 1 else {
      let sizes = groups.map { "\($0.values.count)" }.joined(separator: ", ")
      throw Failure(
        "E-shape", "groups of bars must be of the same length, not \(sizes)",
        suggestion: "nan where there is no value", parameter: "values")
    }
    if groups.count == 1 { groups[0].name = "" }
    // A slot is 1 wide; a fifth of it is the gap to the next.
    let width = 0.8 / Double(max(1, groups.count))
    let series = groups.enumerated().map { index, group in
      Plot.Series(
        name: group.name,
        x: group.values.indices.map { Double($0) - 0.4 + Double(index) * width },
        y: group.values, mark: .bars(width: width))
    }
    return (series, names)
  }
}

/// The category of each point of a scatter plot.
private struct PointGroups: ValueConvertible {
  let names: [String]
  static var kind: String { "list of str | list of int | tensor" }

  static func from(_ value: Value) -> PointGroups? {
    if let names = [String].from(value) { return PointGroups(names: names) }
    if let numbers = [Int].from(value) { return PointGroups(names: numbers.map { "\($0)" }) }
    guard let tensor = Tensor.from(value), tensor.rank == 1, let numbers = try? tensor.doubles(),
      numbers.allSatisfy({ $0.rounded() == $0 && $0.magnitude < 1e15 })
    else { return nil }
    return PointGroups(names: numbers.map { "\(Int($0))" })
  }

  var value: Value { names.value }
}

private func scatterPlot(_ session: Session) -> Builtin {
  Builtin(
    "scatter",
    """
    Plots points. Of more than 10,000 points, those within a square of 2 units of the page are \
    drawn as one, more opaque the more they are. Points with a coordinate that is not finite are \
    left out.
    """,
    Parameter("x", "x coordinates, or a tensor [N, 2] of both."),
    Parameter("y", "y coordinates, one per point.", default: PlotData?.none),
    Parameter(
      "color",
      "Category of each point, a str or an int: each category has a color and an entry in the legend.",
      default: PointGroups?.none, isKeywordOnly: true),
    Parameter(
      "images",
      "Images to draw in place of the points, one per point, up to 500: a list, a batch [N, C, H, W] or a dataset. A terminal shows points.",
      default: PictureList?.none, isKeywordOnly: true),
    logParameter, titleParameter, xLabelParameter, yLabelParameter,
    examples: [
      Example("print(scatter([1, 2, 3], [2, 1, 3]))", prints: "plot of 3 points in 1 series"),
      Example("scatter([1, 2, 3], [2, 1, 3], color=[\"a\", \"b\", \"a\"])", gives: nil),
      Example(
        """
        A = faces("anime", 20)
        scatter(pca(A).scores, images=A)
        """, gives: nil),
    ],
    seeAlso: ["plot", "hist", "panels", "pca"], errors: ["E-shape", "E-type", "E-arg", "E-range"]
  ) {
    (
      call: Call, x: PlotData, y: PlotData?, color: PointGroups?, images: PictureList?,
      log: LogAxes, title: String, xlabel: String, ylabel: String
    ) in
    let (xs, ys) = try pointCoordinates(x, y, call)
    let pictures = try images.map { try $0.pointPictures(xs.count, call, session) } ?? []
    var plot = Plot([Plot.Series(x: xs, y: ys, mark: .points)])
    plot.series[0].pictures = pictures
    if let color {
      guard color.names.count == xs.count else {
        throw Failure(
          "E-shape", "`color` has \(color.names.count) categories for \(xs.count) points",
          suggestion: "one category for each point", parameter: "color")
      }
      plot.series = try coloredPoints(xs, ys, color.names, pictures)
    }
    plot.title = title
    (plot.xLabel, plot.yLabel) = (xlabel, ylabel)
    (plot.isLogX, plot.isLogY) = (log.x, log.y)
    return PlotObject(plot, session.budget)
  }.alsoCalled("scatter plot", "point cloud", "dots")
}

extension PictureList {
  /// The images as small ones in RGB for `count` points.
  fileprivate func pointPictures(_ count: Int, _ call: Call, _ session: Session) throws -> [Pixels]
  {
    guard count <= 500 else {
      throw Failure(
        "E-range", "there are \(count) points, and more than 500 images cannot be distinguished",
        suggestion: "the first: x[:200], images=A[:200]", parameter: "images")
    }
    // Twice the side at which they are drawn is enough for a sharp print.
    let most = 80
    let pictures = try pictures(call, as: "images").map { picture in
      let rgb = try picture.converted(to: .rgb, budget: session.budget)
      let long = max(rgb.height, rgb.width)
      guard long > most else { return rgb }
      return try rgb.resized(
        height: max(1, rgb.height * most / long), width: max(1, rgb.width * most / long),
        filter: .bilinear, budget: session.budget)
    }
    guard pictures.count == count else {
      throw Failure(
        "E-shape",
        "there are \(counted(pictures.count, "image")) for \(counted(count, "point"))",
        suggestion: "one image for each point", parameter: "images")
    }
    return pictures
  }
}

private func pointCoordinates(
  _ x: PlotData, _ y: PlotData?, _ call: Call
) throws -> (x: [Double], y: [Double]) {
  guard let y else {
    guard let tensor = Tensor.from(x.value), tensor.rank == 2, tensor.shape[1] == 2 else {
      throw Failure(
        "E-arg", "points need two coordinates", suggestion: "scatter(x, y), or a tensor [N, 2]",
        parameter: "y")
    }
    let numbers = try tensor.doubles()
    return (
      stride(from: 0, to: numbers.count, by: 2).map { numbers[$0] },
      stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
    )
  }
  let (xs, ys) = (
    try PlotData.numbers(x.value, "x", call), try PlotData.numbers(y.value, "y", call)
  )
  guard xs.count == ys.count else {
    throw Failure(
      "E-shape", "there are \(xs.count) x coordinates and \(ys.count) y coordinates",
      suggestion: "one of each for every point", parameter: "y")
  }
  return (xs, ys)
}

/// A series for each category, in the order in which they come.
private func coloredPoints(
  _ xs: [Double], _ ys: [Double], _ names: [String], _ pictures: [Pixels]
) throws -> [Plot.Series] {
  var places: [String: Int] = [:]
  var series: [Plot.Series] = []
  for (index, name) in names.enumerated() {
    let place = places[name] ?? series.count
    if place == series.count {
      guard place < 32 else {
        throw Failure(
          "E-range", "there are more than 32 categories, which cannot be distinguished",
          suggestion: "fewer categories", parameter: "color")
      }
      places[name] = place
      series.append(Plot.Series(name: name, x: [], y: [], mark: .points))
    }
    series[place].x.append(xs[index])
    series[place].y.append(ys[index])
    if !pictures.isEmpty { series[place].pictures.append(pictures[index]) }
  }
  return series
}
