// SPDX-License-Identifier: MIT
import HengeLanguage
import HengeTestSupport
import Testing

@testable import HengeSession

@Suite struct RunnerTests {
  private func ending(of text: String) -> Ending {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let script = ScriptRunner(folder: folder.path)
    return Runner(script.interpreter, script.events).run(
      Source(name: "test", text: Array(text.utf8)))
  }

  @Test func aProgramThatRunsEndsWell() { #expect(ending(of: "x = 1; x + 1;") == .finished) }

  @Test func anErrorEndsIt() { #expect(ending(of: "x = 1 +") == .failed) }

  @Test func aFailedStatementEndsIt() { #expect(ending(of: "1 // 0;") == .failed) }
}
