// SPDX-License-Identifier: MIT
import HengeTestSupport
import Testing

@testable import HengeLanguage

/// Estimates of the time that loops take.
@Suite struct LoopProgressTests {
  @Test func `a text says the rounds and the time that is left in all`() {
    let round = LoopProgress.Round(number: 3, count: 4)
    #expect(
      LoopProgress(rounds: [round], seconds: 60).text(part: 0) == "round 3 of 4, 1 min left in all")
    #expect(
      LoopProgress(rounds: [round], seconds: 60).text(part: 1) == "round 3 of 4, 20 s left in all")
    // 1 of 2, of which 3 of 4 are begun: 5 of 16 are done.
    #expect(
      LoopProgress(rounds: [.init(number: 1, count: 2), round], seconds: 50).text(part: 0.5)
        == "round 1 of 2, 3 of 4, 1 min 50 s left in all")
    #expect(LoopProgress(rounds: [round], seconds: 0.5).text(part: 0.5) == "round 3 of 4")
    let last = LoopProgress(rounds: [.init(number: 4, count: 4)], seconds: 9)
    #expect(last.text(part: 1) == "round 4 of 4" && last.isLastRound)
    #expect(
      LoopProgress(rounds: [.init(number: 1, count: 9)], seconds: 9).text(part: 0) == "round 1 of 9"
    )
  }

  /// What a built-in `rounds()` sees of the loops around it.
  private func rounds(_ program: String) throws -> [String] {
    var seen: [String] = []
    let look = Builtin("rounds", "Looks.", examples: []) { (call: Call) in
      let rounds = call.loopProgress?.rounds ?? []
      seen.append(rounds.map { "\($0.number)/\($0.count)" }.joined(separator: " "))
      return Nothing.nothing
    }
    let library = Library([Library.general, .init("test", [look])])
    let interpreter = Interpreter(library: library, host: SilentHost())
    let source = Source(name: "test", text: Array(program.utf8))
    try interpreter.run(Parser.parse(source), report: { _ in })
    return seen
  }

  private final class SilentHost: Host {}

  @Test func `loops of a statement are known, outermost first`() throws {
    #expect(try rounds("rounds()") == [""])
    #expect(try rounds("for i in 0..2 { rounds() }") == ["1/2", "2/2"])
    #expect(
      try rounds("for a in [1, 2] { for i in 0..2 { rounds() }; rounds() }")
        == ["1/2 1/2", "1/2 2/2", "1/2", "2/2 1/2", "2/2 2/2", "2/2"])
    // After another loop, after a break, in a function.
    #expect(try rounds("for i in 0..3 { 1 }\nfor i in 0..1 { rounds() }") == ["1/1"])
    #expect(
      try rounds("for i in 0..2 { for j in 0..5 { break }; rounds() }\nrounds()")
        == ["1/2", "2/2", ""])
    #expect(
      try rounds("fn f() { for i in 0..3 { rounds() } }\nfor k in [7] { f() }") == [
        "1/1", "1/1", "1/1",
      ])
    #expect(try rounds("while true { rounds(); break }") == [""])
    #expect(try rounds("for c in \"ab\" { rounds() }") == ["1/2", "2/2"])
    #expect(try rounds("repeat 2 { rounds() }") == ["1/2", "2/2"])
    #expect(
      try rounds("for k in 0..2 { repeat 2 { rounds() }; rounds() }")
        == ["1/2 1/2", "1/2 2/2", "1/2", "2/2 1/2", "2/2 2/2", "2/2"])
    // Comprehensions, with conditions and several names.
    #expect(try rounds("[rounds() for i in 0..2]") == ["1/2", "2/2"])
    #expect(try rounds("[rounds() for a, b in [[1, 2], [3, 4]] if a > 1]") == ["2/2"])
    #expect(
      try rounds("for i in 0..2 { x = [rounds() for j in 0..2] }")
        == ["1/2 1/2", "1/2 2/2", "2/2 1/2", "2/2 2/2"])
  }

  /// What a host hears of the loops of a program whose calls of `wait()` take 60 ms.
  private final class ListeningHost: Host {
    var heard: [String] = []
    func beginLoops() { heard.append("begin") }
    func reachLoops(_ progress: LoopProgress) { heard.append(progress.text(part: 0)) }
    func endLoops() { heard.append("end") }
  }

  private func heard(_ program: String) throws -> [String] {
    let wait = Builtin("wait", "Waits.", examples: []) { (_: Call) in
      let end = ContinuousClock.now + .milliseconds(60)
      while ContinuousClock.now < end {}
      return Nothing.nothing
    }
    let each = Builtin(
      "each", "Calls a function.", Parameter("n", "How often."), Parameter("f", "The function."),
      examples: []
    ) { (call: Call, n: Int, f: Callback) in
      try call.eachRound(of: n) { index in
        _ = try f.call([.int(index)])
        return true
      }
      return Nothing.nothing
    }
    let host = ListeningHost()
    let library = Library([Library.general, .init("test", [wait, each])])
    let interpreter = Interpreter(library: library, host: host)
    try interpreter.run(
      Parser.parse(Source(name: "test", text: Array(program.utf8))), report: { _ in })
    return host.heard
  }

  @Test(arguments: [
    "for i in 0..9 { wait() }", "repeat 9 { wait() }", "x = [wait() for i in 0..9]",
    "each(9, i => wait())",
  ])
  func `the host hears of loops whose rounds take long`(program: String) throws {
    let heard = try heard(program)
    #expect(heard.first == "begin" && heard.last == "end")
    let rounds = heard.dropFirst().dropLast()
    #expect(rounds.count >= 2 && rounds.allSatisfy { $0.hasPrefix("round ") }, "\(heard)")
    #expect(rounds.allSatisfy { $0.contains(" of 9") }, "\(heard)")
  }

  @Test func `statements without loops are not heard of, and those that fail end`() throws {
    #expect(try heard("wait(); wait(); wait()") == [])
    #expect(try heard("for i in 0..2 { 1 }") == ["begin", "end"])
    let host = ListeningHost()
    let interpreter = Interpreter(library: Library([Library.general]), host: host)
    let source = Source(name: "test", text: Array("for i in 0..2 { fail(\"no\") }".utf8))
    #expect(throws: (any Error).self) {
      try interpreter.run(Parser.parse(source), report: { _ in })
    }
    #expect(host.heard == ["begin", "end"])
  }
}
