// SPDX-License-Identifier: MIT
public import HengeBackend

/// The properties of an image file, read before its pixels.
public struct PictureHeader: Sendable, Equatable {
  /// The kind of file.
  public let format: PictureFormat
  /// Rows.
  public let height: Int
  /// The width in pixels.
  public let width: Int
  /// Samples in a pixel once decoded: 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA; more in a TIFF of
  /// many bands.
  public let channels: Int
  /// Bits in a sample once decoded: 8 or 16, or 32 or 64 where the samples are numbers.
  public let depth: Int
  /// The EXIF orientation, from 1 (upright) to 8.
  public var orientation = 1

  /// The same once it was turned upright.
  public var upright: PictureHeader {
    var turned =
      orientation < 5
      ? self
      : PictureHeader(
        format: format, height: width, width: height, channels: channels, depth: depth)
    turned.orientation = 1
    return turned
  }
}
