// SPDX-License-Identifier: MIT

/// The loops of a statement that are under way, outermost first; not those within functions.
struct LoopsUnderWay {
  private struct Loop {
    /// Where the machine keeps what it loops over, and behind it the number of rounds begun.
    let state: UnsafeMutablePointer<Value>
    /// Its instructions: where others run, it was left.
    let code: Range<Int>
    let start = ContinuousClock.now
  }

  private var loops: [Loop] = []
  /// Deeper loops add nothing to an estimate.
  private static let deepest = 4

  /// Takes note that a loop begins whose state is kept at `state`, which is behind those of the loops
  /// around it, and whose instructions are `code`.
  mutating func begin(_ state: UnsafeMutablePointer<Value>, in code: Range<Int>) {
    while let last = loops.last, last.state >= state { loops.removeLast() }
    if loops.count < LoopsUnderWay.deepest { loops.append(Loop(state: state, code: code)) }
  }

  /// What is known of the loops now that the instruction `counter` is next; `nil` where none has a known
  /// number of rounds.
  func progress(at counter: Int) -> LoopProgress? {
    var rounds: [LoopProgress.Round] = []
    var start: ContinuousClock.Instant?
    for loop in loops where loop.code.contains(counter) {
      guard case .int(let begun) = loop.state[1] else { continue }
      switch loop.state[0] {
      case .list(let list): rounds.append(.init(number: begun, count: list.count))
      case .range(let range): rounds.append(.init(number: begun, count: range.count))
      default: continue
      }
      start = start ?? loop.start
    }
    guard let start else { return nil }
    let passed = (ContinuousClock.now - start).components
    return LoopProgress(
      rounds: rounds, seconds: Double(passed.seconds) + Double(passed.attoseconds) * 1e-18)
  }
}

/// How far the loops of a statement are.
public struct LoopProgress: Equatable, Sendable {
  /// The round of a loop: the third of nine is 3 of 9.
  public struct Round: Equatable, Sendable {
    /// Its number, from 1.
    public let number: Int
    /// How many there are.
    public let count: Int

    /// A round from its numbers.
    public init(number: Int, count: Int) { (self.number, self.count) = (number, count) }
  }

  /// The rounds under way, of the outermost loop first.
  public let rounds: [Round]
  /// The seconds since the outermost loop began.
  public let seconds: Double

  /// A progress from its parts.
  public init(rounds: [Round], seconds: Double) { (self.rounds, self.seconds) = (rounds, seconds) }

  /// Whether no round follows.
  public var isLastRound: Bool { rounds.allSatisfy { $0.number >= $0.count } }

  /// `round 3 of 9, 12:30 left in all`, if `part` of the innermost round is done; the time is left out
  /// while too little is done to tell.
  public func text(part: Double) -> String {
    let rounds = rounds.map { "\($0.number) of \($0.count)" }.joined(separator: ", ")
    var done = part
    for round in self.rounds.reversed() where round.count > 0 {
      done = (Double(round.number - 1) + min(1, max(0, done))) / Double(round.count)
    }
    guard done > 0.001, done < 1, seconds > 1 else { return "round \(rounds)" }
    return "round \(rounds), \(durationText(seconds * (1 - done) / done)) left in all"
  }
}

extension Call {
  /// How far the loops are of the statement that the call is in, outside of functions.
  public var loopProgress: LoopProgress? {
    machine.depth > 0 ? machine.loops.progress(at: machine.frames[0].counter) : nil
  }
}
