// SPDX-License-Identifier: MIT
public import HengeFiles

/// A number that summarizes a column of numbers, in which missing values (NaN) are left out.
public enum Statistic: String, Sendable, CaseIterable {
  /// The arithmetic mean; NaN of no values.
  case mean
  /// The sample standard deviation, divided by n - 1; NaN of fewer than two values.
  case sd
  /// The standard error of the mean: `sd` / √n.
  case se
  /// The smallest value.
  case min
  /// The largest value.
  case max
  /// The median.
  case median
  /// The sum; 0 of no values.
  case sum

  /// The statistic of `values`, none of which is NaN.
  public func of(_ values: [Double]) -> Double {
    let count = Double(values.count)
    switch self {
    case .sum: return values.reduce(0, +)
    case .mean: return values.reduce(0, +) / count
    case .sd:
      guard values.count > 1 else { return .nan }
      let mean = values.reduce(0, +) / count
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares / (count - 1)).squareRoot()
    case .se: return Statistic.sd.of(values) / count.squareRoot()
    case .min: return values.min() ?? .nan
    case .max: return values.max() ?? .nan
    case .median: return values.sorted().quantile(0.5)
    }
  }
}

extension [Double] {
  /// The quantile of ascending numbers, interpolated linearly between neighbors as numpy does by default;
  /// NaN of none.
  public func quantile(_ level: Double) -> Double {
    guard !isEmpty else { return .nan }
    let position = level * Double(count - 1)
    let below = Int(position)
    let part = position - Double(below)
    guard part > 0 else { return self[below] }
    let (low, high) = (self[below], self[below + 1])
    // From the nearer side, so that infinite neighbors and equal ones are exact.
    return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part)
  }
}

extension CSVTable.Cells {
  /// The numbers, ints included; nil for texts.
  public var doubles: [Double]? {
    switch self {
    case .integers(let cells): cells.map(Double.init)
    case .numbers(let cells): cells
    case .texts: nil
    }
  }
}
