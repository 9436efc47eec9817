// SPDX-License-Identifier: MIT

/// A trainer of one kind, small enough for tests: how a script makes it and loads it again.
public struct TrainerExample: Sendable, CustomStringConvertible {
  /// What files call its kind.
  public let kind: String
  /// The expression that makes it.
  public var make: String
  /// What `resume` is given behind the path.
  public let again: String
  /// How many calls of `t.substep()` make a step; none where its steps have no parts.
  public var parts: Int?
  /// Whether `t.samples()` is there.
  public var showsSamples = true
  /// An expression of `D` by which A, B, VA and VB are replaced; none where images alone will do.
  public var change: String?

  /// The expression that makes it.
  public var description: String { make }

  /// The same trainer with batches of 4 images in `parts` parts; nil for one without gradients.
  public func cut(into parts: Int) -> TrainerExample? {
    guard kind != "difference_vector" else { return nil }
    var example = self
    let options = make.split(separator: ", ", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("batch=") }.joined(separator: ", ")
    // The parenthesis after an option that was the last one.
    let whole = make.contains(#/, batch=\d+\)$/#) ? options + ")" : options
    example.make = "\(whole.dropLast()), batch=4, parts=\(parts))"
    return example
  }

  /// Lines that make the datasets which it uses: A, B, their pairs P, and held-out VA and VB.
  public var sets: String { with(Self.images) }

  /// The same with images in folders, which they write first.
  public var folders: String { with("\(Self.writtenImages); \(Self.imagesInFolders)") }

  /// Lines that make all of these from `images`, lines that make A, B, VA and VB.
  public func with(_ images: String) -> String {
    guard let change else { return "\(images); P = pairs(A, B)" }
    let (all, changed) = ("A, B, VA, VB", "fn changed(D) { return \(change) }")
    return
      "\(images); \(changed); \(all) = [changed(D) for D in [\(all)]]; P = pairs(A, B)"
  }

  /// Lines that make the images of every example.
  public static let images =
    "A = faces(\"anime\", 12, size=24x24); B = faces(\"photo\", 12, size=24x24); VA = faces(\"anime\", 3, size=24x24, seed=5); VB = faces(\"photo\", 3, size=24x24, seed=5)"

  private static let writtenImages =
    """
    for i in 0..12 { save_png(faces("anime", 12, size=24x24)[i], f"a/{10 + i}.png") }
    for i in 0..12 { save_png(faces("photo", 12, size=24x24)[i], f"b/{10 + i}.png") }
    for i in 0..3 { save_png(faces("anime", 3, size=24x24, seed=5)[i], f"va/{i}.png") }
    for i in 0..3 { save_png(faces("photo", 3, size=24x24, seed=5)[i], f"vb/{i}.png") }
    """

  private static let imagesInFolders =
    """
    A = images("a", size=24x24); B = images("b", size=24x24)
    VA = images("va", size=24x24); VB = images("vb", size=24x24)
    """

  private static let net = "conv(3, 3, padding=1)"

  /// Every kind in every form of data, with all that a file has to bring back.
  public static let all: [TrainerExample] = [
    .init(
      kind: "difference_vector", make: "difference_vector(A, B, batch=5, keep=3)", again: "A, B",
      showsSamples: false),
    .init(
      kind: "encoder_decoder_trainer", make: "encoder_decoder_trainer(A, B, \(net), batch=5)",
      again: "A, B"),
    .init(
      kind: "encoder_decoder_trainer", make: "encoder_decoder_trainer(P, none, \(net), batch=5)",
      again: "P"),
    .init(
      kind: "fit", make: "fit(sequential(\(net), dropout(0.3)), P, batch=5, loss=\"l1\")",
      again: "P"),
    .init(kind: "fit", make: "fit(\(net), A, batch=5, held=0)", again: "A"),
    .init(
      kind: "fit", make: "fit(\(net), P, loss=(y, b) => l1(y, b) * 2)",
      again: "P, loss=(y, b) => l1(y, b) * 2"),
    .init(
      kind: "cyclegan", make: "cyclegan(A, B, base=2, blocks=1, pool=2)", again: "A, B",
      parts: 5),
    .init(
      kind: "cyclegan", make: "cyclegan(A, B, base=2, blocks=1, batch=2, val=[VA, VB])",
      again: "A, B, val=[VA, VB]", parts: 5),
    .init(
      kind: "cut", make: "cut(A, B, base=2, blocks=5, layers=2)", again: "A, B", parts: 5),
    .init(
      kind: "cut",
      make:
        "cut(A, B, fast=true, base=2, blocks=1, nce=[\"stem.pad\", \"res.0\"], layers=2, batch=2, pool=2, val=[VA, VB])",
      again: "A, B, val=[VA, VB]", parts: 5),
    .init(
      kind: "pix2pix", make: "pix2pix(P, base=2, downs=3, layers=2, pool=2)", again: "P",
      parts: 5),
    .init(
      kind: "pix2pix",
      make: "pix2pix(P, base=2, downs=3, layers=2, val=pairs(VA, VB), schedule=\"linear\")",
      again: "P, val=pairs(VA, VB)", parts: 5),
    .init(
      kind: "cyclegan",
      make: "cyclegan(A, B, condition=\"angle+map\", base=2, blocks=1, pool=2, val=[VA, VB])",
      again: "A, B, val=[VA, VB]", parts: 5,
      change: "with_angle(\(tilted).with_channels(\"map\", x => x[1:2] * 0.5))"),
    .init(
      kind: "cyclegan",
      make: "cyclegan(A, B, condition=\"film\", base=2, blocks=1, batch=2, augment=(rotate=20))",
      again: "A, B", parts: 5, change: tilted),
    .init(
      kind: "pix2pix",
      make: "pix2pix(P, condition=\"map\", base=2, downs=3, layers=2, val=pairs(VA, VB))",
      again: "P, val=pairs(VA, VB)", parts: 5,
      change: "D.with_channels(\"map\", x => x[1:2] * 0.5)"),
    .init(kind: "fit", make: "fit(\(net), P, batch=5, ema=0.9, clip=0.1)", again: "P"),
    .init(
      kind: "cyclegan", make: "cyclegan(A, B, base=2, blocks=1, pool=2, ema=0.9, clip=0.1)",
      again: "A, B",
      parts: 5),
    .init(
      kind: "ugatit", make: "ugatit(A, B, base=2, blocks=1, layers=5)", again: "A, B", parts: 5),
    .init(
      kind: "fit",
      make:
        "fit(sequential(conv(3, 4, padding=1), residual(spectral(conv(4, 4, padding=1)), batch_norm(4), relu(), dropout(0.3)), conv(4, 3, padding=1)), P, batch=5, checkpoint=true)",
      again: "P"),
    .init(
      kind: "ugatit", make: "ugatit(A, B, base=2, blocks=1, layers=5, checkpoint=true)",
      again: "A, B", parts: 5),
    .init(
      kind: "ugatit",
      make:
        "ugatit(A, B, base=2, blocks=1, layers=5, light=false, batch=2, gan=\"hinge\", schedule=\"linear_steps\", val=[VA, VB])",
      again: "A, B, val=[VA, VB]", parts: 5),
  ]

  /// Images with an angle that differs between them.
  private static let tilted =
    "landmarks(D, from=x => (eye=(left=[8, 9], right=[15, 9 + 4 * x.mean().item()]),))"

  /// A session with the datasets and the trainer `t`, at `steps`.
  public func session(in folder: TemporaryFolder, steps: Int = 0, threads: Int = 2) -> ScriptRunner
  {
    let runner = ScriptRunner(folder: folder.path, threads: threads, seed: 3)
    runner.run("\(sets); t = \(make); t.step(\(steps))")
    return runner
  }
}
