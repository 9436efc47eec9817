// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeTensor

extension Tensor {
  /// The image that planes `[C, H, W]` or one plane `[H, W]` are, and how many values were clipped.
  ///
  /// The groups next to the picture are drawn to its right, each group in its own range. Without
  /// groups, four channels are RGB and one map: only `hasAlpha` makes the last one transparency, or
  /// groups that are called `rgba`.
  func picture(
    range: ImageRange, groups: ChannelGroups? = nil, hasAlpha: Bool = false
  ) throws -> (pixels: Pixels, clipped: Int) {
    var planes = self
    if rank == 2 { planes = try expanded(at: 0) }
    if rank == 4, shape[0] == 1 { planes = try selecting([.at(0)]) }
    let known = groups.flatMap { planes.rank == 3 && planes.shape[0] == $0.count ? $0 : nil }
    guard planes.rank == 3, planes.count > 0, known != nil || (1...4).contains(planes.shape[0])
    else {
      throw Failure(
        "E-shape", "\(shape) is not an image",
        notes: ["an image is HxW or CxHxW with 1 to 4 channels"]
          + (count == 0 ? ["this one has no pixels"] : []),
        suggestion: count == 0 ? nil : rank == 4 ? "grid(x)" : rank == 3 ? "tiles(x)" : nil,
        parameter: "x")
    }
    let channels = planes.shape[0]
    if hasAlpha, channels % 2 == 1 {
      throw Failure(
        "E-shape", "an image with alpha has 2 or 4 channels, not \(channels)", parameter: "alpha")
    }
    let isRGBA = known.map { $0.groups.count == 1 && $0.picture.name == "rgba" } ?? false
    if hasAlpha || isRGBA || channels == 1 || channels == 3 && known?.groups.count ?? 1 == 1 {
      return try planes.pixels(range)
    }
    return try planes.drawn(known ?? ChannelGroups.unnamed(count: channels), range)
  }

  /// All channels as those of one picture.
  private func pixels(_ range: ImageRange) throws -> (pixels: Pixels, clipped: Int) {
    let (bytes, clipped) = try pixels(low: Float(range.low), high: Float(range.high))
    return (
      Pixels(height: shape[1], width: shape[2], channels: shape[0], bytes: bytes), clipped
    )
  }

  /// The groups side by side.
  private func drawn(
    _ groups: ChannelGroups, _ range: ImageRange
  ) throws -> (pixels: Pixels, clipped: Int) {
    var (parts, clipped) = ([Pixels](), 0)
    for (index, (group, channels)) in groups.ranges.enumerated() {
      let part = try selecting([
        .slice(start: channels.lowerBound, stop: channels.upperBound, step: nil)
      ])
      let own = index == 0 ? range : try part.ownRange(or: range)
      // A map of three channels is a picture, unless henge computed them one by one.
      let isColor = group.detail == nil && [3, 4].contains(group.count)
      for tile in isColor ? [0..<3] : (0..<group.count).map({ $0..<$0 + 1 }) {
        let (pixels, count) = try part.selecting([
          .slice(start: tile.lowerBound, stop: tile.upperBound, step: nil)
        ]).pixels(own)
        parts.append(pixels)
        clipped += index == 0 ? count : 0
      }
    }
    return (Pixels(row: parts, gap: 2), clipped)
  }

  /// The smallest and the largest value; `range` where all are alike or some are not finite.
  private func ownRange(or range: ImageRange) throws -> ImageRange {
    let (low, high) = (try minimum().item().double, try maximum().item().double)
    return (try? ImageRange(low: low, high: high)) ?? range
  }

  /// The colors of an image: its first three channels, where there are more.
  func colors() throws -> Tensor {
    guard rank >= 3, shape[rank - 3] > 3 else { return self }
    let all = TensorIndex.slice(start: nil, stop: nil, step: nil)
    return try selecting([.ellipsis, .slice(start: 0, stop: 3, step: nil), all, all])
  }
}

extension ChannelGroups {
  /// What two or four channels are shown as where nothing is known of them.
  fileprivate static func unnamed(count: Int) throws -> ChannelGroups {
    try picture(count: count == 4 ? 3 : 1).adding("map", count: 1)
  }
}

extension Pixels {
  /// Gray and RGB images of one height side by side, as RGB, on white.
  fileprivate init(row parts: [Pixels], gap: Int) {
    let height = parts.first?.height ?? 0
    let width = parts.reduce(-gap) { $0 + $1.width + gap }
    var bytes = [UInt8](repeating: 255, count: 3 * height * max(0, width))
    var left = 0
    for part in parts {
      for row in 0..<height {
        for column in 0..<part.width {
          let from = (row * part.width + column) * part.channels
          let to = 3 * (row * width + left + column)
          for channel in 0..<3 {
            bytes[to + channel] = part.bytes[from + min(channel, part.channels - 1)]
          }
        }
      }
      left += part.width + gap
    }
    self.init(height: height, width: max(0, width), channels: 3, bytes: bytes)
  }
}
