// SPDX-License-Identifier: MIT

extension Lexer {
  /// Reads an int, a num or a shape.
  mutating func number() throws(Diagnostic) {
    let start = position
    let second = peek(1) | 0x20
    if bytes[start] == UInt8(ascii: "0"), second == UInt8(ascii: "x") {
      return try hexadecimalNumber()
    }
    if bytes[start] == UInt8(ascii: "0"),
      second == UInt8(ascii: "b") || second == UInt8(ascii: "o"), Lexer.isDigit(peek(2))
    {
      throw otherBase()
    }
    try digits(from: start)
    if peek() == UInt8(ascii: "x"), Lexer.isDigit(peek(1)) { return try shape(start) }
    try leadingZeros(start)
    var isNum = false
    if peek() == UInt8(ascii: "."), Lexer.isDigit(peek(1)) {
      isNum = true
      position += 1
      try digits(from: start)
    }
    if peek() | 0x20 == UInt8(ascii: "e") {
      let hasSign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
      if Lexer.isDigit(peek(hasSign ? 2 : 1)) {
        isNum = true
        position += hasSign ? 2 : 1
        try digits(from: start)
      } else if !Lexer.isNamePart(peek(1)) {
        position += hasSign ? 2 : 1
        throw incompleteExponent(start)
      }
    }
    try noTail(start, isNum: isNum)
    let plain = text(start).filter { $0 != "_" }
    if isNum { return try num(plain, start) }
    try int(plain, radix: 10, start)
  }

  /// Moves over digits with single underscores between them.
  private mutating func digits(from start: Int) throws(Diagnostic) {
    while position < limit {
      if bytes[position] == UInt8(ascii: "_") {
        if !Lexer.isDigit(peek(1)) || !Lexer.isDigit(peek(-1)) {
          position += 1
          throw .syntax(
            "`\(text(start))`: `_` must be between two digits", source, Span(start, position),
            suggestion: "10_000")
        }
      } else if !Lexer.isDigit(bytes[position]) {
        return
      }
      position += 1
    }
  }

  private mutating func num(_ plain: String, _ start: Int) throws(Diagnostic) {
    guard let value = Double(plain), value.isFinite else {
      throw .syntax(
        "`\(text(start))` is larger than the largest num, 1.7976931348623157e308", source,
        Span(start, position))
    }
    add(.num(value), start)
  }

  private mutating func int(_ digits: String, radix: Int, _ start: Int) throws(Diagnostic) {
    if let value = Int(digits, radix: radix) { return add(.int(value), start) }
    if UInt64(digits, radix: radix) == UInt64(1) << 63, radix == 10 {
      return add(.minimumMagnitude, start)
    }
    throw .syntax(
      "`\(text(start))` is larger than the largest int, 9223372036854775807", source,
      Span(start, position),
      suggestion: radix == 10
        ? "\(text(start)).0, a num with 53 bits of precision" : "a num, in decimal digits")
  }

  private mutating func hexadecimalNumber() throws(Diagnostic) {
    let start = position
    position += 2
    let first = position
    while Lexer.isNamePart(peek()) { position += 1 }
    let digits = source.text(Span(first, position)).filter { $0 != "_" }
    let ends = (bytes[position - 1], first < position ? bytes[first] : 0)
    let isWhole = digits.utf8.allSatisfy {
      Lexer.isDigit($0) || ($0 | 0x20 >= 97 && $0 | 0x20 <= 102)
    }
    if digits.isEmpty || !isWhole || ends.0 == UInt8(ascii: "_") || ends.1 == UInt8(ascii: "_") {
      let isShape = digits.utf8.allSatisfy { Lexer.isDigit($0) || $0 == UInt8(ascii: "x") }
      let sizes = text(start).split(separator: "x").joined(separator: ", ")
      throw .syntax(
        "`\(text(start))` is not a number: `0x` begins a hexadecimal one", source,
        Span(start, position),
        suggestion: isShape && !digits.isEmpty
          ? source.line(replacing: Span(start, position), with: "shape(\(sizes))") : "0xff")
    }
    try int(digits, radix: 16, start)
  }

  /// `3x64x64`: the first size has been read.
  private mutating func shape(_ start: Int) throws(Diagnostic) {
    while peek() == UInt8(ascii: "x"), Lexer.isDigit(peek(1)) {
      position += 1
      try digits(from: start)
    }
    if Lexer.isNamePart(peek()) { throw unknownShape(start) }
    if peek() == UInt8(ascii: "."), Lexer.isDigit(peek(1)) {
      position += 2
      throw .syntax(
        "`\(text(start))`: the sizes of a shape are ints", source, Span(start, position))
    }
    var sizes: [Int] = []
    for part in text(start).split(separator: "x", omittingEmptySubsequences: false) {
      guard let size = Int(part.filter { $0 != "_" }) else {
        throw .syntax(
          "the size `\(part)` is larger than the largest int", source, Span(start, position))
      }
      sizes.append(size)
    }
    add(.shape(sizes), start)
  }

  private mutating func leadingZeros(_ start: Int) throws(Diagnostic) {
    guard bytes[start] == UInt8(ascii: "0"), position - start > 1 else { return }
    let digits = text(start)
    let trimmed = digits.drop { $0 == "0" || $0 == "_" }
    throw .syntax(
      "`\(digits)` has leading zeros", source, Span(start, position),
      replacement: trimmed.isEmpty ? "0" : String(trimmed))
  }

  /// Refuses what touches the end of a number: `1.`, `2x`, `3xh`, `1.5.2`.
  private mutating func noTail(_ start: Int, isNum: Bool) throws(Diagnostic) {
    if peek() == UInt8(ascii: "."), peek(1) != UInt8(ascii: ".") {
      throw trailingDot(start, isNum: isNum)
    }
    guard Lexer.isNameStart(peek()) else { return }
    if peek() == UInt8(ascii: "x"), !isNum { throw unknownShape(start) }
    throw gluedName(start)
  }

  private mutating func trailingDot(_ start: Int, isNum: Bool) -> Diagnostic {
    let number = text(start)
    position += 1
    let end = position
    while Lexer.isNamePart(peek()) { position += 1 }
    let tail = source.text(Span(end, position))
    if tail.isEmpty || (isNum && tail.first?.isNumber == true) {
      let message =
        tail.isEmpty
        ? "`\(number).` ends in a decimal point" : "`\(text(start))` has two decimal points"
      return .syntax(
        message, source, Span(start, position),
        suggestion: tail.isEmpty
          ? source.line(
            replacing: Span(start, position), with: isNum ? number : "\(number).0")
          : nil)
    }
    let isExponent = tail.first == "e" && tail.dropFirst().allSatisfy(\.isNumber)
    return .syntax(
      "`\(number).` ends in a decimal point", source, Span(start, end),
      replacement: isExponent ? "\(number).0" : "(\(number)).")
  }

  private mutating func incompleteExponent(_ start: Int) -> Diagnostic {
    let written = text(start)
    return .syntax(
      "`\(written)` has no digits in its exponent", source, Span(start, position),
      replacement: "\(written)3")
  }

  /// `2x`, `2pi`, `10px`.
  private mutating func gluedName(_ start: Int) -> Diagnostic {
    let number = text(start)
    let nameStart = position
    while Lexer.isNamePart(peek()) { position += 1 }
    let name = source.text(Span(nameStart, position))
    let isImaginary = name == "j"
    return .syntax(
      "`\(number)\(name)` is not a number", source, Span(start, position),
      notes: isImaginary ? ["there are no complex numbers"] : [],
      suggestion: isImaginary
        ? nil
        : source.line(replacing: Span(start, position), with: "\(number) * \(name)"))
  }

  /// `2x`, `3xA`, `3x64x`, `3x64xh`.
  private mutating func unknownShape(_ start: Int) -> Diagnostic {
    while Lexer.isNamePart(peek()) { position += 1 }
    let written = text(start)
    let parts = written.split(separator: "x", omittingEmptySubsequences: false).map(String.init)
    let isProduct = parts.count == 2
    let span = Span(start, position)
    let given = parts.filter { !$0.isEmpty }
    let sizes = given.joined(separator: ", ")
    let isLiteral =
      given.count > 1 && given[0] != "0" && given.allSatisfy { $0.allSatisfy(\.isNumber) }
    let shape = isLiteral ? given.joined(separator: "x") : "shape(\(sizes))"
    let product = "\(parts[0]) * x\(parts[parts.count - 1])"
    let isEither = isProduct && !parts[1].isEmpty
    return .syntax(
      "`\(written)` is neither a number nor a shape", source, span,
      suggestion: isEither
        ? "\(product), or shape(\(sizes))"
        : source.line(replacing: span, with: isProduct ? product : shape))
  }

  /// `0b101` and `0o17`.
  private mutating func otherBase() -> Diagnostic {
    let start = position
    let radix = peek(1) | 0x20 == UInt8(ascii: "b") ? 2 : 8
    position += 2
    while Lexer.isNamePart(peek()) { position += 1 }
    let digits = source.text(Span(start + 2, position)).filter { $0 != "_" }
    return .syntax(
      "`\(text(start))`: numbers are decimal or hexadecimal", source, Span(start, position),
      suggestion: Int(digits, radix: radix).map { String($0) })
  }
}
