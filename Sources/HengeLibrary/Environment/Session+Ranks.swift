// SPDX-License-Identifier: MIT
internal import HengeLanguage
internal import HengeRanks
internal import HengeThreads

// What signals ask of several processes, and what a script knows of them.

extension Call {
  /// Where the call is: `line 12 of train.henge`.
  var place: String { "line \(source.position(of: span.start).line) of \(source.name)" }
}

extension Session {
  /// What signals asked for since the last call; of several processes, what any of them was asked.
  ///
  /// After a wish to stop, the next check for an interrupt stops all at this place. Throws
  /// ``RankFailure``.
  func agreedWishes(at place: String) throws -> Wishes {
    var mine: Wishes = interrupt.takeSaveWish() ? .save : []
    guard ranks.count > 1 else { return mine }
    if interrupt.wasAsked { mine.insert(.stop) }
    if interrupt.termination != nil { mine.insert(.end) }
    let all = try ranks.agree(mine, at: place)
    if all.contains(.end), interrupt.termination == nil { interrupt.terminate(by: 15) }
    if all.contains(.stop) {
      interrupt.request()
      interrupt.waitsForOthers = false
    }
    return all
  }

  /// Runs `body`, in which a request to stop waits until all processes agree where.
  func inLockstep<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard ranks.count > 1, !interrupt.waitsForOthers else { return try body() }
    interrupt.waitsForOthers = true
    defer { interrupt.waitsForOthers = false }
    return try body()
  }

  /// Stops what runs where another process was stopped.
  func heedOthers() throws {
    guard let hearsOfStop, hearsOfStop() else { return }
    interrupt.request()
  }

  /// Runs `body` as a process alone, whatever the others do: what it writes are files.
  func alone<Result>(_ body: () throws -> Result) rethrows -> Result {
    let (together, waits) = (ranks, interrupt.waitsForOthers)
    ranks = OneProcess()
    paths.writesPastMirror = true
    interrupt.waitsForOthers = false
    defer {
      ranks = together
      paths.writesPastMirror = false
      interrupt.waitsForOthers = waits
    }
    return try body()
  }
}

/// Built-ins about the processes that run a script.
func processes(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "ranks",
      "Returns the number of processes that run the script together: 1, or as many as mpirun or srun started. Trainers with parts= share the work of a step among them, and spread() calls a function on several items at the same time. A script must do the same on all processes; results do not depend on their number.",
      examples: [Example("ranks()", gives: "1")], seeAlso: ["spread", "step"]
    ) { (_: Call) -> Int in session.ranks.count }.alsoCalled(
      "mpirun", "MPI", "cluster", "distributed")
  ]
}
