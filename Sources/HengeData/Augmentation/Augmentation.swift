// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeImage

/// How images are changed at random while they are trained on.
///
/// An image is resized, rotated, cropped, flipped and jittered, in this order, each only where it is
/// asked for. What happens to item i in epoch e is a function of the seed, i and e alone.
public struct Augmentation: Equatable, Sendable {
  /// The probability that an image is flipped left to right.
  public var flip: Double
  /// The size that images are resized to first, the reference's load size; none leaves them.
  public var resize: PictureSize?
  /// The size of the part that is taken at a random place; none takes all.
  public var crop: PictureSize?
  /// The most degrees that an image is rotated by, either way.
  public var rotate: Double
  /// The largest change of brightness, contrast and saturation: factors of 1 - jitter to 1 + jitter.
  public var jitter: Double
  /// What the draws follow from; none where the user of the dataset says it.
  public var seed: UInt64?

  /// Keeps the choices; nothing is changed by default.
  ///
  /// Throws `E-range` for one out of range, `E-arg` where nothing is to happen.
  public init(
    flip: Double = 0, resize: PictureSize? = nil, crop: PictureSize? = nil, rotate: Double = 0,
    jitter: Double = 0, seed: UInt64? = nil
  ) throws {
    self.flip = flip
    self.resize = resize
    self.crop = crop
    self.rotate = rotate
    self.jitter = jitter
    self.seed = seed
    try Augmentation.check("flip", flip, 0...1, "a probability", "flip=true")
    try Augmentation.check("rotate", rotate, 0...180, "the most degrees either way", "rotate=10")
    try Augmentation.check("jitter", jitter, 0...1, "the largest change of a factor", "jitter=0.2")
    guard flip > 0 || resize != nil || crop != nil || rotate > 0 || jitter > 0 else {
      throw Failure(
        "E-arg", "this augmentation changes nothing",
        notes: ["its options are flip, resize, crop, rotate and jitter"], suggestion: "flip=true")
    }
    if let resize, let crop { try Augmentation.check(crop, within: resize) }
  }

  private static func check(
    _ name: String, _ value: Double, _ range: ClosedRange<Double>, _ what: String, _ example: String
  ) throws {
    guard range.contains(value) else {
      throw Failure(
        "E-range",
        "`\(name)` is \(what), from \(short(range.lowerBound)) to \(short(range.upperBound)), not \(short(value))",
        suggestion: example, parameter: name)
    }
  }

  private static func check(_ crop: PictureSize, within size: PictureSize) throws {
    guard crop.height <= size.height, crop.width <= size.width else {
      throw Failure(
        "E-range",
        "a crop of \(crop.height)x\(crop.width) is larger than images of \(size.height)x\(size.width)",
        notes: ["images are resized first, then cropped"],
        suggestion:
          "resize=\(max(crop.height, size.height))x\(max(crop.width, size.width)), crop=\(crop.height)x\(crop.width)",
        parameter: "crop")
    }
  }

  /// Whether what becomes of images has a size of its own, whatever theirs is.
  public var setsSize: Bool { resize != nil || crop != nil }

  /// The shape of what becomes of an image of `shape`; throws `E-range` where a crop does not fit.
  public func shape(of shape: Shape) throws -> Shape {
    let size = resize ?? PictureSize(height: shape[1], width: shape[2])
    if let crop { try Augmentation.check(crop, within: size) }
    return try Shape([shape[0], (crop ?? size).height, (crop ?? size).width])
  }

  /// The choices as a file of a trainer keeps them: `flip=0.5 crop=64x64`.
  public var text: String {
    var words: [String] = []
    if flip > 0 { words.append("flip=\(flip)") }
    for (name, size) in [("resize", resize), ("crop", crop)] {
      if let size { words.append("\(name)=\(size.height)x\(size.width)") }
    }
    if rotate > 0 { words.append("rotate=\(rotate)") }
    if jitter > 0 { words.append("jitter=\(jitter)") }
    if let seed { words.append("seed=\(seed)") }
    return words.joined(separator: " ")
  }

  /// The choices that ``text`` says; nil for any other text.
  public init?(text: String) {
    var (numbers, sizes, seed): ([String: Double], [String: PictureSize], UInt64?) = ([:], [:], nil)
    for word in text.split(separator: " ") {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return nil }
      switch parts[0] {
      case "flip", "rotate", "jitter": numbers[parts[0]] = Double(parts[1])
      case "resize", "crop":
        let sides = parts[1].split(separator: "x").compactMap { Int($0) }
        guard sides.count == 2, sides.allSatisfy({ (1...Pixels.longestSide).contains($0) }) else {
          return nil
        }
        sizes[parts[0]] = PictureSize(height: sides[0], width: sides[1])
      case "seed": seed = UInt64(parts[1])
      default: return nil
      }
    }
    guard
      let made = try? Augmentation(
        flip: numbers["flip"] ?? 0, resize: sizes["resize"], crop: sizes["crop"],
        rotate: numbers["rotate"] ?? 0, jitter: numbers["jitter"] ?? 0, seed: seed),
      made.text == text
    else { return nil }
    self = made
  }
}
