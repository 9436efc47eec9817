// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTraining

extension Call {
  /// What every call does with an event of a trainer's log: it reports it to the session's journal, then
  /// the reader.
  ///
  /// `left` are the steps that the call makes after the one that was made, `isOpen` says whether it
  /// measures at its end, and `stepped` is called after each step.
  func following(
    _ object: NetworkTrainerObject, left: @escaping () -> Int = { 0 },
    isOpen: @escaping () -> Bool = { false }, stepped: @escaping () -> Void = {}
  ) -> (LogEvent) -> Void {
    { event in
      switch event {
      case .stepped:
        machine.effects.stepped(object, by: 1, left: left(), isOpen: isOpen())
        stepped()
      case .diverged(let divergence): tell(divergence)
      case .noticed(let notice): note("\(notice.message)\n  \(notice.advice)")
      case .measured(let row, let best): machine.effects.measured(object, row, best: best)
      }
    }
  }

  /// Says once that a loss is far out of bounds, at the step that brought it there.
  private func tell(_ divergence: Divergence) {
    let first =
      divergence.first.flatMap { first in
        divergence.step > 1 ? "; it was \(first.general(digits: 3)) at step 1" : nil
      } ?? ""
    note(
      """
      the loss `\(divergence.name)` is \(divergence.value.general(digits: 3)) at step \(divergence.step)\(first)
        training has diverged but continues; try a smaller lr, or restore(t, s) with an earlier snapshot
      """)
  }
}

extension EffectJournal {
  /// Says what was measured of a trainer: a replay of the steps alone would not measure.
  fileprivate func measured(
    _ object: NetworkTrainerObject, _ row: MetricLog.Row, best: String?
  ) {
    let fields = row.values.map { "\($0.name)=\($0.value.shortestText)" }.joined(separator: ", ")
    // What is no name, or a word of the language, cannot be a field of a record that is written.
    guard Value(fields: row.values.map { ($0.name, .int(0)) }).literal() != nil else {
      return changedBeyondWords()
    }
    called(object, "record((\(fields))\(best.map { ", best=\(Value($0).representation)" } ?? ""))")
  }
}
