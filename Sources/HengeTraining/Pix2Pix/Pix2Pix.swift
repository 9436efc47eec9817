// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeModels
internal import HengeNN
internal import HengeTensor

extension AdversarialMethod {
  /// pix2pix: a generator learns from pairs of images, with a discriminator that sees both of a pair.
  ///
  /// [Isola et al. 2017]
  ///
  /// `g` makes b of a; `d` judges a and b joined along their channels. In each step the discriminator
  /// first minimizes `½ cost(d(a, b), real) + ½ cost(d(a, g(a)), generated)`, its images from a pool
  /// where there is one, then the generator `cost(d(a, g(a)), real) + l1 · mean|g(a) - b|` beside the new
  /// discriminator; ``Adversary`` says the cost. A discriminator's running statistics move by its own two
  /// runs; in the reference its run for the generator moves them once more, which no training step sees.
  static let pix2pix = AdversarialMethod(
    "pix2pix",
    "Makes the training of pix2pix on pairs of pictures: a generator g and a discriminator d that sees both pictures of a pair. In each step d makes ½ cost(d(a, b), real) + ½ cost(d(a, g(a)), generated) smaller first, then g cost(d(a, g(a)), real) + l1 · mean|g(a) - b| beside the new d. Norm, dropout and cost are the reference's. t.l1 and t.lr can be set between steps; t.g(a) drops nothing, t.g(a, train=true) does, as the reference's test program.",
    data: .pairs("Pairs of pictures of one size, -1..1: what is given, and what it becomes."),
    options: [
      MethodOption("base", "Maps behind the first layer of each network.", .int(64)),
      MethodOption(
        "downs",
        "How many times the generator halves its maps; by itself as often as both sides divide by 2, up to 8: 6 for 64x64, 5 for 96x96.",
        .int(nil)),
      MethodOption("layers", "Strided layers of the discriminator; 0 judges each pixel.", .int(3)),
      MethodOption(
        "norm", "The normalisation of both networks.",
        .choice(["instance", "batch", "none"], "batch")),
      MethodOption(
        "dropout", "The probability that an element of the generator's small maps is dropped.",
        .num(0.5)),
      MethodOption(
        "gan",
        "What scores cost: \"vanilla\" their cross-entropy as logits, \"lsgan\" their squared distance from 1 and 0, \"wgan\" -s and s, without a penalty.",
        .adversary(.vanilla)),
      MethodOption("l1", "What the distance from the second picture weighs.", .weight(100)),
      MethodOption("batch", "Pairs in a step.", .batch(1)),
      MethodOption("lr", "How far a step of Adam goes.", .rate(2e-4)),
      MethodOption("betas", "How slowly Adam's two means move.", .betas([0.5, 0.999])),
      MethodOption("pool", "Generated pairs kept for the discriminator.", .pool(0)),
      MethodOption("epochs", "Times that t.train() goes through the pairs.", .epochs(200)),
      MethodOption(
        "schedule", "How the rate falls in the second half of the epochs, as cyclegan's.",
        .schedule),
      MethodOption(
        "order", "Whether each epoch has an order of its own, or takes the first to the last.",
        .order),
    ],
    networks: [
      Network("g", "A generator to train instead of unet_generator(…).", initial: generator),
      Network(
        "d", "A discriminator to train instead of patchgan(…) or pixelgan(…).",
        initial: discriminator),
    ],
    players: [Player("g", ["g"]), Player("d", ["d"])],
    directions: [Direction("g", from: .a, to: .b, critics: ["d"])],
    pools: [Pool("pool", [.a, .b])],
    losses: ["g", "l1", "d"],
    turns: [
      Turn("d", of: ["d"], isSeenByNext: true, run: judge), Turn("g", of: ["g"], run: translate),
    ],
    memory: { _ in [Passes("g", [.a]), Passes("d", [.a, .b], count: 2)] },
    heldOut:
      "Held-out pairs: the mean absolute error of what g makes of them stands as val in t.log wherever t.step measures.",
    example: Example(
      "base=2, downs=3", more: [("t.l1 = 50\nt.step(2)\nt.g(A[0]).shape", "3x24x24")],
      seeAlso: ["cyclegan", "pairs", "unet_generator", "patchgan", "pixelgan"]))

  /// Makes images, and lets the discriminator judge pairs with them and pairs as they are.
  private static func judge(_ step: AdversarialStep, _ way: Direction) throws -> Outcome {
    // The generator goes on from its images in its own turn, which is why they learn for that.
    let fake = try step.run("g", step[.a], step.draws("g"), turn: "g")
    step.keep(fake, as: "fake_b")
    let fakes = try step.shown(pair(step, fake.detached()), by: "pool")
    let judged = try step.judge("d", pair(step, step[.b]), fakes, step.draws("d"))
    return Outcome(
      shown: [
        ("fake_b", fake.detached()), ("real_score", judged.real), ("fake_score", judged.fake),
      ], losses: [("d", judged.loss)])
  }

  /// Lets the new discriminator judge what was made.
  private static func translate(_ step: AdversarialStep, _ way: Direction) throws -> Outcome {
    let fake = step.kept("fake_b")
    let score = try step.run("d", pair(step, fake), step.draws("d.after"))
    return Outcome(
      shown: [("score", score)],
      losses: [
        ("g", try step.adversarial([score])),
        ("l1", try fake.l1(step[.b]) * .num(step.weight("l1"))),
      ])
  }

  /// The images of A with others, along their channels.
  private static func pair(_ step: AdversarialStep, _ other: Tensor) throws -> Tensor {
    try Tensor.concatenated([step[.a], other], axis: 1)
  }

  @Sendable private static func generator(_ building: MethodBuilding)
    -> (kind: LayerKind, [(String, Setting)])
  {
    let (height, width) = building.size
    let downs = building["downs"]
    return (
      .unetGenerator,
      [
        ("channels", building.channels(.a)), ("out", building.channels(.b)),
        // As often as both sides divide by 2, up to the reference's 8 for 256 pixels.
        (
          "downs",
          downs == .none ? .int(max(2, min(8, (height | width).trailingZeroBitCount))) : downs
        ),
        ("base", building["base"]), ("norm", building["norm"]), ("dropout", building["dropout"]),
      ]
    )
  }

  @Sendable private static func discriminator(_ building: MethodBuilding)
    -> (kind: LayerKind, [(String, Setting)])
  {
    let settings = [
      ("channels", building.channels(.a, .b)), ("base", building["base"]),
      ("norm", building["norm"]),
    ]
    return building["layers"] == .int(0)
      ? (.pixelDiscriminator, settings)
      : (.patchDiscriminator, settings + [("layers", building["layers"])])
  }
}
