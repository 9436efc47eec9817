// SPDX-License-Identifier: MIT

/// The loops of a statement that are under way, outermost first; not those within functions.
struct LoopsUnderWay {
  private struct Loop {
    let kind: Kind
    let start = ContinuousClock.now
  }

  private enum Kind {
    /// A `for` or a comprehension: where the machine keeps what it loops over, and behind it the number
    /// of rounds begun.
    case iterating(UnsafeMutablePointer<Value>, code: Range<Int>)
    /// A `repeat` of so many rounds: where the machine keeps how many are left to begin.
    case counting(UnsafeMutablePointer<Value>, count: Int, code: Range<Int>)
    /// A built-in that calls a function for each of its elements.
    case calling(CalledLoop)

    /// Where its state is, and its instructions: where others run, it was left.
    var place: (state: UnsafeMutablePointer<Value>, code: Range<Int>)? {
      switch self {
      case .iterating(let state, let code), .counting(let state, _, let code): (state, code)
      case .calling: nil
      }
    }

    /// The rounds; nil where their number is not known.
    var round: LoopProgress.Round? {
      switch self {
      case .iterating(let state, _):
        guard case .int(let begun) = state[1] else { return nil }
        switch state[0] {
        case .list(let list): return .init(number: begun, count: list.count)
        case .range(let range): return .init(number: begun, count: range.count)
        default: return nil
        }
      case .counting(let state, let count, _):
        guard case .int(let left) = state[0] else { return nil }
        return .init(number: count - left, count: count)
      case .calling(let loop): return .init(number: loop.begun, count: loop.count)
      }
    }
  }

  private var loops: [Loop] = []
  /// Whether one has begun.
  private(set) var haveBegun = false
  /// Deeper loops add nothing to an estimate.
  private static let deepest = 4

  /// Takes note that a loop begins whose state is kept at `state`, which is behind those of the loops
  /// around it, and whose instructions are `code`: a `repeat` if it has a `count`.
  mutating func begin(
    _ state: UnsafeMutablePointer<Value>, in code: Range<Int>, count: Int? = nil
  ) {
    while let place = loops.last?.kind.place, place.state >= state { loops.removeLast() }
    let kind = count.map { Kind.counting(state, count: $0, code: code) }
    add(kind ?? .iterating(state, code: code))
  }

  /// Takes note that a built-in begins to call a function, at the instruction `counter`.
  mutating func begin(_ loop: CalledLoop, at counter: Int) {
    loops.removeAll { !($0.kind.place?.code.contains(counter) ?? true) }
    add(.calling(loop))
  }

  private mutating func add(_ kind: Kind) {
    haveBegun = true
    if loops.count < LoopsUnderWay.deepest { loops.append(Loop(kind: kind)) }
  }

  /// The built-in is done.
  mutating func end(_ loop: CalledLoop) {
    loops.removeAll { if case .calling(let other) = $0.kind { other === loop } else { false } }
  }

  /// What is known of the loops now that the instruction `counter` is next; `nil` where none has a known
  /// number of rounds.
  func progress(at counter: Int) -> LoopProgress? {
    var rounds: [LoopProgress.Round] = []
    var start: ContinuousClock.Instant?
    for loop in loops where loop.kind.place?.code.contains(counter) ?? true {
      guard let round = loop.kind.round else { continue }
      rounds.append(round)
      start = start ?? loop.start
    }
    guard let start else { return nil }
    let passed = (ContinuousClock.now - start).components
    return LoopProgress(
      rounds: rounds, seconds: Double(passed.seconds) + Double(passed.attoseconds) * 1e-18)
  }
}

/// The rounds of a built-in that calls a function for each of its elements.
final class CalledLoop {
  let count: Int
  var begun = 0

  init(count: Int) { self.count = count }
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

  /// `round 3 of 9, 12 min left in all`, if `part` of the innermost round is done; the time is left out
  /// while too little is done to tell, and where nothing more is done (`nil`).
  public func text(part: Double?) -> String {
    let rounds = rounds.map { "\($0.number) of \($0.count)" }.joined(separator: ", ")
    guard var done = part else { return "round \(rounds)" }
    for round in self.rounds.reversed() where round.count > 0 {
      done = (Double(round.number - 1) + min(1, max(0, done))) / Double(round.count)
    }
    guard done > 0.001, done < 1, seconds > 1 else { return "round \(rounds)" }
    return "round \(rounds), \(durationText(seconds * (1 - done) / done)) left in all"
  }
}

extension Machine {
  /// Tells the host how far the loops are, from time to time.
  func reportLoops(_ now: ContinuousClock.Instant) {
    guard depth > 0, loops.haveBegun, now - lastReport >= .milliseconds(100),
      let progress = loops.progress(at: frames[0].counter)
    else { return }
    lastReport = now
    host.reachLoops(progress)
  }

  /// A loop of the statement begins.
  func beginLoop(_ begin: (inout LoopsUnderWay) -> Void) {
    if !loops.haveBegun { host.beginLoops() }
    begin(&loops)
  }
}

extension Call {
  /// Calls `body` with each index below `count`, as the rounds of a loop whose progress is shown, until
  /// it returns false.
  public func eachRound(of count: Int, _ body: (Int) throws -> Bool) throws {
    let loop = CalledLoop(count: count)
    // A loop within a function is not shown.
    let isShown = machine.depth == 1
    if isShown {
      machine.beginLoop { $0.begin(loop, at: machine.frames[0].counter) }
    }
    defer { if isShown { machine.loops.end(loop) } }
    for index in 0..<count {
      loop.begun = index + 1
      guard try body(index) else { return }
    }
  }

  /// How far the loops are of the statement that the call is in, outside of functions.
  public var loopProgress: LoopProgress? {
    machine.depth > 0 ? machine.loops.progress(at: machine.frames[0].counter) : nil
  }
}
