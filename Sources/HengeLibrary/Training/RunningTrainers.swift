// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeRanks
internal import HengeTensor
internal import HengeThreads
internal import HengeTraining

private let sets = """
  A = faces("anime", 12, size=16x16)
  B = faces("photo", 12, size=16x16)
  """
private let small = """
  \(sets)
  t = encoder_decoder_trainer(A, B, batch=4)
  """

/// Built-ins that run trainers of networks and say how it goes.
func runningTrainers(_ session: Session) -> [Builtin] {
  let every = Parameter(
    "every", "Report progress and measure every N steps.", default: Int?.none,
    isKeywordOnly: true)
  let watch = Parameter(
    "watch", "Function of the trainer, called every N steps and at the end; its result is shown.",
    default: Callback?.none, isKeywordOnly: true
  ).suggesting("watch=t => show(t.samples(4))")
  let log = Parameter(
    "log",
    "Function of the trainer, called every N steps and at the end; it returns a record of numbers, which become columns of t.log.",
    default: Callback?.none, isKeywordOnly: true)
  let best = Parameter(
    "best",
    "Name of a measure. Whenever it reaches a new minimum, the networks are kept as t.best.",
    default: String?.none, isKeywordOnly: true)
  let live = Parameter(
    "live",
    "Whether to show the losses as curves, the newest samples, the speed and the time left while it runs; by default where the terminal can.",
    default: Bool?.none, isKeywordOnly: true)
  let saving = savingParameters()
  let board = boardParameter()
  return [
    recording(),
    Builtin(
      "step",
      "Runs `n` training steps. After Ctrl-C the trainer keeps all finished steps. t.log has the losses of each step, the measures of `log` and of held-out images, and for methods with discriminators accuracy_D (the fraction of real and of generated images that a discriminator D takes for what they are), correlation_G (of the output of a generator G with its input) and spread_G (the standard deviation of a pixel over its last 64 outputs, as a fraction of that of the target). A note says when a loss diverges, colors are inverted or outputs are almost all alike.",
      Parameter("t", "A trainer of networks."), Parameter("n", "Number of steps.", default: 1),
      every, watch, log, best, saving.save, saving.every, board, live, partOfSteps(),
      examples: [
        Example(
          """
          \(small)
          t.step(3)
          t.losses.loss > 0
          #=> true
          t.step(2, save="run.safetensors", save_every=1)
          resume("run.safetensors", A, B).count
          #=> 5
          t.step(4, log=t => (error=mse(t.model(A[0]), B[0])), best="error")
          t.best.step
          #=> 9
          """)
      ], seeAlso: ["train", "substep", "samples", "estimate", "record"],
      errors: ["E-range", "E-finite", "E-midstep", "E-name", "E-file"]
    ) {
      (
        call: Call, t: NetworkTrainerObject, n: Int, every: Int?, watch: Callback?, log: Callback?,
        best: String?, save: String?, saveEvery: Int?, board: String?, live: Bool?, of: Int?
      ) in
      let saving = try PeriodicSave(t, save, every: saveEvery, call, session)
      return try Running(
        t, call, every: every, watch: watch, log: log, best: best, saving: saving, board: board,
        isLive: live ?? true
      ).run(n, of: of)
    }.alsoCalled("iteration", "progress bar", "tqdm")
      .inPlaceOf(
        "early stopping",
        advice: "step(100, watch=f) calls f of the trainer, which can fail to stop it"),
    Builtin(
      "train", "Runs the remaining steps of a full run, or a number of epochs.",
      Parameter("t", "A trainer of networks."),
      Parameter(
        "epochs", "Number of epochs to train from here; by default the rest of the run.",
        default: Int?.none),
      every, watch, log, best, saving.save, saving.every, board, live,
      examples: [
        Example("\(small)\nt.train(epochs=1)\nt.epoch\n#=> 1")
      ], seeAlso: ["step"], errors: ["E-range", "E-finite", "E-midstep", "E-name", "E-file"]
    ) {
      (
        call: Call, t: NetworkTrainerObject, epochs: Int?, every: Int?, watch: Callback?,
        log: Callback?, best: String?, save: String?, saveEvery: Int?, board: String?, live: Bool?
      ) in
      let saving = try PeriodicSave(t, save, every: saveEvery, call, session)
      let running = Running(
        t, call, every: every, watch: watch, log: log, best: best, saving: saving,
        board: board, isLive: live ?? true)
      guard let epochs else { return try running.run(max(0, t.trainer.total - t.trainer.count)) }
      let (steps, overflow) = epochs.multipliedReportingOverflow(by: t.trainer.stepsPerEpoch)
      guard epochs >= 0, !overflow else {
        throw Failure("E-range", "cannot train for \(epochs) epochs", parameter: "epochs")
      }
      return try running.run(steps)
    }.alsoCalled("epoch", "epochs"),
    Builtin(
      "estimate",
      "Estimates the time and memory of `n` more steps: computes a step twice, without updating the weights. The result is shown as time and memory, such as \"2.9 s, 13 MB\"; its members are `step` (seconds per step), `seconds` (for all steps) and `bytes` (peak memory of a step).",
      Parameter("t", "A trainer of networks."),
      Parameter(
        "n", "Number of steps; by default the rest of the run.", default: Int?.none),
      examples: [
        Example("\(small)\ncost = t.estimate(1000)\ncost.seconds\n#=> …")
      ], seeAlso: ["step", "train"], errors: ["E-range", "E-finite", "E-midstep"]
    ) { (t: NetworkTrainerObject, n: Int?) in
      let trainer = t.trainer
      let count = try checked(n ?? max(0, trainer.total - trainer.count))
      try trainer.refuseMidstep("make a step")
      let clock = ContinuousClock()
      var took = Duration.zero
      let bytes = try session.budget.mostUsed {
        for _ in 0..<2 {
          took = try clock.measure { _ = try trainer.compute(step: trainer.count) }
        }
      }
      let seconds = took / .seconds(1)
      return Value.object(EstimateObject(step: seconds, count: count, bytes: bytes))
    }
    .inPlaceOf(
      "GPU", "CUDA",
      advice:
        "everything runs on the processor, and --threads sets how many threads; estimate(t, 100) measures how long steps take"
    ),
    Builtin(
      "samples",
      "Returns an image of sample translations: the first held-out images, or else training images, with the networks' outputs. For cyclegan the rows are a, g_ab(a), g_ba(g_ab(a)), and the same for b; for pairs they are input, output and target. Generators with attention, as those of ugatit, are shown with their heat maps, and with g_ba(a): a returned as it is. A condition is passed to the networks and not drawn.",
      Parameter("t", "A trainer of networks."),
      Parameter("n", "Number of images per row.", default: 6),
      Parameter("zoom", "Magnification of each image, an integer factor.", default: 1),
      examples: [Example("\(small)\nshow(t.samples(2))\n#=> …")],
      seeAlso: ["step", "sheet"], errors: ["E-range"]
    ) { (call: Call, t: NetworkTrainerObject, n: Int, zoom: Int) in
      guard n > 0 else {
        throw Failure(
          "E-range", "a row needs at least 1 image, not \(n)", suggestion: "t.samples(6)",
          parameter: "n")
      }
      return try t.samples(n, zoom: zoom).value
    },
  ]
}

/// The parameter by which a script says that a call of `step` was stopped.
func partOfSteps() -> Parameter {
  Parameter(
    "of",
    "Number of steps of the whole call, if these are only its first steps: its work at the end, such as measuring, is skipped. :save writes a stopped call in this way.",
    default: Int?.none, isKeywordOnly: true)
}

extension Session {
  /// The steps to make and those of the whole call: of `count` at most the limit of `--limit-steps`.
  func limited(_ count: Int, of total: Int?) throws -> (count: Int, total: Int) {
    let total = try checkedTotal(total, steps: count)
    guard let limit = stepLimit, count > limit else { return (count, total) }
    return (limit, limit)
  }
}

/// The steps of the whole call; throws `E-range` for fewer than those to make.
func checkedTotal(_ total: Int?, steps count: Int) throws -> Int {
  guard let total else { return count }
  guard total >= count else {
    throw Failure(
      "E-range", "\(count) steps cannot be the first of \(total)", parameter: "of")
  }
  return total
}

private func checked(_ count: Int) throws -> Int {
  guard count >= 0 else {
    throw Failure(
      "E-range", "the number of steps must be 0 or more, not \(count)", suggestion: "t.step(100)",
      parameter: "n")
  }
  return count
}

/// The built-in that keeps what was measured by other means than `log=`.
private func recording() -> Builtin {
  Builtin(
    "record",
    "Records numbers in a trainer's log at the current step, as `log` of t.step does.",
    Parameter("t", "A trainer of networks."),
    Parameter("values", "A record of numbers; the field names become columns of t.log."),
    Parameter(
      "best",
      "Name of one of the numbers. If it is a new minimum, the networks are kept as t.best.",
      default: String?.none, isKeywordOnly: true),
    examples: [
      Example("\(small)\nt.step(2)\nt.record((error=0.5))\nt.log[-1].error\n#=> 0.5")
    ], seeAlso: ["step"], errors: ["E-name", "E-type"]
  ) { (call: Call, t: NetworkTrainerObject, values: Record, best: String?) in
    let numbers = try measuredNumbers(of: values, parameter: "values")
    try t.trainer.observed(by: call.following(t)) { try t.trainer.measured(numbers, best: best) }
    return Nothing.nothing
  }
}

/// The numbers of a record with their names; throws `E-type` for another value.
private func measuredNumbers(
  of record: Record, parameter: String
) throws -> [(name: String, value: Double)] {
  try zip(record.names, record.values).map { name, value in
    let item = try Tensor.from(value)?.item().double
    guard let number = Double.from(value) ?? item else {
      throw Failure(
        "E-type", "`\(name)` of `\(parameter)` must be a number, not \(value.kindWithArticle)",
        parameter: parameter)
    }
    return (name, number)
  }
}

/// Some steps of a trainer, with the reports and measures between them.
private struct Running {
  let object: NetworkTrainerObject
  let call: Call
  let every: Int?
  let watch: Callback?
  let log: Callback?
  let best: String?
  let saving: PeriodicSave?
  /// The folder for TensorBoard.
  let board: String?
  let live: LiveTraining?

  init(
    _ object: NetworkTrainerObject, _ call: Call, every: Int?, watch: Callback?, log: Callback?,
    best: String?, saving: PeriodicSave?, board: String?, isLive: Bool
  ) {
    self.object = object
    self.call = call
    self.every = every
    self.watch = watch
    self.log = log
    self.best = best
    self.saving = saving
    self.board = board
    live = LiveTraining(object, isWanted: isLive)
  }

  /// Reports that `made` of `count` steps of this call are made: for the last time if `isOver`.
  private func report(_ made: Int, of count: Int, to work: Progress.Work, isOver: Bool = false) {
    // In a loop, the next round shows itself in the place of this one.
    let isLast = isOver && (made < count || call.loopProgress?.isLastRound ?? true)
    func overall() -> [String] {
      let part = count > 0 ? Double(made) / Double(count) : 1
      return (call.loopProgress?.text(part: isLast ? nil : part)).map { [$0] } ?? []
    }
    guard let live else {
      if !isOver {
        work.reach(made) { (overall() + [object.lossText]).joined(separator: "  ") }
      }
      return
    }
    work.reach(made, isLast: isLast) {
      ([formatBytes(object.session.budget.live)] + overall()).joined(separator: "  ")
    } view: {
      live.view()
    }
  }

  private var trainer: NetworkTrainer { object.trainer }

  /// Makes `count` steps, reporting and measuring every N and at the end: of `total` steps, where
  /// they are only the first of those.
  func run(_ count: Int, of total: Int? = nil) throws -> Nothing {
    let (count, total) = try object.session.limited(checked(count), of: total)
    let portion = every ?? max(1, total)
    guard portion > 0 else {
      throw Failure("E-range", "`every` must be 1 or more, not \(portion)", parameter: "every")
    }
    // A name that is not measured is refused before the steps are made, not after them, and before a
    // file is.
    if let best, count > 0, !isMeasured(best) { try measure(nil) }
    let board = try TrainingBoard(object, board, call)
    let effects = call.machine.effects
    object.session.ranks.place = call.place
    let session = object.session
    try session.progress.track("step", total: count, unit: "steps") { work in
      try saving.around {
        var made = 0
        do {
          try session.inLockstep {
            effects.stepped(object, by: 0, left: total)
            let follow = call.following(
              object, left: { total - made - 1 }, isOpen: { !trainer.heldOut.isEmpty },
              stepped: {
                made += 1
                effects.isBetweenSteps(call, made: made, of: total)
                report(made, of: count, to: work)
              })
            while made < count {
              try heedSignals()
              try call.checkInterrupt()
              try trainer.observed(by: { event in
                follow(event)
                board?.follow(event)
              }) {
                // Networks call what they are given by names that this built-in does not have.
                do { try trainer.step() } catch let failure as Failure { throw failure.about(nil) }
              }
              if made % portion == 0 || made == total {
                effects.isBesideSteps()
                try measure(board)
                try board?.showNetworks()
                if every != nil { call.note(object.progress) }
                if let watch {
                  try call.show(watch.call([object.value]), in: object.session)
                }
                effects.isBetweenSteps(call, made: made, of: total)
              }
              if made < count { saving?.saveIfDue() }
            }
            effects.isBesideSteps()
          }
        } catch {
          report(made, of: count, to: work, isOver: true)
          throw error
        }
      }
      report(count, of: count, to: work, isOver: true)
    }
    board?.end()
    try object.supplement(made: count, showsSamples: watch == nil)
    return .nothing
  }

  /// Does between two steps what signals ask for: of several processes all do the same.
  private func heedSignals() throws {
    let session = object.session
    let wishes = try session.agreedWishes(
      at: "\(trainer.kind), step \(trainer.count + 1), losses \(trainer.losses)")
    if wishes.contains(.save) { saving?.saveOnRequest() }
  }

  /// Whether a measure was taken after the last step.
  private func isMeasured(_ name: String) -> Bool {
    guard let row = trainer.measures.rows.last, row.step == trainer.count else { return false }
    return row.values.contains { $0.name == name }
  }

  /// Measures held-out images and what `log` returns.
  private func measure(_ board: TrainingBoard?) throws {
    var values = try trainer.measureHeldOut()
    if let log {
      let given = try log.call([object.value])
      guard case .record(let record) = given else {
        throw Failure(
          "E-type", "`log` must return a record of numbers, not \(given.kindWithArticle)",
          suggestion: "log=t => (distance=swd(…))", parameter: "log")
      }
      values += try measuredNumbers(of: record, parameter: "log")
    }
    guard !values.isEmpty || best != nil else { return }
    let follow = call.following(object)
    try trainer.observed(by: { event in
      follow(event)
      board?.follow(event)
    }) { try trainer.measured(values, best: best) }
  }
}

extension Call {
  /// Shows the result of a `watch` function, unless it is none; an image is drawn.
  func show(_ value: Value, in session: Session) throws {
    if case .none = value { return }
    if let image = Tensor.from(value), let display = try image.pictureDisplay(session) {
      return try show(.pixels(display))
    }
    for display in try value.displays(width: width) { try show(display) }
  }
}
