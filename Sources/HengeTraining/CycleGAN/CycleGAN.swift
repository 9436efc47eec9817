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
    "CycleGAN [Zhu et al. 2017]: learns to translate between two sets of unpaired images. Two generators (g_ab: A → B, g_ba: B → A) are trained against two discriminators (d_a, d_b). Loss of the generators: adversarial(d_b(g_ab(a))) + cycle · l1(g_ba(g_ab(a)), a) + identity · l1(g_ab(b), b), and the same in the other direction. Loss of a discriminator: the mean of its losses on real and on generated images, taken from a pool. t.lr, t.cycle and t.identity can be changed between steps.",
    data: .sets(
      a: "Dataset of images of one kind, all of the same size, values -1..1.",
      b: "Dataset of images of the other kind, of the same size."),
    options: [
      MethodOption("base", "Channels after the first layer of each network.", .int(64)),
      MethodOption(
        "blocks",
        "Residual blocks per generator (default: 6 below 256 px, else 9).",
        .int(nil)),
      MethodOption("layers", "Number of layers of stride 2 per discriminator.", .int(3)),
      .batch,
      .learningRate, .betas,
      .cycle,
      .identity(5),
      MethodOption(
        "pool",
        "Size of the image pool: generated images kept to show to each discriminator (50 in the paper).",
        .pool(50)),
      .adversary(.lsgan),
      .epochs,
      .schedule,
      .order,
      .condition,
      .passed("up", to: .resnetGenerator),
      .passed(
        "norm", to: .resnetGenerator, "Normalization layer of generators and discriminators."),
    ],
    networks: [
      Network(
        "g_ab", "Generator from A to B; by default resnet_generator(…).",
        initial: generator(from: .a, to: .b)),
      Network(
        "g_ba", "Generator from B to A; by default resnet_generator(…).",
        initial: generator(from: .b, to: .a)),
      Network(
        "d_a", "Discriminator of A; by default patchgan(…).",
        initial: discriminator(of: .a)),
      Network("d_b", "Discriminator of B; by default patchgan(…).", initial: discriminator(of: .b)),
    ],
    players: [Player("g", ["g_ab", "g_ba"]), Player("d", ["d_a", "d_b"])],
    directions: [
      Direction("g_ab", from: .a, to: .b, critics: ["d_b"], back: "g_ba"),
      Direction("g_ba", from: .b, to: .a, critics: ["d_a"], back: "g_ab"),
    ],
    pools: [Pool("pool_b", [.b]), Pool("pool_a", [.a])],
    losses: [
      "g_ab", "g_ba", Loss("cycle_a", weight: "cycle"), Loss("cycle_b", weight: "cycle"),
      Loss("identity_a", weight: "identity"), Loss("identity_b", weight: "identity"), "d_a", "d_b",
    ],
    // Discriminators are shown images that were made before, so that it is the same whether the
    // generators change before them or with them.
    turns: [
      Turn("g", of: ["g"], run: translate),
      Turn("d", of: ["d"], showsByDirection: true, offer: offer, run: judge),
    ],
    memory: { weight in
      // One direction at a time: there, the images given back, and the way back.
      [Passes("g_ab", [.a], count: weight("identity") > 0 ? 3 : 2), Passes("d_b", [.b])]
    },
    heldOut:
      "Held-out images [VA, VB]: t.step measures their sliced Wasserstein distances, swd_a and swd_b, and records them in t.log.",
    example: Example(
      "base=2, blocks=1",
      more: [("t.cycle = 5\nt.step(2)\nt.g_ab(A[0]).shape", "3x24x24")],
      seeAlso: ["substep", "step", "resnet_generator", "patchgan"]))

  /// Makes images of a direction's target, returns the target's own back, and goes the way back.
  private static func translate(_ step: AdversarialStep, _ way: Direction) throws -> Outcome {
    let (source, target) = (way.source.letter, way.target.letter)
    let draws = step.draws("g_\(target)")
    let fake: Tensor
    var same: Tensor?
    if step.weight("identity") > 0 {
      (fake, same) = try step.run(
        way.generator, step[way.source],
        step.joined(step.pictures(way.target), as: way.source, under: way.target), draws)
    } else {
      fake = try step.run(way.generator, step[way.source], draws)
    }
    let given = try step.joined(fake, as: way.target, under: way.source)
    let restored = try step.run(way.back, given, draws)
    let scores = try step.scores(way, given, draws)
    step.keep(given.detached(), as: "fake_\(target)")
    let identity = try same.map {
      try $0.l1(step.pictures(way.target)) * .num(step.weight("identity"))
    }
    return Outcome(
      shown: [("fake_\(target)", fake), ("restored_\(source)", restored)]
        + (same.map { [("same_\(target)", $0)] } ?? []) + [("score_\(target)", scores[0])],
      losses: [
        (way.generator, try step.adversarial(scores)),
        (
          "cycle_\(source)",
          try restored.l1(step.pictures(way.source)) * .num(step.weight("cycle"))
        ),
      ] + (identity.map { [("identity_\(target)", $0)] } ?? []))
  }

  /// What a direction's generator made, for the pool.
  @Sendable private static func offer(_ step: AdversarialStep, _ way: Direction) -> (
    pool: String, images: Tensor
  ) {
    ("pool_\(way.target.letter)", step.kept("fake_\(way.target.letter)"))
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
    -> @Sendable (MethodBuilding) throws -> (kind: LayerKind, [(String, Setting)])
  {
    { building in
      let (height, width) = building.size
      let blocks = building["blocks"]
      let settings = [
        ("out", building.pictureChannels(target)), ("base", building["base"]),
        ("blocks", blocks == .none ? .int(min(height, width) < 256 ? 6 : 9) : blocks),
        ("up", building["up"]),
      ]
      guard let condition = building.conditionChannels(source) else {
        return (
          .resnetGenerator,
          [("channels", building.channels(source)), ("norm", building["norm"])] + settings
        )
      }
      try building.refuseOtherNorms()
      return (
        .filmGenerator,
        [("channels", building.pictureChannels(source)), ("condition", condition)] + settings
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
          ("layers", building["layers"]), ("norm", building["norm"]),
        ]
      )
    }
  }
}
