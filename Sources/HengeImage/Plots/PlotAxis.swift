// SPDX-License-Identifier: MIT
#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A range of numbers laid along a line, with ticks at 1, 2 or 5 times a power of ten.
struct PlotAxis {
  /// A place on the axis that has a label.
  struct Tick: Equatable {
    /// From 0, the low end, to 1.
    let fraction: Double
    let label: String
  }

  let isLog: Bool
  private(set) var ticks: [Tick] = []
  /// The ends, as logarithms on a log axis.
  private var low = 0.0
  private var high = 1.0

  /// An axis over `extent`, or over 0 to 1 (1 to 10) where that is empty.
  ///
  /// With `reachesTicks`, both ends are moved out to ticks where they are near.
  init(_ extent: PlotExtent, isLog: Bool, ticks count: Int, reachesTicks: Bool) {
    self.isLog = isLog
    guard extent.low <= extent.high else {
      if isLog { placeDecades(count) } else { place(count, isWhole: false, reachesTicks: false) }
      return
    }
    if isLog {
      (low, high) = (log10(extent.low), log10(extent.high))
      if high - low < 1e-9 { (low, high) = (low - 0.5, high + 0.5) }
      placeDecades(count)
      return
    }
    (low, high) = (extent.low, extent.high)
    if PlotAxis.isNarrow(low, high) {
      let pad = max(low.magnitude * 0.1, extent.isWhole ? 1 : 1e-300)
      (low, high) = (low - pad, high + pad)
    }
    place(count, isWhole: extent.isWhole, reachesTicks: reachesTicks)
  }

  /// An axis of categories, with labels at 0, 1 and so on.
  init(categories: [String]) {
    isLog = false
    (low, high) = (-0.5, Double(categories.count) - 0.5)
    ticks = categories.enumerated().map {
      Tick(fraction: fractionOfPlace(Double($0.offset)), label: $0.element)
    }
  }

  /// Whether a range is too narrow to distinguish its numbers.
  static func isNarrow(_ low: Double, _ high: Double) -> Bool {
    high / 2 - low / 2 <= max(max(low.magnitude, high.magnitude) * 1e-12, 1e-300)
  }

  /// The position of `value`, 0 to 1 within the axis.
  func fraction(_ value: Double) -> Double {
    let value = min(max(value, -8e307), 8e307)
    let place = isLog ? log10(value) : value
    return min(1, max(0, (place / 2 - low / 2) / (high / 2 - low / 2)))
  }

  /// Ticks at multiples of 1, 2 or 5 times a power of ten, `count` or a few less.
  private mutating func place(_ count: Int, isWhole: Bool, reachesTicks: Bool) {
    let raw = (high / 2 - low / 2) / Double(max(1, count)) * 2
    var power = Int(log10(raw).rounded(.down))
    var factor = 1
    let leading = raw / pow(10, Double(power))
    switch leading {
    case ...1.000_001: factor = 1
    case ...2.000_001: factor = 2
    case ...5.000_001: factor = 5
    default:
      factor = 1
      power += 1
    }
    if isWhole, power < 0, high - low >= 2 { (power, factor) = (0, 1) }
    // A power below 0 divides, which is exact where its inverse is not: 3 / 10, not 3 * 0.1.
    let scale = pow(10, Double(power.magnitude))
    func value(_ multiple: Int) -> Double {
      let whole = Double(multiple * factor)
      return power < 0 ? whole / scale : whole * scale
    }
    let step = value(1)
    var first = Int((low / step - 1e-9).rounded(.up))
    var last = Int((high / step + 1e-9).rounded(.down))
    if reachesTicks {
      if value(first) > low + step * 1e-6 { first -= 1 }
      if value(last) < high - step * 1e-6 { last += 1 }
      (low, high) = (value(first), value(last))
    }
    guard first <= last else { return }
    ticks = (first...last).map { multiple in
      Tick(
        fraction: fractionOfPlace(value(multiple)),
        label: PlotAxis.label(multiple * factor, power: power))
    }
  }

  /// Ticks at powers of ten, at 2 and 5 times them where there are few, and not at all of them
  /// where there are many.
  private mutating func placeDecades(_ count: Int) {
    let decades = high - low
    let multiples = decades < 1.2 ? Array(1...9) : decades < 3 ? [1, 2, 5] : [1]
    let stride = max(1, Int((decades / Double(max(1, count))).rounded(.up)))
    for power in Int(low.rounded(.down))...Int(high.rounded(.up)) {
      guard power % stride == 0 else { continue }
      for multiple in multiples {
        let place = Double(power) + log10(Double(multiple))
        guard place >= low - 1e-9, place <= high + 1e-9 else { continue }
        ticks.append(
          Tick(
            fraction: fractionOfPlace(place), label: PlotAxis.label(multiple, power: power)))
      }
    }
  }

  private func fractionOfPlace(_ place: Double) -> Double {
    min(1, max(0, (place / 2 - low / 2) / (high / 2 - low / 2)))
  }

  /// `digits` times ten to `power`, exactly: `0.02`, `1500`, `2e-7`.
  static func label(_ digits: Int, power: Int) -> String {
    guard digits != 0 else { return "0" }
    var (digits, power) = (digits, power)
    while digits % 10 == 0 {
      digits /= 10
      power += 1
    }
    let sign = digits < 0 ? "-" : ""
    let text = String(digits.magnitude)
    let leading = text.utf8.count - 1 + power
    if leading > 5 || leading < -4 {
      let rest = text.dropFirst()
      return "\(sign)\(text.prefix(1))\(rest.isEmpty ? "" : ".\(rest)")e\(leading)"
    }
    if power >= 0 { return sign + text + String(repeating: "0", count: power) }
    let padded = String(repeating: "0", count: max(0, 1 - power - text.utf8.count)) + text
    return "\(sign)\(padded.dropLast(-power)).\(padded.suffix(-power))"
  }
}
