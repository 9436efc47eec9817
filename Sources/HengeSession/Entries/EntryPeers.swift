// SPDX-License-Identifier: MIT
public import HengeLanguage

/// The other processes that run the entries of a session as this one does, such as those that
/// `mpirun` started.
///
/// One process reads entries and hands on those that change the session. At the end of each all compare
/// how it ended, so that an error of one of them leaves all in the same state.
public protocol EntryPeers: AnyObject {
  /// Whether they cannot be reached any more, so that the session ends.
  var areLost: Bool { get }
  /// Hands an entry to the others, before it runs here; nil where all have it.
  ///
  /// Throws where they cannot be reached any more.
  func begin(_ entry: String?) throws
  /// Compares how the entry ended. Throws where the processes cannot go on together.
  func meet(_ ending: EntryEnding) throws -> EntryMeeting
}

/// How an entry ended in one process.
public struct EntryEnding {
  /// Its error; nil where all of it was done.
  public let error: Diagnostic?
  /// What stays of it: equal where two processes are in the same state.
  public let remains: String
  /// Whether ``remains`` says all that stays.
  public let isWhole: Bool
  /// Whether all of it can be undone here.
  public let isUndoable: Bool
}

/// What the processes agree on at the end of an entry.
public struct EntryMeeting {
  /// The error of the entry for all; nil where it is what each of them found itself.
  public let error: Diagnostic?
  /// Whether the entry is undone, because the processes came to different states.
  public let isUndone: Bool

  /// These.
  public init(error: Diagnostic?, isUndone: Bool) {
    (self.error, self.isUndone) = (error, isUndone)
  }
}

extension EntrySession {
  /// Performs `body`, an entry that other processes perform as well; within one that was handed on
  /// nothing more is handed on.
  func handingOn(
    _ entry: String?, _ body: () throws -> Continuation
  ) throws -> Continuation {
    guard let peers = setup.peers, !isHandedOn else { return try body() }
    isHandedOn = true
    hasMet = false
    defer { isHandedOn = false }
    try peers.begin(entry)
    var failure: (any Error)?
    var continuation = Continuation.goOn
    do { continuation = try body() } catch { failure = error }
    // What runs as an entry has met the others already.
    if !hasMet {
      let error = failure.map { interpreter.diagnostic(for: $0) }
      let meeting = try peers.meet(
        EntryEnding(error: error, remains: "", isWhole: true, isUndoable: false))
      if let error = meeting.error { throw error }
    }
    if let failure { throw failure }
    return continuation
  }

  /// Compares with other processes how `attempt` ended, which `cause` did where it was stopped: undoes it
  /// where they came to different states.
  func meetPeers(
    _ attempt: inout Attempt, _ cause: Diagnostic?, _ diagnostic: inout Diagnostic?,
    before: Checkpoint
  ) throws {
    guard let peers = setup.peers, isHandedOn else { return }
    hasMet = true
    let meeting = try peers.meet(
      EntryEnding(
        error: cause, remains: "\(attempt.done) \(attempt.entry.outcome)",
        isWhole: !attempt.entry.isWordless, isUndoable: true))
    if let error = meeting.error {
      let notes = diagnostic?.notes ?? []
      diagnostic = error
      if !meeting.isUndone { diagnostic?.notes += notes }
    }
    guard meeting.isUndone else { return }
    try before.restore(in: interpreter)
    attempt.entry.outcome = .nothing
    rest = nil
  }
}
