// SPDX-License-Identifier: MIT

/// The place between two rounds of a loop that is a statement of its own.
public struct EndedRound {
  /// How many rounds ended.
  public let count: Int
  /// What a `for` loop iterates over, if that is a list or a range.
  public let iterated: Value?
  /// How many rounds of a `repeat` loop are left.
  public let left: Int?
}

/// Counts the rounds of a statement, and asks for the time as rarely as quick rounds need.
struct RoundCounter {
  /// How many rounds end until it looks again.
  private(set) var asked: Int
  private var ended = 0
  private var last = ContinuousClock.now
  private var due: ContinuousClock.Instant
  /// Quick rounds between two looks at the clock.
  private let most: Int

  /// A counter that tells of a round after `pause` seconds for the first time, and never if `pause` is nil.
  init(pause: Double? = nil) {
    asked = pause == nil ? .max : 1
    most = pause == 0 ? 1 : 64
    due = last + .seconds(pause ?? 0)
  }

  /// Takes note that the rounds it asked for ended; how many did in all, if it is time to tell.
  mutating func look() -> Int? {
    let now = ContinuousClock.now
    let isQuick = now - last < .microseconds(10) * asked
    ended += asked
    last = now
    asked = isQuick ? most : 1
    return now < due ? nil : ended
  }

  /// Puts the next call off.
  mutating func wait(_ seconds: Double) { due = .now + .seconds(min(seconds, 1e6)) }
}

extension Machine {
  /// Ends the last of the rounds that were to end before it looks, of the loop whose jump back is `i`:
  /// `a` is 2 if register `b` has the loop's state.
  @inline(never)
  func endRounds(_ r: UnsafeMutablePointer<Value>, _ i: Instruction) {
    let ended = rounds.look()
    roundsLeft = rounds.asked
    guard let ended, let onRound else { return }
    let round =
      switch i.a == 2 ? r[Int(i.b)] : .none {
      case .list(let list): EndedRound(count: ended, iterated: .list(list), left: nil)
      case .range(let range): EndedRound(count: ended, iterated: .range(range), left: nil)
      case .int(let left): EndedRound(count: ended, iterated: nil, left: left)
      default: EndedRound(count: ended, iterated: nil, left: nil)
      }
    rounds.wait(onRound(round))
  }
}
