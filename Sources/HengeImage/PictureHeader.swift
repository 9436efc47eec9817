// SPDX-License-Identifier: MIT
public import HengeBackend

/// What an image file says of itself before its pixels.
public struct PictureHeader: Sendable, Equatable {
  /// The kind of file.
  public let format: PictureFormat
  /// Rows.
  public let height: Int
  /// Pixels in a row.
  public let width: Int
  /// Samples in a pixel once decoded: 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA; more in a TIFF of
  /// many bands.
  public let channels: Int
  /// Bits in a sample once decoded: 8 or 16, or 32 or 64 where the samples are numbers.
  public let depth: Int
  /// How the image is to be turned to be upright, as EXIF numbers it: 1 not at all, to 8.
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
