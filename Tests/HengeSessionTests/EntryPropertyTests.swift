// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeTestSupport
import Testing

@testable import HengeSession

/// Random sessions with entries that fail and that are stopped: what `:save` writes, and what a journal
/// has, leads to the same state to the byte.
@Suite struct EntryPropertyTests {
  private func check(seed: UInt64, hasNetworks: Bool, entries: Int) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    var typist = EntryTypist(seed: seed, hasNetworks: hasNetworks)
    let journal = try Journal(
      folder: "\(folder.path)/state", seed: 3, workingFolder: folder.path, outputFolder: nil)
    var typed: TypedSession? = try TypedSession(in: folder, seed: 3, journal: journal)
    var text: [String] = []
    func type(_ entry: String) throws {
      text.append(entry)
      try typed?.type(entry, stoppingAtRound: 1 + typist.number(3))
    }
    try typist.beginnings.forEach(type)
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
    let expected = try #require(typed).state()
    typed = nil

    let all = text.joined(separator: "\n")
    let replayed = try TypedSession(in: folder, seed: 0)
    let said = try replayed.type(":load replay.henge")
    #expect(!said.contains("E-"), "seed \(seed): \(said)\n\(all)")
    #expect(try replayed.state() == expected, "seed \(seed), replayed:\n\(all)")

    let recovered = try TypedSession(in: folder, seed: 3)
    try recovered.session.recover(try #require(RecoverableSession.all(in: killed).first))
    let notes = recovered.runner.takeOutput()
    #expect(notes.contains("recovered"), "seed \(seed): \(notes)\n\(all)")
    #expect(try recovered.state() == expected, "seed \(seed), recovered:\n\(all)")
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
