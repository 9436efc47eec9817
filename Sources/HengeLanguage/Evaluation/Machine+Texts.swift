// SPDX-License-Identifier: MIT

// f-strings: a text that grows by one piece after another, in its register.

extension Machine {
  /// Appends the text of an f-string's value to the text under construction.
  @inline(never)
  func format(_ i: Instruction, _ code: Code, _ r: UnsafeMutablePointer<Value>) throws {
    let value = try operand(r, i.b)
    let piece =
      if i.d >= 0 {
        try formatted(value, code.formats[i.d])
      } else if i.d == -1, case .str(let text) = r[Int(i.c)], text.count > 0 {
        try formatted(value, FormatSpecification(text.string))
      } else {
        try text(of: value)
      }
    if case .str(let text) = r[Int(i.a)] { text.append(piece) }
  }

  private func formatted(_ value: Value, _ format: FormatSpecification) throws -> String {
    try charge(format.cost)
    return try value.formatted(format)
  }

  /// The text of a value as `str` gives it, which takes memory that is asked for.
  func text(of value: Value) throws -> String {
    try charge(value.textCost)
    let text =
      switch value {
      case .int(let int): String(int)
      case .num(let num): num.shortestText
      case .str(let text): text.string
      default: try value.scalar.text { try self.beat() }
      }
    try charge(text.utf8.count)
    return text
  }
}
