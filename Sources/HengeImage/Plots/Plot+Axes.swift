// SPDX-License-Identifier: MIT
import HengeBackend

extension Plot {
  /// The two axes, with approximately this many ticks.
  func axes(
    xTicks: Int, yTicks: Int, budget: MemoryBudget
  ) throws -> (x: PlotAxis, y: PlotAxis) {
    var (xs, ys) = (PlotExtent(), PlotExtent())
    var (hasBars, isScattered) = (false, false)
    if let xReach {
      for end in [xReach.lowerBound, xReach.upperBound] where canPlace(end, 1) { xs.include(end) }
    }
    for series in series {
      try series.eachPoint(budget) { x, y in
        guard canPlace(x, y) else { return }
        xs.include(x)
        ys.include(y)
        if case .bars(let width) = series.mark { xs.include(x + width) }
      }
      try series.eachBound(budget) { x, y in if canPlace(x, y) { ys.include(y) } }
      if case .bars = series.mark { hasBars = true }
      if case .points = series.mark { isScattered = true }
    }
    if hasBars, !isLogY { ys.include(0) }
    // The first and the last error bar would cover the ends of the axis.
    if !hasBars, !isLogX, series.contains(where: { $0.errors != nil }) { xs.widen(by: 0.02) }
    // Images reach beyond their points.
    if series.contains(where: { !$0.pictures.isEmpty }) {
      if !isLogX { xs.widen(by: 0.06) }
      if !isLogY { ys.widen(by: 0.1) }
    }
    return (
      categories.isEmpty
        ? PlotAxis(xs, isLog: isLogX, ticks: xTicks, reachesTicks: isScattered && !hasBars)
        : PlotAxis(categories: categories),
      PlotAxis(ys, isLog: isLogY, ticks: yTicks, reachesTicks: true)
    )
  }
}

extension Plot.Series {
  /// Calls `body` with the coordinates of each point; throws what the budget's owner stops by.
  func eachPoint(_ budget: MemoryBudget, _ body: (_ x: Double, _ y: Double) -> Void) throws {
    try budget.inStretches(x.count, weighing: 32) { stretch in
      for index in stretch { body(x[index], y[index]) }
    }
  }

  /// Calls `body` with the ends of each interval and with the values below the curve.
  func eachBound(_ budget: MemoryBudget, _ body: (_ x: Double, _ y: Double) -> Void) throws {
    for ends in [band?.low, band?.high, errors?.low, errors?.high, raw] {
      guard let ends else { continue }
      try budget.inStretches(min(x.count, ends.count), weighing: 32) { stretch in
        for index in stretch { body(x[index], ends[index]) }
      }
    }
  }
}

/// The least and the greatest of some finite numbers.
struct PlotExtent {
  var low = Double.infinity
  var high = -Double.infinity
  /// Whether all of them are whole.
  var isWhole = true

  /// Moves both ends outwards by this part of the extent.
  mutating func widen(by part: Double) {
    guard low < high else { return }
    let margin = (high / 2 - low / 2) * 2 * part
    (low, high) = (max(low - margin, -8e307), min(high + margin, 8e307))
  }

  mutating func include(_ value: Double) {
    // Twice the largest of these is still finite.
    let value = min(max(value, -8e307), 8e307)
    low = min(low, value)
    high = max(high, value)
    if isWhole, value.rounded() != value { isWhole = false }
  }
}
