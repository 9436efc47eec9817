// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeTestSupport
import Testing

@testable import HengeSession

/// Loops that failed or were stopped by Ctrl-C, and continue after their last whole round.
@Suite struct StoppedLoopTests {
  private let sets =
    "A = faces(\"anime\", 12, size=8x8); B = faces(\"photo\", 12, size=8x8); xs = [A, B, A, B]"

  private func session() throws -> TypedSession {
    let typed = try TypedSession()
    typed.session.interpreter.machine.roundPause = 0
    try typed.type(sets)
    try typed.type("t = difference_vector(A, B); rows = []; n = 0")
    return typed
  }

  /// A loop that is stopped, with the rounds before and after as `:go` has them.
  struct Case: CustomTestStringConvertible {
    let loop: String
    let done: String
    let rest: String
    let round: String
    var testDescription: String { loop }
  }

  /// The body is stopped in its third round, at its second statement.
  private static let body = "{ t.step(5); round(n + 0.5); rows += [rand(1).item()]; n += 1 }"
  private static let cases = [
    Case(
      loop: "for i in 0..6 \(body)", done: "for i in 0..2 \(body)", rest: "for i in 2..6 \(body)",
      round: "round 2 of 6"),
    Case(
      loop: "for i in 9..0 by -2 \(body)", done: "for i in 9..5 by -2 \(body)",
      rest: "for i in 5..0 by -2 \(body)", round: "round 2 of 5"),
    Case(
      loop: "for lr in [1e-3, 2e-4, 1e-5, 0.5] \(body)", done: "for lr in [0.001, 0.0002] \(body)",
      rest: "for lr in [1e-05, 0.5] \(body)", round: "round 2 of 4"),
    Case(
      loop: "for D in xs \(body)", done: "for D in xs[:2] \(body)", rest: "for D in xs[2:] \(body)",
      round: "round 2 of 4"),
    Case(
      loop: "for i, s in enumerate(\"abcd\") \(body)",
      done: "for i, s in [[0, \"a\"], [1, \"b\"]] \(body)",
      rest: "for i, s in [[2, \"c\"], [3, \"d\"]] \(body)", round: "round 2 of 4"),
    Case(
      loop: "repeat 5 \(body)", done: "repeat 2 \(body)", rest: "repeat 3 \(body)",
      round: "round 2 of 5"),
    Case(
      loop: "while n < 7 \(body)", done: "repeat 2 \(body)", rest: "while n < 7 \(body)",
      round: "round 2"),
  ]

  @Test(arguments: cases)
  func `a stopped loop continues after its last whole round, to the same bytes`(_ one: Case)
    throws
  {
    let typed = try session()
    typed.interrupt(atCall: 3, of: "round")
    let said = try typed.type("y = 1; \(one.loop)\nz = t.count")
    #expect(said.contains("try: :go, which continues after \(one.round)"), "\(said)")
    #expect(typed.value("n") == "0")
    // To look around in between costs nothing.
    try typed.type("t.count")
    let answer = try typed.type(":go")
    #expect(answer.hasPrefix("\(one.rest)\nz = t.count"), "\(answer)")
    #expect(typed.session.keptEntries.suffix(2).first?.text == "y = 1\n\(one.done)")
    let whole = try session()
    try whole.type("y = 1; \(one.loop)\nz = t.count")
    let (bytes, expected) = (try typed.bytes(), try whole.bytes())
    for name in ["t", "rows", "n", "z", "y"] { #expect(bytes[name] == expected[name], "\(name)") }
    #expect(try typed.type("rand(3)") == whole.type("rand(3)"))
    #expect(try typed.type(":go").hasPrefix("E-name: nothing was stopped"))
    try expectReplay(of: typed)
  }

  @Test func `what continues can be stopped and continued again, and undone`() throws {
    let typed = try session()
    let loop = "for i in 0..9 \(StoppedLoopTests.body)"
    typed.interrupt(atCall: 3, of: "round")
    try typed.type(loop)
    typed.interrupt(atCall: 4, of: "round")
    let said = try typed.type(":go")
    #expect(said.contains("try: :go, which continues after round 3 of 7"), "\(said)")
    #expect(typed.value("n") == "2")
    try typed.type(":go")
    #expect(typed.value("n") == "9")
    try expectReplay(of: typed)
    // The last one drew numbers, to compare them.
    try typed.type(":back 4")
    #expect(typed.value("n") == "0")
    #expect(try typed.type("t.count") == "0")
    try expectReplay(of: typed)
  }

  @Test func `the rounds before the one that failed are had by go as well`() throws {
    let typed = try session()
    let said = try typed.type("for i in 0..5 { t.step(5); n += 1; if n == 4 { nope } }")
    #expect(said.hasPrefix("E-name: `nope` is not defined"))
    #expect(said.contains("restored: n, i, as before the loop"), "\(said)")
    #expect(said.contains(":go continues after round 3 of 5"), "\(said)")
    // It fails in the same place again; the rounds before stay.
    #expect(try typed.type(":go").contains("E-name: `nope` is not defined"))
    #expect(typed.value("n") == "3")
    try expectReplay(of: typed)
  }

  @Test func `an optimizer of one's own can be repeated where its rounds are kept`() throws {
    let typed = try session()
    try typed.type("m = conv(3, 1); x = m(A.tensor()); opt = sgd(m, lr=1e-3)")
    let loop =
      "for i in 0..6 { opt.minimize(() => m(A.tensor()).mean()); round(0.5); n += 1 }"
    typed.interrupt(atCall: 3, of: "round")
    let said = try typed.type(loop)
    #expect(said.contains("kept: all effects, but :save cannot repeat this entry"), "\(said)")
    try typed.type(":go")
    let whole = try session()
    try whole.type("m = conv(3, 1); x = m(A.tensor()); opt = sgd(m, lr=1e-3)")
    try whole.type(loop)
    #expect(try typed.type("m(A.tensor()).sum()") == whole.type("m(A.tensor()).sum()"))
    try expectReplay(of: typed)
  }

  @Test func `loops of files that a round runs are no rounds`() throws {
    let typed = try session()
    let file = try #require(fopen("\(typed.folder.path)/inner.henge", "w"))
    fputs("for j in 0..5 { k = j }", file)
    fclose(file)
    typed.interrupt(atCall: 3, of: "round")
    let said = try typed.type("for i in 0..6 { run(\"inner.henge\"); round(0.5); n += 1 }")
    #expect(said.contains("continues after round 3 of 6"), "\(said)")
    try typed.type(":go")
    #expect(typed.value("n") == "6")
  }

  @Test func `what changed since is not undone`() throws {
    let typed = try session()
    typed.interrupt(atCall: 3, of: "round")
    try typed.type("for i in 0..6 \(StoppedLoopTests.body)")
    try typed.type("w = 5")
    let said = try typed.type(":go")
    #expect(said.contains("[4] changed the session since the loop was stopped"), "\(said)")
    #expect(said.contains("try: :back to 3, then :go"), "\(said)")
    #expect(typed.value("w") == "5")
    // What it says to do works.
    try typed.type(":back to 3")
    try typed.type(":go")
    #expect(typed.value("n") == "6")
    try expectReplay(of: typed)
  }

  @Test(
    arguments: [
      "for x in A \(body)", "while rand(1).item() < 2 \(body)",
      "for D in xs { xs = []; t.step(5); round(n + 0.5); n += 1 }",
      "if true { for i in 0..6 \(body) }",
    ])
  func `a loop that text cannot divide has no rest`(_ loop: String) throws {
    let typed = try session()
    typed.interrupt(atCall: 3, of: "round")
    let said = try typed.type(loop)
    #expect(said.contains("stopped by Ctrl-C") && !said.contains(":go"), "\(said)")
  }

  @Test func `a state that is large beside the memory is not kept`() throws {
    let typed = try TypedSession { _, setup in setup.memoryLimit = { 1_000_000 } }
    typed.session.interpreter.machine.roundPause = 0
    try typed.type("n = 0")
    typed.interrupt(atCall: 3, of: "round")
    let said = try typed.type(
      "for i in 0..6 { big = zeros(900, 100); round(n + 0.5); n += 1 }")
    #expect(!said.contains(":go"), "\(said)")
  }
}
