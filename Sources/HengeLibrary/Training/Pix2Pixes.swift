// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeModels
internal import HengeNN
internal import HengeTensor
internal import HengeTraining

/// The normalisations that networks are made with.
enum NormOption: String, Choice {
  case instance
  case batch
  case none
}

private let small =
  "P = pairs(faces(\"anime\", 4, size=24x24), faces(\"photo\", 4, size=24x24)); t = pix2pix(P, base=2, downs=3)"

/// The built-in that makes pix2pix's trainer.
func pix2pixes(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "pix2pix",
      "Makes the training of pix2pix on pairs of pictures: a generator g and a discriminator d that sees both pictures of a pair. In each step d makes ½ cost(d(a, b), real) + ½ cost(d(a, g(a)), generated) smaller first, then g cost(d(a, g(a)), real) + l1 · mean|g(a) - b| beside the new d. Norm, dropout and cost are the reference's. t.l1 and t.lr can be set between steps; t.g(a) drops nothing, t.g(a, train=true) does, as the reference's test program.",
      Parameter(
        "pairs", "Pairs of pictures of one size, -1..1: what is given, and what it becomes."),
      Parameter("base", "Maps behind the first layer of each network.", default: 64),
      Parameter(
        "downs",
        "How many times the generator halves its maps; by itself as often as both sides divide by 2, up to 8: 6 for 64x64, 5 for 96x96.",
        default: Int?.none),
      Parameter("layers", "Strided layers of the discriminator; 0 judges each pixel.", default: 3),
      Parameter("norm", "The normalisation of both networks.", default: NormOption.batch),
      Parameter(
        "dropout", "The probability that an element of the generator's small maps is dropped.",
        default: 0.5),
      Parameter(
        "gan",
        "What scores cost: \"vanilla\" their cross-entropy as logits, \"lsgan\" their squared distance from 1 and 0, \"wgan\" -s and s, without a penalty.",
        default: Adversary.vanilla),
      Parameter("l1", "What the distance from the second picture weighs.", default: 100.0),
      Parameter("batch", "Pairs in a step.", default: 1),
      Parameter("lr", "How far a step of Adam goes.", default: 2e-4),
      Parameter("betas", "How slowly Adam's two means move.", default: [0.5, 0.999]),
      Parameter("pool", "Generated pairs kept for the discriminator.", default: 0),
      Parameter("epochs", "Times that t.train() goes through the pairs.", default: 200),
      Parameter(
        "schedule", "How the rate falls in the second half of the epochs, as cyclegan's.",
        default: AdversarialConfiguration.Schedule.constant),
      Parameter(
        "order", "Whether each epoch has an order of its own, or takes the first to the last.",
        default: AdversarialConfiguration.Order.random),
      Parameter(
        "val",
        "Held-out pairs: the mean absolute error of what g makes of them stands as val in t.log wherever t.step measures.",
        default: HeldOut?.none, isKeywordOnly: true),
      AugmentOption.parameter,
      Parameter(
        "g", "A generator to train instead of unet_generator(…).", default: ModelObject?.none,
        isKeywordOnly: true),
      Parameter(
        "d", "A discriminator to train instead of patchgan(…) or pixelgan(…).",
        default: ModelObject?.none, isKeywordOnly: true),
      examples: [
        Example("\(small); t.step(); t.count", gives: "1"),
        Example("\(small); t.l1 = 50; t.step(2); t.g(P[0][0]).shape", gives: "3x24x24"),
      ],
      seeAlso: ["cyclegan", "pairs", "unet_generator", "patchgan", "pixelgan"],
      errors: ["E-shape", "E-range", "E-data", "E-memory"]
    ) {
      (
        pairs: PairsObject, base: Int, downs: Int?, layers: Int, norm: NormOption, dropout: Double,
        gan: Adversary, l1: Double, batch: Int, rate: Double, betas: [Double], pool: Int,
        epochs: Int, schedule: AdversarialConfiguration.Schedule,
        order: AdversarialConfiguration.Order, held: HeldOut?, augment: AugmentOption?,
        g: ModelObject?, d: ModelObject?
      ) in
      let sets = (pairs.pairs.first, pairs.pairs.second)
      let levels = try halvings(downs, of: sets.0, augment?.options)
      let (a, b) = try PictureSizes.checked(
        sets.0, sets.1, augment?.options, divisor: g?.layer.divisor ?? 1 << levels,
        layers: d == nil ? layers : 0,
        parameter: "pairs")
      let networks = try session.drawingWeights { weights in
        Pix2PixTrainer.Networks(
          g: try g?.layer
            ?? LayerKind.unetGenerator(
              [
                ("channels", .int(a[0])), ("out", .int(b[0])), ("downs", .int(levels)),
                ("base", .int(base)), ("norm", .text(norm.rawValue)), ("dropout", .num(dropout)),
              ], weights),
          d: try d?.layer
            ?? discriminator(a[0] + b[0], base: base, layers: layers, norm: norm, weights))
      }
      let trainer = try Pix2PixTrainer(
        networks, pairs.pairs,
        .init(
          batch: batch, epochs: epochs, decay: epochs / 2, betas: betas, pool: pool,
          adversary: gan, schedule: schedule, order: order),
        learningRate: rate, l1: l1, augment: augment?.options, seed: session.streams.seed)
      if let held { try trainer.holdOut(held.a, held.b) }
      try session.checkMemory(trainer)
      return NetworkTrainerObject(trainer, session)
    }
  ]
}

/// How many times a U-Net halves the pictures of `set`: as asked for, or as often as both sides divide by
/// 2, up to the reference's 8 for 256 pixels.
private func halvings(_ asked: Int?, of set: Dataset, _ augment: Augmentation?) throws -> Int {
  if let asked {
    guard (2...16).contains(asked) else {
      throw Failure(
        "E-range", "a U-Net halves its maps 2 to 16 times, not \(asked)", suggestion: "downs=6",
        parameter: "downs")
    }
    return asked
  }
  // What is wrong with a set is said by the check that follows.
  guard let shape = try? set.trainedShape(augment) else { return 2 }
  return max(2, min(8, (shape[1] | shape[2]).trailingZeroBitCount))
}

private func discriminator(
  _ channels: Int, base: Int, layers: Int, norm: NormOption, _ weights: FirstWeights
) throws -> Layer {
  let settings: [(String, Setting)] = [
    ("channels", .int(channels)), ("base", .int(base)), ("norm", .text(norm.rawValue)),
  ]
  return layers == 0
    ? try LayerKind.pixelDiscriminator(settings, weights)
    : try LayerKind.patchDiscriminator(settings + [("layers", .int(layers))], weights)
}

extension TrainerKind {
  /// pix2pix.
  static let pix2pix = TrainerKind(name: "pix2pix", form: { _ in .pairs }) { file, sets in
    let trainer = try Pix2PixTrainer(
      .init(g: file.network("g"), d: file.network("d")), PairedDataset(sets[0], sets[1]),
      file.configuration(), learningRate: 0, l1: file.dial("l1"),
      augment: file.augmentation(), seed: file.seed())
    return NetworkTrainerObject(trainer, file.session)
  }
}
