// SPDX-License-Identifier: MIT

/// The intact part of a journal.
///
/// Entries draw random numbers one after another, so entries after a gap would draw other ones.
/// Therefore reading stops at the first line that is damaged, missing or out of order.
struct JournalReader {
  /// An entry of the session.
  struct Kept: Equatable {
    let number: Int
    let name: String
    let folder: String?
    /// The working folder when it ran.
    let place: String
    /// What does what it did; empty where nothing of it stayed.
    var text: String
    /// What `In` has of it; none where it was undone.
    var typed: String?
  }

  /// The seed from the command line.
  private(set) var seed: UInt64?
  /// The folder that it was started in.
  private(set) var workingFolder = "/"
  /// The working folder at its end.
  private(set) var lastFolder = "/"
  /// The output folder from the command line.
  private(set) var outputFolder: String?
  /// The entries that ended, by their numbers from 1 on.
  private(set) var entries: [Kept] = []
  /// The entry that ran when the session ended.
  private(set) var running: Kept?
  /// The files that trainers were saved to, oldest first.
  private(set) var saves: [SavedTrainer] = []
  /// The line, from 1 on, that is not sound.
  private(set) var damagedLine: Int?

  /// Parses a journal's bytes; `isCut` if the file is longer.
  init(_ bytes: [UInt8], isCut: Bool = false) {
    var start = 0
    var line = 0
    var hasChecksums = true
    // What follows the last newline was being written when the machine stopped.
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      line += 1
      let text = bytes[start..<end]
      if line == 1 { hasChecksums = JournalRecord.hasChecksums(text) }
      guard let record = JournalRecord(text, hasChecksum: hasChecksums),
        take(record, isFirst: line == 1)
      else {
        damagedLine = line
        running = nil
        return
      }
      start = end + 1
    }
    if isCut { damagedLine = line + 1 }
  }

  /// Takes the next record; false where it cannot follow those before.
  private mutating func take(_ record: JournalRecord, isFirst: Bool) -> Bool {
    switch record {
    case .session(let seed, let folder, let output):
      guard isFirst else { return false }
      (self.seed, workingFolder, outputFolder) = (seed, folder, output)
      lastFolder = folder
      return true
    case .entry(let number, let name, let folder, let text, let typed):
      guard !isFirst, running == nil, number == entries.count + 1 else { return false }
      running = Kept(
        number: number, name: name, folder: folder, place: lastFolder, text: text,
        typed: typed ?? text)
      return true
    case .good(let number): return end(number) { $0 }
    case .nothing(let number): return end(number) { _ in "" }
    case .did(let number, let lines): return end(number) { _ in lines }
    case .back(let number):
      guard !isFirst, running == nil, entries.indices.contains(number - 1) else { return false }
      saves.removeAll { $0.number >= number }
      for index in (number - 1)..<entries.count {
        entries[index].text = ""
        entries[index].typed = nil
      }
      return true
    case .folder(let folder):
      guard !isFirst, running == nil else { return false }
      lastFolder = folder
      return true
    case .saved(let save):
      guard running?.number == save.number else { return false }
      saves.append(save)
      return true
    }
  }

  private mutating func end(_ number: Int, _ left: (String) -> String) -> Bool {
    guard var entry = running, entry.number == number else { return false }
    entry.text = left(entry.text)
    entries.append(entry)
    running = nil
    return true
  }
}
