// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeTensor

/// A step of pix2pix: the discriminator's, then the generator's beside the discriminator as it will be.
///
/// Both are of pictures that were made once, and neither is in force before both are computed. A
/// discriminator's running statistics move by its own two runs; in the reference its run for the
/// generator moves them once more, which no training step sees.
final class Pix2PixStep: StepInParts {
  static let partNames = ["forward_d", "backward_d", "forward_g", "backward_g", "update"]

  private let trainer: Pix2PixTrainer
  private let number: Int
  private let a: Tensor
  private let b: Tensor
  private let decisions: [ImagePool.Decision]
  private let generator: Learning
  private let critic: Learning
  private var fake: Tensor?
  private var judgement: Judgement?
  private var losses: (adversarial: Tensor, distance: Tensor)?
  private var pool: ImagePool
  /// The discriminator as it will be.
  private var judging: Moment?
  private var gradients: [Tensor] = []
  private var step: NetworkTrainer.Step?

  init(
    _ trainer: Pix2PixTrainer, _ number: Int, a: Tensor, b: Tensor,
    _ decisions: [ImagePool.Decision]
  ) {
    self.trainer = trainer
    self.number = number
    self.a = a
    self.b = b
    self.decisions = decisions
    generator = Learning([trainer.parts.g])
    critic = Learning([trainer.parts.d])
    pool = trainer.pool
  }

  /// Makes all parts.
  func whole() throws -> NetworkTrainer.Step {
    for index in Self.partNames.indices { _ = try compute(part: index) }
    return try finished()
  }

  func compute(part index: Int) throws -> [(name: String, value: PartValue)] {
    switch index {
    case 0: try judge()
    case 1: try learnToJudge()
    case 2: try makeUp()
    case 3: try learnToMake()
    default: try update()
    }
  }

  func finished() throws -> NetworkTrainer.Step {
    guard let step else { preconditionFailure("a step is finished behind its last part") }
    return step
  }

  // MARK: Parts

  /// Makes pictures, and lets the discriminator judge pairs with them and pairs as they are.
  private func judge() throws -> [(name: String, value: PartValue)] {
    let fake = try trainer.parts.g(a, pass(generator, "g"))
    let judged = try judged(fake.detached(), pass(critic, "d"))
    (self.fake, judgement) = (fake, judged)
    return [
      ("real_a", .tensor(a)), ("real_b", .tensor(b)), ("fake_b", .tensor(fake.detached())),
      ("real_score", .tensor(judged.real.detached())),
      ("fake_score", .tensor(judged.fake.detached())),
      ("d", .number(try judged.loss.item().double)),
    ]
  }

  private func judged(_ fake: Tensor, _ pass: Pass) throws -> Judgement {
    let (shown, after) = try pool.showing(pair(with: fake), decisions)
    pool = after
    return try Judgement(
      by: trainer.parts.d, of: pair(with: b), shown, trainer.configuration.adversary, pass)
  }

  /// The discriminator's gradients, and what it will be: its step is put in force and taken back.
  private func learnToJudge() throws -> [(name: String, value: PartValue)] {
    guard let judged = judgement else { preconditionFailure("parts are made in order") }
    var sums: [Tensor?] = []
    try critic.addGradients(of: judged.loss, to: &sums)
    let gradients = try critic.gradients(sums)
    judgement = judged.detached
    let before = Moment(of: trainer.parts.d, trainer.critic)
    let step = try trainer.critic.step(
      critic, gradients, scaledBy: factor, path: trainer.path)
    trainer.critic.publish(step)
    judging = Moment(of: trainer.parts.d, trainer.critic)
    before.putInForce()
    return [("d", .gradients(at: trainer.parts.d, critic, gradients))]
  }

  /// Lets the new discriminator judge what was made.
  private func makeUp() throws -> [(name: String, value: PartValue)] {
    guard let judging, let fake else { preconditionFailure("parts are made in order") }
    let score = try trainer.parts.d(
      pair(with: fake), pass(Learning([], beside: judging.trained), "d.after"))
    let adversarial = try trainer.configuration.adversary.loss(score, isReal: true)
    let distance = try fake.l1(b) * .num(trainer.weight)
    losses = (adversarial, distance)
    return [
      ("score", .tensor(score.detached())), ("g", .number(try adversarial.item().double)),
      ("l1", .number(try distance.item().double)),
    ]
  }

  private func learnToMake() throws -> [(name: String, value: PartValue)] {
    guard let on = losses else { preconditionFailure("parts are made in order") }
    var sums: [Tensor?] = []
    try generator.addGradients(of: on.adversarial + on.distance, to: &sums)
    gradients = try generator.gradients(sums)
    losses = (on.adversarial.detached(), on.distance.detached())
    fake = nil
    return [("g", .gradients(at: trainer.parts.g, generator, gradients))]
  }

  /// Computes what the generator's optimizer changes, and what puts the step in force.
  private func update() throws -> [(name: String, value: PartValue)] {
    guard let losses, let judgement, let judging else {
      preconditionFailure("parts are made in order")
    }
    let numbers = try [losses.adversarial, losses.distance, judgement.loss].map {
      try $0.item().double
    }
    try trainer.check(numbers)
    let making = try trainer.generator.step(
      generator, gradients, scaledBy: factor, path: trainer.path)
    step = NetworkTrainer.Step(losses: numbers) { [trainer, pool] in
      judging.putInForce()
      trainer.generator.publish(making)
      trainer.pool = pool
    }
    return zip(trainer.lossNames, numbers).map { ($0, .number($1)) }
  }

  /// Makes the forward passes alone, watched, without a tape.
  func rerun(_ observer: (_ network: String) -> Pass.Observer) throws {
    let made = try trainer.parts.g(a, pass(nil, "g", observer("g")))
    _ = try judged(made, pass(nil, "d", observer("d")))
  }

  /// The pictures of A with others, along their channels.
  private func pair(with other: Tensor) throws -> Tensor {
    try Tensor.concatenated([a, other], axis: 1)
  }

  private func pass(_ learning: Learning?, _ name: String, _ observer: Pass.Observer? = nil) -> Pass
  {
    let stream = RandomStream(seed: trainer.seed, name: "pix2pix.dropout.\(name).\(number)")
    return Pass(.training, learning: learning, draws: Draws(stream), observer: observer)
  }

  private var factor: Double { trainer.factor(ofEpoch: number / trainer.stepsPerEpoch) }
}

/// A network and its optimizer as they are at one moment.
private struct Moment {
  private let optimizer: Optimizer
  private let values: [(parameter: ModelParameter, value: Tensor)]
  private let count: Int
  private let state: [ObjectIdentifier: [Tensor]]

  init(of layer: Layer, _ optimizer: Optimizer) {
    self.optimizer = optimizer
    values = layer.allParameters.map { ($0.parameter, $0.parameter.value) }
    (count, state) = (optimizer.count, optimizer.state)
  }

  /// The weights without statistics.
  var trained: [(parameter: ModelParameter, value: Tensor)] { values.filter(\.parameter.isTrained) }

  func putInForce() {
    for (parameter, value) in values { parameter.set(value) }
    optimizer.restore(count: count, state: state)
  }
}
