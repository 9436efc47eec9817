// SPDX-License-Identifier: MIT

/// The kinds of picture files that can be read.
public enum PictureFormat: String, Sendable {
  /// Portable Network Graphics.
  case png = "PNG"
  /// JPEG in any container; told by its first bytes.
  case jpeg = "JPEG"

  /// The format of a file that starts with `bytes`, whatever its name says.
  public init?(of bytes: [UInt8]) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else {
      return nil
    }
  }
}

/// What a picture file says of itself before its pixels.
public struct PictureHeader: Sendable, Equatable {
  /// The kind of file.
  public let format: PictureFormat
  /// Rows.
  public let height: Int
  /// Pixels in a row.
  public let width: Int
  /// Samples in a pixel once decoded: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
  public let channels: Int
  /// Bits in a sample once decoded: 8 or 16.
  public let depth: Int
}
