// SPDX-License-Identifier: MIT

import HengeLanguage
import Testing

struct ParserRoundTripTests {
  @Test func whatIsPrintedInFullReadsAsTheSameTree() {
    for seed in 1...800 {
      var random = RandomProgram(dice: Dice(seed: UInt64(seed)))
      let program = random.program()
      let printed = tree(program)
      let again = tree(printed)
      #expect(printed == again, "seed \(seed):\n\(program)")
      #expect(!printed.hasPrefix("E-"), "seed \(seed):\n\(program)")
      if printed != again || printed.hasPrefix("E-") { break }
    }
  }

  @Test func nothingThatIsTypedEndsTheProcess() {
    var dice = Dice(seed: 7)
    let renderer = Renderer()
    var parsed = 0
    let count = 3_000
    for seed in 1...count {
      var random = RandomProgram(dice: Dice(seed: UInt64(seed)))
      var bytes = Array(random.program().utf8)
      for _ in 0...dice.roll(3) { ParserRoundTripTests.mutate(&bytes, &dice) }
      let source = Source(name: "test", text: bytes)
      do throws(Diagnostic) {
        _ = try Parser.parse(source)
        parsed += 1
      } catch {
        #expect(!renderer.render(error).isEmpty)
      }
      if seed % 8 == 0 { _ = Completeness.of(source) }
    }
    #expect(parsed > count / 20)
    #expect(parsed < count)
  }

  private static func mutate(_ bytes: inout [UInt8], _ dice: inout Dice) {
    let pieces = [
      "(", ")", "[", "]", "{", "}", "\"", "\"\"\"", "f\"{", "..", "|>", "=>", "=", ",", ":", "\n",
      " not ", " in ", "0x", "3x", ".", "1e", "\\", "#=> ", "if ", "else ", "**", "é", "😀", "\u{0}",
    ]
    let start = dice.roll(bytes.count + 1)
    let end = min(bytes.count, start + dice.roll(20))
    switch dice.roll(5) {
    case 0: bytes.removeSubrange(start..<end)
    case 1: bytes.insert(contentsOf: Array(dice.pick(pieces).utf8), at: start)
    case 2: bytes.insert(UInt8(dice.roll(256)), at: start)
    case 3: bytes.insert(contentsOf: bytes[start..<end], at: dice.roll(bytes.count + 1))
    default: bytes.removeSubrange(start...)
    }
  }
}
