// SPDX-License-Identifier: MIT

/// A record of what a program did to handles, step by step.
///
/// A statement that fails or is stopped by Ctrl-C keeps the whole steps that its trainers made;
/// this records them as text that repeats them. A built-in that changes a handle reports the change
/// to the journal afterwards. Handles without a report are restored to their state before the
/// statement.
public final class EffectJournal {
  /// A change of one handle.
  public enum Effect {
    /// `t.step(437)`, or `t.step(437, of=438)` where what a call of `step` does at its end was not done.
    case stepped(Int, isOpen: Bool)
    /// `t.lr = 0.1`
    case set(member: String, text: String)
    /// A call of a member, `record((error=0.5))`.
    case called(String)
    /// An effect that no text can repeat: a state was restored, or a member was set to images.
    case wordless
  }

  /// The effects on one handle, in order.
  public struct History {
    /// The handle.
    public let handle: any Handle
    /// Its changes.
    public fileprivate(set) var effects: [Effect] = []
    /// The remaining steps of the last call of `step`.
    public fileprivate(set) var stepsLeft = 0

    /// Whether it made steps.
    public var hasSteps: Bool {
      effects.contains { if case .stepped = $0 { true } else { false } }
    }

    /// Whether one of its changes cannot be repeated by text.
    public var isBeyondWords: Bool {
      effects.contains { if case .wordless = $0 { true } else { false } }
    }

    /// The lines that repeat it, for a handle that programs name `name`.
    public func lines(for name: String) -> [String] {
      effects.compactMap { effect in
        switch effect {
        case .stepped(let count, isOpen: false): "\(name).step(\(count))"
        case .stepped(let count, isOpen: true):
          "\(name).step(\(count), of=\(count.addingSaturated(1)))"
        case .set(let member, let text): "\(name).\(member) = \(text)"
        case .called(let call): "\(name).\(call)"
        case .wordless: nil
        }
      }
    }
  }

  /// A call of `step` under way that is between two steps, with all done that belongs to those made.
  public struct Run {
    /// The source of the call.
    public let source: Source
    /// The call.
    public let span: Span
    /// The steps that it made.
    public let made: Int
    /// Those that it makes in all.
    public let total: Int
  }

  /// A file that a handle was saved to.
  public struct Save {
    /// The saved handle.
    public let handle: any Handle
    /// The source of the call that saved it.
    public let source: Source
    /// The call.
    public let span: Span
    /// The file, absolute.
    public let file: String
    /// The hash of its bytes.
    public let hash: () throws -> String
  }

  /// Called for each file that a trainer was saved to; `nil` if nothing needs it.
  public var onSave: ((Save) -> Void)?

  /// Everything since the last ``clear()``, by handle, in the order of their first changes.
  public private(set) var histories: [History] = []
  /// The current call of `step`, if a call of the steps made so far repeats all of it.
  public private(set) var run: Run?
  /// Whether something happened since then that no text can repeat, such as a step of the user's
  /// own optimization loop.
  public private(set) var isBeyondWords = false
  /// Names that were dropped since, so that who keeps old states lets go of them.
  public private(set) var hasDropped = false
  /// Whether effects are recorded; without a reader, the journal would only keep handles alive.
  public var isKept = false
  /// A history longer than this is not worth repeating line by line.
  private static let longest = 1000

  init() {}

  /// Forgets what happened, as a statement begins.
  public func clear() {
    histories = []
    run = nil
    isBeyondWords = false
  }

  /// Forgets that names were dropped.
  public func clearDropped() { hasDropped = false }

  /// The effects on `handle`, if there are any.
  public func history(of handle: any Handle) -> History? {
    histories.first { $0.handle === handle }
  }

  /// Records that `handle` made `steps` whole steps of a call that has `left` steps to go.
  ///
  /// With `isOpen`, a call of exactly as many steps would do more than these: it would measure at
  /// its end.
  public func stepped(_ handle: any Handle, by steps: Int, left: Int, isOpen: Bool = false) {
    guard steps > 0 || left > 0 else { return }
    change(handle) { history in
      history.stepsLeft = left
      guard steps > 0 else { return }
      if case .stepped(let before, isOpen) = history.effects.last {
        history.effects[history.effects.count - 1] = .stepped(
          before.addingSaturated(steps), isOpen: isOpen)
      } else {
        history.effects.append(.stepped(steps, isOpen: isOpen))
      }
    }
  }

  /// Records that `call` is between two steps, after `made` of `total`, and that these steps are
  /// complete.
  public func isBetweenSteps(_ call: Call, made: Int, of total: Int) {
    run = isKept ? Run(source: call.source, span: call.span, made: made, total: total) : nil
  }

  /// Records that a call of `step` is doing something other than steps, such as calling a function,
  /// or has ended.
  public func isBesideSteps() { run = nil }

  /// Records that `member` of `handle` was set to `value`.
  public func set(_ handle: any Handle, _ member: String, to value: Value) {
    let text = value.literal()
    change(handle) { history in
      history.effects.append(text.map { .set(member: member, text: $0) } ?? .wordless)
    }
  }

  /// Records that calling a member of `handle` repeats the effect, such as `record((error=0.5))`.
  public func called(_ handle: any Handle, _ text: String) {
    change(handle) { $0.effects.append(.called(text)) }
  }

  /// Records that `handle` was restored to an earlier state.
  public func restored(_ handle: any Handle) { change(handle) { $0.effects.append(.wordless) } }

  /// Records that `call` saved `handle` to `file`, whose bytes have the hash that `hash` computes.
  public func saved(
    _ handle: any Handle, to file: String, by call: Call, hash: @escaping () throws -> String
  ) {
    onSave?(Save(handle: handle, source: call.source, span: call.span, file: file, hash: hash))
  }

  /// Records that handles were changed in a way that no text can repeat.
  public func changedBeyondWords() { isBeyondWords = true }

  /// Records that names were dropped.
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
