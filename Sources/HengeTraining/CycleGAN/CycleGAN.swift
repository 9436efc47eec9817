// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeModels
internal import HengeNN
internal import HengeTensor

extension AdversarialMethod {
  /// CycleGAN: two generators and two discriminators learn from two sets of images that are not paired.
  ///
  /// [Zhu et al. 2017]
  ///
  /// `g_ab` turns A into B and `g_ba` turns B into A; `d_a` and `d_b` judge images of A and of B. With
  /// least-squares adversaries and L1 distances, the generators minimize
  /// `mse(d_b(g_ab(a)), 1) + cycle · l1(g_ba(g_ab(a)), a) + identity · l1(g_ab(b), b)` and the same with
  /// A and B exchanged; each discriminator `½ mse(d(real), 1) + ½ mse(d(fake), 0)`, its fakes from a pool.
  static let cyclegan = AdversarialMethod(
    "cyclegan",
    "Makes the training of CycleGAN on two sets of pictures that are not paired: generators g_ab and g_ba, discriminators d_a and d_b. The generators make cost(d_b(g_ab(a)), real) + cycle · l1(g_ba(g_ab(a)), a) + identity · l1(g_ab(b), b) smaller, and the same the other way; the discriminators ½ cost(d(real), real) + ½ cost(d(fake), generated), with fakes from a pool. t.cycle, t.identity and t.lr can be set between steps.",
    data: .sets(
      a: "Pictures of the one kind, all of one size, -1..1.",
      b: "Pictures of the other kind, of the same size."),
    options: [
      MethodOption("base", "Maps behind the first layer of each network.", .int(64)),
      MethodOption(
        "blocks",
        "Residual blocks of the generators; by itself 6 below 256 pixels and 9 from there.",
        .int(nil)),
      MethodOption("layers", "Strided layers of the discriminators.", .int(3)),
      MethodOption("batch", "Pictures of each set in a step.", .batch(1)),
      MethodOption("lr", "How far a step of Adam goes.", .rate(2e-4)),
      MethodOption("betas", "How slowly Adam's two means move.", .betas([0.5, 0.999])),
      MethodOption("cycle", "What the way there and back weighs.", .weight(10)),
      MethodOption(
        "identity", "What it weighs that pictures of the target stay as they are.",
        .weight(5, comparing: "the identity compares g_ab(b) with b")),
      MethodOption("pool", "Generated pictures kept for each discriminator.", .pool(50)),
      MethodOption(
        "gan",
        "What scores cost: \"lsgan\" their squared distance from 1 and 0, \"vanilla\" their cross-entropy as logits, \"wgan\" -s and s, without a penalty.",
        .adversary(.lsgan)),
      MethodOption(
        "epochs", "Times that t.train() goes through the larger set.", .epochs(200)),
      MethodOption(
        "schedule",
        "How the rate falls in the second half of the epochs: \"linear\" behind each, so that the last still learns, as the reference did until 2020; \"linear_before\" before each, as since.",
        .schedule),
      MethodOption(
        "order", "Whether pictures are drawn, or taken from the first to the last.", .order),
    ],
    networks: [
      Network(
        "g_ab", "A generator to train from A to B, instead of resnet_generator(…).",
        initial: generator(from: .a, to: .b)),
      Network("g_ba", "One to train from B to A.", initial: generator(from: .b, to: .a)),
      Network(
        "d_a", "A discriminator of A to train, instead of patchgan(…).",
        initial: discriminator(of: .a)),
      Network("d_b", "One of B.", initial: discriminator(of: .b)),
    ],
    players: [Player("g", ["g_ab", "g_ba"]), Player("d", ["d_a", "d_b"])],
    directions: [
      Direction("g_ab", from: .a, to: .b, critics: ["d_b"], back: "g_ba"),
      Direction("g_ba", from: .b, to: .a, critics: ["d_a"], back: "g_ab"),
    ],
    pools: [Pool("pool_b", [.b]), Pool("pool_a", [.a])],
    losses: ["g_ab", "g_ba", "cycle_a", "cycle_b", "identity_a", "identity_b", "d_a", "d_b"],
    // Discriminators are shown images that were made before, so that it is the same whether the
    // generators change before them or with them.
    turns: [
      Turn("g", of: ["g"], run: translate),
      Turn("d", of: ["d"], showsByDirection: true, run: judge),
    ],
    memory: { weight in
      // One direction at a time: there, the images given back, and the way back.
      [Passes("g_ab", [.a], count: weight("identity") > 0 ? 3 : 2), Passes("d_b", [.b])]
    },
    heldOut:
      "Held-out pictures, [VA, VB]: their swd_a and swd_b stand in t.log wherever t.step measures.",
    example: Example(
      "base=2, blocks=1",
      more: [("t.cycle = 5\nt.step(2)\nt.g_ab(A[0]).shape", "3x24x24")],
      seeAlso: ["substep", "step", "resnet_generator", "patchgan"]))

  /// Makes images of a direction's target, gives the target's own back, and goes the way back.
  private static func translate(_ step: AdversarialStep, _ way: Direction) throws -> Outcome {
    let (source, target) = (way.source.letter, way.target.letter)
    let draws = step.draws("g_\(target)")
    let fake: Tensor
    var same: Tensor?
    if step.weight("identity") > 0 {
      (fake, same) = try step.run(way.generator, step[way.source], step[way.target], draws)
    } else {
      fake = try step.run(way.generator, step[way.source], draws)
    }
    let restored = try step.run(way.back, fake, draws)
    let scores = try step.scores(way, fake, draws)
    step.keep(fake.detached(), as: "fake_\(target)")
    let identity = try same.map { try $0.l1(step[way.target]) * .num(step.weight("identity")) }
    return Outcome(
      shown: [("fake_\(target)", fake), ("restored_\(source)", restored)]
        + (same.map { [("same_\(target)", $0)] } ?? []) + [("score_\(target)", scores[0])],
      losses: [
        (way.generator, try step.adversarial(scores)),
        ("cycle_\(source)", try restored.l1(step[way.source]) * .num(step.weight("cycle"))),
      ] + (identity.map { [("identity_\(target)", $0)] } ?? []))
  }

  /// Lets a direction's discriminator judge images, those of the pool in place of generated ones.
  private static func judge(_ step: AdversarialStep, _ way: Direction) throws -> Outcome {
    let target = way.target.letter
    let fakes = try step.shown(step.kept("fake_\(target)"), by: "pool_\(target)")
    let judged = try step.judge(way.critics[0], step[way.target], fakes, step.draws("d_\(target)"))
    return Outcome(
      shown: [("real_score_\(target)", judged.real), ("fake_score_\(target)", judged.fake)],
      losses: [("d_\(target)", judged.loss)])
  }

  private static func generator(from source: Side, to target: Side)
    -> @Sendable (MethodBuilding) -> (kind: LayerKind, [(String, Setting)])
  {
    { building in
      let (height, width) = building.size
      let blocks = building["blocks"]
      return (
        .resnetGenerator,
        [
          ("channels", building.channels(source)), ("out", building.channels(target)),
          ("base", building["base"]),
          ("blocks", blocks == .none ? .int(min(height, width) < 256 ? 6 : 9) : blocks),
        ]
      )
    }
  }

  private static func discriminator(of side: Side)
    -> @Sendable (MethodBuilding) -> (kind: LayerKind, [(String, Setting)])
  {
    { building in
      (
        .patchDiscriminator,
        [
          ("channels", building.channels(side)), ("base", building["base"]),
          ("layers", building["layers"]),
        ]
      )
    }
  }
}
