// SPDX-License-Identifier: MIT
import Glibc
import HengeTestSupport
import Testing

@testable import HengeSession

/// A trainer of every kind comes back from what was typed: by a script of the session, and by the
/// journal of a process that is gone.
@Suite struct TrainerReplayTests {
  @Test(arguments: TrainerExample.all)
  func `a trainer comes back to its bytes`(_ example: TrainerExample) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let state = "\(folder.path)/state"
    func typed() throws -> (expected: [String: [UInt8]], script: String) {
      let journal = try Journal(
        folder: state, seed: 3, workingFolder: folder.path, outputFolder: nil)
      let typed = try TypedSession(in: folder, seed: 3, journal: journal)
      for line in [example.sets, "t = \(example.make)", "t.step(2)"] { try typed.type(line) }
      // Ctrl-C comes in the middle: the whole steps stay.
      typed.interrupt(atCall: 2, of: "round")
      try typed.type("repeat 100 { t.step(2); round(1.5) }")
      let expected = try typed.bytes()
      return (expected, try typed.type(":save replay.henge"))
    }
    let (expected, script) = try typed()
    #expect(expected["t"]?.isEmpty == false)
    #expect(script.contains("saved in replay.henge"))
    let replayed = try TypedSession(in: folder)
    #expect(try replayed.type(":load replay.henge").contains("E-") == false)
    #expect(try replayed.bytes() == expected, "by the script")
    let recovered = try TypedSession(in: folder, seed: 3)
    try recovered.session.recover(try #require(RecoverableSession.all(in: state).first))
    #expect(recovered.runner.takeOutput().contains("recovered"))
    #expect(try recovered.bytes() == expected, "by the journal")
  }
}
