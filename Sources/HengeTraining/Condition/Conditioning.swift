// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeData
internal import HengeTensor

/// The condition that a method's networks read for the images of one side, besides the picture.
///
/// Scripts choose it by one word: the name of channels of both datasets, such as `angle` or
/// `angle+m2`, or `film`.
struct Conditioning {
  /// The channels that networks read: those of the dataset, with those that are added and without those that
  /// is left out.
  let planes: ConditionPlanes
  /// How that is made of the dataset's images.
  private let making: Making
  /// The groups of channels that are the condition, and how each is computed.
  let groups: [ChannelGroups.Group]

  private enum Making {
    /// They are shown as they are.
    case none
    /// cos t and sin t of each image's angle t are added, as planes.
    case angle
    /// The condition in these channels is left out.
    case leavingOut(ConditionPlanes)
  }

  /// What scripts call a condition of (cos t, sin t) for conditional normalization.
  static let film = "film"

  private init(
    _ planes: ConditionPlanes, _ making: Making, _ groups: [ChannelGroups.Group] = []
  ) {
    self.planes = planes
    self.making = making
    self.groups = groups
  }

  /// Nothing besides the picture, `[C, H, W]` of `shape`.
  init(none shape: Shape) { self.init(ConditionPlanes(count: shape[0]), .none) }

  /// The condition `name` of `dataset`, which messages call `side`, whose images are `shape`.
  ///
  /// Networks that learn from pairs read the condition of the input alone: with `isLeftOut`, the channels are
  /// left out where there are some. Throws `E-arg` where there are none and some are needed, `E-data`
  /// where an angle is not known.
  init(
    _ name: String, of dataset: Dataset, _ shape: Shape, called side: String,
    isLeftOut: Bool = false
  ) throws {
    let groups = try dataset.learnedGroups()
    if name == Self.film {
      if groups?.planes(of: name) != nil {
        throw Failure(
          "E-arg",
          "`condition=\"film\"` is the angle for conditional normalization, and \(side) has channels of that name",
          suggestion: "with_channels(\"map\", …), and condition=\"map\"", parameter: "condition")
      }
      guard !isLeftOut else {
        self.init(none: shape)
        return
      }
      try Failure.renaming([nil: side]) { try dataset.checkAngles() }
      self.init(
        ConditionPlanes(count: shape[0] + 2, condition: [shape[0], shape[0] + 1]), .angle)
      return
    }
    var (chosen, found): (Set<Int>, [ChannelGroups.Group]) = ([], [])
    for part in name.split(separator: "+", omittingEmptySubsequences: false) {
      guard let channels = groups?.planes(of: String(part)) else {
        if isLeftOut { continue }
        throw Failure(
          "E-arg", "\(side) has no channels called \(quotedPath(String(part)))",
          notes: [
            groups.map { "its channels are \($0)" } ?? "a function made its channels, without names"
          ],
          suggestion: part == "angle"
            ? "with_angle(\(side), encoding=\"ramp\")" : "\(side).with_channels(\"\(part)\", …)",
          parameter: "condition")
      }
      chosen.formUnion(channels)
      found += groups?.groups.filter { $0.name == part } ?? []
    }
    let all = ConditionPlanes(count: shape[0], condition: chosen)
    guard all.pictureCount > 0 else {
      throw Failure(
        "E-arg", "all channels of \(side) are the condition: there is no image to translate",
        suggestion: groups.flatMap { $0.groups.dropFirst().last }.map {
          "condition=\"\($0.name)\""
        },
        parameter: "condition")
    }
    self.init(
      isLeftOut ? ConditionPlanes(count: all.pictureCount) : all,
      isLeftOut && !all.isEmpty ? .leavingOut(all) : .none, found)
  }

  /// Whether it is an angle for conditional normalization.
  var isFilm: Bool { if case .angle = making { true } else { false } }

  /// The images drawn, `[N, C, H, W]`, as networks are shown them.
  func images(_ draws: [Dataset.Draw], of set: TrainingSet) throws -> Tensor {
    guard case .angle = making else { return try made(of: set.images(draws)) }
    let (images, angles) = try set.imagesAndAngles(draws)
    return try Self.adding(angles, to: images)
  }

  /// The images at `places` of a dataset that is shown, `[N, C, H, W]`.
  func images(_ places: Range<Int>, of shown: Dataset) throws -> Tensor {
    guard case .angle = making else { return try made(of: shown.tensor(places)) }
    let (images, angles) = try shown.tensorAndAngles(
      places.map { Dataset.Draw($0, epoch: 0) }, of: nil)
    return try Self.adding(angles, to: images)
  }

  /// The image at `place` of a dataset that is shown, `[C, H, W]`.
  func image(_ place: Int, of shown: Dataset) throws -> Tensor {
    guard case .none = making else {
      return try images(place..<place + 1, of: shown).selecting([.at(0)])
    }
    return try shown.image(place)
  }

  /// The groups of channels of the pictures, where they are known.
  func pictureGroups(of dataset: Dataset) throws -> ChannelGroups? {
    try dataset.learnedGroups()?.without(groups.map(\.name))
  }

  /// The name of each channel of what networks are shown.
  func channelNames(of dataset: Dataset) throws -> [String] {
    let groups = try dataset.learnedGroups()?.ranges ?? []
    func name(_ channel: Int) -> String {
      groups.first { $0.planes.contains(channel) }?.group.name ?? "channel \(channel)"
    }
    return switch making {
    case .none: (0..<planes.count).map(name)
    case .angle: (0..<planes.pictureCount).map(name) + ["cos", "sin"]
    case .leavingOut(let all): (0..<all.count).filter { !all.isCondition($0..<$0 + 1) }.map(name)
    }
  }

  /// What the channels are, for messages: `3 of the image and 1 of "angle"`.
  func words(_ name: String) -> String {
    let told =
      isFilm
      ? "cos t and sin t of its angle t, as planes"
      : "\(planes.conditionCount) of \(quotedPath(name))"
    return "\(planes.pictureCount) of the image and \(told)"
  }

  private func made(of images: Tensor) throws -> Tensor {
    if case .leavingOut(let planes) = making { try planes.picture(images) } else { images }
  }

  /// The images with planes of the cosine and the sine of their angles in degrees.
  private static func adding(_ angles: [Double], to images: Tensor) throws -> Tensor {
    let numbers = angles.flatMap { degrees -> [Float] in
      let angle = degrees * .pi / 180
      return [Float(cos(angle)), Float(sin(angle))]
    }
    let sizes = images.shape.sizes
    let condition = try Tensor(numbers, try Shape([sizes[0], 2, 1, 1]), on: images.backend)
      .broadcast(to: try Shape([sizes[0], 2, sizes[2], sizes[3]]))
    return try Tensor.concatenated([images, condition], axis: 1)
  }
}
