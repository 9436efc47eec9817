// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeTensor

/// A step of an adversarial method: its turns in order, then the update of all weights.
///
/// No weight changes before all is computed. Where the next turns are to see the new weights of a turn's
/// players, the weights of a network are computed when it runs, from gradients that are kept for the
/// update.
final class AdversarialStep: StepInParts {
  let trainer: AdversarialTrainer
  /// The step's number, 0 the first.
  let number: Int
  /// The images of A and of B.
  let images: [Tensor]
  /// What happens to images that are offered to pools; drawn where nothing is given.
  let decisions: [String: [ImagePool.Decision]]
  /// Numbers that turns draw by name; drawn where nothing is given.
  let numbers: [String: [Int]]
  let turns: [AdversarialMethod.Turn]
  /// For each turn, which parameters learn, and the sums of their gradients.
  private(set) var gradients: [Gradients]
  /// What each turn computed in each direction.
  private var outcomes: [[AdversarialMethod.Outcome]]
  /// Images that a turn keeps for those after it.
  var tensors: [String: Tensor] = [:]
  var pools: [String: ImagePool]
  /// The steps of turns that are seen by the next.
  private(set) var pending: [(optimizer: Optimizer, step: Optimizer.Step)] = []
  /// Statistics that the passes of all turns move one after another.
  let moving = MovingStatistics()
  /// The turn that runs.
  private(set) var current = 0
  /// Losses of the direction that runs whose gradients are added before the others'; nil where they are added
  /// at once.
  private var early: [Tensor]?
  /// What was found besides losses, by the names of figures.
  var figures: [String: Double] = [:]
  /// Who looks on at a step that is run again without a tape.
  private(set) var observer: ((_ network: String) -> Pass.Observer)?
  private var step: NetworkTrainer.Step?

  init(
    _ trainer: AdversarialTrainer, _ number: Int, images: [Tensor],
    decisions: [String: [ImagePool.Decision]] = [:], numbers: [String: [Int]] = [:]
  ) {
    self.trainer = trainer
    self.number = number
    self.images = images
    self.decisions = decisions
    self.numbers = numbers
    turns = trainer.method.turns
    gradients = turns.map { turn in
      Gradients(Learning(trainer.optimizers(of: turn).flatMap(\.layers)))
    }
    outcomes = turns.map { _ in [] }
    pools = Dictionary(
      zip(trainer.method.pools.map(\.name), trainer.pools), uniquingKeysWith: { first, _ in first })
  }

  // MARK: In parts and whole

  /// `forward_NAME` and `backward_NAME` of each turn, and `update`.
  var partNames: [String] {
    turns.flatMap { ["forward_\($0.name)", "backward_\($0.name)"] } + ["update"]
  }

  /// Makes the whole step, one direction after the other, so that what a direction keeps for its
  /// backward pass is freed before the next begins.
  func whole() throws -> NetworkTrainer.Step {
    for turn in turns.indices {
      for way in trainer.method.directions {
        let outcome = try forward(turn, way)
        try gradients[turn].add(outcome.loss())
        outcomes[turn].append(outcome.detached)
      }
      try finish(turn)
    }
    try update()
    return try finished()
  }

  /// Makes the forward or the backward pass of a turn in all directions, or the update.
  func compute(part index: Int) throws -> [(name: String, value: PartValue)] {
    let (turn, half) = index.quotientAndRemainder(dividingBy: 2)
    guard turns.indices.contains(turn) else {
      try update()
      return zip(trainer.lossNames, step?.losses ?? []).map { ($0, .number($1)) }
    }
    if half == 0 {
      outcomes[turn] = try trainer.method.directions.map { way in
        early = []
        defer { early = nil }
        return try forward(turn, way).after(early ?? [])
      }
      let given: [(name: String, value: PartValue)] = [
        ("real_a", .tensor(images[0])), ("real_b", .tensor(images[1])),
      ]
      return (turn == 0 ? given : []) + (try shown(turn))
    }
    for outcome in outcomes[turn] {
      for loss in outcome.early { try gradients[turn].add(loss) }
      try gradients[turn].add(outcome.loss())
    }
    outcomes[turn] = outcomes[turn].map(\.detached)
    let values = try gradients[turn].values()
    try finish(turn)
    let learned = trainer.optimizers(of: turns[turn]).flatMap(\.layers)
    return trainer.networks.filter { network in learned.contains { $0 === network.layer } }.map {
      ($0, .gradients(at: $1, gradients[turn].learning, values))
    }
  }

  /// The whole step.
  func finished() throws -> NetworkTrainer.Step {
    guard let step else { preconditionFailure("a step is finished after its last part") }
    return step
  }

  /// Makes the forward passes alone, watched, without a tape.
  func rerun(_ observer: @escaping (_ network: String) -> Pass.Observer) throws {
    self.observer = observer
    for turn in turns.indices {
      for way in trainer.method.directions { _ = try forward(turn, way) }
    }
  }

  /// Adds a loss's gradients before the rest of the direction is computed, so that what was kept for them is
  /// freed.
  ///
  /// In a step that is made in parts they are added first in the backward part.
  func settle(_ loss: Tensor) throws {
    guard observer == nil else { return }
    if early == nil { try gradients[current].add(loss) } else { early?.append(loss) }
  }

  private func forward(_ turn: Int, _ way: AdversarialMethod.Direction) throws
    -> AdversarialMethod.Outcome
  {
    current = turn
    return try turns[turn].run(self, way)
  }

  /// Computes the weights that the next turns see, where they see this turn's.
  private func finish(_ turn: Int) throws {
    guard turns[turn].isSeenByNext else { return }
    let optimizers = trainer.optimizers(of: turns[turn])
    let steps = try self.steps(turn)
    note(norms: zip(optimizers, steps))
    pending += zip(optimizers, steps).map { ($0, $1) }
  }

  /// The weights of `layer` as turns before have left them; none that they did not change.
  func seen(of layer: Layer) throws -> [(parameter: ModelParameter, value: Tensor)] {
    try pending.flatMap { try $0.optimizer.results(of: $0.step, in: layer) }
  }

  private func note(norms steps: Zip2Sequence<[Optimizer], [Optimizer.Step]>) {
    figures.merge(trainer.norms(of: steps.map { ($0, $1) })) { _, new in new }
  }

  private func steps(_ turn: Int) throws -> [Optimizer.Step] {
    try trainer.optimizers(of: turns[turn]).map {
      try $0.step(
        gradients[turn], scaledBy: trainer.factor(ofStep: number), path: trainer.path)
    }
  }

  /// Computes what the optimizers change, and what applies the step.
  private func update() throws {
    let all = outcomes.flatMap { $0.flatMap(\.losses) }
    for loss in all where !trainer.lossNames.contains(loss.name) {
      preconditionFailure("\(trainer.kind) does not declare the loss \(loss.name)")
    }
    // A loss whose weight is 0 need not be computed.
    let losses = try trainer.lossNames.map { name in
      try all.first { $0.name == name }?.value.item().double ?? 0
    }
    try trainer.check(losses)
    let others = turns.indices.filter { !turns[$0].isSeenByNext }
    let steps = try others.map { turn in
      (optimizers: trainer.optimizers(of: turns[turn]), steps: try self.steps(turn))
    }
    for (optimizers, steps) in steps { note(norms: zip(optimizers, steps)) }
    let after = trainer.method.pools.compactMap { pools[$0.name] }
    let (recent, notices) = try noticed()
    step = NetworkTrainer.Step(losses: losses, figures: figures, notices: notices) {
      [trainer, pending, moving] in
      for (optimizer, step) in pending { optimizer.publish(step) }
      for (optimizers, steps) in steps {
        for (optimizer, step) in zip(optimizers, steps) { optimizer.publish(step) }
      }
      moving.publish()
      trainer.pools = after
      trainer.recent = recent
    }
  }

  /// Takes in what was made in all directions: their recent images after it, and what is noticed of them.
  private func noticed() throws -> (recent: [String: RecentImages], notices: [Notice]) {
    var (recent, notices): ([String: RecentImages], [Notice]) = ([:], [])
    for way in trainer.method.directions {
      let name = "fake_\(way.target.letter)"
      guard let made = outcomes.joined().flatMap(\.shown).first(where: { $0.name == name }) else {
        preconditionFailure("\(trainer.kind) does not show \(name), what \(way.generator) makes")
      }
      let found = try trainer.noticed(
        way, made.value, of: pictures(way.source), beside: pictures(way.target), in: number)
      recent[way.generator] = found.after
      figures.merge(found.figures) { _, new in new }
      notices += found.notices
    }
    return (recent, notices)
  }

  /// What a turn computed, as its part shows it.
  private func shown(_ turn: Int) throws -> [(name: String, value: PartValue)] {
    func tensors(_ outcome: AdversarialMethod.Outcome) -> [(name: String, value: PartValue)] {
      outcome.shown.map { ($0, .tensor($1.detached())) }
    }
    func numbers(_ outcome: AdversarialMethod.Outcome) throws -> [(name: String, value: PartValue)]
    {
      try outcome.losses.map { ($0, .number(try $1.item().double)) }
    }
    let made = outcomes[turn]
    guard turns[turn].showsByDirection else {
      return made.flatMap(tensors) + (try made.flatMap(numbers))
    }
    return try made.flatMap { tensors($0) + (try numbers($0)) }
  }
}

extension AdversarialTrainer {
  /// The optimizers whose players use a turn's gradients.
  func optimizers(of turn: AdversarialMethod.Turn) -> [Optimizer] {
    zip(method.players, players).filter { turn.players.contains($0.0.name) }.map { $1 }
  }
}
