// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeTensor

/// A step of CycleGAN: the gradients of generators and discriminators are computed before either is
/// changed, which is the same as changing the generators first, because the discriminators are shown
/// pictures that were made before.
final class CycleGANStep: StepInParts {
  static let partNames = ["forward_g", "backward_g", "forward_d", "backward_d", "update"]

  private let trainer: CycleGANTrainer
  private let number: Int
  /// The pictures of A and of B.
  private let real: [Tensor]
  /// What happens to the pictures that each direction makes when its pool is full.
  private let decisions: [[ImagePool.Decision]]
  private let generators: Learning
  private let critics: Learning
  private var runs: [Direction.Run] = []
  private var gradients: [Tensor?] = []
  private var judgements: [Judgement] = []
  private var pools: [ImagePool] = []
  private var criticGradients: [Tensor?] = []
  private var step: NetworkTrainer.Step?

  init(
    _ trainer: CycleGANTrainer, _ number: Int, real: [Tensor], decisions: [[ImagePool.Decision]]
  ) {
    self.trainer = trainer
    self.number = number
    self.real = real
    self.decisions = decisions
    generators = Learning(trainer.generators.layers)
    critics = Learning(trainer.critics.layers)
  }

  /// Makes the whole step, one direction after the other, so that what a direction keeps for its
  /// backward pass is let go before the other begins.
  func whole() throws -> NetworkTrainer.Step {
    for place in trainer.directions.indices {
      let run = try run(place)
      try generators.addGradients(of: run.loss(), to: &gradients)
      runs.append(run.detached)
    }
    for place in trainer.directions.indices {
      let judgement = try judge(place)
      try critics.addGradients(of: judgement.loss, to: &criticGradients)
      judgements.append(judgement.detached)
    }
    try update()
    return try finished()
  }

  func compute(part index: Int) throws -> [(name: String, value: PartValue)] {
    switch index {
    case 0:
      runs = try trainer.directions.indices.map(run)
      return try picturesAndLosses()
    case 1:
      for run in runs { try generators.addGradients(of: run.loss(), to: &gradients) }
      runs = runs.map(\.detached)
      return groups(
        trainer.generators.layers, generators, try generators.gradients(gradients))
    case 2:
      judgements = try trainer.directions.indices.map(judge)
      return try scoresAndLosses()
    case 3:
      for judgement in judgements {
        try critics.addGradients(of: judgement.loss, to: &criticGradients)
      }
      judgements = judgements.map(\.detached)
      return groups(trainer.critics.layers, critics, try critics.gradients(criticGradients))
    default:
      try update()
      return zip(trainer.lossNames, step?.losses ?? []).map { ($0, .number($1)) }
    }
  }

  func finished() throws -> NetworkTrainer.Step {
    guard let step else { preconditionFailure("a step is finished behind its last part") }
    return step
  }

  // MARK: Parts

  private func run(_ place: Int) throws -> Direction.Run {
    try trainer.directions[place].run(
      real[place], real[1 - place], trainer.weights, generators, draws("g", place))
  }

  /// Where dropout draws: the same in every run of this step.
  private func draws(_ network: String, _ place: Int) -> Draws {
    let way = trainer.directions[place]
    return Draws(
      RandomStream(
        seed: trainer.seed, name: "cyclegan.dropout.\(network)_\(way.target).\(number)"))
  }

  /// Makes the forward passes alone, watched, without a tape.
  func rerun(_ observer: @escaping Direction.Observers) throws {
    runs = try trainer.directions.indices.map {
      try trainer.directions[$0].run(
        real[$0], real[1 - $0], trainer.weights, nil, draws("g", $0), observer)
    }
    for place in trainer.directions.indices {
      _ = try trainer.directions[place].judge(
        real[1 - place], shown(place), nil, draws("d", place), observer)
    }
  }

  /// What the pool shows the discriminator of a direction instead of this step's pictures.
  private func shown(_ place: Int) throws -> Tensor {
    let (shown, after) = try trainer.pools[place].showing(
      runs[place].fake.detached(), decisions[place])
    pools.append(after)
    return shown
  }

  private func judge(_ place: Int) throws -> Judgement {
    let shown = try shown(place)
    return try trainer.directions[place].judge(
      real[1 - place], shown, critics, draws("d", place))
  }

  /// Computes what the optimizers change, and what puts the step in force.
  private func update() throws {
    let losses =
      try runs.map { try $0.adversarial.item().double }
      + runs.map { try $0.cycle.item().double }
      + runs.reversed().map { try $0.identity?.item().double ?? 0 }
      + judgements.reversed().map { try $0.loss.item().double }
    try trainer.check(losses)
    let factor = trainer.factor(ofEpoch: number / trainer.stepsPerEpoch)
    let generating = try trainer.generators.step(
      generators, generators.gradients(gradients), scaledBy: factor, path: trainer.path)
    let judging = try trainer.critics.step(
      critics, critics.gradients(criticGradients), scaledBy: factor, path: trainer.path)
    step = NetworkTrainer.Step(losses: losses) { [trainer, pools] in
      trainer.generators.publish(generating)
      trainer.critics.publish(judging)
      trainer.pools = pools
    }
  }

  // MARK: What parts tell

  private func picturesAndLosses() throws -> [(name: String, value: PartValue)] {
    var values: [(name: String, value: PartValue)] = [
      ("real_a", .tensor(real[0])), ("real_b", .tensor(real[1])),
    ]
    for (way, run) in zip(trainer.directions, runs.map(\.detached)) {
      values.append(("fake_\(way.target)", .tensor(run.fake)))
      values.append(("restored_\(way.source)", .tensor(run.restored)))
      if let same = run.same { values.append(("same_\(way.target)", .tensor(same))) }
      values.append(("score_\(way.target)", .tensor(run.score)))
    }
    for (way, run) in zip(trainer.directions, runs) {
      values.append(("g_\(way.source)\(way.target)", .number(try run.adversarial.item().double)))
      values.append(("cycle_\(way.source)", .number(try run.cycle.item().double)))
      if let identity = run.identity {
        values.append(("identity_\(way.target)", .number(try identity.item().double)))
      }
    }
    return values
  }

  private func scoresAndLosses() throws -> [(name: String, value: PartValue)] {
    var values: [(name: String, value: PartValue)] = []
    for (way, judgement) in zip(trainer.directions, judgements) {
      values.append(("real_score_\(way.target)", .tensor(judgement.real.detached())))
      values.append(("fake_score_\(way.target)", .tensor(judgement.fake.detached())))
      values.append(("d_\(way.target)", .number(try judgement.loss.item().double)))
    }
    return values
  }

  /// The gradients by network and by the weights' paths.
  private func groups(_ layers: [Layer], _ learning: Learning, _ gradients: [Tensor])
    -> [(name: String, value: PartValue)]
  {
    trainer.networks.filter { network in layers.contains { $0 === network.layer } }.map {
      ($0, .gradients(at: $1, learning, gradients))
    }
  }
}
