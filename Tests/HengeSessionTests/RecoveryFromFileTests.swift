// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeLibrary
import HengeTestSupport
import HengeThreads
import Testing

@testable import HengeSession

/// A killed session whose trainer was saved comes back from the file, to the same bytes.
@Suite struct RecoveryFromFileTests {
  private let sets = "A = faces(\"anime\", 9, size=8x8); B = faces(\"photo\", 9, size=8x8)"

  /// A session in which `entries` were typed, the last one under way where `isKilled`, when its process
  /// was killed.
  private func kill(
    _ folder: TemporaryFolder, after entries: [String], killedAtCall call: Int? = nil
  ) throws -> [String: [UInt8]] {
    let journal = try Journal(
      folder: "\(folder.path)/state", seed: nil, workingFolder: folder.path, outputFolder: nil)
    let typed = try TypedSession(in: folder, journal: journal)
    for entry in entries.dropLast(call == nil ? 0 : 1) { try typed.type(entry) }
    let before = try typed.bytes()
    guard let call, let last = entries.last else { return before }
    // What is on the disk when the built-in is called so often is what a kill leaves there.
    var calls = 0
    let killed = "\(folder.path)/killed"
    mkdir(killed, 0o700)
    typed.runner.interpreter.machine.observer = { name, _, _ in
      guard name == "round" else { return }
      calls += 1
      guard calls == call, let bytes = try? readAll(journal.path),
        let file = fopen("\(killed)/journal-9", "w")
      else { return }
      _ = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
      fclose(file)
      typed.runner.interrupt.request()
    }
    try typed.type(last)
    return before
  }

  private func recover(_ folder: TemporaryFolder, in state: String = "state") throws -> (
    said: String, typed: TypedSession, steps: [Int]
  ) {
    let lost = try #require(RecoverableSession.all(in: "\(folder.path)/\(state)").first)
    let typed = try TypedSession(in: folder)
    var steps: [Int] = []
    typed.runner.interpreter.machine.observer = { name, _, _ in
      if name == "step" { steps.append(1) }
    }
    try typed.session.recover(lost)
    typed.runner.interpreter.machine.observer = nil
    return (typed.runner.takeOutput(), typed, steps)
  }

  @Test(arguments: [
    ["t.step(20, save=\"t.safetensors\")"],
    ["t.step(20)", "save(t, \"t.safetensors\")"],
    [
      "t.step(7); t.lr = 0.05",
      "t.step(13, every=5, watch=t => none, save=\"t.safetensors\"); y = 5",
    ],
  ])
  func `a trainer that was saved is loaded, and the rest runs`(_ training: [String]) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let expected = try kill(
      folder,
      after: [
        "x = rand(3)", sets, "t = difference_vector(A, B, batch=4); 6 * 7", "z = ans",
      ] + training + ["w = rand(2) + t.count"])
    let (said, typed, steps) = try recover(folder)
    #expect(said.contains("note: `t` is resumed from \(folder.path)/t.safetensors"), "\(said)")
    #expect(steps.isEmpty, "\(said)")
    #expect(try typed.bytes() == expected)
    // What it saves is the session as it was typed.
    try typed.type(":save s.henge")
    let script = String(decoding: try readAll("\(folder.path)/s.henge"), as: UTF8.self)
    #expect(script.contains("step(") && !script.contains("resume("), "\(script)")
  }

  @Test(arguments: [
    "t.step(5); x = t.count", "f = () => t.count", "u = t", "t", "t.step(2, watch=t => print(k))",
    "t.step(2, watch=t => { rand(1); none })",
  ])
  func `where something else looks at the trainer it trains again`(_ entry: String) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let expected = try kill(
      folder,
      after: [
        "k = 1", sets, "t = difference_vector(A, B, batch=4)", entry,
        "t.step(20, save=\"t.safetensors\")",
      ])
    let (said, typed, steps) = try recover(folder)
    #expect(!said.contains("is resumed from") && !steps.isEmpty, "\(said)")
    #expect(try typed.bytes() == expected)
  }

  @Test(arguments: [
    // Another sample is drawn for the file, which is refused.
    ("D.sample(2)", "has changed, so `g` is trained again", 2),
    ("D.take(2)", "`g` is resumed from", 1),
  ])
  func `it trains again where the held-out images of the file are others`(
    held: String, note: String, stepsAgain: Int
  ) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let made =
      "g = cyclegan(C, D, base=2, blocks=0, layers=1, pool=2, val=[C.take(2), \(held)])"
    let expected = try kill(
      folder,
      after: [
        "C = faces(\"anime\", 6, size=16x16); D = faces(\"photo\", 6, size=16x16)", made,
        "g.step(3, every=2, save=\"g.safetensors\")", "m = conv(3, 3); w = m(rand(3x4x4))",
        "g.step(1)",
      ])
    let (said, typed, steps) = try recover(folder)
    #expect(said.contains(note), "\(said)")
    #expect(steps.count == stepsAgain)
    #expect(try typed.bytes() == expected)
  }

  @Test func `a file that changed since is not loaded`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let expected = try kill(
      folder,
      after: [sets, "t = difference_vector(A, B)", "t.step(20, save=\"t.safetensors\")"])
    let file = try #require(fopen("\(folder.path)/t.safetensors", "a"))
    fputs(" ", file)
    fclose(file)
    let (said, typed, steps) = try recover(folder)
    #expect(!said.contains("is resumed from") && !steps.isEmpty, "\(said)")
    #expect(try typed.bytes() == expected)
  }

  @Test func `the entry that was killed is back at its last save`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    _ = try kill(
      folder,
      after: [
        sets, "t = difference_vector(A, B); t.step(4)",
        "x = 7; t.step(1000, every=10, watch=t => { round(1.5); none }, save=\"t.safetensors\", save_every=16)",
      ], killedAtCall: 5)
    let (said, typed, steps) = try recover(folder, in: "killed")
    #expect(said.contains("[3] was running and continues from its last save"), "\(said)")
    #expect(steps.isEmpty)
    #expect(typed.value("x") == "7")
    let count = try typed.type("print(t.count)")
    #expect(count == "48")
    let whole = try TypedSession()
    try whole.type(sets)
    try whole.type("t = difference_vector(A, B); t.step(48); x = 7")
    #expect(try typed.bytes()["t"] == whole.bytes()["t"])
  }
}
