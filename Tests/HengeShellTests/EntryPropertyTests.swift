// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeTestSupport
import Testing

@testable import HengeShell

/// Random sessions with entries that fail and that are stopped: what `:save` writes, and what a journal
/// has, leads to the same state to the byte.
@Suite struct EntryPropertyTests {
  /// Draws entries.
  private struct Typist {
    var random: SplitMix
    let hasNetworks: Bool

    mutating func number(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    mutating func pick(_ choices: [String]) -> String { choices[number(choices.count)] }

    /// A statement that ends well.
    mutating func statement() -> String {
      let (a, b) = (number(9), number(4))
      var choices = [
        "x = \(a); y += x", "l += [\(a)]", "l[0] = \(a)", "w = rand(\(b + 1))", "rand(2)",
        "v = rand(3, rng=r)", "ans", "t.step(\(b))", "t.lr = 0.\(a + 1)", "round(0.5)",
        "q = t.count + y", "s = snapshot(t)", "t.step(\(a), every=2, watch=t => { rand(1); none })",
      ]
      if hasNetworks {
        choices += [
          "g.step(\(b))", "g.lr = 1e-\(a + 1)", "g.step(\(b), log=t => (n=t.count), best=\"n\")",
          "g.step(\(b), every=2)", "g.record((k=\(a)))",
        ]
      }
      return pick(choices)
    }

    /// A statement that may fail, or that Ctrl-C may stop, somewhere within.
    mutating func hazard() -> String {
      let (a, b) = (number(6), number(6))
      let trainer = hasNetworks && number(2) == 0 ? "g" : "t"
      let fails = pick(["nope", "fail(\"no\")", "round(1.5)", "x = \"a\" + 1", "round(2.5)"])
      return pick(
        [
          "nope", "fail(\"no\")", "while true { round(1.5) }",
          "for i in 0..\(a) { \(statement()); if i == \(b) { \(fails) }; \(statement()) }",
          "repeat \(a) { \(statement()); \(trainer).step(2); if t.count % 3 == \(b) { \(fails) } }",
          "\(trainer).step(\(a + b), every=2, watch=t => { if t.count % 4 == \(b) { \(fails) }; none })",
          "\(trainer).step(\(a + b), every=3, watch=t => { rand(1); round(1.5); none })",
          "if true { \(statement()); \(statement()); \(fails) }",
          "t.step(2); \(statement()); \(fails); \(statement())",
        ]
          + (hasNetworks
            ? [
              "g.step(\(a + b), every=2, log=t => { if t.count % 4 == \(b) { \(fails) }; (n=rand(1).item()) }, best=\"n\")",
              "g.step(\(a + b), every=2, log=t => (n=rand(1).item()), watch=t => { round(0.5); none })",
            ] : []))
    }

    mutating func entry() -> String {
      let statements = (0..<(number(3) + 1)).map { _ in number(2) == 0 ? hazard() : statement() }
      return statements.joined(separator: number(2) == 0 ? "; " : "\n")
    }
  }

  private struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return (z ^ (z >> 31)) >> 1
    }
  }

  /// The state of a session: names with their bytes, and what is drawn next.
  private func state(_ typed: TypedSession) throws -> [String: [UInt8]] {
    var state = try typed.bytes()
    // A snapshot is told from its trainer's state, which is compared.
    state["s"] = nil
    state["next draw"] = Array(try typed.type("print(rand(3))").utf8)
    return state
  }

  private func check(seed: UInt64, hasNetworks: Bool, entries: Int) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    var typist = Typist(random: SplitMix(state: seed), hasNetworks: hasNetworks)
    let journal = try Journal(
      folder: "\(folder.path)/state", seed: 3, workingFolder: folder.path, outputFolder: nil)
    var typed: TypedSession? = try TypedSession(in: folder, seed: 3, journal: journal)
    var text: [String] = []
    func type(_ entry: String) throws {
      text.append(entry)
      typed?.interrupt(atCall: 1 + typist.number(3), of: "round")
      try typed?.type(entry)
      typed?.runner.interpreter.machine.observer = nil
    }
    try type("A = faces(\"anime\", 6, size=8x8); B = faces(\"photo\", 6, size=8x8)")
    try type("t = difference_vector(A, B, batch=4); r = rng(\"mine\"); x = 0; y = 0; l = [0]")
    if hasNetworks {
      try type("C = faces(\"anime\", 3, size=16x16); D = faces(\"photo\", 3, size=16x16)")
      try type("g = cyclegan(C, D, base=2, blocks=0, layers=1, pool=2, val=[C.take(2), D.take(2)])")
    }
    #expect(typed?.value("g") != "nothing" || !hasNetworks)
    for _ in 0..<entries { try type(typist.entry()) }
    try typed?.type(":save replay.henge")
    // The journal as it is when the process is killed here, with nobody's lock.
    let killed = "\(folder.path)/killed"
    mkdir(killed, 0o700)
    let file = try #require(fopen("\(killed)/journal-9", "w"))
    let bytes = try readAll(journal.path)
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    fclose(file)
    let expected = try state(try #require(typed))
    typed = nil

    let all = text.joined(separator: "\n")
    let replayed = try TypedSession(in: folder, seed: 0)
    let said = try replayed.type(":load replay.henge")
    #expect(!said.contains("E-"), "seed \(seed): \(said)\n\(all)")
    #expect(try state(replayed) == expected, "seed \(seed), replayed:\n\(all)")

    let recovered = try TypedSession(in: folder, seed: 3)
    try recovered.session.recover(try #require(RecoverableSession.all(in: killed).first))
    let notes = recovered.runner.takeOutput()
    #expect(notes.contains("recovered"), "seed \(seed): \(notes)\n\(all)")
    #expect(try state(recovered) == expected, "seed \(seed), recovered:\n\(all)")
  }

  @Test(arguments: Array(1...60))
  func `sessions with entries that fail replay to the same bytes`(_ seed: Int) throws {
    try check(seed: UInt64(seed), hasNetworks: false, entries: 8)
  }

  @Test(arguments: Array(1...6))
  func `so do those with trainers that measure`(_ seed: Int) throws {
    try check(seed: UInt64(100 + seed), hasNetworks: true, entries: 4)
  }
}
