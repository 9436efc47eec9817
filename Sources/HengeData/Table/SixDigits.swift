// SPDX-License-Identifier: MIT

/// `value` with six significant digits, no trailing zeros; as 1.5e-7 outside 1e-4 ..< 1e9.
///
/// Written by hand because the C library's formats follow the locale.
func sixDigits(_ value: Double) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  if let whole = Int(exactly: value), abs(whole) < 1_000_000_000 { return "\(whole)" }
  let sign = value < 0 ? "-" : ""
  var (digits, exponent) = decimal(abs(value))
  let isPlain = (-4..<9).contains(exponent)
  let point = isPlain ? max(0, exponent) + 1 : 1
  if isPlain && exponent < 0 { digits = [UInt8](repeating: 0, count: -exponent) + digits }
  while digits.count < point { digits.append(0) }
  while digits.count > point, digits.last == 0 { digits.removeLast() }
  let texts = digits.map { String($0) }
  let whole = texts[..<point].joined()
  let fraction = texts[point...].joined()
  return sign + whole + (fraction.isEmpty ? "" : "." + fraction) + (isPlain ? "" : "e\(exponent)")
}

/// The first six decimal digits of a positive number, rounded, and the exponent of the first.
private func decimal(_ value: Double) -> (digits: [UInt8], exponent: Int) {
  // The shortest text that reads back contains all digits: d.ddd, ddd.d or d.ddde-7.
  let text = value.description.utf8
  let parts = text.split(separator: UInt8(ascii: "e"))
  var exponent = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
  let halves = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
  exponent += halves[0].count - 1
  var digits = halves.joined().map { $0 - UInt8(ascii: "0") }
  while digits.count > 1, digits[0] == 0 {
    digits.removeFirst()
    exponent -= 1
  }
  guard digits.count > 6 else { return (digits, exponent) }
  let roundsUp = digits[6] >= 5
  digits.removeSubrange(6...)
  guard roundsUp else { return (digits, exponent) }
  var place = 5
  while place >= 0, digits[place] == 9 {
    digits[place] = 0
    place -= 1
  }
  guard place >= 0 else { return ([1], exponent + 1) }
  digits[place] += 1
  return (digits, exponent)
}
