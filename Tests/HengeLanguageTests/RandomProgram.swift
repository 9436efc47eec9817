// SPDX-License-Identifier: MIT

@testable import HengeLanguage

/// A small generator of reproducible numbers.
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// A number from 0 up to, not including, `count`.
  mutating func roll(_ count: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int((state >> 11) % UInt64(max(1, count)))
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[roll(elements.count)] }
}

/// Programs that parse, with as few parentheses as chance gives.
struct RandomProgram {
  var dice: Dice

  mutating func program() -> String {
    (0..<1 + dice.roll(4)).map { _ in statement(3) }.joined(
      separator: dice.pick(["\n", "; ", "\n\n"]))
  }

  mutating func statement(_ depth: Int) -> String {
    switch dice.roll(depth > 0 ? 12 : 3) {
    case 0: return "\(name()) = \(expression(depth))"
    case 1: return "\(name())[\(index(1))] \(dice.pick(["=", "+=", "**=", "//="])) \(expression(1))"
    case 2: return "\(name()), \(name()).\(name()) = \(expression(1)), \(expression(1))"
    case 3: return "for \(name()) in \(expression(1)) \(block(depth - 1))"
    case 4: return "while \(expression(1)) \(block(depth - 1))"
    case 5: return "repeat \(expression(1)) \(block(depth - 1))"
    case 6: return "try \(block(depth - 1)) catch e \(block(depth - 1))"
    case 7: return "fn \(name())(a, b=\(expression(1)), *, c) \(block(depth - 1))"
    case 8: return "assert \(expression(1)), \"no\""
    default: return expression(depth)
    }
  }

  mutating func block(_ depth: Int) -> String {
    "{\n" + (0..<dice.roll(3)).map { _ in statement(depth) + "\n" }.joined() + "}"
  }

  mutating func expression(_ depth: Int) -> String {
    guard depth > 0 else { return leaf() }
    switch dice.roll(10) {
    case 0: return "\(name()) => \(expression(depth - 1))"
    case 1: return "\(operators(depth)) |> \(name())(\(arguments(depth - 1)))"
    case 2: return "(a, b=1) => \(block(depth - 1))"
    default: return operators(depth)
    }
  }

  mutating func operators(_ depth: Int) -> String {
    let infix = [
      "+", "-", "*", "/", "//", "%", "@", "**", "==", "<", ">=", "in", "not in", "&", "|", "and",
      "or", "!=",
    ]
    var text = operand(depth)
    for _ in 0..<dice.roll(4) { text += " \(dice.pick(infix)) \(operand(depth))" }
    return text
  }

  mutating func operand(_ depth: Int) -> String {
    guard depth > 0 else { return leaf() }
    switch dice.roll(15) {
    case 0: return "\(dice.pick(["-", "+", "~"]))\(operand(depth - 1))"
    case 1: return "(not \(operand(depth - 1)))"
    case 2: return "\(name())(\(arguments(depth - 1)))"
    case 3: return "\(name())[\(index(depth - 1))]"
    case 4: return "\(name()).\(dice.pick(["mean", "in", "for", "T"]))"
    case 5: return "[\(expression(depth - 1)), \(expression(depth - 1))]"
    case 6: return "(a=\(expression(depth - 1)), **\(name()))"
    case 7:
      return "[\(expression(depth - 1)) for x in \(expression(depth - 1)) if \(expression(0))]"
    case 8: return "(if \(expression(depth - 1)) \(block(depth - 1)) else \(block(depth - 1)))"
    case 9: return "(\(leaf())..\(leaf()) by \(leaf()))"
    case 10: return "f\"a{\(name()):>{\(name())}}b{{\""
    case 11: return "(\(expression(depth - 1)))"
    case 12: return "(time \(block(depth - 1)))"
    default: return leaf()
    }
  }

  mutating func arguments(_ depth: Int) -> String {
    dice.pick(["", expression(depth), "\(expression(depth)), in=\(expression(0))", "*xs, **r"])
  }

  mutating func index(_ depth: Int) -> String {
    dice.pick([":", "..., none", "1:\(operand(depth)):2", "::-1", expression(0), "\(operand(0)):"])
  }

  mutating func name() -> String { dice.pick(["x", "y", "loss", "t", "r", "f"]) }

  mutating func leaf() -> String {
    dice.pick([
      "1", "10_000", "0xff", "0.5", "2e-4", "3x64x64", "\"a\\n\"", "true", "False", "none", "()",
      "(x,)", name(), name(), name(), "'b'", "r\"\\d\"", "-9223372036854775808", "-2**2",
    ])
  }
}
