// SPDX-License-Identifier: MIT

extension Value {
  /// The value as an f-string writes it.
  func formatted(_ specification: FormatSpecification) throws -> String {
    let type = specification.type
    switch scalar {
    case .int(let int):
      switch type {
      case nil, "d", "n", "b", "c", "o", "x", "X": return try specification.format(int)
      case "s": throw Diagnostic.wrongFormat("s", self)
      default: return try specification.format(Double(int), of: self)
      }
    case .num(let num): return try specification.format(num, of: self)
    case .bool(let bool):
      guard let type, type != "s" else {
        return try specification.format(bool ? "true" : "false", of: self)
      }
      return try Value.int(bool ? 1 : 0).formatted(specification)
    default:
      return try specification.format(text, of: self)
    }
  }
}

extension FormatSpecification {
  fileprivate func format(_ text: String, of value: Value) throws -> String {
    if let type, type != "s" { throw Diagnostic.wrongFormat(type, value) }
    guard sign == "-", !isAlternate, separator == nil else {
      throw Diagnostic("E-format", "signs and separators are for numbers, not \(value.brief)")
    }
    var body = text
    if let precision { body = String(body.unicodeScalars.prefix(precision)) }
    var specification = self
    // `=` and the 0 before a width are for numbers; for text they align left, as Python's 0 does.
    if alignment == "=" { specification.alignment = "<" }
    return specification.padded(prefix: "", body, isNumber: false)
  }

  private func signText(isNegative: Bool) -> String {
    isNegative ? "-" : sign == "-" ? "" : String(sign)
  }

  fileprivate func format(_ int: Int) throws -> String {
    guard precision == nil else {
      throw Diagnostic("E-format", "an int has no precision", suggestion: "{§:.2f}")
    }
    let radix: Int
    switch type {
    case "c": return try character(int)
    case "b": radix = 2
    case "o": radix = 8
    case "x", "X": radix = 16
    default:
      radix = 10
      let number = FixedDecimal(whole: UInt64(int.magnitude))
      if let text = plain(number, isNegative: int < 0, decimals: nil) { return text }
    }
    var digits = String(int.magnitude, radix: radix, uppercase: type == "X")
    var prefix = signText(isNegative: int < 0)
    if isAlternate, let type, radix != 10 { prefix += "0\(type)" }
    if separator == ",", radix != 10 {
      throw Diagnostic(
        "E-format", "`,` separates decimal digits",
        suggestion: "{§:_\(type.map(String.init) ?? "")}")
    }
    digits = grouped(
      digits, every: radix == 10 ? 3 : 4, prefixCount: prefix.unicodeScalars.count, suffixCount: 0)
    return padded(prefix: prefix, digits, isNumber: true)
  }

  private func character(_ int: Int) throws -> String {
    guard let code = UInt32(exactly: int), let scalar = Unicode.Scalar(code) else {
      throw Diagnostic("E-range", "\(int) is not a code point")
    }
    return padded(prefix: "", String(scalar), isNumber: true)
  }

  fileprivate func format(_ num: Double, of value: Value) throws -> String {
    let isNegative = num.sign == .minus && !num.isNaN
    switch type {
    case "b", "c", "d", "o", "x", "X", "s":
      throw Diagnostic.wrongFormat(type ?? " ", value)
    case "f", "F":
      let decimals = precision ?? 6
      if let number = FixedDecimal(num.magnitude, decimals: decimals),
        let text = plain(number, isNegative: isNegative, decimals: decimals)
      {
        return text
      }
    default: break
    }
    let prefix = signText(isNegative: isNegative)
    let isUpper = type.map { "EFG".unicodeScalars.contains($0) } ?? false
    guard num.isFinite else {
      let text = num.isNaN ? "nan" : "inf"
      let suffix = type == "%" ? "%" : ""
      return padded(
        prefix: prefix, (isUpper ? text.uppercased() : text) + suffix, isNumber: true)
    }
    var (whole, rest) = parts(num.magnitude)
    if isUpper { rest = rest.uppercased() }
    whole = grouped(
      whole, every: 3, prefixCount: prefix.unicodeScalars.count,
      suffixCount: rest.unicodeScalars.count)
    return padded(prefix: prefix, whole + rest, isNumber: true)
  }

  /// The digits before the point, and all that follows them.
  fileprivate func parts(_ magnitude: Double) -> (String, String) {
    switch type {
    case "f", "F": return fixed(ExactDecimal(magnitude), precision ?? 6, suffix: "")
    case "%":
      let scaled = magnitude * 100
      guard scaled.isFinite else { return ("inf", "%") }
      return fixed(ExactDecimal(scaled), precision ?? 6, suffix: "%")
    case "e", "E": return scientific(ExactDecimal(magnitude), digits: (precision ?? 6) + 1)
    case "g", "G", "n":
      return general(magnitude, digits: max(1, precision ?? 6), keepsPoint: false)
    default:
      if let precision { return general(magnitude, digits: max(1, precision), keepsPoint: true) }
      return shortest(magnitude)
    }
  }

  private func fixed(
    _ decimal: ExactDecimal, _ decimals: Int, suffix: String
  ) -> (String, String) {
    var rounded = decimal
    rounded.round(decimals: decimals)
    let (whole, fraction) = rounded.fixed(decimals: decimals)
    let point = decimals > 0 || isAlternate ? "." : ""
    return (whole, point + fraction + suffix)
  }

  private func scientific(_ decimal: ExactDecimal, digits: Int) -> (String, String) {
    var rounded = decimal
    rounded.round(keeping: digits)
    let (first, rest, exponent) = rounded.scientific(digits: digits)
    let point = rest.isEmpty && !isAlternate ? "" : "."
    return (first, point + rest + exponentText(exponent))
  }

  private func exponentText(_ exponent: Int) -> String {
    let digits = String(abs(exponent))
    return "e" + (exponent < 0 ? "-" : "+") + (digits.utf8.count < 2 ? "0" : "") + digits
  }

  /// `g`: the shorter of both, without trailing zeros; `keepsPoint` is the form without a type,
  /// which looks like a num.
  private func general(
    _ magnitude: Double, digits: Int, keepsPoint: Bool
  ) -> (String, String) {
    var rounded = ExactDecimal(magnitude)
    rounded.round(keeping: digits)
    let exponent = rounded.digits.isEmpty ? 0 : rounded.pointAt - 1
    if exponent < -4 || exponent >= digits - (keepsPoint ? 1 : 0) {
      let (first, rest, _) = rounded.scientific(digits: digits)
      let fraction = isAlternate ? rest : rest.withoutTrailingZeros
      let point = fraction.isEmpty && !isAlternate ? "" : "."
      return (first, point + fraction + exponentText(exponent))
    }
    let (whole, full) = rounded.fixed(decimals: max(0, digits - 1 - exponent))
    var fraction = isAlternate ? full : full.withoutTrailingZeros
    if keepsPoint && fraction.isEmpty { fraction = "0" }
    return (whole, (fraction.isEmpty && !isAlternate ? "" : ".") + fraction)
  }

  private func shortest(_ magnitude: Double) -> (String, String) {
    let text = magnitude.shortestText
    guard let end = text.firstIndex(where: { !("0"..."9").contains($0) }) else { return (text, "") }
    var rest = String(text[end...])
    if isAlternate && rest.hasPrefix("e") { rest = "." + rest }
    return (String(text[..<end]), rest)
  }
}

extension Double {
  /// The number with `digits` significant digits, as `{x:.4g}` writes it for 4.
  public func general(digits: Int) -> String {
    guard isFinite else { return shortestText }
    var specification = FormatSpecification()
    specification.type = "g"
    specification.precision = digits
    let (whole, rest) = specification.parts(magnitude)
    return (sign == .minus ? "-" : "") + whole + rest
  }

  /// The number with this many decimals, rounded half to even: `0.50`.
  public func fixed(decimals: Int) -> String {
    guard isFinite else { return shortestText }
    var specification = FormatSpecification()
    specification.type = "f"
    specification.precision = decimals
    let (whole, rest) = specification.parts(magnitude)
    return (sign == .minus ? "-" : "") + whole + rest
  }
}

extension String {
  fileprivate var withoutTrailingZeros: String {
    var bytes = Array(utf8)
    while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
