// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
public import HengeLanguage
internal import HengeThreads
internal import HengeTensor
public import HengeTraining

extension DifferenceVector.Rule: Choice {}

private let facesExample = "A = faces(\"anime\", 20); B = faces(\"photo\", 20)"

/// Built-ins that make and run difference vectors.
func trainers(_ session: Session) -> [Builtin] {
  let saving = savingParameters()
  return [
    Builtin(
      "difference_vector",
      "Makes a trainer that moves one vector towards mean(B) - mean(A), or away under the paper's rule. Each update draws `batch` pictures of each set: v += lr * (mean_b - mean_a - v); rule=\"paper\" has + v, as the paper's program does by mistake, so that v grows by 1 + lr with every update.",
      Parameter("A", "The pictures to move, all of one size."),
      Parameter("B", "The pictures to move towards, of the same size."),
      Parameter(
        "rule", "Which sign the vector has in its own correction.",
        default: DifferenceVector.Rule.corrected),
      Parameter("batch", "Pictures drawn from each set for an update.", default: 100),
      Parameter("lr", "How far an update goes.", default: 0.1),
      Parameter("keep", "Updates between two vectors kept in t.snapshots.", default: 1000),
      AugmentOption.parameter(isKeywordOnly: false),
      examples: [
        Example(
          "\(facesExample); t = difference_vector(A, B); t.step(100); t.vector.shape",
          gives: "3x64x64")
      ], seeAlso: ["step", "train", "resume"], errors: ["E-shape", "E-range", "E-data"]
    ) {
      (
        A: Dataset, B: Dataset, rule: DifferenceVector.Rule, batch: Int, rate: Double, keep: Int,
        augment: AugmentOption?
      ) in
      DifferenceVectorObject(
        try DifferenceVector(
          A, B, .init(rule: rule, batch: batch, keep: keep, augment: augment?.options),
          learningRate: rate,
          seed: session.streams.seed, on: session.backend))
    },
    Builtin(
      "difference_vector", as: .call,
      "Adds the vector to a picture or a batch and clips to the pictures' range: clip(x + v). Under the paper's rule what comes out are whole pixel values, rounded down as the paper's program does.",
      Parameter("t", "A difference vector."),
      Parameter("x", "A picture CxHxW or a batch NxCxHxW, of the size that it was trained on."),
      examples: [
        Example(
          "\(facesExample); t = difference_vector(A, B); t.step(100); t(A[0]).shape",
          gives: "3x64x64")
      ], seeAlso: ["step", "signed"], errors: ["E-shape"]
    ) { (t: DifferenceVectorObject, x: Tensor) in try t.trainer.apply(to: x) },
    Builtin(
      "step", "Makes `n` updates. Stopped by Ctrl-C it leaves the trainer at a whole update.",
      Parameter("t", "A trainer."), Parameter("n", "How many updates.", default: 1),
      Parameter(
        "every", "Say how it goes each so many updates.", default: Int?.none, isKeywordOnly: true),
      Parameter(
        "watch", "A function of the trainer, called as often; its value is shown.",
        default: Callback?.none, isKeywordOnly: true),
      saving.save, saving.every, partOfSteps(),
      examples: [
        Example("\(facesExample); t = difference_vector(A, B); t.step(250); t.count", gives: "250")
      ], seeAlso: ["train", "difference_vector"], errors: ["E-range", "E-finite", "E-file"]
    ) {
      (
        call: Call, t: DifferenceVectorObject, n: Int, every: Int?, watch: Callback?,
        save: String?, saveEvery: Int?, of: Int?
      ) in
      let saving = try PeriodicSave(t, save, every: saveEvery, call, session)
      return try run(t, n, of: of, session, call, every: every, watch: watch, saving: saving)
    },
    Builtin(
      "train",
      "Makes the updates that are left of a whole run: 9,999 in all under the paper's rule, 10,000 otherwise.",
      Parameter("t", "A trainer."),
      Parameter(
        "every", "Say how it goes each so many updates.", default: Int?.none, isKeywordOnly: true),
      Parameter(
        "watch", "A function of the trainer, called as often; its value is shown.",
        default: Callback?.none, isKeywordOnly: true),
      saving.save, saving.every,
      examples: [
        Example(
          "\(facesExample); t = difference_vector(A, B); t.train(); len(t.snapshots)", gives: "10")
      ], seeAlso: ["step", "difference_vector"], errors: ["E-finite", "E-file"]
    ) {
      (
        call: Call, t: DifferenceVectorObject, every: Int?, watch: Callback?, save: String?,
        saveEvery: Int?
      ) in
      let saving = try PeriodicSave(t, save, every: saveEvery, call, session)
      let left = max(0, t.trainer.configuration.total - t.trainer.state.count)
      return try run(t, left, session, call, every: every, watch: watch, saving: saving)
    },
  ]
}

/// Makes `count` updates in portions of `every`, telling of each portion and of a runaway: of `total`
/// updates, where they are only the first of those.
private func run(
  _ object: DifferenceVectorObject, _ count: Int, of total: Int? = nil, _ session: Session,
  _ call: Call, every: Int?, watch: Callback?, saving: PeriodicSave?
) throws -> Nothing {
  let total = try checkedTotal(total, steps: count)
  let portion = every ?? max(1, total)
  guard portion > 0 else {
    throw Failure("E-range", "`every` is at least 1, not \(portion)", parameter: "every")
  }
  let begun = object.trainer.state.count
  let effects = call.machine.effects
  try session.progress.track("step", total: count, unit: "updates") { work in
    try saving.around {
      var made = 0
      repeat {
        let next = min(
          portion - made % portion, count - made,
          saving?.stepsLeft(at: object.trainer.state.count) ?? .max)
        try step(object, next, after: made, of: total, call) { work.reach($0 - begun) }
        made += next
        if made % portion == 0 || made == total {
          effects.isBesideSteps()
          if every != nil { call.note(try object.progress()) }
          if let watch { try call.show(watch.call([object.value])) }
          effects.isBetweenSteps(call, made: made, of: total)
        }
        if made < count { saving?.saveIfDue() }
      } while made < count
      effects.isBesideSteps()
    }
  }
  return .nothing
}

/// Makes a portion of the updates, and tells the journal of the whole ones made, also when Ctrl-C comes
/// between.
private func step(
  _ object: DifferenceVectorObject, _ count: Int, after done: Int, of total: Int, _ call: Call,
  reached: (Int) -> Void
) throws {
  let before = object.trainer.state.count
  let effects = call.machine.effects
  defer {
    let made = object.trainer.state.count - before
    effects.stepped(object, by: made, left: total - done - made)
    effects.isBetweenSteps(call, made: done + made, of: total)
  }
  try object.trainer.step(count) { event in
    if case .reached(let count) = event { reached(count) }
    call.tell(event)
  }
}

extension Call {
  /// Says that a vector runs away, and why, the first time it is seen to.
  fileprivate func tell(_ event: DifferenceVector.Event) {
    guard case .runaway(let count, let largest, let growth, let factor, isFirst: true) = event
    else {
      return
    }
    let reason = "the rule multiplies it by \(factor.general(digits: 4))"
    note(
      """
      the vector runs away: after \(count) updates its largest entry is \(largest.general(digits: 3))
        it grows \(growth.general(digits: 4)) times with every update: \(reason)
        rule="corrected" moves towards the difference of the means and stays there
      """)
  }
}
