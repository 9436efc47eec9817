// SPDX-License-Identifier: MIT

/// What an image file contains.
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
  /// Pixels in a row.
  public let width: Int
  /// Samples in a pixel.
  public let bands: Int
  /// All samples, interleaved by pixel, rows from the top.
  public let samples: Samples
  /// What is said where an image of colors is wanted: "has 5 bands".
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
  /// What kind of remark it is; a folder's remarks are counted by it.
  public enum Kind: Sendable, CaseIterable {
    /// The decoder warned, but all image data are there.
    case flaw
    /// The file says that the image is to be turned, and it is not.
    case orientation
    /// The file contains more images than the first.
    case several
    /// The file has bands that are left out.
    case bands
  }

  /// What kind of remark it is.
  public let kind: Kind
  /// What is said of the file, after its name: "has 3 pages; the first is read".
  public let words: String
}
