// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeRanks
internal import HengeTensor

// What the turns of a method are written with.

extension AdversarialStep {
  /// The step's images of one side, `[N, C, H, W]`, as generators read and discriminators judge them: with
  /// their conditions, where there are some.
  subscript(side: AdversarialMethod.Side) -> Tensor { state.images[side.rawValue] }

  /// The pictures in the step's images of one side: what generators make, without conditions.
  func pictures(_ side: AdversarialMethod.Side) throws -> Tensor {
    try trainer.told(side).planes.picture(self[side])
  }

  /// Pictures as images of `side`, under the conditions of the step's images of `source`.
  ///
  /// What a generator made is given so to the way back and to discriminators.
  func joined(
    _ pictures: Tensor, as side: AdversarialMethod.Side, under source: AdversarialMethod.Side
  ) throws -> Tensor {
    let planes = trainer.told(side).planes
    guard !planes.isEmpty else { return pictures }
    return try planes.joined(pictures, trainer.told(source).planes.condition(self[source]))
  }

  /// What a turn before this one kept as `name`.
  func kept(_ name: String) -> Tensor {
    guard let tensor = state.tensors[name] else {
      preconditionFailure("no turn of \(trainer.kind) keeps \(name) before this one")
    }
    return tensor
  }

  /// Results of `make` from which a later turn goes on, on the tape.
  ///
  /// In a step of one part they are kept. In a step of several they are made again in that turn, so that
  /// what one part keeps for its backward pass is there at a time; here they are off the tape.
  func lasting(_ name: String, _ make: @escaping Maker) throws -> [Tensor] {
    guard batch.isCut else {
      let results = try make(self, observer != nil)
      state.results[name] = results
      return results
    }
    state.makers[name] = make
    return try make(self, true)
  }

  /// The results that an earlier turn called `name`, which are no longer kept.
  func lasted(_ name: String) throws -> [Tensor] {
    if let make = state.makers.removeValue(forKey: name) { return try make(self, observer != nil) }
    guard let results = state.results.removeValue(forKey: name) else {
      preconditionFailure("no turn of \(trainer.kind) makes \(name) before this one")
    }
    return results
  }

  /// Keeps a tensor for the turns after this one; on the tape, where they go on from it.
  func keep(_ tensor: Tensor, as name: String) { state.tensors[name] = tensor }

  /// The weight of a loss.
  func weight(_ name: String) -> Double { trainer.dial(name) }

  /// Whether a flag of the method is set.
  func isSet(_ flag: String) -> Bool { trainer.choice(flag) == .bool(true) }

  /// `count` different numbers below `bound` in a random order, or all where there are no more, from the
  /// stream of that name: the same whenever this step is made.
  func drawn(_ name: String, _ count: Int, below bound: Int) -> [Int] {
    if let given = numbers[name] { return given }
    var stream = RandomStream(seed: trainer.seed, name: "\(trainer.kind).\(name).\(number)")
    return Array(stream.permutation(bound).prefix(count))
  }

  /// The random numbers that dropout draws, from the stream of that name: the same whenever this step
  /// is made.
  func draws(_ name: String) -> Draws {
    Draws(
      RandomStream(seed: trainer.seed, name: "\(trainer.kind).dropout.\(name).\(number)"),
      of: batch.samples(of: state.part))
  }

  /// The output of a network for a batch.
  ///
  /// The turn's players learn by it; other weights are constants, as the turns before left them.
  func run(
    _ network: String, _ x: Tensor, _ draws: Draws, turn: String? = nil, sides: SideOutputs? = nil
  ) throws -> Tensor {
    try trainer.network(network)(x, pass(network, draws, turn: turn, sides: sides))
  }

  /// The output of a network for two batches.
  ///
  /// It runs once over both where its normalization is of each sample, which takes a twentieth less time
  /// and has the same result.
  func run(
    _ network: String, _ first: Tensor, _ second: Tensor, _ draws: Draws, turn: String? = nil,
    sides: SideOutputs? = nil
  ) throws -> (Tensor, Tensor) {
    guard !trainer.network(network).mixesSamples else {
      return (
        try run(network, first, draws, turn: turn, sides: sides),
        try run(network, second, draws, turn: turn, sides: sides)
      )
    }
    let both = try run(
      network, Tensor.concatenated([first, second]), draws, turn: turn, sides: sides)
    let count = first.shape[0]
    return (
      try both.selecting([.slice(start: 0, stop: count, step: nil)]),
      try both.selecting([.slice(start: count, stop: nil, step: nil)])
    )
  }

  /// The results of the layers at `paths` of a network for a batch, as by ``run(_:_:_:turn:sides:)``; the
  /// empty path is the network's own result.
  ///
  /// Nothing learns by them where `isConstant`.
  func results(
    of network: String, at paths: [String], _ x: Tensor, _ draws: Draws, turn: String? = nil,
    isConstant: Bool = false
  ) throws -> [Tensor] {
    try trainer.network(network).results(
      at: paths, x, isConstant ? constantPass(network, draws) : pass(network, draws, turn: turn))
  }

  /// What each discriminator of a direction says of images of its target.
  func scores(_ way: AdversarialMethod.Direction, _ images: Tensor, _ draws: Draws) throws
    -> [Tensor]
  {
    try way.critics.map { try run($0, images, draws) }
  }

  /// The pass of a network in this turn, or in another where that goes on from its result.
  func pass(
    _ network: String, _ draws: Draws, turn: String? = nil, sides: SideOutputs? = nil
  ) throws -> Pass {
    if let observer {
      return Pass(.training, draws: draws, sides: sides, observer: observer(network))
    }
    let place = turn.flatMap { name in turns.firstIndex { $0.name == name } } ?? current
    let layer = trainer.network(network)
    let seen = try seen(of: layer)
    let learning = seen.isEmpty ? gradients[place].learning : Learning([], beside: seen)
    return Pass(
      .training, learning: learning, draws: draws, moving: moving, sides: sides,
      checkpoints: trainer.common.checkpoint)
  }

  /// The output of a network for a batch, off the tape.
  func made(_ network: String, _ x: Tensor, _ draws: Draws) throws -> Tensor {
    try trainer.network(network)(x, constantPass(network, draws))
  }

  /// A run of a network by whose result nothing learns.
  func constantPass(_ network: String, _ draws: Draws? = nil) -> Pass {
    Pass(.training, draws: draws, observer: observer?(network))
  }

  /// What discriminators are shown instead of `fakes`, by the pool of that name.
  func shown(_ fakes: Tensor, by pool: String) throws -> Tensor {
    guard let before = pools[pool] else {
      preconditionFailure("\(trainer.kind) has no pool \(pool)")
    }
    // Pools of a step in several parts have seen what all parts made.
    guard !batch.isCut else { return state.shown[pool] ?? fakes }
    let count = fakes.shape[0]
    let (shown, after) = try before.showing(
      fakes, decisions[pool] ?? trainer.decisions(of: number, pool, count))
    pools[pool] = after
    return shown
  }

  /// The loss of a generator whose images are to pass for real, by the scores of each discriminator.
  func adversarial(_ scores: [Tensor]) throws -> Tensor {
    let losses = try scores.map { try trainer.configuration.adversary.passing($0) }
    return try losses.dropFirst().reduce(losses[0], +)
  }

  /// What a discriminator says of real and of generated images, and half their loss; its accuracy is a figure
  /// of the step.
  func judge(_ critic: String, _ real: Tensor, _ fakes: Tensor, _ draws: Draws) throws
    -> Judgement
  {
    let adversary = trainer.configuration.adversary
    let judgement = try Judgement(
      by: trainer.network(critic), of: real, fakes, adversary, pass(critic, draws))
    figures[AdversarialTrainer.accuracyName(critic)] = try adversary.accuracy(
      real: judgement.real, fake: judgement.fake)
    return judgement
  }
}

extension AdversarialStep {
  /// The step `number` of the images of A and of B, `[N, C, H, W]`.
  convenience init(
    _ trainer: AdversarialTrainer, _ number: Int, images: [Tensor],
    decisions: [String: [ImagePool.Decision]] = [:], numbers: [String: [Int]] = [:]
  ) {
    // One part has them all, and nothing fails.
    self.init(
      trainer, number, samples: 1, among: OneProcess(), decisions: decisions, numbers: numbers
    ) { _ in images }
  }
}

extension AdversarialTrainer {
  /// The optimizers whose players use a turn's gradients.
  func optimizers(of turn: AdversarialMethod.Turn) -> [Optimizer] {
    zip(method.players, players).filter { turn.players.contains($0.0.name) }.map { $1 }
  }
}
