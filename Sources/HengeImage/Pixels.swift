// SPDX-License-Identifier: MIT
import CHengeKernels

/// An image in memory: bytes, interleaved by pixel, rows from the top, `[H, W, C]`.
///
/// One channel is gray, two are gray and alpha, three RGB, four RGBA.
public struct Pixels: Sendable, Equatable {
  /// Rows.
  public let height: Int
  /// The width in pixels.
  public let width: Int
  /// Samples in a pixel, 1 to 4.
  public let channels: Int
  /// `height * width * channels` samples, 0 to 255.
  public var bytes: [UInt8]
  /// The same samples, 0 to 65535, if the file had 16 bits; `bytes` are these in 8 bits.
  public var wide: [UInt16]?

  /// The maximum height and width of an image: the limit of PNG files.
  public static let longestSide = 1_000_000

  /// An image of `bytes`, which must have `height * width * channels` entries.
  public init(height: Int, width: Int, channels: Int, bytes: [UInt8], wide: [UInt16]? = nil) {
    precondition(bytes.count == height * width * channels, "the bytes must fill the image")
    precondition((1...4).contains(channels), "an image has 1 to 4 channels")
    self.height = height
    self.width = width
    self.channels = channels
    self.bytes = bytes
    self.wide = wide
  }

  /// An image of 16-bit samples, with their 8-bit values.
  ///
  /// For a gray image these are `wide * 255 / 65535`, rounded to the nearest; for colors the upper
  /// bytes, as in Pillow, which has no 16-bit colors.
  public init(height: Int, width: Int, channels: Int, wide: [UInt16]) {
    let bytes = [UInt8](unsafeUninitializedCapacity: wide.count) { buffer, count in
      if channels == 1, let start = buffer.baseAddress {
        henge_narrow_u16(wide, start, Int64(wide.count))
      } else {
        for (index, sample) in wide.enumerated() { buffer[index] = UInt8(sample >> 8) }
      }
      count = wide.count
    }
    self.init(height: height, width: width, channels: channels, bytes: bytes, wide: wide)
  }
}
