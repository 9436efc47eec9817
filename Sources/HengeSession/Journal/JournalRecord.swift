// SPDX-License-Identifier: MIT

/// A file that an entry saved a trainer to, at a whole step.
struct SavedTrainer: Equatable {
  /// The entry.
  let number: Int
  /// The trainer's name.
  let name: String
  /// Where it was saved, absolute.
  let file: String
  /// The hash of the file's bytes.
  let hash: String
  /// What the entry had done by then.
  let did: String
}

/// A line of a journal: fields between tabs, and a checksum of them as the last.
enum JournalRecord: Equatable {
  /// The first line: what the session was started with.
  case session(seed: UInt64?, workingFolder: String, outputFolder: String?)
  /// An entry is about to run; `typed` is what `In` has of it, where that is another text.
  case entry(number: Int, name: String, folder: String?, text: String, typed: String?)
  /// It ran.
  case good(Int)
  /// Nothing of it stayed.
  case nothing(Int)
  /// This does what stayed of it.
  case did(Int, String)
  /// The entries from here on were undone.
  case back(Int)
  /// The entry that runs saved a trainer.
  case saved(SavedTrainer)
  /// The entries from here on have relative paths in this folder.
  case folder(String)

  /// Journals with checksums; those of the first version have none.
  private static let version = "2"

  // MARK: Writing

  /// The line that represents it, with its newline.
  var line: [UInt8] {
    let text = fields.map(\.escapedLine).joined(separator: "\t")
    let bytes = Array(text.utf8)
    return bytes + Array("\t\(JournalRecord.checksum(bytes[...]))\n".utf8)
  }

  private var fields: [String] {
    switch self {
    case .session(let seed, let folder, let output):
      ["session", seed.map(String.init) ?? "", folder, output ?? "", JournalRecord.version]
    case .entry(let number, let name, let folder, let text, let typed):
      ["entry", String(number), name, folder ?? "", text] + (typed.map { [$0] } ?? [])
    case .good(let number): ["good", String(number)]
    case .nothing(let number): ["nothing", String(number)]
    case .did(let number, let text): ["did", String(number), text]
    case .back(let number): ["back", String(number)]
    case .saved(let save):
      ["saved", String(save.number), save.name, save.file, save.hash, save.did]
    case .folder(let folder): ["folder", folder]
    }
  }

  /// FNV-1a in 64 bits: it is to notice a damaged line, not a forged one.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  // MARK: Reading

  /// Whether the journal that begins with the line `first` has checksums.
  static func hasChecksums(_ first: ArraySlice<UInt8>) -> Bool {
    first.split(separator: tab, omittingEmptySubsequences: false).count != 4
  }

  /// Reads a line without its newline; none where it is damaged.
  init?(_ line: ArraySlice<UInt8>, hasChecksum: Bool) {
    var line = line
    if hasChecksum {
      guard let end = line.lastIndex(of: JournalRecord.tab),
        line[(end + 1)...].elementsEqual(JournalRecord.checksum(line[..<end]).utf8)
      else { return nil }
      line = line[..<end]
    }
    var fields: [String] = []
    for part in line.split(separator: JournalRecord.tab, omittingEmptySubsequences: false) {
      guard let text = String(validating: part, as: UTF8.self) else { return nil }
      fields.append(text.unescapedLine)
    }
    if hasChecksum, fields.first == "session" {
      guard fields.popLast() == JournalRecord.version else { return nil }
    }
    self.init(fields)
  }

  private init?(_ fields: [String]) {
    if fields.first == "session" {
      guard fields.count == 4, fields[2].hasPrefix("/") else { return nil }
      let seed = UInt64(fields[1])
      guard seed != nil || fields[1].isEmpty else { return nil }
      self = .session(
        seed: seed, workingFolder: fields[2], outputFolder: fields[3].isEmpty ? nil : fields[3])
      return
    }
    if fields.first == "folder" {
      guard fields.count == 2, fields[1].hasPrefix("/") else { return nil }
      self = .folder(fields[1])
      return
    }
    guard fields.count > 1, let number = Int(fields[1]), number > 0 else { return nil }
    switch (fields[0], fields.count) {
    case ("entry", 5...6):
      self = .entry(
        number: number, name: fields[2], folder: fields[3].isEmpty ? nil : fields[3],
        text: fields[4], typed: fields.count > 5 ? fields[5] : nil)
    case ("good", 2): self = .good(number)
    case ("nothing", 2): self = .nothing(number)
    case ("did", 3): self = .did(number, fields[2])
    case ("back", 2): self = .back(number)
    case ("saved", 6):
      self = .saved(
        SavedTrainer(
          number: number, name: fields[2], file: fields[3], hash: fields[4], did: fields[5]))
    default: return nil
    }
  }

  private static let tab = UInt8(ascii: "\t")
}
