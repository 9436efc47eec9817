// SPDX-License-Identifier: MIT

/// The contents of an image file.
public enum PictureContents: Sendable, Equatable {
  /// An image of gray or RGB, with or without alpha.
  case pixels(Pixels)
  /// A TIFF or PFM of other samples: more bands than colors have, or numbers that are no shades.
  case bands(PictureBands)
}

/// An image of any number of bands, whose samples may be numbers of any size.
public struct PictureBands: Sendable, Equatable {
  /// Rows.
  public let height: Int
  /// The width in pixels.
  public let width: Int
  /// Samples in a pixel.
  public let bands: Int
  /// All samples, interleaved by pixel, rows from the top.
  public let samples: Samples
  /// The text of an error if an image of colors is needed: "has 5 bands".
  public let words: String

  /// Samples of one type.
  public enum Samples: Sendable, Equatable {
    /// Shades from 0 to 255.
    case u8([UInt8])
    /// Shades from 0 to 65535.
    case u16([UInt16])
    /// Whole numbers that are no shades: signed, or of more than 16 bits.
    case integers([Int])
    /// Floating-point numbers of at most 32 bits.
    case floats([Float])
    /// Floating-point numbers of 64 bits.
    case doubles([Double])
  }
}

/// Something about a file that was read and that its user should know.
public struct PictureRemark: Sendable, Equatable {
  /// The kind of a remark, by which a folder's remarks are counted.
  public enum Kind: Sendable, CaseIterable {
    /// The decoder warned, but all image data are there.
    case flaw
    /// The file declares an orientation, and it is not applied.
    case orientation
    /// The file contains more images than the first.
    case several
    /// The file has bands that are left out.
    case bands
  }

  /// The kind of remark.
  public let kind: Kind
  /// The text after the file's name: "has 3 pages; the first is read".
  public let words: String
}
