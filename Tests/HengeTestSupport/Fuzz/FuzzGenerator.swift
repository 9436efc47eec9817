// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// A program, and under which conditions it runs.
struct FuzzProgram {
  var text: [UInt8]
  /// What the generator set out to write, for the counts.
  var origin: String
  /// The look at the world, counted from 1, at which Ctrl-C arrives.
  var interruptedAt: Int?
  /// Milliseconds after which Ctrl-C arrives, wherever the program is then.
  var interruptedAfter: Int?
  /// The operators and properties that the program uses surely, with the kinds of their operands;
  /// built-ins are counted where they are called.
  var cells: [String] = []
}

/// Writes programs of all sorts.
struct FuzzGenerator {
  let palette: FuzzPalette
  let mutation: FuzzMutation
  let calls: FuzzCalls
  var dice = FuzzDice(seed: 0, stream: 0)
  /// The next call of the round over all built-ins, parameters and kinds.
  var next = 0

  /// The next program.
  mutating func program() -> FuzzProgram {
    var program: FuzzProgram
    switch dice.roll(100) {
    case 0..<24: program = sweep()
    case 24..<28: program = operators()
    case 28..<43:
      let lines = (0...dice.roll(3)).map { _ in calls.any(&dice) }
      program = FuzzProgram(text: Array(lines.joined(separator: "\n").utf8), origin: "calls")
    case 43..<64:
      program = FuzzProgram(text: mutation.program(&dice), origin: "mutated")
    default:
      var writer = FuzzWriter(palette: palette, calls: calls, dice: dice)
      program = FuzzProgram(text: Array(writer.program().utf8), origin: "typed")
      dice = writer.dice
    }
    guard program.origin != "every kind" else { return program }
    if dice.once(in: 40) { program.interruptedAt = 1 + dice.roll(60) }
    if dice.once(in: 60) { program.interruptedAfter = dice.roll(20) }
    return program
  }

  private static let cellsPerProgram = 16

  /// The next few cells of built-in x parameter x kind, each caught on its own.
  private mutating func sweep() -> FuzzProgram {
    var text = ""
    for _ in 0..<FuzzGenerator.cellsPerProgram {
      let call = calls.cell(next, &dice)
      next += 1
      text += "try { \(call) } catch e { e.message }\n"
    }
    return FuzzProgram(text: Array(text.utf8), origin: "every kind")
  }

  /// Operators between any two kinds, and properties of any kind.
  private mutating func operators() -> FuzzProgram {
    var program = FuzzProgram(text: [], origin: "operators")
    var text = ""
    for _ in 0..<12 {
      let (left, right) = (dice.pick(palette.kinds), dice.pick(palette.kinds))
      let (x, y) = (palette.text(of: left, &dice), palette.text(of: right, &dice))
      var code: String
      switch dice.roll(8) {
      case 0:
        let name = dice.pick(["-", "+", "~", "not "])
        code = "\(name)(\(x))"
        program.cells.append("\(name)|\(left)")
      case 1:
        let name = dice.pick(calls.properties)
        code = "(\(x)).\(name)"
        program.cells.append(".\(name)|\(left)")
      case 2:
        let name = dice.pick(FuzzWriter.assignments)
        code = "w = \(x); w \(name) \(y)"
        program.cells.append("\(name)|\(left)|\(right)")
      case 3:
        code = dice.pick([
          "(\(x))[\(y)]", "w = \(x); w[\(y)] = \(y)", "(\(x))[\(y):]", "\(y)..\(x)",
        ])
      default:
        let name = dice.pick(FuzzWriter.infix)
        code = "(\(x)) \(name) (\(y))"
        program.cells.append("\(name)|\(left)|\(right)")
      }
      text += "try { \(code) } catch e { e.message }\n"
    }
    program.text = Array(text.utf8)
    return program
  }
}
