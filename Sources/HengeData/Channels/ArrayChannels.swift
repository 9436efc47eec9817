// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTensor

/// The channels of images in arrays, as a text names them: `rgb+angle`, `rgb+m2:4`.
///
/// An array with an `angle` plane has the values of the published angle programs: colors from 0 to
/// 255, and degrees · 256 / 180 in every pixel of the plane. Other arrays are in the range of the
/// dataset. `bgr` are colors as OpenCV reads them; they become RGB.
public struct ArrayChannels: Sendable, Equatable {
  /// The groups of an array's images.
  public let groups: ChannelGroups
  /// The groups without the angle, which are kept of each image.
  let kept: ChannelGroups
  /// Whether the colors are BGR.
  let isReversed: Bool

  /// The text that names them.
  let text: String

  /// Whether images are kept as other numbers than those of the array.
  var changesValues: Bool { hasAngle || isReversed }

  /// Whether the last plane is an angle.
  public var hasAngle: Bool { kept != groups }

  /// The channels that `text` names in images of `count` channels.
  ///
  /// Throws `E-arg` for a text that names no groups, `E-shape` where they have another number of
  /// channels.
  public init(_ text: String, count: Int) throws {
    let words = text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
    isReversed = words[0] == "bgr"
    self.text = text
    var counts = try words.map(ArrayChannels.parsed)
    let open = counts.indices.filter { counts[$0].count == nil }
    let named = counts.reduce(0) { $0 &+ ($1.count ?? 0) }
    if open.count == 1, count > named { counts[open[0]].count = count - named }
    guard open.count <= 1 else {
      throw Failure(
        "E-arg", "\(quotedPath(text)) does not say how many channels its groups have",
        suggestion: "channels=\"\(words[0])+\(words[open[0]]):2+…\"", parameter: "channels")
    }
    let total = counts.reduce(0) { $0 &+ ($1.count ?? 1) }
    guard total == count else {
      throw Failure(
        "E-shape",
        "\(quotedPath(text)) names \(counted(total, "channel")), and the images have \(count)",
        parameter: "channels")
    }
    guard counts[0].name != AngleChannels.group else {
      throw Failure(
        "E-arg", "the angle must be the last plane of an array, after the colors",
        suggestion: "channels=\"rgb+angle\"", parameter: "channels")
    }
    let first = isReversed ? "rgb" : counts[0].name
    guard var groups = ChannelGroups(first, count: counts[0].count ?? 1) else {
      throw Failure("E-arg", "\(quotedPath(text)) names no channels", parameter: "channels")
    }
    var kept = groups
    for (index, group) in counts.enumerated().dropFirst() {
      kept = groups
      do { groups = try groups.adding(group.name, count: group.count ?? 1) } catch let failure
        as Failure
      {
        throw Failure(
          failure.code, "\(quotedPath(text)) names \(quotedPath(group.name)) twice",
          parameter: "channels")
      }
      guard group.name == AngleChannels.group else {
        kept = groups
        continue
      }
      guard index == counts.count - 1, group.count == 1 else {
        throw Failure(
          "E-arg",
          index == counts.count - 1
            ? "the angle of an array is one plane, not \(group.count ?? 1)"
            : "the angle must be the last plane of an array",
          suggestion: "channels=\"rgb+angle\"", parameter: "channels")
      }
    }
    self.groups = groups
    self.kept = kept
  }

  /// The name and the number of channels of `rgb`, `m2:4` or `m2`.
  private static func parsed(_ word: String) throws -> (name: String, count: Int?) {
    let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    try Failure.renaming(["name": "channels"]) { try ChannelGroups.check(name) }
    let known = ["gray": 1, "rgb": 3, "bgr": 3, "rgba": 4, AngleChannels.group: 1][name]
    guard parts.count == 2 else { return (name, known) }
    guard let count = Int(parts[1]), (1...1_000_000).contains(count), known ?? count == count else {
      throw Failure(
        "E-arg",
        known.map { "\(quotedPath(name)) has \(counted($0, "channel")), not \(parts[1])" }
          ?? "\(quotedPath(word)) is not a name with a number of channels",
        suggestion: "channels=\"rgb+angle\", or \"rgb+m2:4\"", parameter: "channels")
    }
    return (name, count)
  }

  /// The channels to keep of an image `[C, H, W]`, which messages call `name`, and its angle in degrees.
  ///
  /// Throws `E-type` for bytes with an angle, `E-range` for values that are not those of the
  /// programs, `E-data` for an angle that is not one number.
  func split(
    _ image: Tensor, range: ImageRange, name: () -> String
  ) throws -> (image: Tensor, angle: Double?) {
    guard hasAngle || isReversed else { return (image, nil) }
    let count = groups.picture.count
    var picture = try image.selecting([.slice(start: 0, stop: count, step: nil)])
    if isReversed { picture = try picture.flipped([0]) }
    var parts = [picture]
    if kept.count > count {
      parts.append(try image.selecting([.slice(start: count, stop: kept.count, step: nil)]))
    }
    guard hasAngle else { return (try Tensor.concatenated(parts, axis: 0), nil) }
    guard image.type != .u8 else {
      throw Failure(
        "E-type",
        "\(name()) is u8, but a plane of degrees · 256 / 180 has negative values and fractions",
        suggestion: "x.astype(\"float32\"), in the program that writes it")
    }
    let angle = try ArrayChannels.angle(in: image.selecting([.at(kept.count)]), name: name)
    parts[0] = try ArrayChannels.scaled(picture, to: range, name: name)
    let whole = parts.count == 1 ? parts[0] : try Tensor.concatenated(parts, axis: 0)
    return (try whole.cast(to: .f32), angle)
  }

  private static func angle(in plane: Tensor, name: () -> String) throws -> Double {
    let (low, high) = (try plane.minimum().item().double, try plane.maximum().item().double)
    guard low.isFinite, high.isFinite, high - low <= 1e-3 else {
      throw Failure(
        "E-data",
        "the angle plane of \(name()) has values from \(low) to \(high), but the angle is one number in every pixel",
        suggestion: "channels=\"rgb+ramp\", or another name, for a map that is no angle")
    }
    guard abs(low) <= 256 else {
      throw Failure(
        "E-range",
        "the angle plane of \(name()) is \(low), but degrees · 256 / 180 are -256 to 256")
    }
    return low * 180 / 256
  }

  /// Colors from 0 to 255 in `range`.
  private static func scaled(
    _ picture: Tensor, to range: ImageRange, name: () -> String
  ) throws -> Tensor {
    let (low, high) = (try picture.minimum().item().double, try picture.maximum().item().double)
    let isFraction = high <= 1 && high != low && high != high.rounded()
    guard low >= -1e-3, high <= 255.001, low.isFinite, high.isFinite, !isFraction else {
      throw Failure(
        "E-range",
        "the colors of \(name()) are \(low) to \(high), but with an angle plane they are 0 to 255",
        suggestion: "with_angle(dataset(x[:, :3]), angle=…), for colors in another range")
    }
    let step = Operand.scalar(.num(range.step))
    let scaled = try Tensor.combine(.multiply, .tensor(picture.cast(to: .f64)), step)
    return try Tensor.combine(.add, .tensor(scaled), .scalar(.num(range.low))).cast(to: .f32)
  }
}
