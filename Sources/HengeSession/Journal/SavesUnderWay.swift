// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// Reports to the journal, while an entry runs, which files contain the state of a trainer, so that
/// a recovery can resume from the last one instead of training again.
///
/// Only a statement that consists of `t.step(…)`, `t.train(…)` or `save(t, …)` counts, and only as
/// long as training drew no random numbers from the session's own streams, as a watching function
/// may: a file does not restore those.
final class SavesUnderWay {
  private let interpreter: Interpreter
  private let tell: (SavedTrainer) -> Void
  private var number = 0
  private var source = Source(name: "", text: [])
  private var statement: Statement?
  private var ended = 0
  private var world: Object?
  /// Trainers during whose training random numbers were drawn.
  private var drawers: Set<ObjectIdentifier> = []

  /// Reports saves in the session of `interpreter` to the function `tell`.
  init(_ interpreter: Interpreter, tell: @escaping (SavedTrainer) -> Void) {
    self.interpreter = interpreter
    self.tell = tell
    interpreter.machine.effects.onSave = { [unowned self] in note($0) }
  }

  /// A statement of an entry begins, after `ended` bytes of finished statements.
  func begin(_ statement: Statement, of source: Source, number: Int, ended: Int) {
    (self.statement, self.source, self.number, self.ended) = (statement, source, number, ended)
    world = interpreter.machine.host.state
  }

  /// The statement ended, well or not.
  func end() {
    if let trainer = trainer?.object, hasDrawn { drawers.insert(ObjectIdentifier(trainer)) }
    statement = nil
  }

  private var hasDrawn: Bool {
    guard let world, let now = interpreter.machine.host.state else { return false }
    return !interpreter.machine.host.isState(world, sameAs: now)
  }

  /// The trainer that the statement is about.
  private var trainer: (name: String, object: any Handle)? {
    guard let name = statement?.trainerName, case .object(let object) = interpreter[name],
      let handle = object as? any Handle
    else { return nil }
    return (name, handle)
  }

  private func note(_ save: EffectJournal.Save) {
    guard case .expression(let expression, _) = statement?.kind, save.source === source,
      save.span == expression.span, let trainer, trainer.object === save.handle,
      !drawers.contains(ObjectIdentifier(trainer.object)), !hasDrawn,
      let hash = try? save.hash()
    else { return }
    var did = source.text(Span(0, ended))
    if let run = interpreter.machine.effects.run {
      guard let call = StoppedCall(run, statement, in: source) else { return }
      did += (did.isEmpty ? "" : "\n") + call.text
    } else {
      did = source.text(Span(0, statement?.span.end ?? ended))
    }
    tell(
      SavedTrainer(number: number, name: trainer.name, file: save.file, hash: hash, did: did))
  }
}

extension Statement {
  /// The name `t` of a statement that is `t.step(…)`, `t.train(…)`, `t.save(…)` or `save(t, …)`.
  var trainerName: String? {
    guard case .expression(let expression, _) = kind,
      case .call(let callee, let arguments, piped: false) = expression.node
    else { return nil }
    switch callee.node {
    case .member(let object, "step", _), .member(let object, "train", _),
      .member(let object, "save", _):
      if case .name(let name) = object.node { return name }
    case .name("save"):
      if case .positional(let object)? = arguments.first?.kind, case .name(let name) = object.node {
        return name
      }
    default: break
    }
    return nil
  }
}
