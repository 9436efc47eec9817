// SPDX-License-Identifier: MIT
public import HengeBackend

// Plots: the plot as data, its axes, and the three ways to draw it: characters, SVG, PNG.

/// Curves, points or bars over two axes: pure data, drawn as characters, as SVG or as pixels.
public struct Plot: Sendable, Equatable {
  /// The mark of a series.
  public enum Mark: Sendable, Equatable {
    /// Straight lines from point to point, broken where a number is none.
    case line
    /// A dot at each point.
    case points
    /// A bar from the base line up to `y`, from `x` to `x + width`.
    case bars(width: Double)
    /// Lines, with a dot at each point where they are few enough to be distinguished.
    case dottedLine
  }

  /// A lower and an upper bound for each point of a series.
  public struct Interval: Sendable, Equatable {
    /// The lower bounds.
    public var low: [Double]
    /// The upper bounds, as many.
    public var high: [Double]

    /// An interval; `low` and `high` must have the same length.
    public init(low: [Double], high: [Double]) {
      precondition(low.count == high.count, "an interval has two ends")
      self.low = low
      self.high = high
    }
  }

  /// Numbers that are drawn as one curve in one color.
  public struct Series: Sendable, Equatable {
    /// The name in the legend; empty for no entry.
    public var name: String
    /// To the right.
    public var x: [Double]
    /// Up; as many as `x`.
    public var y: [Double]
    /// The mark.
    public var mark: Mark
    /// What a shaded band spans, if there is one; as many as `x`.
    public var band: Interval?
    /// What error bars span, if there are any; as many as `x`.
    public var errors: Interval?
    /// Further values, drawn faintly below: what was measured, where `y` is smoothed.
    public var raw: [Double]?
    /// Small images in RGB, drawn in place of points; as many as `x`, or none.
    public var pictures: [Pixels] = []

    /// A series; `x` and `y` must have the same length.
    public init(name: String = "", x: [Double], y: [Double], mark: Mark = .line) {
      precondition(x.count == y.count, "a point has two coordinates")
      self.name = name
      self.x = x
      self.y = y
      self.mark = mark
    }
  }

  /// In the order of their colors.
  public var series: [Series]
  /// Plots that are drawn in one figure instead of `series`, row by row.
  public var panels: [Plot] = []
  /// The number of panels in a row, at least 1.
  public var columns = 1
  /// What the x axis shows at least, so that panels next to each other can be compared.
  public var xReach: ClosedRange<Double>?
  /// Names of 0, 1, 2, … on the x axis, where it has categories and no numbers.
  public var categories: [String] = []
  /// Over the plot.
  public var title = ""
  /// The label of the x axis.
  public var xLabel = ""
  /// The label of the y axis.
  public var yLabel = ""
  /// Whether x is drawn by its logarithm.
  public var isLogX = false
  /// Whether y is drawn by its logarithm.
  public var isLogY = false

  /// A plot of `series` over plain axes.
  public init(_ series: [Series] = []) { self.series = series }

  /// A histogram: how many of the finite `values` of each group are in each of `bins` equal parts of
  /// the range of all of them; and how many values are not finite.
  ///
  /// A bin includes its left edge, the last one both; if all values are equal, the range extends by
  /// one half to either side. The bars of several groups are next to each other within their bin. As a
  /// density, each group's bars have an area of 1 together. `bins` is at least 1. Throws when the budget's
  /// owner stops the work.
  public static func histogram(
    of groups: [UnsafeBufferPointer<Double>], bins: Int, isDensity: Bool = false,
    budget: MemoryBudget
  ) throws -> (plot: Plot, omitted: Int) {
    precondition(bins >= 1, "a histogram has bins")
    var low = Double.infinity
    var high = -Double.infinity
    var finite = [Int](repeating: 0, count: groups.count)
    for (index, values) in groups.enumerated() {
      try budget.inStretches(values.count) { stretch in
        for value in values[stretch] where value.isFinite {
          low = min(low, value)
          high = max(high, value)
          finite[index] += 1
        }
      }
    }
    let omitted = groups.reduce(0) { $0 + $1.count } - finite.reduce(0, +)
    guard finite.contains(where: { $0 > 0 }) else {
      return (Plot(groups.map { _ in Series(x: [], y: [], mark: .bars(width: 1)) }), omitted)
    }
    // Halves, as the difference of two finite numbers may not be finite.
    if PlotAxis.isNarrow(low, high) {
      let pad = max(0.5, low.magnitude * 1e-3)
      (low, high) = (low - pad, high + pad)
    }
    let half = high / 2 - low / 2
    let width = half / Double(bins) * 2
    // Several groups leave a gap, so that the bars of one bin are seen to belong together.
    let share = groups.count > 1 ? 0.8 / Double(groups.count) : 1
    let margin = groups.count > 1 ? 0.1 : 0
    let series = try groups.enumerated().map { index, values in
      var counts = [Double](repeating: 0, count: bins)
      try budget.inStretches(values.count, weighing: 4) { stretch in
        for value in values[stretch] where value.isFinite {
          let place = (value / 2 - low / 2) / half * Double(bins)
          counts[min(bins - 1, max(0, Int(place)))] += 1
        }
      }
      if isDensity, finite[index] > 0 {
        for bin in counts.indices { counts[bin] /= Double(finite[index]) * width }
      }
      let edges = (0..<bins).map { low + (Double($0) + margin + Double(index) * share) * width }
      return Series(x: edges, y: counts, mark: .bars(width: width * share))
    }
    return (Plot(series), omitted)
  }

  /// The number of points that cannot be drawn: not finite, or not above 0 on a log axis.
  public func omitted(budget: MemoryBudget) throws -> Int {
    var count = 0
    for series in series {
      try series.eachPoint(budget) { x, y in if !canPlace(x, y) { count += 1 } }
    }
    return count
  }

  /// The side of the squares in which images are drawn as points; smaller, the more there are.
  var pictureSide: Double {
    let count = series.reduce(0) { $0 + $1.pictures.count }
    return count <= 40 ? 40 : count <= 160 ? 32 : 24
  }

  func canPlace(_ x: Double, _ y: Double) -> Bool {
    x.isFinite && y.isFinite && (!isLogX || x > 0) && (!isLogY || y > 0)
  }

  /// The text under the plot about points left out; `nil` if there are none.
  func omission(budget: MemoryBudget) throws -> String? {
    let count = try omitted(budget: budget)
    guard count > 0 else { return nil }
    let reason = isLogX || isLogY ? "not finite, or not above 0 on a log axis" : "not finite"
    return "\(count) \(count == 1 ? "point" : "points") left out: \(reason)"
  }

  /// The series that the legend names, with their numbers.
  var legend: [(index: Int, name: String)] {
    series.indices.compactMap { series[$0].name.isEmpty ? nil : ($0, series[$0].name) }
  }
}
