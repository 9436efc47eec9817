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
  private var ended = 0
  private var next: Int
  private var seen = 0
  private var last = ContinuousClock.now
  private var due: ContinuousClock.Instant
  /// Quick rounds between two looks at the clock.
  private let most: Int

  /// A counter that tells of a round after `pause` seconds for the first time, and never if `pause` is nil.
  init(pause: Double? = nil) {
    next = pause == nil ? .max : 1
    most = pause == 0 ? 1 : 64
    due = last + .seconds(pause ?? 0)
  }

  /// Takes note that a round ended; how many did, if it is time to tell.
  @inline(__always)
  mutating func end() -> Int? {
    ended &+= 1
    return ended < next ? nil : look()
  }

  @inline(never)
  private mutating func look() -> Int? {
    let now = ContinuousClock.now
    let isQuick = now - last < .microseconds(10) * (ended - seen)
    (last, seen) = (now, ended)
    next = ended + (isQuick ? most : 1)
    return now < due ? nil : ended
  }

  /// Puts the next call off.
  mutating func wait(_ seconds: Double) { due = .now + .seconds(min(seconds, 1e6)) }
}

extension Machine {
  /// Ends a round of the loop whose jump back is `i`: `a` is 2 if register `b` has the loop's state.
  @inline(__always)
  func endRound(_ r: UnsafeMutablePointer<Value>, _ i: Instruction) {
    // A file that is run in the loop has loops of its own.
    guard depth == 1, let ended = rounds.end() else { return }
    tellRound(ended, i.a == 2 ? r[Int(i.b)] : .none)
  }

  @inline(never)
  private func tellRound(_ ended: Int, _ state: Value) {
    guard let onRound else { return }
    let round =
      switch state {
      case .list, .range: EndedRound(count: ended, iterated: state, left: nil)
      case .int(let left): EndedRound(count: ended, iterated: nil, left: left)
      default: EndedRound(count: ended, iterated: nil, left: nil)
      }
    rounds.wait(onRound(round))
  }
}
