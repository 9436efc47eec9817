// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage
internal import HengeThreads

/// A session that was killed, as its journal has it.
public final class LostSession {
  /// An entry that left something behind.
  struct Kept: Equatable {
    let number: Int
    let name: String
    let folder: String?
    let text: String
  }

  /// The seed that its command line gave.
  public let seed: UInt64?
  /// The folder that it ran in.
  public let workingFolder: String
  /// The folder that its command line gave for what it writes.
  public let outputFolder: String?
  /// The entries to run again, in order.
  let entries: [Kept]
  /// The entry that ran when the session ended, which is not run again.
  let running: Int?
  private let path: String
  private let modified: Int
  /// Holds the lock, so that two recoveries do not take one journal.
  private let descriptor: Int32

  /// How many entries can be brought back.
  public var count: Int { entries.count }

  deinit { close(descriptor) }

  /// The sessions below `folder` that nobody runs any more, latest first; journals without an entry
  /// worth keeping are removed.
  public static func all(in folder: String) -> [LostSession] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var found: [LostSession] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasPrefix("journal-") else { continue }
      guard let session = LostSession("\(folder)/\(name)") else { continue }
      if session.entries.isEmpty { session.remove() } else { found.append(session) }
    }
    return found.sorted { ($0.modified, $0.path) > ($1.modified, $1.path) }
  }

  /// None when somebody runs it, or it is no journal.
  private init?(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &status) == 0,
      let bytes = try? readAll(path)
    else {
      close(descriptor)
      return nil
    }
    let records = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(LostSession.unescaped)
    }
    guard let first = records.first, first.count == 4, first[0] == "session" else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    self.path = path
    modified = Int(status.st_mtim.tv_sec)
    seed = UInt64(first[1])
    workingFolder = first[2]
    outputFolder = first[3].isEmpty ? nil : first[3]
    (entries, running) = LostSession.entries(records.dropFirst())
  }

  /// Removes the journal, once its entries are another session's.
  public func remove() { unlink(path) }

  /// A record that was cut short when the machine stopped is not taken for whole: it has too few
  /// fields, or no outcome.
  private static func entries(_ records: ArraySlice<[String]>) -> ([Kept], running: Int?) {
    var kept: [Kept] = []
    var waiting: Kept?
    for record in records {
      guard record.count >= 2, let number = Int(record[1]) else { continue }
      switch record[0] {
      case "entry" where record.count == 5:
        waiting = Kept(
          number: number, name: record[2], folder: record[3].isEmpty ? nil : record[3],
          text: record[4])
      case "good" where waiting?.number == number:
        if let waiting { kept.append(waiting) }
        waiting = nil
      case "did" where waiting?.number == number && record.count == 3:
        if !record[2].isEmpty {
          kept.append(
            Kept(number: number, name: "[\(number)]", folder: waiting?.folder, text: record[2]))
        }
        waiting = nil
      case "nothing": waiting = nil
      case "back": kept.removeAll { $0.number >= number }
      default: break
      }
    }
    return (kept, waiting?.number)
  }

  private static func unescaped(_ field: Substring) -> String {
    var result = ""
    var isEscaped = false
    for scalar in field.unicodeScalars {
      if isEscaped {
        switch scalar {
        case "n": result += "\n"
        case "t": result += "\t"
        default: result.unicodeScalars.append(scalar)
        }
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension PromptSession {
  /// Runs the entries of a lost session again under their numbers, without their results; the lost
  /// session's journal is removed when all of them run.
  public func recover(_ lost: LostSession) throws {
    console.isMuted = true
    defer { console.isMuted = false }
    for entry in lost.entries {
      interrupt.clear()
      skip(to: entry.number)
      if entry.text.contains(Remains.wordless) {
        try say("what [\(entry.number)] did before Ctrl-C stopped it is lost")
      }
      let source = Source(name: entry.name, text: Array(entry.text.utf8), folder: entry.folder)
      _ = try run(source)
      guard log.last?.outcome == .good else {
        return try say(
          "[\(entry.number)] did not run again, so it and what follows are not recovered; the journal is kept"
        )
      }
    }
    lost.remove()
    let unfinished = lost.running.map { "; [\($0)] was running and is left out" } ?? ""
    let count = lost.entries.count
    try say("\(count) \(count == 1 ? "entry" : "entries") recovered\(unfinished)")
    if let running = lost.running { skip(to: running + 1) }
  }
}
