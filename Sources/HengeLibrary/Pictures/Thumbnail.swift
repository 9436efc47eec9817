// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

extension Tensor {
  /// A small image of what looks like an image [C, H, W], or of the first of a batch.
  ///
  /// One or three channels of f32, sides of 8 pixels or more, none four times as long as the other,
  /// values about -1..1 that are not all alike; `nil` for others.
  func thumbnail(_ statistics: Statistics) throws -> PixelDisplay? {
    guard type == .f32, rank == 3 || rank == 4, statistics.finite == count,
      statistics.minimum >= -1.05, statistics.maximum <= 1.05,
      statistics.minimum < statistics.maximum
    else { return nil }
    let sizes = Array(shape.sizes.suffix(3))
    let (channels, height, width) = (sizes[0], sizes[1], sizes[2])
    guard channels == 1 || channels == 3, min(height, width) >= 8,
      max(height, width) <= 4 * min(height, width)
    else { return nil }
    // A row as wide as four square images.
    let shown = rank == 3 ? 1 : min(shape[0], max(1, 4 * height / width))
    let step = max(1, (max(height, width) + 127) / (rank == 3 ? 256 : 128))
    let part = try selecting(
      (rank == 3 ? [] : [.slice(start: 0, stop: shown, step: 1)])
        + [
          .ellipsis, .slice(start: nil, stop: nil, step: step),
          .slice(start: nil, stop: nil, step: step),
        ])
    var montage = Montage(budget: ownBudget)
    montage.background = .black
    let pictures = try (0..<shown).map { index in
      try (rank == 3 ? part : part.selecting([.at(index)])).picture(range: .signed).pixels
    }
    return PixelDisplay(try montage.row(pictures))
  }

  /// Thumbnails are a few kilobytes and gone at once: they ask a budget of their own.
  private var ownBudget: MemoryBudget { MemoryBudget(limit: 64_000_000) }
}

extension PixelDisplay {
  /// The image as the language shows it, alpha dropped.
  init(_ pixels: Pixels, caption: String? = nil) {
    let kept = pixels.channels < 3 ? 1 : 3
    let bytes =
      kept == pixels.channels
      ? pixels.bytes
      : pixels.bytes.indices.compactMap { index in
        index % pixels.channels < kept ? pixels.bytes[index] : nil
      }
    self.init(
      height: pixels.height, width: pixels.width, channels: kept, bytes: bytes, caption: caption)
  }
}
