// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage
internal import HengeLibrary
internal import HengeRanks
internal import HengeSession
internal import HengeThreads

/// The processes of a job at whose first a person types entries.
///
/// Outside of calls of `t.step`, where all agree between two steps, Ctrl-C stops a process wherever it
/// is. At the end of the entry it is found out whether all are in the same state.
final class Peers: EntryPeers {
  private let ranks: LaunchedRanks
  private let session: Session
  /// Whether the others cannot be reached any more.
  private(set) var areLost = false
  /// The exit code with which the session has ended.
  private(set) var endCode: Int32 = 0
  /// Whether another process was stopped in this entry, and this one is told.
  private var isTold = false
  private var nextLook = ContinuousClock.now

  init(_ ranks: LaunchedRanks, _ session: Session) {
    (self.ranks, self.session) = (ranks, session)
    ranks.stopError = { Interrupted() }
    session.interrupt.waitsForOthers = false
    session.hearsOfStop = { [unowned self] in hears() }
  }

  // MARK: Handing on

  /// What rank 0 hands on.
  enum Message {
    /// An entry, or none where all have it.
    case entry(String?)
    /// The session has ended with this exit code.
    case end(Int32)

    fileprivate var bytes: [UInt8] {
      switch self {
      case .entry(let text?): [0] + Array(text.utf8)
      case .entry(nil): [1]
      case .end(let code): [2] + withUnsafeBytes(of: code) { [UInt8]($0) }
      }
    }

    fileprivate init(_ bytes: [UInt8]) {
      switch bytes.first {
      case 0: self = .entry(String(decoding: bytes.dropFirst(), as: UTF8.self))
      case 2 where bytes.count == 5:
        self = .end(
          bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 1, as: Int32.self) })
      default: self = .entry(nil)
      }
    }
  }

  func begin(_ entry: String?) throws {
    if ranks.mine == 0 {
      _ = try meet(.entry(entry))
    } else if entry == nil {
      _ = try next()
    }
  }

  /// The next that rank 0 hands on.
  func next() throws -> Message {
    session.interrupt.clear()
    return try meet(.entry(nil))
  }

  /// Ends the session for all.
  func end(_ code: Int32) {
    guard !areLost else { return }
    do { _ = try meet(.end(code)) } catch { areLost = true }
  }

  private func meet(_ message: Message) throws -> Message {
    do {
      isTold = false
      let isEnding = session.interrupt.termination != nil
      let (bytes, wishes) = try ranks.begin(message.bytes, isEnding ? [.end] : [])
      // What one is told to end all are.
      if wishes.contains(.end), !isEnding { session.interrupt.terminate(by: SIGTERM) }
      let received = Message(bytes)
      if case .end(let code) = received { endCode = code }
      return received
    } catch {
      areLost = true
      throw error
    }
  }

  // MARK: While an entry runs

  private func hears() -> Bool {
    guard !isTold, ContinuousClock.now >= nextLook else { return false }
    nextLook = .now + .milliseconds(20)
    isTold = ranks.hearsOfStop()
    return isTold
  }

  // MARK: Its end

  func meet(_ ending: EntryEnding) throws -> EntryMeeting {
    let mine = EntryReport(ending, isCarried: ranks.failure != nil || isTold)
    let end: EntryEnd =
      switch mine.kind {
      case .good: .good
      case .failed: .failed(mine.words)
      case .stopped, .carried: .stopped
      }
    if mine.kind == .failed || mine.kind == .stopped { ranks.tellOfStop() }
    do {
      let all = try ranks.meet(end, saying: mine.bytes)?.map(EntryReport.init)
      guard let all else { return EntryMeeting(error: nil, isUndone: false) }
      return try agreement(all, ending)
    } catch {
      areLost = true
      throw error
    }
  }

  private func agreement(_ all: [EntryReport], _ ending: EntryEnding) throws -> EntryMeeting {
    let failed = all.indices.filter { all[$0].kind == .failed }
    let isSame = all.allSatisfy { $0.remains == all[0].remains }
    // The same mistake, found by each.
    let isShared = failed.count == all.count && all.allSatisfy { $0.code == all[0].code }
    let isAlike = isSame && (isShared || all.allSatisfy { $0.kind != .good && $0.isWhole })
    // The error of all; nil where it is what this process found itself.
    var error: Diagnostic?
    if let first = failed.first, !isShared, first != ranks.mine {
      let lines = all[first].words.split(separator: "\n").map(String.init)
      error = Diagnostic(
        "E-ranks", "\(ranks.name(of: first)) failed: \(lines.first ?? "")",
        notes: Array(lines.dropFirst()))
    } else if ending.error == nil {
      error =
        all.contains { $0.kind == .stopped }
        ? Diagnostic(Diagnostic.interruptCode, "stopped by Ctrl-C")
        : Diagnostic("E-ranks", "the processes did not take the same way through the entry")
    }
    guard !isAlike else { return EntryMeeting(error: error, isUndone: false) }
    var told = error ?? ending.error ?? Diagnostic("E-ranks", "the processes are apart")
    guard all.allSatisfy({ $0.kind != .good || $0.isUndoable }) else {
      throw RankFailure(
        told.message,
        notes: told.notes + ["others did it, so that this session cannot go on: start it again"])
    }
    told.notes.append("the entry is undone, so that all processes are in the same state")
    return EntryMeeting(error: told, isUndone: true)
  }
}

/// What a process says of the end of an entry.
private struct EntryReport {
  enum Kind: String {
    case good
    case failed
    case stopped
    /// It stopped because another failed or was stopped.
    case carried
  }

  let kind: Kind
  let code: String
  let remains: String
  let isWhole: Bool
  let isUndoable: Bool
  let words: String

  init(_ ending: EntryEnding, isCarried: Bool) {
    kind =
      switch ending.error?.code {
      case nil: .good
      case _ where isCarried: .carried
      case Diagnostic.interruptCode: .stopped
      default: .failed
      }
    code = ending.error?.code ?? ""
    remains = ending.remains
    isWhole = ending.isWhole
    isUndoable = ending.isUndoable
    words = ending.error?.words ?? ""
  }

  private static let separator: Character = "\u{1e}"

  var bytes: [UInt8] {
    Array(
      [kind.rawValue, code, remains, "\(isWhole)", "\(isUndoable)", words]
        .joined(separator: String(Self.separator)).utf8)
  }

  init(_ bytes: [UInt8]) {
    let fields = String(decoding: bytes, as: UTF8.self)
      .split(separator: Self.separator, omittingEmptySubsequences: false).map(String.init)
    func field(_ index: Int) -> String { fields.indices.contains(index) ? fields[index] : "" }
    kind = Kind(rawValue: field(0)) ?? .carried
    (code, remains, words) = (field(1), field(2), field(5))
    (isWhole, isUndoable) = (field(3) == "true", field(4) == "true")
  }
}

extension Diagnostic {
  /// What it says, and then a line for each place and note.
  var words: String {
    let places = labels.prefix(1).map {
      "at line \($0.source.position(of: $0.span.start).line) of \($0.source.name)"
    }
    return (["\(code): \(message)"] + places + notes).joined(separator: "\n")
  }
}
