// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// Which of its floats are outside `-bound...bound`, for an error: `3 of its 9 elements are NaN`,
  /// `2 of its 9 elements are infinite`, or `its largest element is 2.1e+19`.
  ///
  /// Throws `E-memory`.
  public func outside(_ bound: Double) throws -> String {
    let elements = try doubles()
    let (nans, infinite) = (elements.count(where: \.isNaN), elements.count(where: \.isInfinite))
    guard nans + infinite == 0 else {
      let (number, kind) = nans > 0 ? (nans, "NaN") : (infinite, "infinite")
      return "\(number) of its \(elements.count) elements \(number == 1 ? "is" : "are") \(kind)"
    }
    let largest = elements.max { $0.magnitude < $1.magnitude } ?? 0
    return
      "its largest element is \(formatNumber(largest)), and the limit is \(formatNumber(bound))"
  }
}
