// SPDX-License-Identifier: MIT
internal import Glibc

/// Student's t distribution.
public struct StudentDistribution: Sendable {
  /// The degrees of freedom, more than 0.
  let degrees: Double

  /// The distribution with these degrees of freedom, more than 0.
  public init(degrees: Double) { self.degrees = degrees }

  /// The probability of a value up to `t`.
  public func probability(below t: Double) -> Double {
    let tail = 0.5 * StudentDistribution.beta(degrees / (degrees + t * t), degrees / 2, 0.5)
    return t > 0 ? 1 - tail : tail
  }

  /// The value that is exceeded with the probability 1 - `level`, for a level of 0.5 up to less than 1.
  public func quantile(_ level: Double) -> Double {
    var (low, high) = (0.0, 1.0)
    while probability(below: high) < level, high < 1e300 { high *= 2 }
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if middle == low || middle == high { break }
      if probability(below: middle) < level { low = middle } else { high = middle }
    }
    return high
  }

  /// The regularized incomplete beta function Iₓ(a, b), by its continued fraction (Lentz's method).
  private static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast on this side only.
    guard x <= (a + 1) / (a + b + 2) else { return 1 - beta(1 - x, b, a) }
    let front = exp(
      lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    let tiny = 1e-300
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < tiny ? tiny : d)
    var fraction = d
    for number in 1...500 {
      let m = Double(number)
      for numerator in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 + numerator * d
        d = 1 / (abs(d) < tiny ? tiny : d)
        c = 1 + numerator / c
        c = abs(c) < tiny ? tiny : c
        fraction *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return front * fraction / a
  }
}
