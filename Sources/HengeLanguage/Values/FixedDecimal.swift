// SPDX-License-Identifier: MIT

/// A number that is not negative, whose digits before and after the point fit 64 bits each.
struct FixedDecimal {
  /// What is before the point.
  let whole: UInt64
  /// The digits after the point, as one number.
  let fraction: UInt64

  /// A number by its digits.
  init(whole: UInt64, fraction: UInt64 = 0) {
    self.whole = whole
    self.fraction = fraction
  }

  /// `magnitude` with `decimals` digits after the point, halves to even, as ``ExactDecimal`` rounds
  /// it; none for numbers that do not fit.
  init?(_ magnitude: Double, decimals: Int) {
    guard magnitude < 0x1p63, decimals >= 0, decimals < FixedDecimal.powers.count else {
      return nil
    }
    let isSubnormal = magnitude.exponentBitPattern == 0
    let mantissa = magnitude.significandBitPattern | (isSubnormal ? 0 : 1 << 52)
    let exponent = (isSubnormal ? 1 : Int(magnitude.exponentBitPattern)) - 1075
    guard exponent < 0 else {
      self.init(whole: mantissa << UInt64(exponent))
      return
    }
    let shift = -exponent
    let power = FixedDecimal.powers[decimals]
    var whole = shift < 64 ? mantissa >> UInt64(shift) : 0
    let rest = mantissa - (shift < 64 ? whole << UInt64(shift) : 0)
    // Less than 2^53 · 10^18, which is less than 2^113: with a larger shift it is less than half.
    guard shift < 115 else {
      self.init(whole: whole)
      return
    }
    let product = UInt128(rest) * UInt128(power)
    var fraction = UInt64(truncatingIfNeeded: product >> UInt128(shift))
    let left = product - UInt128(fraction) << UInt128(shift)
    let half = (1 as UInt128) << UInt128(shift - 1)
    let isOdd = (decimals == 0 ? whole : fraction) % 2 == 1
    if left > half || (left == half && isOdd) { fraction += 1 }
    if fraction == power {
      fraction = 0
      whole += 1
    }
    self.init(whole: whole, fraction: fraction)
  }

  /// The nearest num, where one division gives it: of an exact one by an exact power of ten.
  func number(decimals: Int) -> Double? {
    let power = FixedDecimal.powers[decimals]
    let (scaled, isLarge) = whole.multipliedReportingOverflow(by: power)
    let (sum, isLarger) = scaled.addingReportingOverflow(fraction)
    guard !isLarge, !isLarger, sum <= 1 << 53 else { return nil }
    return Double(sum) / Double(power)
  }

  private static let powers: [UInt64] = (0...18).map { exponent in
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }
}

extension FormatSpecification {
  /// A number in decimal notation, written in one piece; none where separators, or a fill that is
  /// not ASCII, are asked for.
  ///
  /// An int has no `decimals`, and so no point.
  func plain(_ number: FixedDecimal, isNegative: Bool, decimals: Int?) -> String? {
    guard separator == nil, fill.isASCII else { return nil }
    let wholeCount = number.whole.digitCount
    let hasPoint = decimals.map { $0 > 0 || isAlternate } ?? false
    let signByte = isNegative ? UInt8(ascii: "-") : sign == "-" ? nil : UInt8(ascii: sign)
    let length = (signByte == nil ? 0 : 1) + wholeCount + (hasPoint ? 1 : 0) + (decimals ?? 0)
    let missing = max(0, width - length)
    var before = missing
    var within = 0
    switch alignment {
    case "<": before = 0
    case "^": before = missing / 2
    case "=": (before, within) = (0, missing)
    default: break
    }
    let fillByte = UInt8(fill.value)
    return String(unsafeUninitializedCapacity: length + missing) { bytes in
      var end = 0
      func put(_ byte: UInt8, _ count: Int = 1) {
        bytes[end..<(end + count)].initialize(repeating: byte)
        end += count
      }
      func put(digits: UInt64, _ count: Int) {
        var rest = digits
        for index in (end..<(end + count)).reversed() {
          bytes.initializeElement(at: index, to: UInt8(48 + rest % 10))
          rest /= 10
        }
        end += count
      }
      put(fillByte, before)
      if let signByte { put(signByte) }
      put(fillByte, within)
      put(digits: number.whole, wholeCount)
      if hasPoint { put(UInt8(ascii: ".")) }
      if let decimals { put(digits: number.fraction, decimals) }
      put(fillByte, missing - before - within)
      return end
    }
  }
}

extension UInt64 {
  /// How many decimal digits it has; one for 0.
  fileprivate var digitCount: Int {
    var count = 1
    var rest = self
    while rest >= 10 {
      rest /= 10
      count += 1
    }
    return count
  }
}
