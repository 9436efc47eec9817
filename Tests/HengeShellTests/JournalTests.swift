// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeTestSupport
import Testing

@testable import HengeShell

@Suite struct JournalTests {
  private func journal(_ folder: TemporaryFolder) throws -> Journal {
    try #require(
      Journal(
        folder: "\(folder.path)/state", seed: 3, workingFolder: folder.path, outputFolder: nil))
  }

  /// A session whose process is gone: its journal is there, and nobody holds its lock.
  private func killed(_ folder: TemporaryFolder, _ entries: [String]) throws -> [String: [UInt8]] {
    let typed = try TypedSession(in: folder, seed: 3, journal: journal(folder))
    for entry in entries {
      if entry.contains("round") { typed.interrupt(atCall: 2, of: "round") }
      try typed.type(entry)
    }
    return try typed.bytes()
  }

  @Test func `a lost session comes back as it was`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let expected = try killed(
      folder,
      [
        "A = faces(\"anime\", 9, size=8x8); B = faces(\"photo\", 9, size=8x8)",
        "t = difference_vector(A, B)", "nope", "s = \"tab\\tand\\nlines\"\nu = 'ü'",
        "repeat 100 { t.step(5); round(1.5) }", "x = rand(4)", "y = 1", ":back", "z = Out",
      ])
    let lost = LostSession.all(in: "\(folder.path)/state")
    #expect(lost.count == 1)
    #expect(lost[0].seed == 3)
    #expect(lost[0].workingFolder == folder.path)
    let typed = try TypedSession(in: folder, seed: 3)
    try typed.session.recover(lost[0])
    #expect(typed.runner.takeOutput() == "note: 6 entries recovered\n")
    #expect(try typed.bytes() == expected)
    #expect(typed.session.number == 9)
    #expect(LostSession.all(in: "\(folder.path)/state").isEmpty)
  }

  @Test func `a living session's journal is nobody else's`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let living = try TypedSession(in: folder, journal: journal(folder))
    try living.type("x = 1")
    #expect(LostSession.all(in: "\(folder.path)/state").isEmpty)
    let second = try journal(folder)
    #expect(second.path.hasSuffix("-2"))
    living.session.end()
    #expect(access("\(folder.path)/state/journal-\(getpid())", F_OK) != 0)
  }

  @Test func `an entry without an outcome is left out and said`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    do {
      let journal = try journal(folder)
      func source(_ number: Int) -> Source {
        Source(name: "[\(number)]", text: Array("x = \(number)".utf8))
      }
      var first = Entry(number: 1, source: source(1))
      journal.begin(first)
      first.outcome = .good
      journal.end(first)
      journal.begin(Entry(number: 2, source: source(2)))
    }
    let typed = try TypedSession(in: folder)
    try typed.session.recover(try #require(LostSession.all(in: "\(folder.path)/state").first))
    #expect(
      typed.runner.takeOutput()
        == "note: 1 entry recovered; [2] was running and is left out\n")
    #expect(typed.value("x") == "1")
    #expect(typed.session.number == 3)
  }

  @Test func `the journal is for nobody else to read`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let journal = try journal(folder)
    var status = stat()
    #expect(stat(journal.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }
}
