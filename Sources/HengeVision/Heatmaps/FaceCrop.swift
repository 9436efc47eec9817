// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeImage

/// The part of an image that the landmark network for anime faces is given: a face's box, wider by an
/// eighth on each side and higher by a quarter above, at 128x128 pixels.
public struct FaceCrop: Sendable {
  /// The length of its sides as the network sees it.
  public static let side = 128

  /// Its place in the image; sides may fall between pixels.
  let left: Double
  let top: Double
  let width: Double
  let height: Double

  /// Around the face in `box` of an image; throws `E-range` for a box outside.
  public init(around box: Box, in image: Pixels) throws {
    let side = -1_000_000...1_000_000
    guard box.width > 0, box.height > 0, side.contains(box.x), side.contains(box.y),
      side.contains(box.width), side.contains(box.height), box.x < image.width,
      box.y < image.height,
      box.x + box.width > 0, box.y + box.height > 0
    else {
      throw Failure(
        "E-range",
        "a box at (\(box.x), \(box.y)) of \(box.width)x\(box.height) pixels is not in an image of \(image.width)x\(image.height)",
        parameter: "box")
    }
    left = max(Double(box.x) - Double(box.width) / 8, 0)
    top = max(Double(box.y) - Double(box.height) / 4, 0)
    width = min(Double(box.x) + Double(box.width) * 9 / 8, Double(image.width)) - left
    height = Double(box.y + box.height) - top
  }

  /// Its pixels at 128x128: corners are rounded to whole pixels, what is outside of the image is
  /// black, and the size is changed by Pillow's bicubic filter.
  ///
  /// Throws `E-memory`.
  public func pixels(of image: Pixels, budget: MemoryBudget) throws -> Pixels {
    let (x0, y0) = (rounded(left), rounded(top))
    let (x1, y1) = (rounded(left + width), rounded(top + height))
    let (columns, rows) = (max(x1 - x0, 1), max(y1 - y0, 1))
    let count = columns * rows * image.channels
    try budget.reserve(count, for: "cropping a face")
    defer { budget.release(count) }
    var bytes = [UInt8](repeating: 0, count: count)
    let inside = max(x0, 0)..<max(min(x1, image.width), max(x0, 0))
    for y in max(y0, 0)..<max(min(y1, image.height), max(y0, 0)) where !inside.isEmpty {
      let from = (y * image.width + inside.lowerBound) * image.channels
      let to = ((y - y0) * columns + inside.lowerBound - x0) * image.channels
      let length = inside.count * image.channels
      bytes.replaceSubrange(to..<to + length, with: image.bytes[from..<from + length])
    }
    return try Pixels(height: rows, width: columns, channels: image.channels, bytes: bytes)
      .resized(height: FaceCrop.side, width: FaceCrop.side, budget: budget)
  }

  /// The landmarks in the image: where each of `maps` has its peak.
  ///
  /// `maps` are planes of `rows` by `columns`, the last one of which is the background's and left out.
  public func points(
    _ maps: [Float], rows: Int, columns: Int
  ) -> [(x: Double, y: Double)] {
    let size = rows * columns
    guard size > 0 else { return [] }
    let enlarging = Enlarging(rows: rows, columns: columns, side: FaceCrop.side)
    return (0..<max(maps.count / size - 1, 0)).map { index in
      let peak = enlarging.peak(maps[(index * size)..<((index + 1) * size)])
      let side = Double(FaceCrop.side)
      return (
        left + Double(peak.column) * width / side, top + Double(peak.row) * height / side
      )
    }
  }
}
