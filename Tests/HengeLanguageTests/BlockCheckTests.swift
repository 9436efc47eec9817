// SPDX-License-Identifier: MIT
import Testing

@testable import HengeLanguage

@Suite struct BlockCheckTests {
  /// Each check's failure, `passed` without one, in the order in which they were first made.
  private func findings(_ text: String) throws -> [String] {
    let interpreter = Interpreter.forTests(TestHost())
    interpreter.isChecking = true
    _ = try? interpreter.run(Parser.parse(Source(name: "test", text: Array(text.utf8))))
    return interpreter.checks.map { $0.failure?.message ?? "passed" }
  }

  @Test func aCheckInALoopIsOneCheckThatFailsWhereItFirstDoes() throws {
    let text = """
      for i in 0..4 {
        i  #=> 1
      }
      for i in 0..4 { i // 1  #=> i
      }
      """
    #expect(try findings(text) == ["expected 1, got 0", "passed"])
  }

  @Test func aCheckInAFunctionSeesItsNames() throws {
    let text = """
      factor = 2
      fn f(x) {
        y = x * factor
        y / 3  #=> x - 1 +- 0.5
        [y for k in 0..1]  #=> [x + x]
        y + 1  #=> x
        y
      }
      f(3)  #=> 6
      """
    #expect(try findings(text) == ["passed", "passed", "expected x, got 7", "passed"])
    #expect(
      try findings("f = x => {\n  x  #=> 5\n}\nf(4)  #=> 4") == ["expected 5, got 4", "passed"])
  }

  @Test func anExpectedErrorInABlockLetsItGoOn() throws {
    let text = """
      fn f(x) {
        y = x // 0  #=> E-zero
        x // 0  #=> E-fail
        x  #=> E-fail
        x
      }
      f(1)  #=> 1
      """
    let zero = "expected E-fail, got E-zero: 1 // 0 divides by zero"
    #expect(try findings(text) == ["passed", zero, "expected E-fail, got 1", "passed"])
  }

  @Test func assertionsThatHoldAreCounted() throws {
    #expect(try findings("assert true\nfor i in 0..3 { assert i < 3 }") == ["passed", "passed"])
    #expect(try findings("assert 1 < 2\nassert 1 > 2\nassert true") == ["passed"])
  }
}
