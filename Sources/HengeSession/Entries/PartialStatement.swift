// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// The effects of a statement that failed or was stopped by Ctrl-C, and the text that repeats them.
///
/// A trainer that made whole steps keeps its state and its settings; everything else returns to its
/// state before the statement. If a handle was changed in a way that text cannot repeat, as by the
/// user's own training loop, everything is kept: the work is worth more than a script that repeats
/// it.
struct PartialStatement {
  /// What does the same as the part of the statement that stays.
  private(set) var lines: [String] = []
  /// Where trainers are.
  private(set) var positions: [String] = []
  /// The names that are as before the statement, which had changed them.
  private(set) var wentBack: [String] = []
  /// The call that continues the work.
  private(set) var continuation: String?
  /// The call that makes the remaining steps with all options of the stopped one; none where the
  /// statement is more than a call.
  private(set) var rest: String?
  /// Whether all stays and no text repeats it.
  private(set) var isBeyondWords: Bool
  /// A comment in place of effects that no text can repeat.
  static let wordless = "# this script cannot repeat what it did"
  private let start: Checkpoint
  private var handles: [any Handle] = []
  /// Whether the statement is a call of `step` that ``lines`` repeats exactly, so that all effects
  /// are kept.
  private var isStoppedCall = false

  /// The effects to keep of the statement that began at `start`, was stopped now, and is in
  /// `source`.
  init(
    of start: Checkpoint, _ statement: Statement?, in source: Source, _ interpreter: Interpreter
  ) {
    self.start = start
    let effects = interpreter.machine.effects
    isBeyondWords = effects.isBeyondWords
    for history in effects.histories where history.hasSteps { take(history) }
    if let run = effects.run, let call = StoppedCall(run, statement, in: source) {
      (lines, isStoppedCall, isBeyondWords) = ([call.text], true, false)
      rest = call.rest
    } else if isBeyondWords {
      lines = [PartialStatement.wordless]
    } else {
      wentBack = PartialStatement.changes(since: start, interpreter)
    }
  }

  private mutating func take(_ history: EffectJournal.History) {
    guard let known = start.handles.first(where: { $0.handle === history.handle }) else { return }
    guard let path = known.path, !history.isBeyondWords else {
      // A function refers to it, so that no line can name it; or it continues from a state that no
      // line can describe.
      isBeyondWords = true
      return
    }
    handles.append(history.handle)
    lines += history.lines(for: path)
    if let stepping = history.handle as? any Stepping {
      positions.append("\(path) is at step \(stepping.stepsMade)")
    }
    if history.stepsLeft > 0, continuation == nil {
      continuation = "\(path).step(\(history.stepsLeft)) continues"
    }
  }

  /// The names that have other values than at `start`.
  private static func changes(since start: Checkpoint, _ interpreter: Interpreter) -> [String] {
    let before = Dictionary(
      interpreter.named(start.globals).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    return interpreter.globals.compactMap { name, value in
      guard !Checkpoint.ownNames.contains(name) else { return nil }
      return before[name]?.isIdentical(to: value) ?? false ? nil : name
    }
  }

  /// Makes the session what is left.
  func leave(in interpreter: Interpreter) throws {
    guard !isBeyondWords, !isStoppedCall else { return }
    // A network's name and its trainer share state, so what is kept is restored last.
    let kept = try handles.map { ($0, try $0.snapshot()) }
    try start.restore(in: interpreter)
    for (handle, state) in kept { try handle.restore(state) }
  }
}

/// A statement that is nothing but a call of `t.step` or `t.train`, stopped between two steps: the same
/// call of the steps that it made does all that it did, whatever it watched and measured.
struct StoppedCall {
  let text: String
  /// The call of the steps that were not made.
  let rest: String

  init?(_ run: EffectJournal.Run, _ statement: Statement?, in source: Source) {
    guard case .expression(let expression, _) = statement?.kind, run.made > 0,
      run.source === source, run.span == expression.span,
      case .call(let callee, let arguments, piped: false) = expression.node,
      case .member(let trainer, let name, _) = callee.node, name == "step" || name == "train",
      trainer.isPlain
    else { return nil }
    var options: [String] = []
    for (index, argument) in arguments.enumerated() {
      switch argument.kind {
      case .positional(let value) where index == 0 && value.isPlain: break
      case .named(let name, let value) where value.isPlain:
        if ["n", "epochs", "of"].contains(name.text) { continue }
        options.append(", " + source.text(argument.span))
      default: return nil
      }
    }
    let receiver = source.text(trainer.span)
    text = "\(receiver).step(\(run.made), of=\(run.total)\(options.joined()))"
    rest = "\(receiver).step(\(run.total - run.made)\(options.joined()))"
  }
}

extension Expression {
  /// Whether its value only depends on names and is had without calling anything.
  var isPlain: Bool {
    switch node {
    case .none, .bool, .int, .num, .str, .shape, .name, .function: true
    case .member(let object, _, _): object.isPlain
    case .unary(_, let operand): operand.isPlain
    case .binary(_, let left, let right, _): left.isPlain && right.isPlain
    case .list(let elements): elements.allSatisfy(\.isPlain)
    case .index(let object, let arguments):
      object.isPlain
        && arguments.allSatisfy {
          if case .positional(let place) = $0.kind { place.isPlain } else { false }
        }
    default: false
    }
  }
}
