// SPDX-License-Identifier: MIT

/// All decimal digits of a finite number: every binary fraction has finitely many.
///
/// Rounding these half to even is correct rounding. C's `printf` produces the same digits but uses
/// the locale's decimal mark.
struct ExactDecimal {
  /// Digits without leading zeros; none for zero.
  private(set) var digits: [UInt8]
  /// The number of digits before the decimal point; negative if zeros follow the point first.
  private(set) var pointAt: Int

  /// The digits of a number that is not negative.
  init(_ magnitude: Double) {
    guard magnitude > 0 else {
      digits = []
      pointAt = 0
      return
    }
    let isSubnormal = magnitude.exponentBitPattern == 0
    let mantissa = magnitude.significandBitPattern | (isSubnormal ? 0 : 1 << 52)
    let exponent = (isSubnormal ? 1 : Int(magnitude.exponentBitPattern)) - 1075
    var number = BigNatural(mantissa)
    if exponent >= 0 {
      number.multiply(by: 2, power: exponent, atOnce: 29)
    } else {
      // m / 2^k is m * 5^k / 10^k.
      number.multiply(by: 5, power: -exponent, atOnce: 12)
    }
    digits = number.digits
    pointAt = digits.count - max(0, -exponent)
  }

  /// Rounds to `count` digits after the point.
  mutating func round(decimals count: Int) {
    round(keeping: pointAt.addingReportingOverflow(count).partialValue)
  }

  /// Rounds to `count` digits, halves to even.
  mutating func round(keeping count: Int) {
    guard count < digits.count else { return }
    guard count >= 0 else {
      digits = []
      return
    }
    let next = digits[count]
    let isTie = next == 5 && digits[(count + 1)...].allSatisfy { $0 == 0 }
    let isOdd = count > 0 && digits[count - 1] % 2 == 1
    let isUp = isTie ? isOdd : next >= 5
    digits.removeLast(digits.count - count)
    guard isUp else { return }
    var index = count - 1
    while index >= 0 && digits[index] == 9 {
      digits[index] = 0
      index -= 1
    }
    if index >= 0 {
      digits[index] += 1
    } else {
      digits.insert(1, at: 0)
      pointAt += 1
    }
  }

  /// `count` decimals, or none without a point.
  func fixed(decimals count: Int) -> (whole: String, fraction: String) {
    var whole = pointAt > 0 ? Array(digits.prefix(pointAt)) : []
    if pointAt > 0 { whole += [UInt8](repeating: 0, count: max(0, pointAt - digits.count)) }
    if whole.isEmpty { whole = [0] }
    var fraction = [UInt8](repeating: 0, count: min(count, max(0, -pointAt)))
    fraction += digits.dropFirst(max(0, pointAt)).prefix(max(0, count - fraction.count))
    fraction += [UInt8](repeating: 0, count: count - fraction.count)
    return (ExactDecimal.text(whole), ExactDecimal.text(fraction))
  }

  /// The first digit, `count - 1` more, and the power of ten.
  func scientific(digits count: Int) -> (first: String, rest: String, exponent: Int) {
    let padded = digits.prefix(count) + [UInt8](repeating: 0, count: max(0, count - digits.count))
    let exponent = digits.isEmpty ? 0 : pointAt - 1
    return (
      ExactDecimal.text(Array(padded.prefix(1))), ExactDecimal.text(Array(padded.dropFirst())),
      exponent
    )
  }

  private static func text(_ digits: [UInt8]) -> String {
    String(decoding: digits.map { $0 + 48 }, as: UTF8.self)
  }
}

/// A whole number of any size, in limbs of nine decimal digits.
private struct BigNatural {
  private static let base: UInt64 = 1_000_000_000
  /// Least significant first.
  private var limbs: [UInt64] = []

  init(_ number: UInt64) {
    var rest = number
    while rest > 0 {
      limbs.append(rest % BigNatural.base)
      rest /= BigNatural.base
    }
  }

  /// Multiplies by `factor` to `power`, `atOnce` factors at a time (their product fits 34 bits).
  mutating func multiply(by factor: UInt64, power: Int, atOnce: Int) {
    var left = power
    while left > 0 {
      let step = min(left, atOnce)
      var product: UInt64 = 1
      for _ in 0..<step { product *= factor }
      multiply(by: product)
      left -= step
    }
  }

  private mutating func multiply(by factor: UInt64) {
    var carry: UInt64 = 0
    for index in limbs.indices {
      let product = limbs[index] * factor + carry
      limbs[index] = product % BigNatural.base
      carry = product / BigNatural.base
    }
    while carry > 0 {
      limbs.append(carry % BigNatural.base)
      carry /= BigNatural.base
    }
  }

  var digits: [UInt8] {
    var result = [UInt8](repeating: 0, count: limbs.count * 9)
    var index = result.count
    for limb in limbs {
      var rest = limb
      for place in ((index - 9)..<index).reversed() {
        result[place] = UInt8(rest % 10)
        rest /= 10
      }
      index -= 9
    }
    result.removeFirst(result.prefix { $0 == 0 }.count)
    return result
  }
}
