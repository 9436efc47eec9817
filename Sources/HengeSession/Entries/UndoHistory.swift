// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// The states before the last entries, for `:back`: no more than fit a room.
struct UndoHistory {
  /// A state with the entry that ended it.
  struct State {
    let number: Int
    let checkpoint: Checkpoint
    let origins: AssignmentHistory
    /// The bytes that only this state keeps alive, compared with the state after it.
    var bytes = 0
  }

  private(set) var states: [State] = []
  private var hasSaidSo = false
  /// The most states that are kept.
  private(set) var limit = UndoHistory.longest
  /// The most that can be asked for.
  static let longest = 100

  /// Keeps the state before entry `number`.
  mutating func keep(_ checkpoint: Checkpoint, _ origins: AssignmentHistory, number: Int) {
    states.append(State(number: number, checkpoint: checkpoint, origins: origins))
    if states.count > limit { states.removeFirst() }
  }

  /// Drops the oldest states until the others keep at most `room` bytes alive that the session, in
  /// its state `now`, does not use; returns the note about it.
  mutating func make(room: Int, beside now: Checkpoint) -> [String] {
    if let last = states.indices.last {
      states[last].bytes = states[last].checkpoint.bytes(beyond: now)
    }
    var total = states.reduce(0) { $0 + $1.bytes }
    var dropped = 0
    while total > room, let first = states.first {
      total -= first.bytes
      states.removeFirst()
      dropped += 1
    }
    guard dropped > 0, !hasSaidSo else { return [] }
    hasSaidSo = true
    let limit =
      states.first.map { "can undo entries from [\($0.number)]" } ?? "cannot undo anything"
    return ["earlier states used more than \(sizeText(room)) and were dropped: :back \(limit)"]
  }

  /// Drops all states.
  mutating func clear() { states = [] }

  /// Keeps at most `limit` states.
  mutating func limit(to limit: Int) {
    self.limit = limit
    states.removeFirst(max(0, states.count - limit))
  }

  /// What to say where memory is missing, if the states hold some that the state `now` does not use.
  ///
  /// They are not dropped for it: what was refused may be more than they hold.
  func advice(beside now: Checkpoint) -> String? {
    let held = states.dropLast().reduce(states.last?.checkpoint.bytes(beyond: now) ?? 0) {
      $0 + $1.bytes
    }
    guard held >= 1_000_000 else { return nil }
    return "earlier states for :back use \(sizeText(held)), which `:set undo 0` frees"
  }

  /// The state before the last `count` entries, which is forgotten with those after it.
  mutating func goBack(_ count: Int) -> State? {
    guard count >= 1, count <= states.count else { return nil }
    let state = states[states.count - count]
    states.removeLast(count)
    return state
  }
}
