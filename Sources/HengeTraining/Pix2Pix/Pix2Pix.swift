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
  /// where there is one, then the generator `cost(d(a, g(a)), real) + l1 · mean|g(a) - b|` with the new
  /// discriminator; ``Adversary`` says the cost. A discriminator's running statistics move by its own two
  /// runs; in the reference its run for the generator moves them once more, which no training step sees.
  static let pix2pix = AdversarialMethod(
    "pix2pix",
    "pix2pix [Isola et al. 2017]: learns to translate images from pairs. A generator g is trained against a discriminator d that sees both images of a pair. Each step updates d first, with the loss ½ adversarial(d(a, b), real) + ½ adversarial(d(a, g(a)), generated), then g, with adversarial(d(a, g(a)), real) + l1 · mean|g(a) - b|. Normalization, dropout and adversarial loss are those of the reference implementation. t.lr and t.l1 can be changed between steps. t.g(a) runs without dropout; the reference's test program uses dropout, as t.g(a, train=true).",
    data: .pairs("Pairs of input and target images, all of the same size, values -1..1."),
    options: [
      MethodOption("base", "Channels after the first layer of each network.", .int(64)),
      MethodOption(
        "downs",
        "Number of U-Net levels; by default as many as both sides can be halved, up to 8: 6 for 64x64, 5 for 96x96.",
        .int(nil)),
      MethodOption(
        "layers", "Number of layers of stride 2 in the discriminator; 0 uses a pixelgan.", .int(3)),
      .passed(
        "norm", to: .unetGenerator, "Normalization layer of both networks.", default: "batch"),
      MethodOption(
        "dropout", "Dropout rate in the generator's small levels.",
        .num(0.5)),
      .adversary(.vanilla),
      MethodOption("l1", "Weight of the L1 loss mean|g(a) - b|.", .weight(100)),
      MethodOption("batch", "Batch size: number of pairs per step.", .batch(1)),
      .learningRate, .betas,
      MethodOption(
        "pool",
        "Size of the image pool: generated pairs kept to show to the discriminator; 0 for none.",
        .pool(0)),
      MethodOption(
        "epochs", "Number of epochs of `t.train()`: passes through the pairs.", .epochs(200)),
      .schedule,
      MethodOption(
        "order",
        "Order of the training pairs: \"random\" in each epoch, or \"sequential\" for the order of the dataset.",
        .order),
      .condition,
      .passed("up", to: .unetGenerator),
    ],
    networks: [
      Network("g", "Generator; by default unet_generator(…).", initial: generator),
      Network(
        "d", "Discriminator; by default patchgan(…) or pixelgan(…).",
        initial: discriminator),
    ],
    players: [Player("g", ["g"]), Player("d", ["d"])],
    directions: [Direction("g", from: .a, to: .b, critics: ["d"])],
    pools: [Pool("pool", [.a, .b])],
    losses: ["g", Loss("l1", weight: "l1"), "d"],
    turns: [
      Turn("d", of: ["d"], isSeenByNext: true, offer: offer, run: judge),
      Turn("g", of: ["g"], run: translate),
    ],
    memory: { _ in [Passes("g", [.a]), Passes("d", [.a, .b], count: 2)] },
    heldOut:
      "Held-out pairs: t.step measures the mean absolute error of g on them and records it as val in t.log.",
    example: Example(
      "base=2, downs=3", more: [("t.l1 = 50\nt.step(2)\nt.g(A[0]).shape", "3x24x24")],
      seeAlso: ["cyclegan", "pairs", "unet_generator", "patchgan", "pixelgan"]))

  /// Makes images, and lets the discriminator judge pairs with them and pairs as they are.
  private static func judge(_ step: AdversarialStep, _ way: Direction) throws -> Outcome {
    let fake = try made(step)
    let fakes = try step.shown(pair(step, fake.detached()), by: "pool")
    let judged = try step.judge("d", pair(step, step[.b]), fakes, step.draws("d"))
    return Outcome(
      shown: [
        ("fake_b", fake.detached()), ("real_score", judged.real), ("fake_score", judged.fake),
      ], losses: [("d", judged.loss)])
  }

  /// What the generator makes, off the tape.
  private static func made(_ step: AdversarialStep) throws -> Tensor {
    // The generator goes on from its images in its own turn, which is why they learn for that.
    let made = try step.lasting("fake_b") { step, isConstant in
      [
        isConstant
          ? try step.made("g", step[.a], step.draws("g"))
          : try step.run("g", step[.a], step.draws("g"), turn: "g")
      ]
    }
    return made[0].detached()
  }

  /// What the generator made, for the pool.
  @Sendable private static func offer(_ step: AdversarialStep, _ way: Direction) throws -> (
    pool: String, images: Tensor
  ) {
    ("pool", try pair(step, made(step)))
  }

  /// Lets the new discriminator judge what was made.
  private static func translate(_ step: AdversarialStep, _ way: Direction) throws -> Outcome {
    let fake = try step.lasted("fake_b")[0]
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

  @Sendable private static func generator(_ building: MethodBuilding) throws
    -> (kind: LayerKind, [(String, Setting)])
  {
    guard building.conditionChannels(.a) == nil else {
      throw Failure(
        "E-arg",
        "the U-Net of pix2pix has no conditional normalization for `condition=\"film\"`",
        suggestion: "g=film_generator(blocks=6), or condition=\"angle\" with channels of that name",
        parameter: "condition")
    }
    let (height, width) = building.size
    let downs = building["downs"]
    return (
      .unetGenerator,
      [
        ("channels", building.channels(.a)), ("out", building.pictureChannels(.b)),
        // As often as both sides divide by 2, up to the reference's 8 for 256 pixels.
        (
          "downs",
          downs == .none ? .int(max(2, min(8, (height | width).trailingZeroBitCount))) : downs
        ),
        ("base", building["base"]), ("norm", building["norm"]), ("dropout", building["dropout"]),
        ("up", building["up"]),
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
