// SPDX-License-Identifier: MIT
internal import CHengeRanks

// Entries that a person types at one process and all run.

extension LaunchedRanks {
  /// Begins the next entry: returns that of rank 0, for which the others wait as long as it takes, and what
  /// any process was asked meanwhile.
  ///
  /// Throws ``RankFailure`` where a process has failed.
  public func begin(_ entry: [UInt8], _ mine: Wishes) throws -> (entry: [UInt8], wishes: Wishes) {
    place = "the prompt"
    let isFirst = self.mine == 0
    let (messages, wishes) = try exchange(
      Array(repeating: isFirst ? entry : [], count: count), .here("the next entry"), wishes: mine,
      limit: isFirst ? limit : .infinity)
    self.entry += 1
    return (messages[0], wishes)
  }

  /// Tells the others that the entry that runs ends here, although it is not done.
  public func tellOfStop() { table.pointee.tell(entry) }

  /// Whether another process was stopped in the entry that runs.
  public func hearsOfStop() -> Bool {
    var (number, isHeard): (UInt64, Bool) = (0, false)
    while table.pointee.hear(&number) == 1 { isHeard = isHeard || number == entry }
    return isHeard
  }

  /// Meets the others at the end of an entry: nil where it ended well for all, else what each says of its
  /// end, and the processes are in lockstep again.
  ///
  /// Throws ``RankFailure`` where they cannot meet.
  public func meet(_ ending: EntryEnd, saying record: [UInt8]) throws -> [[UInt8]]? {
    place = "the end of the entry"
    let isBroken = failure != nil || isStopped
    if !isBroken {
      let state: State =
        switch ending {
        case .good: .here("the end of the entry")
        case .failed(let words): .failed(words)
        case .stopped: .stopped
        }
      do {
        _ = try exchange(Array(repeating: [], count: count), state, wishes: [])
        return nil
      } catch  where failure != nil || isStopped {}
    }
    (failure, isStopped) = (nil, false)
    return try exchange(
      Array(repeating: record, count: count), .here("after an error in the entry"), wishes: []
    ).messages
  }
}

/// How an entry ended for one process.
public enum EntryEnd: Sendable {
  /// All of it was done.
  case good
  /// With an error, of these words.
  case failed(String)
  /// By an interrupt.
  case stopped
}
