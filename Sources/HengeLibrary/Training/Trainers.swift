// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
public import HengeLanguage
internal import HengeThreads
internal import HengeTensor
public import HengeTraining

extension DifferenceVector.Rule: Choice {}

private let facesExample = """
  A = faces("anime", 20)
  B = faces("photo", 20)
  t = difference_vector(A, B)
  """

/// Built-ins that make and run difference vectors.
func trainers(_ session: Session) -> [Builtin] {
  let saving = savingParameters()
  return [
    Builtin(
      "difference_vector",
      "Trainer of a difference vector [Eki, method 1]: estimates mean(B) - mean(A), a vector to add to images of A. Each update draws `batch` images of each dataset: v += lr · (mean_b - mean_a - v). With rule=\"paper\" the sign of v is wrong, as in the paper's program: v += lr · (mean_b - mean_a + v), so v grows by the factor 1 + lr per update.",
      Parameter("A", "Dataset of source images, all of the same size."),
      Parameter("B", "Dataset of target images, of the same size."),
      Parameter(
        "rule", "Update rule: corrected, or with the mistake of the paper's program.",
        default: DifferenceVector.Rule.corrected),
      Parameter("batch", "Batch size: number of images of each dataset per update.", default: 100),
      Parameter("lr", "Learning rate: how large each update is.", default: 0.1),
      Parameter(
        "keep", "Number of updates between two vectors kept in t.snapshots.", default: 1000),
      AugmentOption.parameter(isKeywordOnly: false),
      examples: [
        Example("\(facesExample)\nt.step(100)\nt.vector.shape\n#=> 3x64x64")
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
      "Translates an image or a batch: adds the vector and clips to the range of the images, clip(x + v). With rule=\"paper\" the results are integer pixel values, rounded down as in the paper's program.",
      Parameter("t", "A difference vector."),
      Parameter(
        "x", "An image [C, H, W] or a batch [N, C, H, W], of the size of the training images."),
      examples: [
        Example("\(facesExample)\nt.step(100)\nt(A[0]).shape\n#=> 3x64x64")
      ], seeAlso: ["step", "signed"], errors: ["E-shape"]
    ) { (t: DifferenceVectorObject, x: Tensor) in try t.trainer.apply(to: x) },
    Builtin(
      "step",
      "Runs `n` updates. After Ctrl-C the trainer keeps the updates that it has finished, in blocks of up to 1,000.",
      Parameter("t", "A trainer."), Parameter("n", "Number of updates.", default: 1),
      Parameter(
        "every", "Report progress every N updates.", default: Int?.none, isKeywordOnly: true),
      Parameter(
        "watch",
        "Function of the trainer, called every N steps and at the end; its result is shown.",
        default: Callback?.none, isKeywordOnly: true),
      saving.save, saving.every, partOfSteps(),
      examples: [
        Example("\(facesExample)\nt.step(250)\nt.count\n#=> 250")
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
      "Runs the remaining updates of a full run: 10,000 updates, or 9,999 with rule=\"paper\".",
      Parameter("t", "A trainer."),
      Parameter(
        "every", "Report progress every N updates.", default: Int?.none, isKeywordOnly: true),
      Parameter(
        "watch",
        "Function of the trainer, called every N steps and at the end; its result is shown.",
        default: Callback?.none, isKeywordOnly: true),
      saving.save, saving.every,
      examples: [
        Example("\(facesExample)\nt.train()\nlen(t.snapshots)\n#=> 10")
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
  let (count, total) = try session.limited(count, of: total)
  let portion = every ?? max(1, total)
  guard portion > 0 else {
    throw Failure("E-range", "`every` must be 1 or more, not \(portion)", parameter: "every")
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
          if let watch { try call.show(watch.call([object.value]), in: session) }
          effects.isBetweenSteps(call, made: made, of: total)
        }
        if made < count { saving?.saveIfDue() }
      } while made < count
      effects.isBesideSteps()
    }
  }
  return .nothing
}

/// Makes a portion of the updates, and reports the whole ones to the journal, also when Ctrl-C comes
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
  /// Reports once that a vector diverges, and why.
  fileprivate func tell(_ event: DifferenceVector.Event) {
    guard case .runaway(let count, let largest, let growth, let factor, isFirst: true) = event
    else {
      return
    }
    let reason = "the rule multiplies it by \(factor.general(digits: 4))"
    note(
      """
      the vector diverges: after \(count) updates its largest entry is \(largest.general(digits: 3))
        it grows by the factor \(growth.general(digits: 4)) per update: \(reason)
        rule="corrected" converges to the difference of the means
      """)
  }
}
