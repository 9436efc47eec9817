// SPDX-License-Identifier: MIT
import HengeLanguage
import HengeTestSupport
import Testing

@testable import HengeSession

/// Entries that other processes run as well.
@Suite struct EntryPeersTests {
  /// Others that keep what they are handed, and answer as they are told.
  private final class Others: EntryPeers {
    var handed: [String?] = []
    var errors: [String?] = []
    var answer = EntryMeeting(error: nil, isUndone: false)
    var areLost: Bool { false }
    func begin(_ entry: String?) { handed.append(entry) }
    func meet(_ ending: EntryEnding) -> EntryMeeting {
      errors.append(ending.error?.code)
      return answer
    }
  }

  private func typed(_ others: Others) throws -> TypedSession {
    try TypedSession { _, setup in setup.peers = others }
  }

  @Test func `what changes the session is handed on once, the rest is not`() throws {
    let others = Others()
    let typed = try typed(others)
    for entry in ["x = 1", ":back", ":set", ":help", ":time x = 2", ":pwd", ""] {
      try typed.type(entry)
    }
    #expect(others.handed == ["x = 1", ":back", ":set", ":time x = 2"])
    #expect(others.errors == [nil, nil, nil, nil])
  }

  @Test func `an entry after which processes differ is undone`() throws {
    let others = Others()
    let typed = try typed(others)
    try typed.type("x = 1")
    others.answer = EntryMeeting(
      error: Diagnostic("E-ranks", "rank 1 (there) failed"), isUndone: true)
    #expect(try typed.type("x = 2; y = 3").contains("E-ranks: rank 1 (there) failed"))
    #expect(typed.value("x") == "1")
    #expect(typed.value("y") == "nothing")
    #expect(typed.session.keptEntries.map(\.text) == ["x = 1"])
  }

  @Test func `the error of another leaves what is alike`() throws {
    let others = Others()
    let typed = try typed(others)
    others.answer = EntryMeeting(
      error: Diagnostic("E-ranks", "rank 1 (there) failed"), isUndone: false)
    let said = try typed.type("x = 2; y = unknown")
    #expect(said.contains("E-ranks: rank 1 (there) failed"))
    #expect(said.contains("kept: the statement before it"))
    #expect(typed.value("x") == "2")
    #expect(others.errors == ["E-name"])
  }
}
