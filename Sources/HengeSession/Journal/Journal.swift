// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage

/// The file in which a session records its entries, so that they survive a crash.
///
/// Each entry is on disk before it runs, and its outcome is written afterwards. A session that ends
/// normally removes its file. While it runs it locks the file, which distinguishes it from the
/// files of killed sessions.
public final class Journal {
  /// The reason why no journal can be kept, in a few words.
  public struct Refusal: Error {
    /// The words.
    public let reason: String
  }

  private let descriptor: Int32
  /// The path of the file.
  public let path: String
  /// What the system refused to write so far: it goes first, or there would be a gap.
  private var unwritten: [UInt8] = []
  private var hasTrouble = false

  /// Begins the journal of a session in `workingFolder`; throws ``Refusal`` if no file can be
  /// created.
  public init(
    folder: String, seed: UInt64?, workingFolder: String, outputFolder: String?
  ) throws(Refusal) {
    try Journal.makeFolder(folder)
    // The file gets its name only once it is locked, so that no other process takes it for the
    // journal of a killed session.
    let temporary = "\(folder)/.journal-\(getpid())"
    // Left behind by an earlier process with this number; nothing else there is overwritten.
    unlink(temporary)
    let descriptor = open(
      temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Refusal(reason: systemMessage(errno)) }
    guard let path = Journal.name(in: folder), flock(descriptor, LOCK_EX | LOCK_NB) == 0,
      rename(temporary, path) == 0
    else {
      let reason = systemMessage(errno)
      unlink(temporary)
      close(descriptor)
      throw Refusal(reason: reason)
    }
    self.descriptor = descriptor
    self.path = path
    let first = JournalRecord.session(
      seed: seed, workingFolder: workingFolder, outputFolder: outputFolder)
    if let trouble = append(first) {
      unlink(path)
      close(descriptor)
      throw Refusal(reason: trouble)
    }
  }

  deinit { close(descriptor) }

  /// A name that nothing has: neither a file, nor a link that leads nowhere.
  private static func name(in folder: String) -> String? {
    var status = stat()
    for suffix in 1..<10_000 {
      let path = "\(folder)/journal-\(getpid())" + (suffix > 1 ? "-\(suffix)" : "")
      if lstat(path, &status) != 0 { return errno == ENOENT ? path : nil }
    }
    errno = EEXIST
    return nil
  }

  /// Creates `folder` and its parents, for its owner alone; throws ``Refusal`` if that fails.
  package static func makeFolder(_ folder: String) throws(Refusal) {
    var path = ""
    for part in folder.split(separator: "/") {
      path += "/\(part)"
      if mkdir(path, 0o700) != 0, errno != EEXIST {
        let code = errno
        var status = stat()
        // On a read-only file system the folder may be there all the same.
        guard stat(path, &status) == 0 else { throw Refusal(reason: systemMessage(code)) }
      }
    }
  }

  // MARK: Writing

  /// Records an entry before it runs, so that it is on disk if the entry kills the process; returns
  /// a note if there is a problem.
  func begin(_ entry: Entry) -> String? {
    let trouble = append(
      .entry(
        number: entry.number, name: entry.source.name, folder: entry.source.folder,
        text: entry.text, typed: entry.typed))
    let isSynced = trouble != nil || fdatasync(descriptor) == 0
    return said(isSynced ? trouble : systemMessage(errno), from: entry.number)
  }

  /// Records the outcome of an entry; returns a note if there is a problem.
  func end(_ entry: Entry) -> String? {
    let record: JournalRecord =
      switch entry.outcome {
      case .good: .good(entry.number)
      case .nothing: .nothing(entry.number)
      case .part: .did(entry.number, entry.replay)
      }
    return said(append(record), from: entry.number)
  }

  /// Records that the entries from `number` on were undone; returns a note if there is a problem.
  func wentBack(to number: Int) -> String? { said(append(.back(number)), from: number) }

  /// Records that the entries that follow read relative paths from `folder`; returns a note if there is
  /// a problem.
  func moved(to folder: String) -> String? {
    append(.folder(folder)).map { "\(path) cannot be written: \($0)" }
  }

  /// Records that a trainer was saved; returns a note if there is a problem.
  func saved(_ save: SavedTrainer) -> String? {
    let trouble = append(.saved(save))
    let isSynced = trouble != nil || fdatasync(descriptor) == 0
    return said(isSynced ? trouble : systemMessage(errno), from: save.number)
  }

  /// Removes the journal of a session that ends well.
  func end() { unlink(path) }

  /// Appends a record after all earlier ones; returns the reason if that fails.
  private func append(_ record: JournalRecord) -> String? {
    unwritten += record.line
    while !unwritten.isEmpty {
      let count = write(descriptor, unwritten, unwritten.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return systemMessage(count < 0 ? errno : ENOSPC) }
      unwritten.removeFirst(count)
    }
    return nil
  }

  /// What to say of `trouble`, once, and once when it is over.
  private func said(_ trouble: String?, from number: Int) -> String? {
    defer { hasTrouble = trouble != nil }
    guard let trouble else {
      return hasTrouble ? "\(path) can be written again; no entry is missing" : nil
    }
    guard !hasTrouble else { return nil }
    return
      "\(path) cannot be written: \(trouble); if the session is killed now, henge --recover restores only the entries before [\(number)]"
  }
}
