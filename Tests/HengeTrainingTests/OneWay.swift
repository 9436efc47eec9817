// SPDX-License-Identifier: MIT
import HengeBackend
import HengeModels
import HengeNN
import HengeTensor

@testable import HengeTraining

extension AdversarialMethod {
  /// One generator and one discriminator on two sets of images that are not paired, without a way back:
  /// the generator minimizes `cost(d(g(a)), real) + pixel · l1(g(a), a)`.
  ///
  /// The distance from what it was given stands for the cycle. [Shrivastava et al. 2017]
  static let oneWay = AdversarialMethod(
    "one_way_gan",
    "Trains a generator g: A → B against a discriminator d on two sets of images that are not paired. The generator minimizes cost(d(g(a)), real) + pixel · l1(g(a), a), the discriminator ½ cost(d(b), real) + ½ cost(d(g(a)), generated).",
    data: .sets(
      a: "Images of the same size, values -1..1.", b: "Images of the other kind, of the same size."),
    options: [
      MethodOption("base", "Channels after the first layer of each network.", .int(64)),
      MethodOption("blocks", "Residual blocks of the generator.", .int(6)),
      MethodOption("layers", "Strided layers of the discriminator.", .int(3)),
      MethodOption(
        "pixel", "Weight of the distance l1(g(a), a).",
        .weight(10, comparing: "the distance compares g(a) with a")),
      MethodOption("batch", "Images of each set per step.", .batch(1)),
      MethodOption("lr", "Learning rate of Adam.", .rate(2e-4)),
      MethodOption("betas", "Adam's β₁ and β₂.", .betas([0.5, 0.999])),
      MethodOption("pool", "Generated images kept to show to the discriminator.", .pool(50)),
      MethodOption("gan", "The adversarial loss.", .adversary(.lsgan)),
      MethodOption("epochs", "Epochs of `t.train()`.", .epochs(200)),
      MethodOption("schedule", "Learning-rate schedule.", .schedule),
      MethodOption("order", "Whether B's images are drawn or taken in order.", .order),
      .condition,
    ],
    networks: [
      Network("g", "A generator to train instead of resnet_generator(…).") { building in
        (
          .resnetGenerator,
          [
            ("channels", building.channels(.a)), ("out", building.pictureChannels(.b)),
            ("base", building["base"]), ("blocks", building["blocks"]),
          ]
        )
      },
      Network("d", "A discriminator to train instead of patchgan(…).") { building in
        (
          .patchDiscriminator,
          [
            ("channels", building.channels(.b)), ("base", building["base"]),
            ("layers", building["layers"]),
          ]
        )
      },
    ],
    players: [Player("g", ["g"]), Player("d", ["d"])],
    directions: [Direction("g", from: .a, to: .b, critics: ["d"])],
    pools: [Pool("pool", [.b])],
    losses: ["g", "pixel", "d"],
    turns: [
      Turn("g", of: ["g"]) { step, way in
        let draws = step.draws("g")
        let fake = try step.run("g", step[.a], draws)
        let given = try step.joined(fake, as: .b, under: .a)
        let scores = try step.scores(way, given, draws)
        step.keep(given.detached(), as: "fake")
        return Outcome(
          shown: [("fake_b", fake), ("score", scores[0])],
          losses: [
            ("g", try step.adversarial(scores)),
            ("pixel", try fake.l1(step.pictures(.a)) * .num(step.weight("pixel"))),
          ])
      },
      Turn("d", of: ["d"]) { step, way in
        let fakes = try step.shown(step.kept("fake"), by: "pool")
        let judged = try step.judge("d", step[.b], fakes, step.draws("d"))
        return Outcome(
          shown: [("real_score", judged.real), ("fake_score", judged.fake)],
          losses: [("d", judged.loss)])
      },
    ],
    memory: { _ in [Passes("g", [.a]), Passes("d", [.b])] },
    heldOut: "Held-out images, [VA, VB]: `swd_b` of them in t.log wherever t.step measures.",
    example: Example("base=2, blocks=1, layers=2", seeAlso: ["cyclegan", "step"]))
}
