// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage
internal import HengeThreads

/// A session that was killed, as its journal has it.
public final class RecoverableSession {
  /// The contents of its journal.
  let journal: JournalReader
  /// The folder that it ran in.
  public var workingFolder: String { journal.workingFolder }
  /// The seed from its command line.
  public var seed: UInt64? { journal.seed }
  /// The output folder from its command line.
  public var outputFolder: String? { journal.outputFolder }
  private let path: String
  private let modified: Int
  /// The locked file, so that two recoveries do not take the same journal.
  private let descriptor: Int32

  /// The most bytes of a journal that are read.
  private static let longest = 256_000_000

  /// The number of entries that can be recovered.
  public var count: Int { journal.entries.count { !$0.text.isEmpty } }

  deinit { close(descriptor) }

  /// The killed sessions with a journal in `folder`, latest first.
  ///
  /// Journals without an entry are removed; those damaged before the first entry are renamed, and
  /// `note` is called.
  public static func all(in folder: String, note: (String) -> Void = { _ in })
    -> [RecoverableSession]
  {
    var found: [RecoverableSession] = []
    for name in StateFolder.names(in: folder, prefix: "journal-") {
      guard let session = RecoverableSession("\(folder)/\(name)") else { continue }
      if session.count > 0 || !session.journal.saves.isEmpty {
        found.append(session)
      } else if session.journal.damagedLine != nil {
        note(session.putAside())
      } else {
        session.remove()
      }
    }
    return found.sorted { ($0.modified, $0.path) > ($1.modified, $1.path) }
  }

  /// `nil` if its session is still running, or it is not a regular file.
  private init?(_ path: String) {
    // A pipe would wait for a writer, and a link may lead to anything.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      flock(descriptor, LOCK_EX | LOCK_NB) == 0
    else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    self.path = path
    modified = Int(status.st_mtim.tv_sec)
    let bytes = readAll(descriptor, limit: RecoverableSession.longest)
    journal = JournalReader(bytes, isCut: Int(status.st_size) > bytes.count)
  }

  /// Removes the journal, after another session has taken over its entries.
  func remove() { unlink(path) }

  /// Renames a damaged journal so that it is not recovered again; returns the note about it.
  func putAside() -> String {
    let line = journal.damagedLine ?? 0
    let parts = path.split(separator: "/")
    let aside =
      "/" + (parts.dropLast() + ["damaged-\(parts.last ?? "")"]).joined(separator: "/")
    var status = stat()
    let isFree = lstat(aside, &status) != 0
    let place = isFree && rename(path, aside) == 0 ? aside : path
    let last = journal.entries.count
    let kept = last == 0 ? "nothing is" : "nothing after [\(last)] is"
    return "the journal is damaged at line \(line), so \(kept) recovered; it is kept as \(place)"
  }
}

extension EntrySession {
  /// Runs the entries of a killed session again under their numbers, without showing their results, and
  /// removes its journal if all of them succeed.
  ///
  /// A saved trainer is resumed from its file where that leads to the same state.
  public func recover(_ lost: RecoverableSession) throws {
    output.isMuted = true
    defer { output.isMuted = false }
    let journal = lost.journal
    var shortcut = RecoveryFromFile(journal, interpreter.library, hash: setup.hash)
    let resumed = shortcut?.running
    if let save = shortcut?.save {
      try say("`\(save.name)` is resumed from \(save.file), saved by [\(save.number)]")
    }
    for entry in journal.entries + (resumed.map { [$0] } ?? []) {
      guard try isMoved(to: entry.place, for: "[\(entry.number)] and the following entries are")
      else {
        return
      }
      let other = shortcut.flatMap { way in
        way.texts.indices.contains(entry.number - 1) ? way.texts[entry.number - 1] : nil
      }
      guard !entry.text.isEmpty else {
        try pass(entry)
        continue
      }
      interrupt.clear()
      if entry.text.contains(PartialStatement.wordless) {
        try say("what [\(entry.number)] did before it was stopped or failed is lost")
      }
      let isSaver = entry.number == shortcut?.save.number
      _ = try run(
        source(entry.text, of: entry), typed: entry.typed,
        insteadOf: other.map { text in
          Substitute(
            text: source(text, of: entry), loading: shortcut?.loading,
            save: isSaver ? shortcut?.save : nil)
        })
      if substitutesFail, let save = shortcut?.save {
        try say("\(save.file) has changed, so `\(save.name)` is trained again")
        shortcut = nil
      }
      guard log.last?.outcome == .good else {
        return try say(
          "[\(entry.number)] failed, so it and the following entries are not recovered; the journal is kept"
        )
      }
    }
    let count = lost.count + (resumed == nil ? 0 : 1)
    let unfinished = journal.running.map { running in
      resumed == nil
        ? "; [\(running.number)] was running and is skipped"
        : "; [\(running.number)] was running and continues from its last save"
    }
    try say("\(count) \(count == 1 ? "entry" : "entries") recovered\(unfinished ?? "")")
    if let running = journal.running, resumed == nil { try pass(running) }
    guard try isMoved(to: journal.lastFolder, for: "the session is") else { return }
    if journal.damagedLine == nil { lost.remove() } else { try say(lost.putAside()) }
  }

  /// Whether `folder`, in which what follows ran, is the working folder now; says why it is not, and
  /// `what` is therefore not recovered.
  private func isMoved(to folder: String, for what: String) throws -> Bool {
    do {
      try move(to: folder)
      return true
    } catch let diagnostic as Diagnostic {
      try say("\(diagnostic.message), so \(what) not recovered; the journal is kept")
      return false
    }
  }

  private func source(_ text: String, of entry: JournalReader.Kept) -> Source {
    Source(name: entry.name, text: Array(text.utf8), folder: entry.folder)
  }

  /// Counts an entry of which nothing stayed, so that those after it have their numbers.
  private func pass(_ passed: JournalReader.Kept) throws {
    var entry = Entry(
      number: number,
      source: Source(
        name: passed.name, text: Array((passed.typed ?? "").utf8), folder: passed.folder),
      place: workingFolder)
    skip(to: number + 1)
    if let typed = passed.typed { inputs.keep(typed, number: entry.number) }
    entry.outcome = .nothing
    log.append(entry)
    try say(setup.journal?.begin(entry))
    try say(setup.journal?.end(entry))
  }
}
