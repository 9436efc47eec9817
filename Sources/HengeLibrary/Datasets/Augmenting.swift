// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

/// Whether images are flipped: true is as often as not, a number is the probability.
struct FlipOption: ValueConvertible {
  let probability: Double

  static var kind: String { "bool | num" }
  static func from(_ value: Value) -> FlipOption? {
    if let isFlipped = Bool.from(value) { return FlipOption(probability: isFlipped ? 0.5 : 0) }
    return Double.from(value).map(FlipOption.init)
  }
  var value: Value { .num(probability) }
}

/// The options of `augment` as a record, which trainers take.
struct AugmentOption: ValueConvertible {
  let options: Augmentation
  let value: Value

  static var kind: String { "record" }
  static func from(_ value: Value) -> AugmentOption? {
    guard case .record(let record) = value else { return nil }
    return try? AugmentOption(record)
  }
  static func accepts(_ value: Value) -> Bool {
    if case .record = value { true } else { false }
  }
  static func from(_ value: Value, in call: Call) throws -> AugmentOption? {
    guard case .record(let record) = value else { return nil }
    return try AugmentOption(record)
  }

  /// What it is in the signatures of trainers.
  static var parameter: Parameter { parameter(isKeywordOnly: true) }

  /// The same, which may be given by position too.
  static func parameter(isKeywordOnly: Bool) -> Parameter {
    Parameter(
      "augment",
      "Random changes of the training images, new in each epoch: a record of the options of A.augment, such as (flip=true, crop=64x64). Both images of a pair are changed alike.",
      default: AugmentOption?.none, isKeywordOnly: isKeywordOnly)
  }

  private init(_ record: Record) throws {
    func field<T: ValueConvertible>(_ name: String, _ type: T.Type, _ example: String) throws -> T?
    {
      guard let value = zip(record.names, record.values).first(where: { $0.0 == name })?.1 else {
        return nil
      }
      if case .none = value { return nil }
      if let converted = T.from(value) { return converted }
      throw Failure(
        "E-type", "`\(name)` of `augment` is \(T.kind), not \(value.kindWithArticle)",
        suggestion: "augment=(\(example))", parameter: "augment")
    }
    if let unknown = record.names.first(where: { !AugmentOption.names.contains($0) }) {
      throw Failure(
        "E-arg", "`augment` has no option `\(unknown)`",
        notes: ["its options are \(AugmentOption.names.joined(separator: ", "))"],
        suggestion: nearestName(to: unknown, among: AugmentOption.names).map { "\($0)=…" },
        parameter: "augment")
    }
    do {
      options = try Augmentation(
        flip: field("flip", FlipOption.self, "flip=true")?.probability ?? 0,
        resize: field("resize", Shape.self, "resize=72x72").map { try PictureSize($0) },
        crop: field("crop", Shape.self, "crop=64x64").map { try PictureSize($0) },
        rotate: field("rotate", Double.self, "rotate=10") ?? 0,
        jitter: field("jitter", Double.self, "jitter=0.2") ?? 0,
        seed: field("seed", Int.self, "seed=1").map { UInt64(bitPattern: Int64($0)) })
    } catch let failure as Failure {
      throw Failure(
        failure.code, failure.message, notes: failure.notes,
        suggestion: failure.suggestion.map { $0.hasPrefix("augment") ? $0 : "augment=(\($0),)" },
        parameter: "augment")
    }
    value = .record(record)
  }

  /// The options of `augment`, in order.
  static let names = ["flip", "resize", "crop", "rotate", "jitter", "seed"]
}

private var options: [Parameter] {
  [
    Parameter(
      "flip", "Whether half of the images are mirrored left to right, or the probability of that.",
      default: false),
    Parameter(
      "resize", "Height x width that images are resized to first, the reference's load size.",
      default: Shape?.none),
    Parameter("crop", "Height x width of the part taken at a random place.", default: Shape?.none),
    Parameter(
      "rotate", "Largest rotation either way, in degrees; borders are mirrored.", default: 0.0),
    Parameter(
      "jitter",
      "Largest change of brightness, contrast and saturation: factors of 1 - jitter to 1 + jitter.",
      default: 0.0),
    Parameter(
      "seed", "Seed of the draws, whatever the session's seed is.", default: 0),
    Parameter(
      "epoch", "Which epoch's draws to show; a trainer counts on from it.", default: 0,
      isKeywordOnly: true),
  ]
}

private let faces = "A = faces(\"anime\", 4, size=24x24)"

/// Built-ins that make more of the images that there are.
func augmenting() -> [Builtin] {
  func augmented(
    _ flip: FlipOption, _ resize: Shape?, _ crop: Shape?, _ rotate: Double, _ jitter: Double
  ) throws -> Augmentation {
    try Augmentation(
      flip: flip.probability, resize: resize.map { try PictureSize($0) },
      crop: crop.map { try PictureSize($0) }, rotate: rotate, jitter: jitter)
  }
  return [
    Builtin(
      "augment",
      "Returns the dataset with its images changed at random: resized, rotated, cropped, flipped and jittered, in this order. Item i in epoch e always gets the same change, whatever the number of threads; a trainer gets new ones in each epoch. Marks and angle follow.",
      Parameter("A", "A dataset."), options[0], options[1], options[2], options[3], options[4],
      options[5], options[6],
      examples: [
        Example("\(faces); A.augment(flip=true, crop=16x16)[0].shape", gives: "3x16x16"),
        Example(
          "\(faces); a = A.augment(rotate=10, seed=1); all(a[0] == a[0]) and not all(a[0] == A[0])",
          gives: "true"),
      ], seeAlso: ["repeated", "map", "cyclegan"], errors: ["E-range", "E-arg", "E-shape"]
    ) {
      (
        A: Dataset, flip: FlipOption, resize: Shape?, crop: Shape?, rotate: Double, jitter: Double,
        seed: Int, epoch: Int
      ) in
      try A.augmented(
        augmented(flip, resize, crop, rotate, jitter), seed: UInt64(bitPattern: Int64(seed)),
        epoch: epoch)
    },
    Builtin(
      "augment",
      "Returns the pairs with both images of each changed at random, in the same way.",
      Parameter("P", "Pairs of datasets."), options[0], options[1], options[2], options[3],
      options[4], options[5], options[6],
      examples: [
        Example(
          "\(faces); P = pairs(A, A).augment(flip=true, rotate=20); all(P[1][0] == P[1][1])",
          gives: "true")
      ], seeAlso: ["pairs", "pix2pix"], errors: ["E-range", "E-arg", "E-shape"]
    ) {
      (
        P: PairsObject, flip: FlipOption, resize: Shape?, crop: Shape?, rotate: Double,
        jitter: Double, seed: Int, epoch: Int
      ) in
      let options = try augmented(flip, resize, crop, rotate, jitter)
      return PairsObject(
        try P.pairs.changed {
          try $0.augmented(options, seed: UInt64(bitPattern: Int64(seed)), epoch: epoch)
        })
    },
    Builtin(
      "repeated",
      "Returns the items `n` times over, one pass after another. Augmentation changes each copy in its own way.",
      Parameter("A", "A dataset."), Parameter("n", "Number of passes."),
      examples: [Example("\(faces); len(A.repeated(3))", gives: "12")],
      seeAlso: ["augment", "join", "sample"], errors: ["E-range"]
    ) { (A: Dataset, n: Int) in try A.repeated(n) },
    Builtin(
      "repeated", "Returns the pairs `n` times over, one pass after another.",
      Parameter("P", "Pairs of datasets."), Parameter("n", "Number of passes."),
      examples: [Example("\(faces); len(pairs(A, A).repeated(2))", gives: "8")],
      seeAlso: ["pairs"], errors: ["E-range"]
    ) { (P: PairsObject, n: Int) in PairsObject(try P.pairs.changed { try $0.repeated(n) }) },
  ]
}
