// SPDX-License-Identifier: MIT
import HengeLanguage
import HengeTestSupport
import Testing

@testable import HengeSession

/// What stays of entries that fail and of those that Ctrl-C stops.
@Suite struct EntryRuleTests {
  private let sets = "A = faces(\"anime\", 12, size=8x8); B = faces(\"photo\", 12, size=8x8)"

  // MARK: Failed

  @Test func `the statements before the one that failed stay, and it is said`() throws {
    let typed = try TypedSession()
    try typed.type(sets)
    try typed.type("t = difference_vector(A, B); r = rng(\"mine\"); t.step(10)")
    try typed.type("x = 1; l = [t, [r]]")
    let ended = "x = 2; y = 3; t.step(5); t.lr = 0.5; rand(3); rand(2, rng=r); l += [4]"
    let said = try typed.type("\(ended); nope; x = 9")
    #expect(
      said.contains("E-name") && said.contains("kept: the 7 statements before it"), "\(said)")
    let other = try TypedSession()
    try other.type(sets)
    try other.type("t = difference_vector(A, B); r = rng(\"mine\"); t.step(10)")
    try other.type("x = 1; l = [t, [r]]")
    try other.type(ended)
    #expect(try typed.bytes() == other.bytes())
    #expect(try typed.type("rand(3)[0]") == other.type("rand(3)[0]"))
    #expect(
      typed.session.log[3].outcome == .part(statements: 7, lines: []))
    try expectReplay(of: typed)
  }

  @Test func `the statement that failed leaves names, handles and random streams as they were`()
    throws
  {
    let typed = try TypedSession()
    try typed.type("r = rng(\"mine\"); l = [1, 2]; x = 1")
    let before = try typed.bytes()
    let said = try typed.type(
      "if true { l[0] = 9; l += [3]; x = 2; rand(3); rand(2, rng=r); y = 1; nope }")
    #expect(said.contains("  restored: l, x, y"), "\(said)")
    #expect(try typed.bytes() == before)
    #expect(typed.session.log.last?.outcome == .nothing)
    let other = try TypedSession()
    #expect(try typed.type("rand(3)[0]") == other.type("rand(3)[0]"))
  }

  @Test func `an error of one statement that changed nothing says no more than itself`() throws {
    let typed = try TypedSession()
    for entry in ["nope", "x = nope", "fail(\"no\")", "1 +* 2", "x = 1; y = (2"] {
      let said = try typed.type(entry)
      #expect(!said.contains("stays") && !said.contains("as before"), "\(said)")
      #expect(typed.session.log.last?.outcome == .nothing)
    }
  }

  @Test func `names are looked up when their statement is reached`() throws {
    let typed = try TypedSession()
    try typed.type("x = 1\ny = x + 1\nz = nope\nw = 4")
    #expect(typed.value("y") == "2")
    #expect(typed.value("w") == "nothing")
    // What is never reached may name what is not there.
    #expect(try typed.type("if false { nope() }; x") == "1")
  }

  @Test func `handles inside functions go back too`() throws {
    let typed = try TypedSession()
    try typed.type("fn make() { r = rng(\"a\"); return () => rand(1, rng=r) }")
    try typed.type("f = make()")
    try typed.type("if true { f(); f(); fail(\"no\") }")
    let first = try typed.type("f().item()")
    let other = try TypedSession()
    #expect(try other.type("rand(1, rng=rng(\"a\")).item()") == first)
  }

  @Test func `whole steps of a statement that failed stay, with the trainer's settings`()
    throws
  {
    let typed = try TypedSession()
    try typed.type(sets)
    try typed.type("t = difference_vector(A, B); n = 0")
    let said = try typed.type(
      "for i in 0..9 { n += 1; t.lr = 0.1 / (i + 1); if i == 3 { nope }; t.step(5) }")
    #expect(said.contains("  kept: t is at step 15; restored: n, i"), "\(said)")
    #expect(
      typed.session.log.last?.outcome
        == .part(
          statements: 0,
          lines: [
            "t.lr = 0.1", "t.step(5)", "t.lr = 0.05", "t.step(5)", "t.lr = 0.03333333333333333",
            "t.step(5)", "t.lr = 0.025",
          ]))
    #expect(try typed.type("t.lr") == "0.025")
    try expectReplay(of: typed)
    // Without a step nothing of it stays.
    #expect(try typed.type("if true { t.lr = 0.5; nope }").contains("stays") == false)
    #expect(try typed.type("t.lr") == "0.025")
  }

  @Test func `a state that was brought back goes with the statement, unless steps were made`()
    throws
  {
    let typed = try TypedSession()
    try typed.type(sets)
    try typed.type("t = difference_vector(A, B); s = snapshot(t); t.step(5)")
    try typed.type("if true { restore(t, s); nope }")
    #expect(try typed.type("t.count") == "5")
    let said = try typed.type("if true { restore(t, s); t.step(2); nope }")
    #expect(said.contains("kept: all effects, but :save cannot repeat this entry"), "\(said)")
    #expect(try typed.type("t.count") == "2")
  }

  @Test func `a loop of one's own stays whole, and save says that it cannot repeat it`() throws {
    let typed = try TypedSession()
    try typed.type("m = linear(2, 1); o = sgd(m, lr=0.1); x = ones(4x2); n = 0")
    let said = try typed.type(
      "for i in 0..9 { n += 1; o.minimize(() => (m(x) ** 2).mean()); if i == 3 { nope } }")
    #expect(said.contains("kept: all effects, but :save cannot repeat this entry"), "\(said)")
    #expect(typed.value("n") == "4")
    #expect(try typed.type("o.count") == "4")
    let saved = try typed.type(":save s.henge")
    #expect(
      saved.contains("note: what [2] did before it was stopped or failed cannot be repeated"),
      "\(saved)")
  }

  @Test func `answers of statements that ended are saved`() throws {
    let typed = try TypedSession()
    try typed.type("0")
    try typed.type("6 * 7; nope")
    #expect(typed.value("ans") == "42")
    try typed.type("x = ans + Out[2]")
    #expect(typed.value("x") == "84")
    try expectReplay(of: typed)
  }

  // MARK: Stopped by Ctrl-C

  @Test func `a stopped loop keeps whole steps and says where the trainer is`() throws {
    let typed = try TypedSession()
    try typed.type(sets)
    try typed.type("t = difference_vector(A, B); losses = []; x = zeros(2)")
    typed.interrupt(atCall: 1, of: "round")
    let text =
      "for i in 0..100 { t.step(10); losses += [i]; x = x + 1; if i == 7 { round(1.5) } }"
    let said = try typed.type(text)
    #expect(said.hasPrefix("E-interrupt: stopped by Ctrl-C; t is at step 80 (consistent)"))
    #expect(said.contains("restored: losses, x, i"), "\(said)")
    #expect(typed.value("losses") == "[]")
    #expect(
      typed.session.log.last?.outcome == .part(statements: 0, lines: ["t.step(80)"]))
    try expectReplay(of: typed)
  }

  @Test(arguments: ["t", "ans", "Out[3]", "l[0].t"])
  func `a trainer that results hold too keeps its steps, by the best name there is`(_ name: String)
    throws
  {
    let typed = try TypedSession()
    try typed.type(sets)
    try typed.type("0")
    // The third entry's result is the trainer in all of these.
    try typed.type(name == "t" ? "t = difference_vector(A, B); t" : "difference_vector(A, B)")
    if name == "l[0].t" { try typed.type("l = [(t=ans)]") }
    if name == "Out[3]" { try typed.type("0") }
    typed.interrupt(atCall: 3, of: "round")
    let said = try typed.type(
      "repeat 1 { \(name).step(100, every=10, watch=t => { round(1.5); none }) }")
    #expect(said.contains("\(name) is at step 30 (consistent)"), "\(said)")
    #expect(said.contains("try: \(name).step(70) continues"), "\(said)")
    #expect(try typed.type("print(\(name).count)") == "30")
    try expectReplay(of: typed)
  }

  @Test func `steps of a trainer that only a function can reach stay, and are not repeated`() throws
  {
    let typed = try TypedSession()
    try typed.type(sets)
    let steps = "n => t.step(n, every=10, watch=t => { round(1.5); none })"
    try typed.type("fn make() { t = difference_vector(A, B); return [\(steps), () => t.count] }")
    try typed.type("f = make()")
    typed.interrupt(atCall: 3, of: "round")
    let said = try typed.type("f[0](100)")
    #expect(said.contains("kept: all effects, but :save cannot repeat this entry"), "\(said)")
    #expect(try typed.type("f[1]()") == "30")
  }

  @Test func `a stopped step says how to go on, and goes on to the same bytes`() throws {
    let typed = try TypedSession()
    try typed.type(sets)
    try typed.type("t = difference_vector(A, B)")
    typed.interrupt(atCall: 3, of: "round")
    let options = "every=10, watch=t => { round(1.5); none }"
    let said = try typed.type("t.step(100, \(options)); x = t.count")
    #expect(said.contains("t is at step 30 (consistent)"))
    #expect(said.contains("try: :go, which continues with t.step(70, \(options))"))
    // To look around in between costs nothing.
    try typed.type("t.count")
    #expect(try typed.type(":go").hasPrefix("t.step(70, \(options))\nx = t.count\n"))
    #expect(typed.value("x") == "100")
    #expect(try typed.type(":go").hasPrefix("E-name: nothing was stopped"))
    try expectReplay(of: typed)
    let whole = try TypedSession()
    try whole.type(sets)
    try whole.type("t = difference_vector(A, B); t.step(100)")
    #expect(try typed.bytes()["t"] == whole.bytes()["t"])
  }

  @Test func `of a loop's first round nothing goes on`() throws {
    let typed = try TypedSession()
    try typed.type(sets)
    try typed.type("t = difference_vector(A, B)")
    typed.interrupt(atCall: 1, of: "round")
    let said = try typed.type("for i in 0..3 { t.step(20, every=10, watch=t => round(1.5)) }")
    #expect(said.contains("try: t.step(10) continues"))
    #expect(try typed.type(":go").hasPrefix("E-name: nothing was stopped"))
  }

  @Test func `statements before the stopped one count as done`() throws {
    let typed = try TypedSession()
    typed.interrupt(atCall: 1, of: "round")
    let said = try typed.type("x = rand(3); y = 2\nwhile true { round(0.5) }")
    #expect(said.contains("kept: the 2 statements before it"))
    #expect(typed.session.log.last?.outcome == .part(statements: 2, lines: []))
    try expectReplay(of: typed)
  }

  // MARK: With measures

  /// A small trainer with pictures that it measures itself by.
  private let measured =
    "C = faces(\"anime\", 6, size=16x16); D = faces(\"photo\", 6, size=16x16); g = cyclegan(C, D, base=2, blocks=0, layers=1, pool=2, val=[C.take(2), D.take(2)])"

  @Test func `a call that was stopped between steps is written as it was, for its steps`() throws {
    let typed = try TypedSession()
    try typed.type(measured)
    typed.interrupt(atCall: 2, of: "round")
    let options =
      "every=2, watch=t => { round(1.5); none }, log=t => (n=rand(1).item()), best=\"n\""
    let said = try typed.type("g.step(9, \(options))")
    #expect(said.contains("g is at step 4 (consistent)"), "\(said)")
    #expect(
      typed.session.log.last?.outcome
        == .part(statements: 0, lines: ["g.step(4, of=9, \(options))"]))
    try typed.type("g.lr = 1e-4; x = rand(2)")
    try expectReplay(of: typed)
  }

  @Test(arguments: ["log", "watch"])
  func `a measure that fails is not repeated, those before it are`(_ option: String) throws {
    let typed = try TypedSession()
    try typed.type(measured)
    let log =
      "log=t => (n=t.count / 4\(option == "log" ? " + (if t.count == 4 { nope } else { 0 })" : ""))"
    let watch = "watch=t => { if t.count == 4 { nope }; none }"
    let said = try typed.type("g.step(9, every=2, \(watch), \(log), best=\"n\")")
    #expect(said.contains("kept: g is at step 4"), "\(said)")
    #expect(try typed.type("len(g.log)") == "4")
    guard case .part(0, let lines) = typed.session.log[1].outcome else {
      Issue.record("\(typed.session.log[1].outcome)")
      return
    }
    // The measure before the first step, then the steps up to it.
    #expect(lines.dropFirst().first == "g.step(2, of=3)", "\(lines)")
    try expectReplay(of: typed)
  }

  @Test func `of leaves out what a call does at its end`() throws {
    let typed = try TypedSession()
    try typed.type(measured)
    try typed.type("g.step(3, of=4)")
    #expect(try typed.type("\"swd_a\" in keys(g.log[0])") == "false")
    try typed.type("g.step(1)")
    #expect(try typed.type("\"swd_a\" in keys(g.log[0])") == "true")
    #expect(
      try typed.type("g.step(3, of=2)").hasPrefix("E-range: 3 steps cannot be the first of 2"))
  }
}
