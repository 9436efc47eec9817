// SPDX-License-Identifier: MIT
public import HengeBackend

extension Plot {
  /// The characters that a plot in text uses.
  public enum Characters: Sendable {
    /// Braille dots; colors distinguish the series.
    case braille
    /// Braille for one series, a separate mark for each of several.
    case marks
    /// ASCII alone.
    case ascii
  }

  /// A part of a row, and the series that determines its color.
  public typealias Run = (text: String, series: Int?)

  /// The plot as rows of characters: title, `rows` rows of canvas, axis, labels, legend.
  ///
  /// No row is wider than `columns`, at least 32. Throws what the budget's owner stops by.
  public func characters(
    columns: Int = 80, rows: Int = 15, _ characters: Characters = .braille, budget: MemoryBudget
  ) throws -> [[Run]] {
    guard panels.isEmpty else {
      var lines: [[Run]] = title.isEmpty ? [] : [[(fitted(title, max(32, columns)), nil)]]
      for panel in panels {
        if !lines.isEmpty { lines.append([]) }
        lines += try panel.characters(
          columns: columns, rows: max(5, rows * 2 / 3), characters, budget: budget)
      }
      return lines
    }
    return try CharacterPlot(
      self, columns: max(32, columns), rows: max(3, rows), characters, budget: budget
    ).lines
  }

  private func fitted(_ text: String, _ columns: Int) -> String {
    text.count > columns ? String(text.prefix(columns)) : text
  }
}

/// A plot being laid out in characters.
private struct CharacterPlot {
  let plot: Plot
  let columns: Int
  let isASCII: Bool
  /// The marks of the series; none where braille draws them.
  let marks: [Character]?
  let axes: (x: PlotAxis, y: PlotAxis)
  /// What is said of points left out.
  let omission: String?
  /// The width of the labels of y.
  let gutter: Int
  var canvas: DotCanvas

  init(
    _ plot: Plot, columns: Int, rows: Int, _ characters: Plot.Characters, budget: MemoryBudget
  ) throws {
    self.plot = plot
    self.columns = columns
    isASCII = characters == .ascii
    let needsMarks = isASCII || (characters == .marks && plot.series.count > 1)
    marks = needsMarks ? ["*", "+", "o", "x", "#", "@", "%", "&", "$", "=", "s", "v"] : nil
    axes = try plot.axes(
      xTicks: max(2, columns / 12), yTicks: max(2, rows / 3), budget: budget)
    omission = try plot.omission(budget: budget)
    gutter = axes.y.ticks.map(\.label.count).max() ?? 0
    canvas = DotCanvas(columns: max(8, columns - gutter - 2), rows: rows, isFine: marks == nil)
    for index in plot.series.indices { try drawBand(index, budget) }
    for index in plot.series.indices { try draw(index, budget) }
  }

  // MARK: Series

  private func place(_ x: Double, _ y: Double) -> (x: Int, y: Int) {
    (
      Int((axes.x.fraction(x) * Double(canvas.width - 1)).rounded()),
      canvas.height - 1 - Int((axes.y.fraction(y) * Double(canvas.height - 1)).rounded())
    )
  }

  private mutating func draw(_ index: Int, _ budget: MemoryBudget) throws {
    let series = plot.series[index]
    var last: (x: Int, y: Int)?
    try series.eachPoint(budget) { x, y in
      guard plot.canPlace(x, y) else {
        last = nil
        return
      }
      let here = place(x, y)
      switch series.mark {
      case .points: canvas.set(here.x, here.y, index)
      case .line, .dottedLine:
        canvas.line(from: last ?? here, to: here, index)
        last = here
      case .bars(let width): drawBar(x, width, y, index)
      }
    }
    try drawErrors(index, budget)
  }

  /// The band as sparse dots, over which the curve is drawn.
  private mutating func drawBand(_ index: Int, _ budget: MemoryBudget) throws {
    let series = plot.series[index]
    guard let band = series.band else { return }
    var last: (x: Int, top: Int, bottom: Int)?
    try budget.inStretches(min(series.x.count, band.low.count), weighing: 32) { stretch in
      for point in stretch {
        let (x, low, high) = (series.x[point], band.low[point], band.high[point])
        // A band that leaves a log axis below reaches down to its end.
        guard low.isFinite, plot.canPlace(x, high) else {
          last = nil
          continue
        }
        let top = place(x, high)
        let bottom = plot.canPlace(x, low) ? place(x, low).y : canvas.height - 1
        let from = last ?? (top.x, top.y, bottom)
        for column in min(from.x, top.x)...max(from.x, top.x) {
          let share = from.x == top.x ? 1 : Double(column - from.x) / Double(top.x - from.x)
          func between(_ a: Int, _ b: Int) -> Int {
            Int((Double(a) + (Double(b) - Double(a)) * share).rounded())
          }
          canvas.shade(
            column, from: between(from.top, top.y), to: between(from.bottom, bottom), index)
        }
        last = (top.x, top.y, bottom)
      }
    }
  }

  /// The error bars as vertical lines.
  private mutating func drawErrors(_ index: Int, _ budget: MemoryBudget) throws {
    let series = plot.series[index]
    guard let errors = series.errors, case let center = series.barCenter else { return }
    try budget.inStretches(min(series.x.count, errors.low.count), weighing: 32) { stretch in
      for point in stretch {
        let (x, low, high) = (series.x[point] + center, errors.low[point], errors.high[point])
        guard plot.canPlace(x, low), plot.canPlace(x, high) else { continue }
        canvas.line(from: place(x, low), to: place(x, high), index)
      }
    }
  }

  private mutating func drawBar(_ x: Double, _ width: Double, _ y: Double, _ index: Int) {
    let base = plot.isLogY ? canvas.height - 1 : place(x, 0).y
    let top = place(x, y).y
    guard plot.isLogY || y != 0 else { return }
    let left = axes.x.fraction(x) * Double(canvas.width)
    let right = axes.x.fraction(x + width) * Double(canvas.width)
    let first = min(canvas.width - 1, Int(left.rounded()))
    for column in first..<max(first + 1, Int(right.rounded())) {
      canvas.line(from: (column, top), to: (column, base), index)
    }
  }

  // MARK: Rows

  var lines: [[Plot.Run]] {
    var lines: [[Plot.Run]] = []
    if !plot.title.isEmpty { lines.append([(centred(plot.title), nil)]) }
    if !plot.yLabel.isEmpty { lines.append([(fitted(plot.yLabel), nil)]) }
    let labels = yLabels
    for row in 0..<canvas.rows {
      let label = labels[row] ?? ""
      let gap = String(repeating: " ", count: gutter - label.count)
      let edge = label.isEmpty ? (isASCII ? "|" : "│") : (isASCII ? "+" : "┤")
      lines.append([(gap + label + " " + edge, nil)] + canvas.runs(ofRow: row, marks: marks))
    }
    lines += xAxis
    if !plot.xLabel.isEmpty { lines.append([(centred(plot.xLabel), nil)]) }
    if plot.series.allSatisfy({ $0.x.isEmpty }) { lines.append([(centred("no data"), nil)]) }
    lines += legend
    if let omission { lines.append([(fitted(omission), nil)]) }
    return lines.map(trimmed)
  }

  /// The labels of y by their rows from the top.
  private var yLabels: [Int: String] {
    var labels: [Int: String] = [:]
    for tick in axes.y.ticks {
      let dot = Int((tick.fraction * Double(canvas.height - 1)).rounded())
      let row = (canvas.height - 1 - dot) / canvas.dotsDown
      if labels[row] == nil { labels[row] = tick.label }
    }
    return labels
  }

  /// The line under the canvas, and the labels below it that have room.
  private var xAxis: [[Plot.Run]] {
    var line = [Character](repeating: isASCII ? "-" : "─", count: canvas.columns)
    var text = [Character](repeating: " ", count: columns)
    var free = 0
    // A category may have any name.
    let room = max(3, columns / max(1, min(4, plot.categories.count)) - 2)
    for tick in axes.x.ticks {
      let tick = PlotAxis.Tick(fraction: tick.fraction, label: String(tick.label.prefix(room)))
      let column = Int((tick.fraction * Double(canvas.columns - 1)).rounded())
      let start = max(
        0, min(gutter + 2 + column - tick.label.count / 2, columns - tick.label.count))
      guard start >= free else { continue }
      line[column] = isASCII ? "+" : "┬"
      text.replaceSubrange(start..<start + tick.label.count, with: Array(tick.label))
      free = start + tick.label.count + 2
    }
    let margin = String(repeating: " ", count: gutter + 1)
    return [[(margin + (isASCII ? "+" : "└") + String(line), nil)], [(String(text), nil)]]
  }

  /// The names of the series after their marks, in rows.
  private var legend: [[Plot.Run]] {
    var lines: [[Plot.Run]] = []
    var used = 0
    let margin = String(repeating: " ", count: gutter + 2)
    for (index, name) in plot.legend {
      let mark = marks.map { String($0[index % $0.count]) } ?? "⠒⠒"
      let room = min(30, columns - gutter - 8)
      let shown = name.count > room ? name.prefix(room - 1) + (isASCII ? "~" : "…") : name
      let width = mark.count + 1 + shown.count + 3
      if lines.isEmpty || used + width - 3 > columns {
        lines.append([(margin, nil)])
        used = margin.count
      }
      lines[lines.count - 1] += [(mark, index), (" \(shown)   ", nil)]
      used += width
    }
    return lines
  }

  private func centred(_ text: String) -> String {
    let shown = fitted(text)
    let gap = max(0, (canvas.columns - shown.count) / 2 + gutter + 2)
    return String(repeating: " ", count: min(gap, columns - shown.count)) + shown
  }

  private func fitted(_ text: String) -> String {
    text.count > columns ? text.prefix(columns - 1) + (isASCII ? "~" : "…") : text
  }

  private func trimmed(_ line: [Plot.Run]) -> [Plot.Run] {
    var line = line
    while let last = line.last {
      var text = last.text[...]
      while text.last == " " { text.removeLast() }
      if text.isEmpty {
        line.removeLast()
        continue
      }
      line[line.count - 1].text = String(text)
      break
    }
    return line
  }
}
