// SPDX-License-Identifier: MIT

/// A picture in memory: bytes, interleaved by pixel, rows from the top, `[H, W, C]`.
///
/// One channel is grey, two grey and alpha, three RGB, four RGBA.
public struct Pixels: Sendable, Equatable {
  /// Rows.
  public let height: Int
  /// Pixels in a row.
  public let width: Int
  /// Samples in a pixel, 1 to 4.
  public let channels: Int
  /// `height * width * channels` samples, 0 to 255.
  public var bytes: [UInt8]
  /// The same samples, 0 to 65535, when the file held 16 bits; `bytes` are these scaled by 255/65535.
  public var wide: [UInt16]?

  /// A picture of `bytes`, which must have `height * width * channels` entries.
  public init(height: Int, width: Int, channels: Int, bytes: [UInt8], wide: [UInt16]? = nil) {
    precondition(bytes.count == height * width * channels, "a picture's bytes must fill it")
    self.height = height
    self.width = width
    self.channels = channels
    self.bytes = bytes
    self.wide = wide
  }
}
