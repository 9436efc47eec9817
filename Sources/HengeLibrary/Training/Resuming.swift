// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeTraining

/// What `resume` does about data that are not what the run was trained on.
enum ChangedData: String, Choice {
  case same
  case changed
}

private let sets = """
  A = faces("anime", 12, size=16x16)
  B = faces("photo", 12, size=16x16)
  """

/// The built-in that goes on with a trainer that was saved.
func resuming(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "resume",
      "Loads a saved trainer of any kind. The training continues with the same results as if it had never stopped.",
      Parameter("path", "Path of the file that save(t, path) or t.step(save=path) wrote."),
      Parameter("A", "The same dataset A, or pairs, as before."),
      Parameter(
        "B", "The same dataset B as before; none for pairs.", default: Dataset?.none),
      Parameter(
        "val", "The same held-out images as before, if the trainer was made with val=.",
        default: HeldOut?.none, isKeywordOnly: true),
      Parameter(
        "loss",
        "The loss function of a `fit`, which a file cannot contain.",
        default: LossOption?.none, isKeywordOnly: true),
      Parameter(
        "data", "Whether the images must be the same, or may have changed.",
        default: ChangedData.same,
        isKeywordOnly: true),
      examples: [
        Example(
          """
          \(sets)
          t = difference_vector(A, B)
          t.step(5)
          save(t, "run.safetensors")
          t = resume("run.safetensors", A, B)
          t.count
          #=> 5
          """)
      ], seeAlso: ["save", "snapshot", "step"], errors: ["E-file", "E-data", "E-arg"]
    ) {
      (
        call: Call, path: String, A: PairsOrDataset, B: Dataset?, held: HeldOut?,
        loss: LossOption?, data: ChangedData
      ) in
      let contents = try Safetensors(
        reading: session.paths.toRead(path, from: call.folder), budget: session.budget)
      let file = TrainerFile(session: session, file: contents, path: path, loss: loss)
      let resumed = try file.resume(
        A, B, heldOut: held, acceptsChangedData: data == .changed, note: call.note)
      return Value.object(resumed)
    }.alsoCalled("load checkpoint", "continue training")
  ]
}

extension TrainerFile {
  /// The trainer that the file contains, made again of the same data.
  fileprivate func resume(
    _ A: PairsOrDataset, _ B: Dataset?, heldOut: HeldOut?, acceptsChangedData: Bool,
    note: (String) -> Void
  ) throws -> any Stepping {
    let kind = try kind()
    if loss != nil, !kind.takesLoss {
      throw Failure(
        "E-arg", "a \(kind.name) has no loss function to choose", suggestion: call(kind),
        parameter: "loss")
    }
    let sets = try datasets(A, B, for: kind)
    if !acceptsChangedData {
      // Before the trainer is made: other data may not even fit it, and they are to blame.
      try TrainedData.refuseOther(named(sets), than: file, from: path)
    }
    let trainer = try kind.remake(self, sets)
    guard let networks = (trainer as? NetworkTrainerObject)?.trainer else {
      if heldOut != nil { throw refusedHeldOut(kind) }
      return trainer
    }
    try networks.resume(file, from: path, on: session.backend)
    if let heldOut {
      guard networks.canHoldOut else { throw refusedHeldOut(kind) }
      try networks.holdOut(heldOut.a, heldOut.b)
      if !acceptsChangedData, TrainedData.hasHeldOut(file) {
        let sets = zip(networks.datasets, [heldOut.a, heldOut.b])
        try TrainedData.refuseOther(
          sets.map { (TrainedData.heldOut($0.name), $1) }, than: file, from: path)
      }
    } else if TrainedData.hasHeldOut(file) {
      note(
        "the run measured held-out images, but none are passed; to measure them again, use \(call(kind))"
      )
    }
    // Whoever goes on decides anew, perhaps with other data and without the first run's notes.
    for remark in try (networks as? AdversarialTrainer)?.remarks() ?? [] { note(remark) }
    return trainer
  }

  private func refusedHeldOut(_ kind: TrainerKind) -> Failure {
    Failure(
      "E-arg", "a \(kind.name) does not measure held-out images", suggestion: call(kind),
      parameter: "val")
  }

  private func named(_ sets: [Dataset]) -> [(name: String, dataset: Dataset)] {
    zip(["A", "B"], sets).map { ($0, $1) }
  }

  /// The datasets that the trainer was made of, one or two.
  private func datasets(_ A: PairsOrDataset, _ B: Dataset?, for kind: TrainerKind) throws
    -> [Dataset]
  {
    switch (A, B, kind.form(self)) {
    case (.pairs, _?, _):
      throw Failure("E-arg", "pairs contain both sides; `B` is not needed", parameter: "B")
    case (.pairs(let pairs), nil, .sets), (.pairs(let pairs), nil, .pairs):
      return [pairs.first, pairs.second]
    case (.dataset(let first), let second?, .sets), (.dataset(let first), let second?, .pairs):
      return [first, second]
    case (.dataset(let first), nil, .one): return [first]
    case (_, _, .one):
      throw Failure(
        "E-arg", "the \(kind.name) in \(path.quotedPath) was trained on one dataset",
        suggestion: call(kind), parameter: B == nil ? "A" : "B")
    case (.dataset, nil, let form):
      throw Failure(
        "E-arg",
        "the \(kind.name) in \(path.quotedPath) was trained on \(form == .pairs ? "pairs" : "two datasets"), but only one dataset is passed",
        suggestion: call(kind), parameter: "B")
    }
  }
}

extension Session {
  /// The steps of the trainer that was saved to `file`, an absolute path, and the call that resumes it;
  /// nil where there is no such trainer.
  public func savedTrainer(at file: String) -> (steps: Int, call: String)? {
    guard let metadata = try? Safetensors.metadata(of: file, budget: budget) else { return nil }
    let trainer = TrainerFile(
      session: self, file: Safetensors(arrays: [], metadata: metadata), path: paths.shown(file))
    guard let kind = try? trainer.kind(), let steps = metadata["count"].flatMap({ Int($0) }) else {
      return nil
    }
    return (steps, trainer.call(kind))
  }
}
