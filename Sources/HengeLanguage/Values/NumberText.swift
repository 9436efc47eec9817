// SPDX-License-Identifier: MIT

/// A finite number's shortest decimal digits that read back as the same number.
struct ShortestDecimal {
  /// Digits without leading or trailing zeros (a single 0 for zero).
  var digits: [UInt8]
  /// The power of ten of the first digit: 0 for 1.5.
  var exponent: Int
  var isNegative: Bool

  init(_ number: Double) {
    var digits: [UInt8] = []
    var pointAt: Int?
    var power = 0
    var isInExponent = false
    var powerSign = 1
    for byte in number.magnitude.description.utf8 {
      switch byte {
      case UInt8(ascii: "."): pointAt = digits.count
      case UInt8(ascii: "e"): isInExponent = true
      case UInt8(ascii: "-"): powerSign = -1
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if isInExponent {
          power = power * 10 + Int(byte - 48)
        } else {
          digits.append(byte - 48)
        }
      default: break
      }
    }
    let leading = digits.prefix { $0 == 0 }.count
    exponent = (pointAt ?? digits.count) - 1 - leading + powerSign * power
    digits.removeFirst(leading)
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty {
      digits = [0]
      exponent = 0
    }
    self.digits = digits
    isNegative = number.sign == .minus
  }
}

extension Double {
  /// The shortest text that reads back as this number, laid out as Python does: `3.0`, `1e-05`.
  public var shortestText: String {
    guard isFinite else { return isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
    // Below the power from which Python writes exponents, Swift's layout without one is the same.
    let text = description
    if magnitude < 1e16, !text.utf8.contains(UInt8(ascii: "e")) { return text }
    let decimal = ShortestDecimal(self)
    let digits = decimal.digits.map { $0 + 48 }
    var bytes: [UInt8] = decimal.isNegative ? [UInt8(ascii: "-")] : []
    let exponent = decimal.exponent
    if exponent < -4 || exponent >= 16 {
      bytes.append(digits[0])
      if digits.count > 1 { bytes += [UInt8(ascii: ".")] + digits[1...] }
      bytes += [UInt8(ascii: "e"), UInt8(ascii: exponent < 0 ? "-" : "+")]
      let power = String(abs(exponent))
      if power.utf8.count < 2 { bytes.append(48) }
      bytes += Array(power.utf8)
    } else if exponent < 0 {
      bytes += [48, UInt8(ascii: ".")] + [UInt8](repeating: 48, count: -exponent - 1) + digits
    } else {
      let whole = exponent + 1
      let padded = digits + [UInt8](repeating: 48, count: max(0, whole - digits.count))
      bytes += padded[..<whole] + [UInt8(ascii: ".")]
      bytes += padded.count > whole ? padded[whole...] : [48]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
