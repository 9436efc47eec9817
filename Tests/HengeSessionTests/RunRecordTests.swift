// SPDX-License-Identifier: MIT
import HengeTestSupport
import Testing
@testable import HengeSession

@Suite struct RunRecordTests {

  @Test func aRunThatDoesNotEndIsFoundByTheNextOfItsScript() {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    do {
      let record = RunRecord(folder: folder.path + "/state", script: "/x/a\nb.henge")
      #expect(record.unfinished() == [])
      record.saves(to: "/x/run\\1.safetensors")
      record.saves(to: "/x/run\\1.safetensors")
      record.saves(to: "/x/two.safetensors")
      // It lives, and nobody takes it for dead.
      #expect(RunRecord(folder: folder.path + "/state", script: "/x/a\nb.henge").unfinished() == [])
    }
    let next = RunRecord(folder: folder.path + "/state", script: "/x/a\nb.henge")
    #expect(next.unfinished() == ["/x/run\\1.safetensors", "/x/two.safetensors"])
    #expect(RunRecord(folder: folder.path + "/state", script: "/x/c.henge").unfinished() == [])
    next.saves(to: "/x/two.safetensors")
    next.end()
    #expect(RunRecord(folder: folder.path + "/state", script: "/x/a\nb.henge").unfinished() == [])
  }

  @Test func whatIsNoRecordIsLeftAlone() {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    #expect(RunRecord(folder: folder.path, script: "/x/a.henge").unfinished() == [])
    RunRecord(folder: folder.path, script: "").end()
    #expect(RunRecord(folder: "/nowhere/at/all", script: "/x/a.henge").unfinished() == [])
  }
}
