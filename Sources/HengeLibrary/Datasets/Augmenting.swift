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

  /// The same, which may be passed by position, too.
  static func parameter(isKeywordOnly: Bool) -> Parameter {
    Parameter(
      "augment",
      "Data augmentation of the training images, drawn anew in each epoch: a record of the options of A.augment, such as (flip=true, crop=64x64). Both images of a pair get the same change.",
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
        resize: field("resize", Shape.self, "resize=72x72").map {
          try PictureSize($0, parameter: "resize")
        },
        crop: field("crop", Shape.self, "crop=64x64").map {
          try PictureSize($0, parameter: "crop")
        },
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
      "flip", "Whether to mirror images left to right, with probability 0.5; or that probability.",
      default: false),
    Parameter(
      "resize",
      "Height x width to resize to before cropping (`load_size` in the reference implementation).",
      default: Shape?.none),
    Parameter("crop", "Height x width of a random crop.", default: Shape?.none),
    Parameter(
      "rotate",
      "Maximum rotation in degrees, in either direction. Borders are filled by reflection.",
      default: 0.0),
    Parameter(
      "jitter",
      "Maximum color jitter: brightness, contrast and saturation are multiplied by factors from 1 - jitter to 1 + jitter.",
      default: 0.0),
    Parameter(
      "seed", "Seed of the random changes, independent of the session's seed.", default: 0),
    Parameter(
      "epoch", "Epoch whose random changes are shown. A trainer starts from it.", default: 0,
      isKeywordOnly: true),
  ]
}

private let faces = "A = faces(\"anime\", 4, size=24x24)"

/// Built-ins for data augmentation.
func augmenting() -> [Builtin] {
  func augmented(
    _ flip: FlipOption, _ resize: Shape?, _ crop: Shape?, _ rotate: Double, _ jitter: Double
  ) throws -> Augmentation {
    try Augmentation(
      flip: flip.probability, resize: resize.map { try PictureSize($0, parameter: "resize") },
      crop: crop.map { try PictureSize($0, parameter: "crop") }, rotate: rotate, jitter: jitter)
  }
  return [
    Builtin(
      "augment",
      "Returns the dataset with data augmentation: random changes of its images, applied in the order resize, rotate, crop, flip, jitter. Each epoch of a trainer draws new changes. The change of item i in epoch e depends on i, e and the seed only. Landmarks and angle are transformed with the image.",
      Parameter("A", "A dataset."), options[0], options[1], options[2], options[3], options[4],
      options[5], options[6],
      examples: [
        Example("\(faces)\nA.augment(flip=true, crop=16x16)[0].shape\n#=> 3x16x16")
      ], seeAlso: ["repeated", "map", "cyclegan"], errors: ["E-range", "E-arg", "E-shape"]
    ) {
      (
        A: Dataset, flip: FlipOption, resize: Shape?, crop: Shape?, rotate: Double, jitter: Double,
        seed: Int, epoch: Int
      ) in
      try A.augmented(
        augmented(flip, resize, crop, rotate, jitter), seed: UInt64(bitPattern: Int64(seed)),
        epoch: epoch)
    }.alsoCalled(
      "brightness", "contrast", "color jitter", "random crop", "random flip", "transforms"),
    Builtin(
      "augment",
      "Returns the pairs with data augmentation. Both images of a pair get the same change.",
      Parameter("P", "Pairs of datasets."), options[0], options[1], options[2], options[3],
      options[4], options[5], options[6],
      examples: [
        Example(
          """
          \(faces)
          P = pairs(A, A).augment(flip=true, rotate=20)
          all(P[1][0] == P[1][1])
          #=> true
          """)
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
      "Repeats the dataset `n` times. Augmentation draws a different change for each copy.",
      Parameter("A", "A dataset."), Parameter("n", "Number of repetitions."),
      examples: [Example("\(faces)\nlen(A.repeated(3))\n#=> 12")],
      seeAlso: ["augment", "join", "sample"], errors: ["E-range"]
    ) { (A: Dataset, n: Int) in try A.repeated(n) },
    Builtin(
      "repeated", "Repeats the pairs `n` times.",
      Parameter("P", "Pairs of datasets."), Parameter("n", "Number of repetitions."),
      examples: [Example("\(faces)\nlen(pairs(A, A).repeated(2))\n#=> 8")],
      seeAlso: ["pairs"], errors: ["E-range"]
    ) { (P: PairsObject, n: Int) in PairsObject(try P.pairs.changed { try $0.repeated(n) }) },
  ]
}
