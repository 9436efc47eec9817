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
  private let learning: Learning
  private let critics: [Learning]
  /// All of both discriminators, for their optimizer: d_a before d_b.
  private let allCritics: Learning
  private var runs: [Direction.Run] = []
  private var gradients: [Tensor] = []
  private var judgements: [Direction.Judgement] = []
  private var pools: [ImagePool] = []
  private var criticGradients: [[Tensor]] = []
  private var step: NetworkTrainer.Step?

  init(
    _ trainer: CycleGANTrainer, _ number: Int, real: [Tensor], decisions: [[ImagePool.Decision]]
  ) {
    self.trainer = trainer
    self.number = number
    self.real = real
    self.decisions = decisions
    learning = Learning(trainer.generators.layers)
    critics = trainer.directions.map { Learning([$0.critic]) }
    allCritics = Learning(trainer.critics.layers)
  }

  /// Makes the whole step, one direction after the other, so that what a direction keeps for its
  /// backward pass is let go before the other begins.
  func whole() throws -> NetworkTrainer.Step {
    for place in trainer.directions.indices {
      let run = try run(place)
      try descend(run)
      runs.append(run.detached)
    }
    for place in trainer.directions.indices {
      let judgement = try judge(place)
      criticGradients.append(try critics[place].gradientsOrZeros(of: judgement.loss))
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
      for run in runs { try descend(run) }
      runs = runs.map(\.detached)
      return groups(trainer.generators.layers, learning, gradients)
    case 2:
      judgements = try trainer.directions.indices.map(judge)
      return try scoresAndLosses()
    case 3:
      criticGradients = try zip(critics, judgements).map { try $0.gradientsOrZeros(of: $1.loss) }
      judgements = judgements.map(\.detached)
      return zip(trainer.directions, zip(critics, criticGradients)).flatMap {
        groups([$0.critic], $1.0, $1.1)
      }.sorted { $0.name < $1.name }
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
      real[place], real[1 - place], trainer.weights, learning, draws("g", place))
  }

  /// Where dropout draws: the same in every run of this step.
  private func draws(_ network: String, _ place: Int) -> Draws {
    let way = trainer.directions[place]
    return Draws(
      RandomStream(
        seed: trainer.seed, name: "cyclegan.dropout.\(network)_\(way.target).\(number)"))
  }

  /// Adds a direction's gradients at the generators.
  private func descend(_ run: Direction.Run) throws {
    let own = try learning.gradientsOrZeros(of: run.loss())
    gradients = gradients.isEmpty ? own : try zip(gradients, own).map { try $0 + $1 }
  }

  private func judge(_ place: Int) throws -> Direction.Judgement {
    let pool = trainer.pools[place]
    let (shown, after) = try pool.showing(
      runs[place].fake.detached(), decisions[place])
    pools.append(after)
    return try trainer.directions[place].judge(
      real[1 - place], shown, critics[place], draws("d", place))
  }

  /// Computes what the optimizers change, and what puts the step in force.
  private func update() throws {
    let factor = trainer.factor(ofEpoch: number / trainer.stepsPerEpoch)
    // The direction to B, whose critic is d_b, comes first.
    let generators = try trainer.generators.step(learning, gradients, scaledBy: factor)
    let critics = try trainer.critics.step(
      allCritics, Array(criticGradients.reversed().joined()), scaledBy: factor)
    let losses =
      try runs.map { try $0.adversarial.item().double }
      + runs.map { try $0.cycle.item().double }
      + runs.reversed().map { try $0.identity?.item().double ?? 0 }
      + judgements.reversed().map { try $0.loss.item().double }
    step = NetworkTrainer.Step(losses: losses) { [trainer, pools] in
      trainer.generators.publish(generators)
      trainer.critics.publish(critics)
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
    let found = Dictionary(
      zip(learning.parameters.map { ObjectIdentifier($0) }, gradients),
      uniquingKeysWith: { first, _ in first })
    return trainer.networks.filter { network in layers.contains { $0 === network.layer } }.map {
      name, layer in
      let own = layer.allParameters.compactMap { path, parameter in
        found[ObjectIdentifier(parameter)].map { (name: path, value: PartValue.tensor($0)) }
      }
      return (name: name, value: .group(own))
    }
  }
}

extension Optimizer {
  /// As ``step(_:_:)`` at a rate that a schedule multiplies.
  fileprivate func step(_ learning: Learning, _ gradients: [Tensor], scaledBy factor: Double) throws
    -> Step
  {
    let rate = learningRate
    defer { learningRate = rate }
    learningRate = rate * factor
    return try step(learning, gradients)
  }
}
