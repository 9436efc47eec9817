// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeModels
internal import HengeNN
internal import HengeTensor

extension AdversarialMethod {
  /// U-GAT-IT: two generators with attention learn against a global and a local discriminator on each side.
  ///
  /// [Kim et al. 2020], as in the authors' PyTorch program. With least squares each discriminator minimizes
  /// `mse(d(real), 1) + mse(d(fake), 0)` and the same of the logits of its attention. Then, against the
  /// discriminators as they are after that, the generators minimize
  /// `Σ mse(d(g_ab(a)), 1) + cycle · l1(g_ba(g_ab(a)), a) + identity · l1(g_ab(b), b) + cam · (bce(c(g_ab(a)), 1) + bce(c(g_ab(b)), 0))`
  /// and the same with A and B exchanged, where the sum is over scores and logits of both discriminators and
  /// c are the logits of the generator's attention. Both have a weight decay of 1e-4 in the gradient.
  ///
  /// The program for TensorFlow adds ½ · 1e-4 · |w|² to the losses instead of the decay, lowers the rate by
  /// epochs, and has networks with other details (see `LayerKind.ugatitGenerator`).
  static let ugatit = AdversarialMethod(
    "ugatit",
    "U-GAT-IT [Kim et al. 2020], as in the authors' PyTorch program: learns to translate between two sets of unpaired images that differ in shape. Two generators (g_ab: A → B, g_ba: B → A) attend to what distinguishes the sets, and on each side a global and a local discriminator (d_a, d_a_local, d_b, d_b_local) judge. Loss of the generators: the adversarial losses of scores and attention logits + cycle · l1(g_ba(g_ab(a)), a) + identity · l1(g_ab(b), b) + cam · (the cross-entropy of the attention logits of g_ab, which separate a from b), and the same in the other direction. Discriminators learn first. heatmap(t.g_ab, x) shows where a network looks. t.lr, t.cycle, t.identity and t.cam can be changed between steps.",
    data: .sets(
      a: "Dataset of images of one kind, all of the same size, values -1..1.",
      b: "Dataset of images of the other kind, of the same size."),
    options: [
      MethodOption("base", "Channels after the first layer of each network.", .int(64)),
      MethodOption("blocks", "Residual blocks of each encoder and of each decoder.", .int(4)),
      MethodOption(
        "layers",
        "Number of layers of the global discriminators; the local ones have 5, or fewer where these have. By default 7, or as many as the size allows: 6 at 64 px.",
        .int(nil)),
      MethodOption(
        "light",
        "Whether γ and β of the generators' adaptive blocks are computed from the mean of each feature map. With false they are computed from all pixels, as in the paper: hundreds of times as many weights there, and images of one size.",
        .flag(true)),
      .batch,
      MethodOption("lr", MethodOption.learningRate.summary, .rate(1e-4)),
      .betas,
      .cycle,
      .identity(10),
      MethodOption(
        "cam",
        "Weight of the attention loss: the cross-entropy of the logits of a generator's attention, which are to be positive for images to translate and negative for images of the target.",
        .weight(1000)),
      .adversary(.lsgan),
      .epochs,
      .schedule,
      .order,
      .condition,
    ],
    presets: [
      Preset(
        name: "minutes",
        summary: "for images of 64 pixels and half an hour on two cores",
        options: [("base", .int(16)), ("lr", .num(2e-4)), ("ema", .num(0.999))])
    ],
    networks: [
      Network(
        "g_ab", "Generator from A to B; by default ugatit_generator(…).", published: "genA2B",
        initial: generator(from: .a, to: .b)),
      Network(
        "g_ba", "Generator from B to A; by default ugatit_generator(…).", published: "genB2A",
        initial: generator(from: .b, to: .a)),
      Network(
        "d_a", "Global discriminator of A; by default ugatit_discriminator(…).",
        published: "disGA", initial: discriminator(of: .a, isGlobal: true)),
      Network(
        "d_b", "Global discriminator of B; by default ugatit_discriminator(…).",
        published: "disGB", initial: discriminator(of: .b, isGlobal: true)),
      Network(
        "d_a_local", "Local discriminator of A; by default ugatit_discriminator(…).",
        published: "disLA", initial: discriminator(of: .a, isGlobal: false)),
      Network(
        "d_b_local", "Local discriminator of B; by default ugatit_discriminator(…).",
        published: "disLB", initial: discriminator(of: .b, isGlobal: false)),
    ],
    players: [
      Player("g", ["g_ab", "g_ba"], decay: 1e-4),
      Player("d", ["d_a", "d_b", "d_a_local", "d_b_local"], decay: 1e-4),
    ],
    directions: [
      Direction("g_ab", from: .a, to: .b, critics: ["d_b", "d_b_local"], back: "g_ba"),
      Direction("g_ba", from: .b, to: .a, critics: ["d_a", "d_a_local"], back: "g_ab"),
    ],
    losses: [
      "g_ab", "g_ba", Loss("cycle_a", weight: "cycle"), Loss("cycle_b", weight: "cycle"),
      Loss("identity_a", weight: "identity"), Loss("identity_b", weight: "identity"),
      Loss("cam_a", weight: "cam"), Loss("cam_b", weight: "cam"), "d_a",
      "d_b",
    ],
    turns: [
      Turn("d", of: ["d"], isSeenByNext: true, showsByDirection: true, run: judge),
      Turn("g", of: ["g"], run: translate),
    ],
    check: refuseInattentive,
    halvings: { max(layers($0).global, 2) - 2 },
    notes: { building in
      let layers = layers(building)
      guard building["layers"] == .none, layers.global < 7 else { return [] }
      return [
        "the global discriminators have \(layers.global) layers: 7, as the authors use, need images of 96x96 and larger"
      ]
    },
    memory: { _ in
      // One direction at a time: there and back. The images given back are done before.
      [
        Passes("g_ab", [.a], count: 2), Passes("d_b", [.b]), Passes("d_b_local", [.b]),
      ]
    },
    heldOut:
      "Held-out images [VA, VB]: t.step measures their sliced Wasserstein distances, swd_a and swd_b, and records them in t.log.",
    example: Example(
      "base=2, blocks=1, layers=5",
      more: [("t.cam = 500\nt.step(2)\nheatmap(t.g_ab, A[0]).shape", "1x6x6")],
      seeAlso: ["cyclegan", "heatmap", "substep", "ugatit_generator", "ugatit_discriminator"]))

  /// Lets the discriminators judge what a direction's generator makes.
  ///
  /// The generators' turn makes the images again, one direction at a time, which takes a tenth of the step
  /// and half the memory of keeping all that led to them.
  private static func judge(_ step: AdversarialStep, _ way: Direction) throws -> Outcome {
    let target = way.target.letter
    let fake = try step.made(way.generator, step[way.source], step.draws("g_\(target)"))
    let given = try step.joined(fake, as: way.target, under: way.source)
    var shown = [(name: "fake_\(target)", value: fake)]
    let adversary = step.trainer.configuration.adversary
    var loss: Tensor?
    for critic in way.critics {
      // One after the other, not as one batch: each run moves the vectors of spectral normalization.
      let real = try opinions(step, critic, step[way.target], step.draws("\(critic).real"))
      let made = try opinions(step, critic, given, step.draws("\(critic).fake"))
      shown += [("real_score_\(critic)", real[0]), ("fake_score_\(critic)", made[0])]
      for (scores, isReal) in [(real, true), (made, false)] {
        for score in scores {
          let cost = try adversary.loss(score, isReal: isReal)
          loss = try loss.map { try $0 + cost } ?? cost
        }
      }
      step.figures[AdversarialTrainer.accuracyName(critic)] = try adversary.accuracy(
        real: real[0], fake: made[0])
    }
    guard let loss else { preconditionFailure("a direction has discriminators") }
    return Outcome(shown: shown, losses: [("d_\(target)", loss)])
  }

  /// Returns the target's own images, makes images of them, goes the way back, and lets the new discriminators
  /// judge what was made.
  private static func translate(_ step: AdversarialStep, _ way: Direction) throws -> Outcome {
    let (source, target) = (way.source.letter, way.target.letter)
    let draws = step.draws("g_\(target)")
    var (shown, losses): ([(name: String, value: Tensor)], [(name: String, value: Tensor)]) =
      ([], [])
    let cam = step.weight("cam")
    if step.weight("identity") > 0 || cam > 0 {
      let attention = SideOutputs()
      let own = try step.joined(step.pictures(way.target), as: way.source, under: way.target)
      let same = try step.run(way.generator, own, draws, sides: attention)
      shown.append(("same_\(target)", same.detached()))
      var parts: [Tensor] = []
      if step.weight("identity") > 0 {
        let identity = try same.l1(step.pictures(way.target)) * .num(step.weight("identity"))
        losses.append(("identity_\(target)", identity.detached()))
        parts.append(identity)
      }
      if cam > 0 {
        let no = try logits(attention, of: way.generator).bceWithLogits(.int(0)) * .num(cam)
        losses.append(("cam_\(target)", no.detached()))
        parts.append(no)
      }
      try step.settle(parts.dropFirst().reduce(parts[0], +))
    }
    let attention = SideOutputs()
    let fake = try step.run(way.generator, step[way.source], draws, sides: attention)
    if cam > 0, let index = losses.firstIndex(where: { $0.name == "cam_\(target)" }) {
      let yes = try logits(attention, of: way.generator).bceWithLogits(.int(1)) * .num(cam)
      losses[index].value = try yes + losses[index].value
    }
    let given = try step.joined(fake, as: way.target, under: way.source)
    let restored = try step.run(way.back, given, step.draws("back_\(source)"))
    let scores = try way.critics.flatMap {
      try opinions(step, $0, given, step.draws("\($0).after"))
    }
    let cycle = try restored.l1(step.pictures(way.source)) * .num(step.weight("cycle"))
    return Outcome(
      shown: [("restored_\(source)", restored)] + shown,
      losses: [
        (way.generator, try step.adversarial(scores)), ("cycle_\(source)", cycle),
      ] + losses)
  }

  /// What a discriminator says of images: its scores, and the logits of its attention, where it has one.
  private static func opinions(
    _ step: AdversarialStep, _ critic: String, _ images: Tensor, _ draws: Draws
  ) throws -> [Tensor] {
    let attention = SideOutputs()
    let scores = try step.run(critic, images, draws, sides: attention)
    return [scores] + (attention["attention.logits"].map { [$0] } ?? [])
  }

  /// The logits of a generator's attention in a run.
  private static func logits(_ attention: SideOutputs, of generator: String) -> Tensor {
    guard let logits = attention["attention.logits"] else {
      preconditionFailure("\(generator) was checked to have attention")
    }
    return logits
  }

  /// Throws `E-arg` for a generator without attention, which the loss `cam` is of.
  @Sendable private static func refuseInattentive(_ trainer: AdversarialTrainer) throws {
    for way in trainer.method.directions {
      let layers = trainer.network(way.generator).allLayers
      guard !layers.contains(where: { $0.path == "attention" && $0.layer is Attention }) else {
        continue
      }
      throw Failure(
        "E-arg", "`\(way.generator)` has no layer `attention`, whose logits the loss `cam` is of",
        suggestion: "ugatit_generator(…)", parameter: way.generator)
    }
  }

  private static func generator(from source: Side, to target: Side)
    -> @Sendable (MethodBuilding) -> (kind: LayerKind, [(String, Setting)])
  {
    { building in
      let film = building.conditionChannels(source)
      return (
        .ugatitGenerator,
        [
          (
            "channels",
            film == nil ? building.channels(source) : building.pictureChannels(source)
          ),
          ("out", building.pictureChannels(target)), ("base", building["base"]),
          ("blocks", building["blocks"]), ("light", building["light"]),
          ("size", .ints([building.size.height, building.size.width])),
          ("condition", film ?? .int(0)),
        ]
      )
    }
  }

  private static func discriminator(of side: Side, isGlobal: Bool)
    -> @Sendable (MethodBuilding) -> (kind: LayerKind, [(String, Setting)])
  {
    { building in
      let layers = layers(building)
      return (
        .ugatitDiscriminator,
        [
          ("channels", building.channels(side)), ("base", building["base"]),
          ("layers", .int(isGlobal ? layers.global : layers.local)),
        ]
      )
    }
  }

  /// The layers of the discriminators: the authors' 7 and 5, fewer where the images are too small.
  ///
  /// The maps of the last layers need 3 · 2^(layers - 2) pixels.
  private static func layers(_ building: MethodBuilding) -> (global: Int, local: Int) {
    let side = min(building.size.height, building.size.width)
    let fitting = (5...7).last { 3 << ($0 - 2) <= side } ?? 5
    let global = building["layers"].int ?? fitting
    return (global, min(5, global))
  }
}
