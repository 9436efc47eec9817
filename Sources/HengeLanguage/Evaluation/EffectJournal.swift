// SPDX-License-Identifier: MIT

/// What a program did to handles, step by step.
///
/// A program that Ctrl-C stopped keeps the whole steps that its trainers made; this says which they
/// were, as text that does the same again. A built-in that changes a handle tells the journal what
/// it did, after it did it: ``stepped(_:by:left:)`` when a number of calls of `step` repeats it,
/// ``changedBeyondWords()`` when no text does. A handle that nobody told of is as it was before the
/// statement once that is stopped.
public final class EffectJournal {
  /// A change of one handle.
  public enum Effect {
    /// `t.step(437)`
    case stepped(Int)
    /// `t.lr = 0.1`
    case set(member: String, text: String)
  }

  /// What happened to one handle, in order.
  public struct History {
    /// The handle.
    public let handle: any Handle
    /// Its changes.
    public fileprivate(set) var effects: [Effect] = []
    /// How many steps the last call of `step` has still to make.
    public fileprivate(set) var stepsLeft = 0

    /// The lines that repeat it, for a handle that programs name `name`.
    public func lines(for name: String) -> [String] {
      effects.map { effect in
        switch effect {
        case .stepped(let count): "\(name).step(\(count))"
        case .set(let member, let text): "\(name).\(member) = \(text)"
        }
      }
    }
  }

  /// Everything since the last ``clear()``, by handle, in the order of their first changes.
  public private(set) var histories: [History] = []
  /// Whether something was done since that no text repeats, such as a step of a loop of one's own.
  public private(set) var isBeyondWords = false
  /// Names that were dropped since, so that who keeps old states lets go of them.
  public private(set) var hasDropped = false
  /// Whether it is kept; where nobody reads it, it would only hold handles that are gone.
  public var isKept = false
  /// A history longer than this is not worth repeating line by line.
  private static let longest = 1000

  init() {}

  /// Forgets what happened, as a statement begins.
  public func clear() {
    histories = []
    isBeyondWords = false
  }

  /// Forgets that names were dropped.
  public func clearDropped() { hasDropped = false }

  /// What happened to `handle`, if anything did.
  public func history(of handle: any Handle) -> History? {
    histories.first { $0.handle === handle }
  }

  /// Says that `handle` made `steps` whole steps of a call that has `left` still to make.
  public func stepped(_ handle: any Handle, by steps: Int, left: Int) {
    guard steps > 0 || left > 0 else { return }
    change(handle) { history in
      history.stepsLeft = left
      guard steps > 0 else { return }
      if case .stepped(let before) = history.effects.last {
        history.effects[history.effects.count - 1] = .stepped(before.addingSaturated(steps))
      } else {
        history.effects.append(.stepped(steps))
      }
    }
  }

  /// Says that `member` of `handle` was set to `value`.
  public func set(_ handle: any Handle, _ member: String, to value: Value) {
    guard let text = value.literal() else { return changedBeyondWords() }
    change(handle) { $0.effects.append(.set(member: member, text: text)) }
  }

  /// Says that handles were changed in a way that no text repeats.
  public func changedBeyondWords() { isBeyondWords = true }

  /// Says that names were dropped.
  public func dropped() { hasDropped = true }

  private func change(_ handle: any Handle, _ body: (inout History) -> Void) {
    guard isKept else { return }
    let index = histories.firstIndex { $0.handle === handle } ?? histories.count
    if index == histories.count { histories.append(History(handle: handle)) }
    body(&histories[index])
    if histories[index].effects.count > EffectJournal.longest {
      histories[index].effects.removeLast()
      isBeyondWords = true
    }
  }
}

/// A handle that makes steps, such as a trainer.
public protocol Stepping: Handle {
  /// How many whole steps it has made in all.
  var stepsMade: Int { get }
}
