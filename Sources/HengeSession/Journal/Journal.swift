// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage

/// The file in which a session keeps its entries, so that they outlive the process.
///
/// Each entry is on the disk before it runs, and what became of it is written after. A session that
/// ends well removes its file. While it lives it holds a lock on the file, which tells its file from
/// those of sessions that were killed.
public final class Journal {
  /// Why no journal can be kept, in a few words.
  public struct Refusal: Error {
    /// The words.
    public let reason: String
  }

  private let descriptor: Int32
  /// Where it is.
  public let path: String
  /// What the system refused to write so far: it goes first, or there would be a gap.
  private var unwritten: [UInt8] = []
  private var hasTrouble = false

  /// Begins the journal of a session in `workingFolder`; throws ``Refusal`` where no file can be made.
  public init(
    folder: String, seed: UInt64?, workingFolder: String, outputFolder: String?
  ) throws(Refusal) {
    try Journal.makeFolder(folder)
    // It gets its name once it is locked, so that nobody takes it for a dead session's.
    let temporary = "\(folder)/.journal-\(getpid())"
    // What a process of this number left behind; whatever else is there is not written to.
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

  /// Makes `folder` with those above it, for its owner alone; throws ``Refusal`` where there is none then.
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

  /// Keeps an entry before it runs, so that it is on the disk when the process is killed by it; what is
  /// to be said about that, if something is.
  func begin(_ entry: Entry) -> String? {
    let trouble = append(
      .entry(
        number: entry.number, name: entry.source.name, folder: entry.source.folder,
        text: entry.text, typed: entry.typed))
    let isSynced = trouble != nil || fdatasync(descriptor) == 0
    return said(isSynced ? trouble : systemMessage(errno), from: entry.number)
  }

  /// Keeps what became of an entry; what is to be said about that, if something is.
  func end(_ entry: Entry) -> String? {
    let record: JournalRecord =
      switch entry.outcome {
      case .good: .good(entry.number)
      case .nothing: .nothing(entry.number)
      case .part: .did(entry.number, entry.replay)
      }
    return said(append(record), from: entry.number)
  }

  /// Keeps that the entries from `number` on were undone; what is to be said about that.
  func wentBack(to number: Int) -> String? { said(append(.back(number)), from: number) }

  /// Keeps that a trainer was saved; what is to be said about that, if something is.
  func saved(_ save: SavedTrainer) -> String? {
    let trouble = append(.saved(save))
    let isSynced = trouble != nil || fdatasync(descriptor) == 0
    return said(isSynced ? trouble : systemMessage(errno), from: save.number)
  }

  /// Removes the journal of a session that ends well.
  func end() { unlink(path) }

  /// Writes a record behind all before it; why that cannot be done.
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
