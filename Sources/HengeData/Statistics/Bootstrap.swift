// SPDX-License-Identifier: MIT
internal import Glibc
public import HengeBackend

/// A confidence interval of a statistic by the bootstrap [Efron 1979]: samples are drawn with replacement
/// from the values, and quantiles of their statistics are its ends.
///
/// The quantiles are those of the expanded percentile interval [Hesterberg 2015, section 4.2]: at the
/// levels α' and 1 - α' with α' = Φ(-√(n / (n - 1)) · t), t the quantile 1 - α/2 of Student's distribution
/// with n - 1 degrees of freedom. Plain percentiles α/2 and 1 - α/2 are too narrow for small samples.
public struct Bootstrap: Sendable {
  /// How many values there are.
  let count: Int
  /// How many samples are drawn.
  let samples: Int
  private let level: Double

  /// A bootstrap of `count` values, at least 2, for an interval of the confidence `level`, between 0 and 1.
  public init(of count: Int, level: Double, samples: Int) {
    (self.count, self.level, self.samples) = (count, level, samples)
  }

  /// The interval of `statistic`, which gets the places of the values of each sample.
  ///
  /// Throws what `statistic` throws. An end is NaN where a statistic is.
  public func interval(
    from stream: inout RandomStream, _ statistic: (_ places: [Int]) throws -> Double
  ) rethrows -> (low: Double, high: Double) {
    var found: [Double] = []
    found.reserveCapacity(samples)
    var places = Array(repeating: 0, count: count)
    for _ in 0..<samples {
      for index in places.indices { places[index] = stream.next(below: count) }
      found.append(try statistic(places))
    }
    guard !found.contains(where: \.isNaN) else { return (.nan, .nan) }
    found.sort()
    return (found.quantile(tail), found.quantile(1 - tail))
  }

  /// The level α' of the lower end.
  var tail: Double {
    let n = Double(count)
    let t = StudentDistribution(degrees: n - 1).quantile(0.5 + level / 2)
    return 0.5 * erfc((n / (n - 1)).squareRoot() * t / 2.0.squareRoot())
  }
}
