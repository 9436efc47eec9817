// SPDX-License-Identifier: MIT

/// A half-open run of integers that is never spelled out: `start..stop by step`.
public final class RangeValue {
  /// The first integer, unless the range is empty.
  public let start: Int
  /// Never reached.
  public let stop: Int
  /// The difference of adjacent numbers; not 0.
  public let step: Int
  /// The number of integers in it.
  public let count: Int

  /// A range; `nil` if `step` is 0 or the count does not fit 63 bits.
  public init?(_ start: Int, _ stop: Int, by step: Int = 1) {
    guard step != 0 else { return nil }
    self.start = start
    self.stop = stop
    self.step = step
    guard step > 0 ? start < stop : start > stop else {
      count = 0
      return
    }
    let low = UInt(bitPattern: step > 0 ? start : stop)
    let high = UInt(bitPattern: step > 0 ? stop : start)
    // The difference of two 64-bit integers always fits 64 bits without a sign.
    let whole = (high &- low &- 1) / step.magnitude
    guard whole < UInt(Int.max) else { return nil }
    count = Int(whole) + 1
  }

  /// The integer at `index`, which must be in `0..<count`.
  public subscript(index: Int) -> Int {
    precondition(index >= 0 && index < count, "An index is within its range.")
    return start &+ index &* step
  }

  /// The position of `value` in the range, if it is in it.
  public func index(of value: Int) -> Int? {
    guard count > 0 else { return nil }
    let last = self[count - 1]
    guard value >= min(start, last), value <= max(start, last) else { return nil }
    let distance =
      value >= start ? UInt(bitPattern: value &- start) : UInt(bitPattern: start &- value)
    guard distance % step.magnitude == 0 else { return nil }
    return Int(distance / step.magnitude)
  }
}

/// A list of sizes: `3x64x64`, `shape()`.
public final class ShapeValue {
  /// The sizes; none is negative.
  public let sizes: [Int]
  /// The product of the sizes.
  public let numel: Int

  /// A shape; `nil` if a size is negative or the product does not fit.
  public init?(_ sizes: [Int]) {
    var product = 1
    var hasOverflow = false
    for size in sizes {
      guard size >= 0 else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      hasOverflow = hasOverflow || overflow
      product = overflow ? Int.max : next
    }
    if sizes.contains(0) {
      product = 0
      hasOverflow = false
    }
    guard !hasOverflow else { return nil }
    self.sizes = sizes
    numel = product
  }
}
