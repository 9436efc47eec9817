// SPDX-License-Identifier: MIT

/// What follows the colon in `f"{x:>8.3f}"`: Python's mini-language,
/// `[[fill]align][sign][#][0][width][,_][.precision][type]`.
struct FormatSpecification {
  var fill: Unicode.Scalar = " "
  /// `<`, `>`, `^`, `=`; none when not written.
  var alignment: Unicode.Scalar?
  /// `+`, `-` or a space.
  var sign: Unicode.Scalar = "-"
  var isAlternate = false
  var width = 0
  /// `,` or `_`.
  var separator: Unicode.Scalar?
  var precision: Int?
  var type: Unicode.Scalar?

  /// Nothing after the colon.
  init() {}

  /// Reads a specification, or throws E-format.
  init(_ text: String) throws {
    let scalars = Array(text.unicodeScalars)
    var position = 0
    func current() -> Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }
    func accept(_ allowed: String) -> Unicode.Scalar? {
      guard let scalar = current(), allowed.unicodeScalars.contains(scalar) else { return nil }
      position += 1
      return scalar
    }
    func number() throws -> Int? {
      var value: Int?
      while let scalar = current(), ("0"..."9").contains(scalar) {
        let (ten, overflow) = (value ?? 0).multipliedReportingOverflow(by: 10)
        guard !overflow, ten < 1 << 40 else {
          throw Diagnostic("E-memory", "the format \(text.quoted(limit: 40)) is wider than memory")
        }
        value = ten + Int(scalar.value - 48)
        position += 1
      }
      return value
    }
    let hasFill = scalars.count > 1 && "<>=^".unicodeScalars.contains(scalars[1])
    if hasFill {
      fill = scalars[0]
      alignment = scalars[1]
      position = 2
    } else {
      alignment = accept("<>=^")
    }
    sign = accept("+- ") ?? "-"
    isAlternate = accept("#") != nil
    if accept("0") != nil {
      if !hasFill { fill = "0" }
      if alignment == nil { alignment = "=" }
    }
    width = try number() ?? 0
    separator = accept(",_")
    if accept(".") != nil {
      guard let digits = try number() else { throw Diagnostic.badFormat(text) }
      precision = digits
    }
    type = accept("bcdeEfFgGnosxX%")
    guard position == scalars.count else { throw Diagnostic.badFormat(text) }
  }

  /// The most code points that formatting may add.
  var cost: Int { width + (precision ?? 0) }
}

extension FormatSpecification {
  /// Fills up to the width; `prefix` is the sign and the base's mark, which `=` keeps in front.
  func padded(prefix: String, _ body: String, isNumber: Bool) -> String {
    let length = prefix.unicodeScalars.count + body.unicodeScalars.count
    let missing = max(0, width - length)
    guard missing > 0 else { return prefix + body }
    func filling(_ count: Int) -> String {
      guard fill.isASCII else { return String(repeating: String(fill), count: count) }
      return String(unsafeUninitializedCapacity: count) { bytes in
        bytes.initialize(repeating: UInt8(fill.value))
        return count
      }
    }
    switch alignment ?? (isNumber ? ">" : "<") {
    case "<": return prefix + body + filling(missing)
    case "^": return filling(missing / 2) + prefix + body + filling(missing - missing / 2)
    case "=": return prefix + filling(missing) + body
    default: return filling(missing) + prefix + body
    }
  }

  /// Digits with separators; zeros that fill up to the width are grouped with them.
  func grouped(_ digits: String, every size: Int, prefixCount: Int, suffixCount: Int) -> String {
    guard let separator else { return digits }
    var all = Array(digits.unicodeScalars)
    if fill == "0" && alignment == "=" {
      // Of `digits` there are `digits + (digits - 1) / size` with their separators.
      let room = width - prefixCount - suffixCount
      var digits = max(all.count, room / (size + 1) * size)
      while digits + (digits - 1) / size < room { digits += 1 }
      all.insert(contentsOf: repeatElement("0", count: digits - all.count), at: 0)
    }
    var result = String.UnicodeScalarView()
    for (index, scalar) in all.enumerated() {
      if index > 0 && (all.count - index) % size == 0 { result.append(separator) }
      result.append(scalar)
    }
    return String(result)
  }
}

extension Diagnostic {
  static func badFormat(_ text: String) -> Diagnostic {
    Diagnostic(
      "E-format", "\(text.quoted(limit: 40)) is not a valid format",
      notes: ["a format is [[fill]align][sign][#][0][width][,][.precision][type]"],
      suggestion: "{§:.3f}, {§:>8}")
  }

  static func wrongFormat(_ type: Unicode.Scalar, _ value: Value) -> Diagnostic {
    let suggestion: String? =
      switch value {
      case .num where ["d", "b", "o", "x", "X"].contains(type): "{§:.0f}"
      case .str: "{§}, or a width alone: {§:>8}"
      case .none, .list, .record, .function: "{§}"
      case .object: "{§}, or one number of it: {§.mean():.3f}"
      default: nil
      }
    return Diagnostic(
      "E-format", "the format type `\(type)` does not accept \(value.kindWithArticle)",
      suggestion: suggestion)
  }
}
