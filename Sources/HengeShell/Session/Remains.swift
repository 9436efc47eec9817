// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// What is left of a statement that Ctrl-C stopped, and the text that does the same.
///
/// Handles whose changes were told to the effect journal stay where they are, names that were given
/// plain values keep them; everything else is as before the statement, because no text could
/// repeat it. Only where a handle was changed beyond words, as by a training loop of one's own, all
/// stays as it is: the work is worth more than a script that repeats it.
struct Remains {
  /// What does the same as the part of the statement that stays.
  private(set) var lines: [String] = []
  /// Where trainers are.
  private(set) var positions: [String] = []
  /// What is not as the statement left it.
  private(set) var notes: [String] = []
  /// How to go on.
  private(set) var continuation: String?
  /// Stands for what no text repeats.
  static let wordless = "# what it did, no text repeats"
  private let start: Checkpoint
  private var handles: [any Handle] = []
  private var isBeyondWords: Bool
  private var values: [(name: String, value: Value)] = []

  /// What stays of the statement that began at `start` and was stopped now.
  init(of start: Checkpoint, _ interpreter: Interpreter) {
    self.start = start
    isBeyondWords = interpreter.machine.effects.isBeyondWords
    for history in interpreter.machine.effects.histories { take(history) }
    guard !isBeyondWords else {
      lines = [Remains.wordless]
      notes.append("all stays as it is; :save cannot repeat this entry")
      return
    }
    takeNames(interpreter)
  }

  private mutating func take(_ history: EffectJournal.History) {
    guard let known = start.handles.first(where: { $0.handle === history.handle }) else { return }
    guard let path = known.path else {
      // A function holds it: no line can name it.
      isBeyondWords = true
      return
    }
    handles.append(history.handle)
    lines += history.lines(for: path)
    if let stepping = history.handle as? any Stepping {
      positions.append("\(path) is at step \(stepping.stepsMade) (consistent)")
    }
    if history.stepsLeft > 0, continuation == nil {
      continuation = "\(path).step(\(history.stepsLeft)) goes on"
    }
  }

  private mutating func takeNames(_ interpreter: Interpreter) {
    let before = Dictionary(
      interpreter.named(start.globals).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    var lost: [String] = []
    for (name, value) in interpreter.globals where !Checkpoint.ownNames.contains(name) {
      let old = before[name]
      if let old, old.isIdentical(to: value) { continue }
      guard let text = value.literal() else {
        lost.append(name)
        continue
      }
      if let old, old.literal() == text { continue }
      values.append((name, value))
      lines.append("\(name) = \(text)")
    }
    guard !lost.isEmpty else { return }
    let names = lost.prefix(8).joined(separator: ", ") + (lost.count > 8 ? ", …" : "")
    notes.append("as before this entry: \(names)")
  }

  /// Makes the session what is left.
  func leave(in interpreter: Interpreter) throws {
    guard !isBeyondWords else { return }
    // A network's name and its trainer share state, so what stays is put in force last.
    let kept = try handles.map { ($0, try $0.snapshot()) }
    try start.restore(in: interpreter)
    for (handle, state) in kept { try handle.restore(state) }
    for (name, value) in values { try interpreter.define(name, value) }
  }
}

extension Value {
  /// Whether nothing can tell the two apart; lists of equal elements may be called different.
  fileprivate func isIdentical(to other: Value) -> Bool {
    switch (self, other) {
    case (.none, .none): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.num(let a), .num(let b)): a.bitPattern == b.bitPattern
    case (.str(let a), .str(let b)): a === b
    case (.list(let a), .list(let b)): a === b
    case (.record(let a), .record(let b)): a === b
    case (.range(let a), .range(let b)): a === b
    case (.shape(let a), .shape(let b)): a === b
    case (.function(let a), .function(let b)): a === b
    case (.object(let a), .object(let b)): a === b
    default: false
    }
  }
}
