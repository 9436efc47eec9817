// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeRanks
internal import HengeTensor

/// A step of an adversarial method: its turns in order, then the update of all weights.
///
/// No weight changes before all is computed. Where the next turns are to see the new weights of a turn's
/// players, the weights of a network are computed when it runs, from gradients that are kept for the
/// update. Each turn runs for one part of the batch after the other, and goes on with the mean of their
/// gradients (``BatchParts``).
final class AdversarialStep: StepInParts {
  let trainer: AdversarialTrainer
  /// The step's number, 0 the first.
  let number: Int
  /// What the batch is cut into.
  let batch: BatchParts
  /// The parts that this process computes.
  let states: [PartState]
  /// What happens to images that are offered to pools; drawn where nothing is given.
  let decisions: [String: [ImagePool.Decision]]
  /// Numbers that turns draw by name; drawn where nothing is given.
  let numbers: [String: [Int]]
  let turns: [AdversarialMethod.Turn]
  /// For each turn, which parameters learn, and the sums of their gradients: those of the part that runs,
  /// in the end those of the batch.
  private(set) var gradients: [Gradients]
  /// What each turn computed for each part in each direction.
  private(set) var outcomes: [[[AdversarialMethod.Outcome]]]
  /// Sums of turns whose mean was not taken yet.
  private var unjoined: [(turn: Int, sums: PartSums)] = []
  /// The gradients of each part between the forward and the backward half of a turn.
  private var open: [Gradients] = []
  var pools: [String: ImagePool]
  /// The steps of turns that are seen by the next.
  private(set) var pending: [(optimizer: Optimizer, step: Optimizer.Step)] = []
  /// The turn that runs.
  private(set) var current = 0
  /// The part that runs, as a place in ``states``.
  private var place = 0
  /// Losses of the direction that runs whose gradients are added before the others'; nil where they are added
  /// at once.
  private var early: [Tensor]?
  /// Figures of the whole step, by name.
  private var figuresOfAll: [String: Double] = [:]
  /// Who looks on at a step that is run again without a tape.
  private(set) var observer: ((_ network: String) -> Pass.Observer)?
  private var step: NetworkTrainer.Step?

  /// Makes results, off the tape where `isConstant`.
  typealias Maker = (_ step: AdversarialStep, _ isConstant: Bool) throws -> [Tensor]

  /// What belongs to one part of the batch.
  final class PartState {
    /// Its place in the batch.
    let part: Int
    /// The images of A and of B.
    let images: [Tensor]
    /// Images that a turn keeps for those after it.
    var tensors: [String: Tensor] = [:]
    /// What makes results again from which a later turn goes on, by name.
    var makers: [String: Maker] = [:]
    /// The same results, where they are kept.
    var results: [String: [Tensor]] = [:]
    /// What pools show of the images that were offered.
    var shown: [String: Tensor] = [:]
    /// What was found besides losses, by the names of figures.
    var figures: [String: Double] = [:]
    /// Statistics that the passes of all turns move one after another.
    let moving = MovingStatistics()

    init(_ part: Int, _ images: [Tensor]) { (self.part, self.images) = (part, images) }
  }

  /// The step `number` of a batch of which `images` loads samples, cut as the trainer cuts it.
  init(
    _ trainer: AdversarialTrainer, _ number: Int, samples: Int, among ranks: any Ranks,
    decisions: [String: [ImagePool.Decision]] = [:], numbers: [String: [Int]] = [:],
    images: (_ samples: Range<Int>) throws -> [Tensor]
  ) rethrows {
    self.trainer = trainer
    self.number = number
    self.decisions = decisions
    self.numbers = numbers
    let batch = BatchParts(
      samples: samples, size: trainer.partSize(of: trainer.configuration.batch), among: ranks)
    self.batch = batch
    states = try batch.own.map { PartState($0, try images(batch.range(of: $0))) }
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

  /// Makes the whole step, one direction of one part after the other, so that what a direction keeps for
  /// its backward pass is freed before the next begins.
  func whole() throws -> NetworkTrainer.Step {
    for turn in turns.indices {
      try offer(turn)
      var sums = sums(of: turn)
      let ways = trainer.method.directions
      for place in states.indices {
        begin(turn, place)
        outcomes[turn].append([])
        for (index, way) in ways.enumerated() {
          let outcome = try turns[turn].run(self, way)
          let isLast = place == states.count - 1 && index == ways.count - 1
          try add(outcome.loss(), completed: isLast ? sums.sending(gradients[turn]) : nil)
          outcomes[turn][place].append(outcome.detached)
        }
        try collect(&sums)
      }
      try finish(&sums)
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
      try offer(turn)
      open = []
      outcomes[turn] = try states.indices.map { place in
        begin(turn, place)
        defer { open.append(gradients[turn]) }
        return try trainer.method.directions.map { way in
          early = []
          defer { early = nil }
          return try turns[turn].run(self, way).after(early ?? [])
        }
      }
      return (turn == 0 ? try given() : []) + (try shown(turn))
    }
    var sums = sums(of: turn)
    for place in states.indices {
      begin(turn, place)
      gradients[turn] = open[place]
      for outcome in outcomes[turn][place] {
        for loss in outcome.early { try add(loss) }
        try add(outcome.loss())
      }
      outcomes[turn][place] = outcomes[turn][place].map(\.detached)
      try collect(&sums)
    }
    open = []
    try join(&sums, turn)
    let values = try gradients[turn].values()
    try see(turn)
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
      try offer(turn)
      for place in states.indices {
        begin(turn, place)
        for way in trainer.method.directions { _ = try turns[turn].run(self, way) }
      }
    }
  }

  // MARK: One part

  /// The part that runs.
  var state: PartState { states[place] }

  /// Figures of the part that runs, by name.
  var figures: [String: Double] {
    get { state.figures }
    set { state.figures = newValue }
  }

  /// Statistics that the passes of the part that runs move one after another.
  var moving: MovingStatistics { state.moving }

  private func begin(_ turn: Int, _ place: Int) {
    (current, self.place) = (turn, place)
    guard batch.isCut else { return }
    gradients[turn] = Gradients(Learning(trainer.optimizers(of: turns[turn]).flatMap(\.layers)))
  }

  private func add(_ loss: Tensor, completed: Tensor.LeafGradient? = nil) throws {
    try gradients[current].add(batch.weighted(loss, state.part), completed: completed)
  }

  /// Adds a loss's gradients before the rest of the direction is computed, so that what was kept for them is
  /// freed.
  ///
  /// In a step that is made in parts they are added first in the backward part.
  func settle(_ loss: Tensor) throws {
    guard observer == nil else { return }
    if early == nil { try add(loss) } else { early?.append(loss) }
  }

  /// Shows pools what the parts make, in the order of the batch, before a turn that reads them.
  private func offer(_ turn: Int) throws {
    guard batch.isCut, trainer.configuration.pool > 0, let offer = turns[turn].offer else { return }
    var offered: [String: [Tensor]] = [:]
    for place in states.indices {
      begin(turn, place)
      for way in trainer.method.directions {
        let (pool, images) = try offer(self, way)
        offered[pool, default: []].append(images)
      }
    }
    for pool in trainer.method.pools.map(\.name) {
      guard let before = pools[pool], let images = offered[pool] else { continue }
      let (shown, after) = try before.showing(
        batch.gathered(images, at: words(pool)),
        decisions[pool] ?? trainer.decisions(of: number, pool, batch.samples))
      pools[pool] = after
      for state in states {
        let range = batch.range(of: state.part)
        state.shown[pool] = try shown.selecting([
          .slice(start: range.lowerBound, stop: range.upperBound, step: nil)
        ])
      }
    }
  }

  // MARK: All parts

  /// Where the step is, for processes that do not meet.
  func words(_ what: String, _ turn: Int? = nil) -> String {
    let turn = turn ?? current
    return
      "\(trainer.kind), step \(number + 1), \(turns.indices.contains(turn) ? turns[turn].name : ""): \(what)"
  }

  private func sums(of turn: Int) -> PartSums {
    PartSums(batch, of: turns[turn].name, trainer.orders, at: words("gradients", turn))
  }

  private func collect(_ sums: inout PartSums) throws {
    guard batch.isCut else { return }
    let own = gradients[current]
    // Sums that are referenced once are added in place.
    gradients[current].sums = own.sums.map { _ in nil }
    try sums.add(own, of: state.part)
  }

  private func join(_ sums: inout PartSums, _ turn: Int) throws {
    guard batch.isCut else { return }
    gradients[turn] = try sums.mean(gradients[turn])
  }

  /// Takes the mean of the parts' gradients, and computes the weights that the next turns see; where they
  /// see none, the mean is taken before the update, so that it is sent while they compute.
  private func finish(_ sums: inout PartSums) throws {
    guard turns[current].isSeenByNext || batch.ranks.count == 1 else {
      return unjoined.append((current, sums))
    }
    try join(&sums, current)
    try see(current)
  }

  /// Computes the weights that the next turns see, where they see this turn's.
  private func see(_ turn: Int) throws {
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
    figuresOfAll.merge(trainer.norms(of: steps.map { ($0, $1) })) { _, new in new }
  }

  private func steps(_ turn: Int) throws -> [Optimizer.Step] {
    try trainer.optimizers(of: turns[turn]).map {
      try $0.step(
        gradients[turn], scaledBy: trainer.factor(ofStep: number), path: trainer.path)
    }
  }

  /// The losses and figures of the parts, as means over the batch.
  private func means() throws -> (losses: [Double], figures: [String: Double]) {
    let names = trainer.figureNames.filter { name in states.allSatisfy { $0.figures[name] != nil } }
    let own = try states.indices.map { place -> [Double] in
      let all = outcomes.flatMap { $0[place].flatMap(\.losses) }
      for loss in all where !trainer.lossNames.contains(loss.name) {
        preconditionFailure("\(trainer.kind) does not declare the loss \(loss.name)")
      }
      // A loss whose weight is 0 need not be computed.
      return try trainer.lossNames.map { name in
        try all.first { $0.name == name }?.value.item().double ?? 0
      } + names.map { states[place].figures[$0] ?? .nan }
    }
    let means = try batch.mean(own, at: words("losses"))
    let losses = Array(means.prefix(trainer.lossNames.count))
    let figures = zip(names, means.dropFirst(losses.count)).map { ($0, $1) }
    return (losses, Dictionary(figures, uniquingKeysWith: { first, _ in first }))
  }

  /// Computes what the optimizers change, and what applies the step.
  private func update() throws {
    for (turn, var sums) in unjoined { try join(&sums, turn) }
    unjoined = []
    let (losses, figures) = try means()
    figuresOfAll.merge(figures) { _, new in new }
    try trainer.check(losses)
    let others = turns.indices.filter { !turns[$0].isSeenByNext }
    let steps = try others.map { turn in
      (optimizers: trainer.optimizers(of: turns[turn]), steps: try self.steps(turn))
    }
    for (optimizers, steps) in steps { note(norms: zip(optimizers, steps)) }
    let after = trainer.method.pools.compactMap { pools[$0.name] }
    let (recent, notices) = try noticed()
    // They follow from the weights: those of all parts are the same.
    let moving = states[0].moving
    step = NetworkTrainer.Step(losses: losses, figures: figuresOfAll, notices: notices) {
      [trainer, pending] in
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
      let rows = try states.indices.map { place in
        guard
          let made = outcomes.flatMap({ $0[place] }).flatMap(\.shown).first(where: {
            $0.name == name
          })
        else {
          preconditionFailure("\(trainer.kind) does not show \(name), what \(way.generator) makes")
        }
        self.place = place
        return try RecentImages.rows(
          of: made.value, of: pictures(way.source), beside: pictures(way.target))
      }
      let found = try trainer.noticed(way, batch.gathered(rows, at: words(name)), in: number)
      recent[way.generator] = found.after
      figuresOfAll.merge(found.figures) { _, new in new }
      notices += found.notices
    }
    return (recent, notices)
  }
}
