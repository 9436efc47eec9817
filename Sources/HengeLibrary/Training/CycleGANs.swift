// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
public import HengeLanguage
internal import HengeModels
internal import HengeNN
internal import HengeTensor
public import HengeTraining

extension AdversarialConfiguration.Schedule: Choice {}
extension AdversarialConfiguration.Order: Choice {}
extension Adversary: Choice {}

/// Pictures of both kinds that are not trained on.
struct HeldOut: ValueConvertible {
  let a: Dataset
  let b: Dataset

  static var kind: String { "[dataset, dataset] | pairs" }

  static func from(_ value: Value) -> HeldOut? {
    if let pairs = PairsObject.from(value)?.pairs {
      return HeldOut(a: pairs.first, b: pairs.second)
    }
    guard let sets = [Dataset].from(value), sets.count == 2 else { return nil }
    return HeldOut(a: sets[0], b: sets[1])
  }

  var value: Value { [a, b].value }

  /// Those of a value that a member is set to.
  static func checked(_ value: Value) throws -> HeldOut {
    if let held = from(value) { return held }
    throw Failure(
      "E-type", "held-out pictures are two datasets, not \(value.kindWithArticle)",
      suggestion: "t.val = [VA, VB]", parameter: "val")
  }
}

private let sets = "A = faces(\"anime\", 4, size=24x24); B = faces(\"photo\", 4, size=24x24)"
private let small = "\(sets); t = cyclegan(A, B, base=2, blocks=1)"

/// Built-ins that make CycleGAN's trainer, and look inside of its steps.
func cycleGANs(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "cyclegan",
      "Makes the training of CycleGAN on two sets of pictures that are not paired: generators g_ab and g_ba, discriminators d_a and d_b. The generators make cost(d_b(g_ab(a)), real) + cycle · l1(g_ba(g_ab(a)), a) + identity · l1(g_ab(b), b) smaller, and the same the other way; the discriminators ½ cost(d(real), real) + ½ cost(d(fake), generated), with fakes from a pool. t.cycle, t.identity and t.lr can be set between steps.",
      Parameter("A", "Pictures of the one kind, all of one size, -1..1."),
      Parameter("B", "Pictures of the other kind, of the same size."),
      Parameter("base", "Maps behind the first layer of each network.", default: 64),
      Parameter(
        "blocks",
        "Residual blocks of the generators; by itself 6 below 256 pixels and 9 from there.",
        default: Int?.none),
      Parameter("layers", "Strided layers of the discriminators.", default: 3),
      Parameter("batch", "Pictures of each set in a step.", default: 1),
      Parameter("lr", "How far a step of Adam goes.", default: 2e-4),
      Parameter("betas", "How slowly Adam's two means move.", default: [0.5, 0.999]),
      Parameter("cycle", "What the way there and back weighs.", default: 10.0),
      Parameter(
        "identity", "What it weighs that pictures of the target stay as they are.", default: 5.0),
      Parameter("pool", "Generated pictures kept for each discriminator.", default: 50),
      Parameter(
        "gan",
        "What scores cost: \"lsgan\" their squared distance from 1 and 0, \"vanilla\" their cross-entropy as logits, \"wgan\" -s and s, without a penalty.",
        default: Adversary.lsgan),
      Parameter("epochs", "Times that t.train() goes through the larger set.", default: 200),
      Parameter(
        "schedule",
        "How the rate falls in the second half of the epochs: \"linear\" behind each, so that the last still learns, as the reference did until 2020; \"linear_before\" before each, as since.",
        default: AdversarialConfiguration.Schedule.constant),
      Parameter(
        "order", "Whether pictures are drawn, or taken from the first to the last.",
        default: AdversarialConfiguration.Order.random),
      Parameter(
        "val",
        "Held-out pictures, [VA, VB]: their swd_a and swd_b stand in t.log wherever t.step measures.",
        default: HeldOut?.none, isKeywordOnly: true),
      AugmentOption.parameter,
      Parameter(
        "g_ab", "A generator to train from A to B, instead of resnet_generator(…).",
        default: ModelObject?.none, isKeywordOnly: true),
      Parameter(
        "g_ba", "One to train from B to A.", default: ModelObject?.none, isKeywordOnly: true),
      Parameter(
        "d_a", "A discriminator of A to train, instead of patchgan(…).",
        default: ModelObject?.none, isKeywordOnly: true),
      Parameter("d_b", "One of B.", default: ModelObject?.none, isKeywordOnly: true),
      examples: [
        Example("\(small); t.step(); t.count", gives: "1"),
        Example(
          "\(sets); g = () => resnet_generator(base=2, blocks=1, up=\"nearest\"); t = cyclegan(A, B, base=2, g_ab=g(), g_ba=g()); t.step(); t.count",
          gives: "1"),
        Example("\(small); t.cycle = 5; t.step(2); t.g_ab(A[0]).shape", gives: "3x24x24"),
      ],
      seeAlso: ["substep", "step", "resnet_generator", "patchgan"],
      errors: ["E-shape", "E-range", "E-data", "E-arg", "E-memory"]
    ) {
      (
        A: Dataset, B: Dataset, base: Int, blocks: Int?, layers: Int, batch: Int, rate: Double,
        betas: [Double], cycle: Double, identity: Double, pool: Int, gan: Adversary, epochs: Int,
        schedule: AdversarialConfiguration.Schedule, order: AdversarialConfiguration.Order,
        held: HeldOut?, augment: AugmentOption?, gAB: ModelObject?, gBA: ModelObject?,
        dA: ModelObject?, dB: ModelObject?
      ) in
      // A network that is given has its own say in what it takes.
      let (a, b) = try PictureSizes.checked(
        A, B, augment?.options, divisor: max(gAB?.layer.divisor ?? 4, gBA?.layer.divisor ?? 4),
        layers: dA == nil || dB == nil ? layers : 0)
      let count = blocks ?? (min(a[1], a[2]) < 256 ? 6 : 9)
      let networks = try session.drawingWeights { weights in
        func generator(_ from: Shape, _ to: Shape) throws -> Layer {
          try LayerKind.resnetGenerator(
            [
              ("channels", .int(from[0])), ("out", .int(to[0])), ("base", .int(base)),
              ("blocks", .int(count)),
            ], weights)
        }
        func discriminator(_ of: Shape) throws -> Layer {
          try LayerKind.patchDiscriminator(
            [("channels", .int(of[0])), ("base", .int(base)), ("layers", .int(layers))], weights)
        }
        return CycleGANTrainer.Networks(
          gAB: try gAB?.layer ?? generator(a, b), gBA: try gBA?.layer ?? generator(b, a),
          dA: try dA?.layer ?? discriminator(a), dB: try dB?.layer ?? discriminator(b))
      }
      let trainer = try CycleGANTrainer(
        networks, a: A, b: B,
        .init(
          batch: batch, epochs: epochs, decay: epochs / 2, betas: betas, pool: pool,
          adversary: gan, schedule: schedule, order: order),
        learningRate: rate, cycle: cycle, identity: identity, augment: augment?.options,
        seed: session.streams.seed)
      if let held { try trainer.holdOut(held.a, held.b) }
      try session.checkMemory(trainer)
      return NetworkTrainerObject(trainer, session)
    },
    Builtin(
      "substep",
      "Makes the next part of a step and gives all that it computed: forward_g (pictures, scores, losses), backward_g (gradients by network), forward_d, backward_d, update. Nothing is in force before the last part; until then t.step(), save and snapshot are E-midstep, and t.drop() forgets the step. A part that is stopped drops it too.",
      Parameter("t", "A trainer whose steps have parts."),
      examples: [
        Example("\(small); p = t.substep(); (p.part, p.fake_b.shape)", gives: nil),
        Example("\(small); repeat 5 { t.substep() }; t.count", gives: "1"),
      ], seeAlso: ["step", "drop", "cyclegan"], errors: ["E-arg", "E-finite"]
    ) { (call: Call, t: NetworkTrainerObject) in
      let before = t.trainer.count
      let part = try t.trainer.substep()
      // All parts of a step together do what t.step() does.
      call.machine.effects.stepped(t, by: t.trainer.count - before, left: 0)
      if t.trainer.count > before { call.tellDivergence(of: t.trainer) }
      return Value(
        fields: [("part", Value(part.name)), ("step", .int(part.step))]
          + part.values.map { ($0.name, $0.value.value) })
    },
    Builtin(
      "drop", "Forgets the parts that substep made of a step that is not finished.",
      Parameter("t", "A trainer of networks."),
      examples: [Example("\(small); t.substep(); t.drop(); t.step(); t.count", gives: "1")],
      seeAlso: ["substep"]
    ) { (t: NetworkTrainerObject) in
      t.trainer.drop()
      return Nothing.nothing
    },
  ]
}

extension PartValue {
  /// The value of the language.
  fileprivate var value: Value {
    switch self {
    case .tensor(let tensor): tensor.value
    case .number(let number): .num(number)
    case .group(let values): Value(fields: values.map { ($0.name, $0.value.value) })
    }
  }
}

extension Session {
  /// Refuses a trainer with `E-memory` whose steps would not fit.
  func checkMemory(_ trainer: NetworkTrainer) throws {
    guard let bytes = try trainer.estimatedBytes(), !budget.canMakeRoom(for: bytes) else { return }
    throw Failure(
      "E-memory",
      "training this takes about \(formatBytes(bytes)), and henge may use \(formatBytes(budget.limit))",
      notes: ["\(formatBytes(budget.live)) are in use"],
      suggestion: "smaller pictures, base=32, or a smaller batch", parameter: "base")
  }
}

extension TrainerFile {
  /// What was chosen when a trainer of adversaries was made.
  func configuration() throws -> AdversarialConfiguration {
    try .init(
      batch: setting("batch") { Int($0) }, epochs: setting("epochs") { Int($0) },
      decay: setting("decay") { Int($0) },
      betas: betas(), pool: setting("pool") { Int($0) },
      adversary: setting("gan") { .init(rawValue: $0) },
      schedule: setting("schedule") { .init(rawValue: $0) },
      order: setting("order") { .init(rawValue: $0) })
  }
}

extension TrainerKind {
  /// CycleGAN.
  static let cyclegan = TrainerKind(name: "cyclegan", form: { _ in .sets }) { file, sets in
    let trainer = try CycleGANTrainer(
      .init(
        gAB: file.network("g_ab"), gBA: file.network("g_ba"), dA: file.network("d_a"),
        dB: file.network("d_b")), a: sets[0], b: sets[1],
      file.configuration(),
      learningRate: 0, cycle: file.dial("cycle"), identity: file.dial("identity"),
      augment: file.augmentation(), seed: file.seed())
    return NetworkTrainerObject(trainer, file.session)
  }
}
