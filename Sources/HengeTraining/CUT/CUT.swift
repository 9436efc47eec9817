// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeModels
internal import HengeNN
internal import HengeTensor

extension AdversarialMethod {
  /// CUT and FastCUT: one generator learns from two sets of images that are not paired, without a way
  /// back, by contrasting patches.
  ///
  /// [Park et al. 2020]
  ///
  /// `g` turns A into B; `d` judges images of B; `f` projects features of layers of `g`
  /// (``ProjectionHeads``). In each step the discriminator first minimizes `½ mse(d(b), 1) + ½
  /// mse(d(g(a)), 0)`, then the generator and the heads `mse(d(g(a)), 1) + nce_weight · NCE(g(a), a) +
  /// identity · NCE(g(b), b)` with the new discriminator. NCE is the mean over layers of ``PatchNCE``,
  /// at 256 places of each layer's maps or all that there are, drawn anew for each step. FastCUT has no
  /// identity term and shows `g` images mirrored left to right in half of the steps, whose features it
  /// compares mirrored back with those of the image itself.
  ///
  /// The published program draws places for each term and runs the encoder again for the features of
  /// `a` and of `b`. Here both terms have the same places, and these features are those of the run that
  /// makes `g(a)` and `g(b)`, which without dropout and batch statistics are the same numbers.
  static let cut = AdversarialMethod(
    "cut",
    "CUT and FastCUT [Park et al. 2020]: learns to translate from one set of images to another, unpaired, with one generator g and one discriminator d. Patches of g(a) must have features like those of a at the same place (PatchNCE loss): features of the layers nce of g, projected by the heads f. Each step updates d first, with the loss ½ adversarial(d(b), real) + ½ adversarial(d(g(a)), generated), then g and f, with adversarial(d(g(a)), real) + nce_weight · NCE(g(a), a) + identity · NCE(g(b), b). fast=true is FastCUT: no identity loss, a larger nce_weight, and images mirrored at random for g. t.lr, t.nce_weight and t.identity can be changed between steps. Networks are those of the reference implementation, with anti-aliased downsampling and upsampling; it uses 9 residual blocks at every size.",
    data: .sets(
      a: "Dataset of images to translate, all of the same size, values -1..1.",
      b: "Dataset of images of the other kind, of the same size."),
    options: [
      MethodOption(
        "fast",
        "Whether to train FastCUT: a step takes about half the time, and results are often closer to the input.",
        .flag(false)),
      MethodOption("base", "Channels after the first layer of g and of d.", .int(64)),
      MethodOption(
        "blocks",
        "Residual blocks of g (default: 6 below 256 px, else 9).", .int(nil)),
      MethodOption("layers", "Number of layers of d that halve its maps.", .int(3)),
      .passed("up", to: .resnetGenerator, default: "blur"),
      .passed("norm", to: .resnetGenerator, "Normalization layer of g and d."),
      MethodOption(
        "nce",
        "Names of the layers of g whose features are compared; by default the padded image, both downsampling convolutions, and the first and the fifth residual block.",
        .words(["stem.pad", "down.0.conv", "down.1.conv", "res.0", "res.4"])),
      .batch,
      .learningRate, .betas,
      MethodOption(
        "nce_weight",
        "Weight of the PatchNCE loss of g(a) (default: 0.5; 10 with fast=true).",
        .weight(0.5, under: ("fast", 10))),
      MethodOption(
        "identity",
        "Weight of the PatchNCE loss of g(b) (default: 0.5; 0 with fast=true).",
        .weight(0.5, under: ("fast", 0))),
      MethodOption(
        "pool",
        "Size of the image pool: generated images kept to show to the discriminator; 0 for none.",
        .pool(0)),
      .adversary(.lsgan),
      .epochs,
      .schedule,
      .order,
      .condition,
    ],
    networks: [
      Network(
        "g", "Generator from A to B; by default resnet_generator(up=\"blur\", down=\"blur\", …).",
        initial: generator),
      Network(
        "f", "Projection heads of features of g; by default projection_heads(…).", initial: heads),
      Network(
        "d", "Discriminator of B; by default patchgan(down=\"blur\", …).", initial: discriminator),
    ],
    players: [Player("g", ["g"]), Player("f", ["f"]), Player("d", ["d"])],
    directions: [Direction("g", from: .a, to: .b, critics: ["d"])],
    pools: [Pool("pool", [.b])],
    losses: [
      "g", Loss("nce", weight: "nce_weight"), Loss("nce_identity", weight: "identity"), "d",
    ],
    turns: [
      Turn("d", of: ["d"], isSeenByNext: true, offer: offer, run: judge),
      Turn("g", of: ["g", "f"], run: translate),
    ],
    check: refuseMisfits,
    memory: { weight in
      let images = weight("identity") > 0 ? 2 : 1
      return [
        Passes("g", [.a], count: images), Passes("g", [.a], count: images, upTo: "nce"),
        Passes("d", [.b], count: 2),
      ]
    },
    heldOut:
      "Held-out images [VA, VB]: t.step measures their sliced Wasserstein distance, swd_b, and records it in t.log.",
    example: Example(
      "base=2, blocks=5, layers=2", more: [("t.step(2)\nt.g(A[0]).shape", "3x24x24")],
      seeAlso: ["cyclegan", "substep", "step", "resnet_generator", "projection_heads"]))

  // MARK: The turns

  /// Makes images, and lets the discriminator judge them and images of B.
  private static func judge(_ step: AdversarialStep, _ way: Direction) throws -> Outcome {
    let isMirrored = isMirrored(step)
    let hasIdentity = step.weight("identity") > 0
    let made = try made(step)
    let count = step[.a].shape[0]
    let fake = try first(count, of: made)
    let fakes = try step.shown(
      step.joined(fake.detached(), as: .b, under: .a), by: "pool")
    let judged = try step.judge("d", step[.b], fakes, step.draws("d"))
    let same: [(name: String, value: Tensor)] =
      hasIdentity ? [("same_b", try rest(of: made, from: count).detached())] : []
    // What is shown belongs to the images of A as they are.
    let shown = isMirrored ? try fake.detached().flipped([3]) : fake.detached()
    return Outcome(
      shown: [("fake_b", shown)] + same
        + [("real_score", judged.real), ("fake_score", judged.fake)],
      losses: [("d", judged.loss)])
  }

  /// The output of the generator for the images and, with an identity loss, for those of B.
  ///
  /// It goes on from them in its own turn, which is why they learn for that, with features of its layers.
  private static func made(_ step: AdversarialStep) throws -> Tensor {
    let source = isMirrored(step) ? try step[.a].flipped([3]) : step[.a]
    let target = try step.joined(step.pictures(.b), as: .a, under: .b)
    let given =
      step.weight("identity") > 0 ? try Tensor.concatenated([source, target]) : source
    let found = try step.lasting("found") { step, isConstant in
      try step.results(
        of: "g", at: step.trainer.words("nce") + [""], given, step.draws("g"), turn: "g",
        isConstant: isConstant)
    }
    return found[found.count - 1]
  }

  /// What the generator made, for the pool.
  @Sendable private static func offer(_ step: AdversarialStep, _ way: Direction) throws -> (
    pool: String, images: Tensor
  ) {
    let fake = try first(step[.a].shape[0], of: made(step)).detached()
    return ("pool", try step.joined(fake, as: .b, under: .a))
  }

  /// Lets the new discriminator judge what was made, and compares its patches with those of the images.
  private static func translate(_ step: AdversarialStep, _ way: Direction) throws -> Outcome {
    let found = try step.lasted("found")
    let made = found[found.count - 1]
    let count = step[.a].shape[0]
    let fake = try step.joined(first(count, of: made), as: .b, under: .a)
    let scores = try step.scores(way, fake, step.draws("d.after"))
    let (weight, identity) = (step.weight("nce_weight"), step.weight("identity"))
    var losses: [(name: String, value: Tensor)] = [("g", try step.adversarial(scores))]
    if weight > 0 || identity > 0 {
      let contrast = try contrast(step, made, keys: found.dropLast().map { $0.detached() })
      losses.append(("nce", try first(count, of: contrast).mean() * .num(weight)))
      if identity > 0 {
        losses.append(
          ("nce_identity", try rest(of: contrast, from: count).mean() * .num(identity)))
      }
    }
    return Outcome(shown: [("score", scores[0])], losses: losses)
  }

  /// The contrast of patches of each image that was made and of what it was made of, the mean over
  /// layers: `[N]`, those of A before those of B.
  private static func contrast(_ step: AdversarialStep, _ made: Tensor, keys: [Tensor]) throws
    -> Tensor
  {
    let names = step.trainer.words("nce")
    let isMirrored = isMirrored(step)
    let count = step[.a].shape[0]
    let queries = try step.results(
      of: "g", at: names, encoded(step, made, count), step.draws("g.made"))
    // Features of a mirrored image are not the mirrored features of the image.
    let keys =
      isMirrored
      ? try step.results(of: "g", at: names, step[.a], step.draws("g.key"), isConstant: true)
      : keys
    let places = queries.enumerated().map { index, maps in
      step.drawn("places.\(index)", 256, below: maps.shape[2] * maps.shape[3])
    }
    let heads = try heads(of: step.trainer)
    let (images, width) = (made.shape[0], heads.out)
    func projected(_ maps: [Tensor], isMirrored: Bool = false, _ pass: Pass) throws -> [Tensor] {
      let rows = try zip(maps, places).map { maps, places in
        try PatchNCE.rows(of: maps, at: places, isMirrored: isMirrored)
          .reshaped([images * places.count, maps.shape[1]])
      }
      return try zip(heads(rows, pass), places).map { try $0.reshaped([images, $1.count, width]) }
    }
    let q = try projected(queries, isMirrored: isMirrored, step.pass("f", step.draws("f")))
    let k = try projected(keys, step.constantPass("f"))
    let losses = try zip(q, k).map { try PatchNCE.losses($0, $1) }
    return try losses.dropFirst().reduce(losses[0], +) / .int(losses.count)
  }

  /// What was made as the generator reads it: under the conditions of what it was made of.
  private static func encoded(_ step: AdversarialStep, _ made: Tensor, _ count: Int) throws
    -> Tensor
  {
    guard !step.trainer.told(.a).planes.isEmpty else { return made }
    let fake = try step.joined(first(count, of: made), as: .a, under: .a)
    guard made.shape[0] > count else { return fake }
    return try Tensor.concatenated([
      fake, step.joined(rest(of: made, from: count), as: .a, under: .b),
    ])
  }

  /// Whether this step's images are mirrored for the generator: every second time, in FastCUT.
  private static func isMirrored(_ step: AdversarialStep) -> Bool {
    step.isSet("fast") && step.drawn("mirror", 1, below: 2) == [1]
  }

  private static func first(_ count: Int, of x: Tensor) throws -> Tensor {
    try x.selecting([.slice(start: 0, stop: count, step: nil)])
  }

  private static func rest(of x: Tensor, from start: Int) throws -> Tensor {
    try x.selecting([.slice(start: start, stop: nil, step: nil)])
  }

  // MARK: The networks

  @Sendable private static func generator(_ building: MethodBuilding) throws -> (
    kind: LayerKind, [(String, Setting)]
  ) {
    let (height, width) = building.size
    let blocks = building["blocks"]
    let settings: [(String, Setting)] = [
      ("out", building.pictureChannels(.b)), ("base", building["base"]),
      ("blocks", blocks == .none ? .int(min(height, width) < 256 ? 6 : 9) : blocks),
      ("up", building["up"]), ("down", "blur"), ("init", "xavier"),
    ]
    guard let condition = building.conditionChannels(.a) else {
      return (
        .resnetGenerator,
        [("channels", building.channels(.a)), ("norm", building["norm"])] + settings
      )
    }
    try building.refuseOtherNorms()
    return (
      .filmGenerator,
      [("channels", building.pictureChannels(.a)), ("condition", condition)] + settings
    )
  }

  @Sendable private static func discriminator(_ building: MethodBuilding) -> (
    kind: LayerKind, [(String, Setting)]
  ) {
    (
      .patchDiscriminator,
      [
        ("channels", building.channels(.b)), ("base", building["base"]),
        ("layers", building["layers"]), ("norm", building["norm"]), ("down", "blur"),
        ("init", "xavier"),
      ]
    )
  }

  @Sendable private static func heads(_ building: MethodBuilding) throws -> (
    kind: LayerKind, [(String, Setting)]
  ) {
    guard case .words(let names) = building["nce"], let g = building.networks["g"] else {
      preconditionFailure("the heads are made after the generator, by the names of its layers")
    }
    let shape = try Shape([
      building.channels(.a).int ?? 0, building.size.height, building.size.width,
    ])
    let widths = try widths(of: names, of: g, for: shape, on: g.backend ?? building.backend)
    return (.projectionHeads, [("widths", .ints(widths)), ("init", "xavier")])
  }
}
