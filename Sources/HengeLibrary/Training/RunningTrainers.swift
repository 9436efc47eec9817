// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor
internal import HengeThreads
internal import HengeTraining

private let sets = "A = faces(\"anime\", 12, size=16x16); B = faces(\"photo\", 12, size=16x16)"
private let small = "\(sets); t = encoder_decoder_trainer(A, B, batch=4)"

/// Built-ins that run trainers of networks and say how it goes.
func runningTrainers(_ session: Session) -> [Builtin] {
  let every = Parameter(
    "every", "Say how it goes, and measure, each so many steps.", default: Int?.none,
    isKeywordOnly: true)
  let watch = Parameter(
    "watch", "A function of the trainer, called as often; its value is shown.",
    default: Callback?.none, isKeywordOnly: true)
  let log = Parameter(
    "log",
    "A function of the trainer, called as often: the record of numbers that it gives becomes columns of t.log.",
    default: Callback?.none, isKeywordOnly: true)
  let best = Parameter(
    "best",
    "The name of a measure: whenever it is smaller than before, the networks are kept as t.best.",
    default: String?.none, isKeywordOnly: true)
  let saving = savingParameters()
  return [
    recording(),
    Builtin(
      "step",
      "Makes `n` steps. Stopped by Ctrl-C it leaves the trainer at a whole step. What `log` measures, and a trainer by itself of its val=, stands in t.log in the rows of the steps where it was measured.",
      Parameter("t", "A trainer of networks."), Parameter("n", "How many steps.", default: 1),
      every, watch, log, best, saving.save, saving.every, partOfSteps(),
      examples: [
        Example("\(small); t.step(3); t.losses.loss > 0", gives: "true"),
        Example(
          "\(small); t.step(4, save=\"t.safetensors\", save_every=2); resume(\"t.safetensors\", A, B).count",
          gives: "4"),
        Example(
          "\(small); t.step(4, every=2, log=t => (error=mse(t.model(A[0]), B[0])), best=\"error\"); t.best.step",
          gives: nil),
      ], seeAlso: ["train", "substep", "samples", "estimate", "record"],
      errors: ["E-range", "E-finite", "E-midstep", "E-name", "E-file"]
    ) {
      (
        call: Call, t: NetworkTrainerObject, n: Int, every: Int?, watch: Callback?, log: Callback?,
        best: String?, save: String?, saveEvery: Int?, of: Int?
      ) in
      let saving = try PeriodicSave(t, save, every: saveEvery, call, session)
      return try Running(t, call, every: every, watch: watch, log: log, best: best, saving: saving)
        .run(n, of: of)
    },
    Builtin(
      "train", "Makes the steps that are left of a whole run, or of so many epochs.",
      Parameter("t", "A trainer of networks."),
      Parameter("epochs", "Times to go through the data from here on.", default: Int?.none),
      every, watch, log, best, saving.save, saving.every,
      examples: [
        Example(
          "\(sets); t = encoder_decoder_trainer(A, B, batch=6); t.train(epochs=1); t.epoch",
          gives: "1")
      ], seeAlso: ["step"], errors: ["E-range", "E-finite", "E-midstep", "E-name", "E-file"]
    ) {
      (
        call: Call, t: NetworkTrainerObject, epochs: Int?, every: Int?, watch: Callback?,
        log: Callback?, best: String?, save: String?, saveEvery: Int?
      ) in
      let saving = try PeriodicSave(t, save, every: saveEvery, call, session)
      let running = Running(
        t, call, every: every, watch: watch, log: log, best: best, saving: saving)
      guard let epochs else { return try running.run(max(0, t.trainer.total - t.trainer.count)) }
      let (steps, overflow) = epochs.multipliedReportingOverflow(by: t.trainer.stepsPerEpoch)
      guard epochs >= 0, !overflow else {
        throw Failure("E-range", "cannot train for \(epochs) epochs", parameter: "epochs")
      }
      return try running.run(steps)
    },
    Builtin(
      "estimate",
      "Says what `n` more steps will take: computes a step twice without putting it in force, and gives a record of `step`, the seconds of the second one, `seconds`, those of all, and `bytes`, the most that was used beside what the session holds.",
      Parameter("t", "A trainer of networks."),
      Parameter(
        "n", "How many steps; by itself those that are left of a whole run.", default: Int?.none),
      examples: [
        Example(
          "\(small); e = t.estimate(1000); e.seconds > e.step and t.count == 0", gives: "true")
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
      return Value(fields: [
        ("step", .num(seconds)), ("seconds", .num(seconds * Double(count))), ("bytes", .int(bytes)),
      ])
    },
    Builtin(
      "samples",
      "Gives a sheet of what a trainer's networks do with the first pictures that were held out, or else trained on: for cyclegan a row of A, of g_ab(a) and of the way back, and the same of B; for pairs what is given, what the model makes of it, and what it should make.",
      Parameter("t", "A trainer of networks."),
      Parameter("n", "Pictures in a row.", default: 6),
      Parameter("zoom", "How many times larger each picture is drawn.", default: 1),
      examples: [Example("\(small); t.samples(2).shape[0]", gives: "3")],
      seeAlso: ["step", "sheet"], errors: ["E-range"]
    ) { (call: Call, t: NetworkTrainerObject, n: Int, zoom: Int) in
      guard n > 0 else {
        throw Failure(
          "E-range", "a row has at least 1 picture, not \(n)", suggestion: "t.samples(6)",
          parameter: "n")
      }
      let rows = try t.trainer.samples(n)
      let range = t.trainer.datasets.last?.dataset.range ?? .signed
      let pictures = try rows.map { row in
        try row.pictures.map { try $0.picture(range: range).pixels }
      }
      let sheet = try Montage(budget: session.budget).zoomed(zoom)
        .sheet(pictures, left: rows.map(\.name))
      return try Tensor(sheet, range: .signed, on: session.backend).value
    },
  ]
}

/// The parameter by which a script says that a call of `step` was stopped.
func partOfSteps() -> Parameter {
  Parameter(
    "of",
    "How many steps a call makes of which these are only the first: what it does at its end, such as measuring, is left out. This is how :save writes a call that was stopped.",
    default: Int?.none, isKeywordOnly: true)
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
      "E-range", "cannot make \(count) steps", suggestion: "t.step(100)", parameter: "n")
  }
  return count
}

/// The built-in that keeps what was measured by other means than `log=`.
private func recording() -> Builtin {
  Builtin(
    "record",
    "Adds numbers to a trainer's log at the step that it has reached, as `log` of t.step does.",
    Parameter("t", "A trainer of networks."),
    Parameter("values", "A record of numbers; their names become columns of t.log."),
    Parameter(
      "best",
      "The name of one of them: where it is smaller than before, the networks are kept as t.best.",
      default: String?.none, isKeywordOnly: true),
    examples: [
      Example("\(small); t.step(2); t.record((error=0.5)); t.log[\"error\"][1]", gives: "0.5")
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
        "E-type", "`\(name)` of `\(parameter)` is a number, not \(value.kindWithArticle)",
        parameter: parameter)
    }
    return (name, number)
  }
}

/// Some steps of a trainer, and what is told and measured meanwhile.
private struct Running {
  let object: NetworkTrainerObject
  let call: Call
  let every: Int?
  let watch: Callback?
  let log: Callback?
  let best: String?
  let saving: PeriodicSave?

  init(
    _ object: NetworkTrainerObject, _ call: Call, every: Int?, watch: Callback?, log: Callback?,
    best: String?, saving: PeriodicSave?
  ) {
    self.object = object
    self.call = call
    self.every = every
    self.watch = watch
    self.log = log
    self.best = best
    self.saving = saving
  }

  private var trainer: NetworkTrainer { object.trainer }

  /// Makes `count` steps, telling and measuring every so many, and at the end: of `total` steps, where
  /// they are only the first of those.
  func run(_ count: Int, of total: Int? = nil) throws -> Nothing {
    let count = try checked(count)
    let total = try checkedTotal(total, steps: count)
    let portion = every ?? max(1, total)
    guard portion > 0 else {
      throw Failure("E-range", "`every` is at least 1, not \(portion)", parameter: "every")
    }
    // A name that is not measured is refused before the steps are made, not after them.
    if let best, count > 0, !isMeasured(best) { try measure() }
    let effects = call.machine.effects
    try object.session.progress.track("step", total: count, unit: "steps") { work in
      try saving.around {
        effects.stepped(object, by: 0, left: total)
        var made = 0
        let follow = call.following(
          object, left: { total - made - 1 }, isOpen: { !trainer.heldOut.isEmpty },
          stepped: {
            made += 1
            effects.isBetweenSteps(call, made: made, of: total)
            work.reach(made) { object.lossText }
          })
        while made < count {
          try call.checkInterrupt()
          try trainer.observed(by: follow) { try trainer.step() }
          if made % portion == 0 || made == total {
            effects.isBesideSteps()
            try measure()
            if every != nil { call.note(object.progress) }
            if let watch { try call.show(watch.call([object.value])) }
            effects.isBetweenSteps(call, made: made, of: total)
          }
          if made < count { saving?.saveIfDue() }
        }
        effects.isBesideSteps()
      }
    }
    return .nothing
  }

  /// Whether a measure was taken after the last step.
  private func isMeasured(_ name: String) -> Bool {
    guard let row = trainer.measures.rows.last, row.step == trainer.count else { return false }
    return row.values.contains { $0.name == name }
  }

  /// Measures what the trainer measures by itself and what `log` gives.
  private func measure() throws {
    var values = try trainer.measureHeldOut()
    if let log {
      let given = try log.call([object.value])
      guard case .record(let record) = given else {
        throw Failure(
          "E-type", "`log` gives a record of numbers, not \(given.kindWithArticle)",
          suggestion: "log=t => (distance=swd(…))", parameter: "log")
      }
      values += try measuredNumbers(of: record, parameter: "log")
    }
    guard !values.isEmpty || best != nil else { return }
    try trainer.observed(by: call.following(object)) { try trainer.measured(values, best: best) }
  }
}

extension Call {
  /// Shows what a watching function gave, unless it gave nothing.
  func show(_ value: Value) throws {
    if case .none = value { return }
    for display in try value.displays(width: width) { try show(display) }
  }
}
