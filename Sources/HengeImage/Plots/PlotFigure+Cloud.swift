// SPDX-License-Identifier: MIT
#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
import HengeBackend

extension PlotFigure {
  /// The most points of a series that are all drawn.
  static let mostDots = 10_000

  /// Draws many points by where they are dense: one dot for those within a square of two units, as
  /// opaque as the logarithm of their number.
  ///
  /// So a million points cost as much as the squares of the page. A point with few around it is
  /// where it was; a dot for many is in the middle of its square, which leaves no gaps.
  mutating func drawCloud(
    _ series: Plot.Series, _ style: PlotStyle, _ budget: MemoryBudget
  ) throws {
    let columns = max(1, Int(((right - left) / 2).rounded(.up)) + 1)
    let rows = max(1, Int(((bottom - top) / 2).rounded(.up)) + 1)
    var counts = [Int32](repeating: 0, count: columns * rows)
    var first = [Int](repeating: 0, count: columns * rows)
    try budget.inStretches(series.x.count, weighing: 16) { stretch in
      for index in stretch where plot.canPlace(series.x[index], series.y[index]) {
        let point = place(series.x[index], series.y[index])
        let column = min(columns - 1, max(0, Int((point.x - left) / 2)))
        let row = min(rows - 1, max(0, Int((point.y - top) / 2)))
        let cell = row * columns + column
        if counts[cell] == 0 { first[cell] = index }
        if counts[cell] < .max { counts[cell] += 1 }
      }
    }
    let most = log(Double(max(2, counts.max() ?? 0)))
    for cell in counts.indices where counts[cell] > 0 {
      // Four steps of opacity are enough, and a file of few different pixels is small.
      let level = (log(Double(counts[cell])) / most * 3).rounded()
      let point =
        level == 0
        ? place(series.x[first[cell]], series.y[first[cell]])
        : Point(
          left + Double(cell % columns) * 2 + 1, top + Double(cell / columns) * 2 + 1)
      shapes.append(style.dot(point, radius: 1.5, opacity: 0.4 + 0.2 * level))
    }
  }
}
