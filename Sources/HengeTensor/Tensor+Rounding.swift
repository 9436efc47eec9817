// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// Each element rounded to `digits` decimals, halves to the even one; negative digits round to
  /// tens, hundreds and so on.
  ///
  /// Floats keep their type and are computed in `f64`; of integers only negative digits change
  /// something, exactly and in `i64`. Throws `E-range` for more digits than numbers have and for an
  /// integer that does not fit.
  public func rounded(digits: Int) throws -> Tensor {
    guard digits != 0 else { return try map(.round) }
    let most = type.isFloat ? 300 : 18
    guard digits >= -most, digits <= 300 else {
      throw Failure(
        "E-range", "`digits` of \(type.rawValue) is from \(-most) to 300, not \(digits)",
        parameter: "digits")
    }
    guard type.isFloat else { return digits > 0 ? self : try roundedWhole(to: -digits) }
    let x = try detached().cast(to: .f64)
    guard let unit = Double("1e\(abs(digits))") else { return self }
    let scale = Operand.scalar(.num(unit))
    let scaled = try Tensor.combine(digits > 0 ? .multiply : .divide, .tensor(x), scale)
    let whole = try Tensor.combine(
      digits > 0 ? .divide : .multiply, .tensor(scaled.map(.round)), scale)
    // From 2^52 on every number is whole, and larger ones would become inf on the way.
    let isSmall = try scaled.map(.abs).isLess(than: .num(0x1p52))
    return try Tensor.choose(isSmall, .tensor(whole), .tensor(x)).cast(to: type)
  }

  /// Integers rounded to multiples of 10 to the power of `zeros`.
  private func roundedWhole(to zeros: Int) throws -> Tensor {
    let unit = Operand.scalar(.int((0..<zeros).reduce(1) { product, _ in product * 10 }))
    let x = try Operand.tensor(cast(to: .i64))
    let quotient = try Tensor.combine(.floorDivide, x, unit)
    let twice = try Tensor.combine(.multiply, .tensor(Tensor.combine(.modulo, x, unit)), 2)
    let isOdd = try Tensor.compare(
      .equal, .tensor(Tensor.combine(.modulo, .tensor(quotient), 2)), 1)
    let isHalf = try Tensor.compare(.equal, .tensor(twice), unit)
    let isTie = try Tensor.combine(.and, .tensor(isHalf), .tensor(isOdd))
    let isAbove = try Tensor.compare(.greater, .tensor(twice), unit)
    let isUp = try Tensor.combine(.or, .tensor(isAbove), .tensor(isTie)).cast(to: .i64)
    let rounded = try Tensor.combine(.add, .tensor(quotient), .tensor(isUp))
    return try Tensor.combine(.multiply, .tensor(rounded), unit)
  }
}
