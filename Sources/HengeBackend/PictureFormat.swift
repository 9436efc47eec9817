// SPDX-License-Identifier: MIT

/// A kind of image file: the one list that reading, folders, help and errors derive from.
///
/// What a file is, its first bytes decide (`init(of:)`); the endings say which files of a folder
/// are taken for images before any is opened.
public enum PictureFormat: String, Sendable, CaseIterable {
  // The formats that are read.
  case png = "PNG"
  case jpeg = "JPEG"
  case webp = "WebP"
  case tiff = "TIFF"
  case bmp = "BMP"
  /// Portable bitmaps: PBM, PGM, PPM and PFM.
  case pnm = "PNM"
  // Formats that people have and henge does not read.
  case gif = "GIF"
  case heic = "HEIC"
  case avif = "AVIF"
  case jpeg2000 = "JPEG 2000"
  case jpegXL = "JPEG XL"
  case cameraRaw = "camera raw"
  case photoshop = "Photoshop"
  case icon = "ICO"
  case svg = "SVG"
  case pam = "PAM"
  case openEXR = "OpenEXR"
  case radiance = "Radiance HDR"
  case dds = "DDS"

  /// All that sets a format apart, in one place.
  private struct Facts {
    /// The endings of its files' names, in small letters and without the dot.
    let endings: [String]
    /// What to do with a file of a format that is not read; nil for one that is.
    let remedy: String?
    /// Whether a file that starts so is of the format.
    let recognizes: (Start) -> Bool

    /// A format that is read.
    static func read(_ endings: String..., recognizes: @escaping (Start) -> Bool) -> Facts {
      Facts(endings: endings, remedy: nil, recognizes: recognizes)
    }

    /// A format that is not read.
    static func foreign(
      _ endings: String..., remedy: String = "convert it to PNG, with ImageMagick or Pillow",
      recognizes: @escaping (Start) -> Bool
    ) -> Facts {
      Facts(endings: endings, remedy: remedy, recognizes: recognizes)
    }
  }

  private var facts: Facts {
    switch self {
    case .png: .read("png") { $0.has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) }
    case .jpeg: .read("jpg", "jpeg", "jpe", "jfif") { $0.has([0xFF, 0xD8, 0xFF]) }
    case .webp: .read("webp") { $0.has("RIFF") && $0.has("WEBP", at: 8) }
    case .tiff: .read("tif", "tiff") { $0.isTIFF && !$0.has("CR", at: 8) }
    case .bmp: .read("bmp") { $0.isBitmap }
    case .pnm: .read("pbm", "pgm", "ppm", "pnm", "pfm") { $0.isPortable(kinds: "123456fF") }
    case .gif: .foreign("gif") { $0.has("GIF87a") || $0.has("GIF89a") }
    case .heic:
      .foreign(
        "heic", "heif", "hif", remedy: "convert it to PNG or JPEG, with heif-convert or ImageMagick"
      ) { $0.isBranded("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1") }
    case .avif: .foreign("avif") { $0.isBranded("avif", "avis") }
    case .jpeg2000:
      .foreign("jp2", "j2k", "jpx", "jpf") {
        $0.has("jP  ", at: 4) || $0.has([0xFF, 0x4F, 0xFF, 0x51])
      }
    case .jpegXL: .foreign("jxl") { $0.has("JXL ", at: 4) || $0.has([0xFF, 0x0A]) }
    case .cameraRaw:
      .foreign(
        "dng", "cr2", "cr3", "nef", "arw", "orf", "rw2", "raf",
        remedy: "develop it to TIFF or PNG, with darktable or dcraw -T"
      ) { start in
        (start.isTIFF && start.has("CR", at: 8)) || start.isBranded("crx ")
          || ["IIRO", "IIRS", "IIU\0", "FUJIFILMCCD-RAW"].contains { start.has($0) }
      }
    case .photoshop: .foreign("psd", "psb") { $0.has("8BPS") }
    case .icon:
      .foreign("ico", "cur") {
        ($0.has([0, 0, 1, 0]) || $0.has([0, 0, 2, 0]))
          && $0.bytes.count > 6 && $0.bytes[4] > 0 && $0.bytes[5] == 0
      }
    case .svg:
      .foreign("svg", remedy: "draw it as PNG, with rsvg-convert or Inkscape") { start in
        guard start.has("<svg") || start.has("<?xml") else { return false }
        return String(decoding: start.bytes, as: UTF8.self).contains("<svg")
      }
    case .pam: .foreign("pam") { $0.isPortable(kinds: "7") }
    case .openEXR: .foreign("exr") { $0.has([0x76, 0x2F, 0x31, 0x01]) }
    case .radiance: .foreign("hdr") { $0.has("#?RADIANCE") || $0.has("#?RGBE") }
    case .dds: .foreign("dds") { $0.has("DDS ") }
    }
  }

  /// Whether henge reads it.
  public var isRead: Bool { facts.remedy == nil }

  /// The formats that are read, in the order in which texts list them.
  public static let read = allCases.filter(\.isRead)

  /// The endings of its files' names, in small letters and without the dot.
  public var endings: [String] { facts.endings }

  /// The endings of all formats that are read: `.png .jpg …`.
  public static let readEndings = read.flatMap(\.endings).map { ".\($0)" }.joined(separator: " ")

  /// The names of all formats that are read: `PNG, JPEG, … and PNM`.
  public static let readNames =
    read.dropLast().map(\.rawValue).joined(separator: ", ")
    + " and \(read[read.count - 1].rawValue)"

  /// The format in words, with its article: `a JPEG image`.
  public var words: String {
    let sound: [PictureFormat] = [.avif, .icon, .svg, .openEXR]
    return "\(sound.contains(self) ? "an" : "a") \(rawValue) image"
  }

  /// The hint for a file of an unsupported format; nil for a supported one.
  public var remedy: String? { facts.remedy }

  /// The format that files named `name` have by their ending.
  public init?(named name: String) {
    guard let ending = PictureFormat.ending(of: name),
      let format = PictureFormat.allCases.first(where: { $0.endings.contains(ending) })
    else { return nil }
    self = format
  }

  /// The part of `name` after its last dot, in small letters.
  public static func ending(of name: String) -> String? {
    let last = name.utf8.lastIndex(of: UInt8(ascii: "/")).map { name.utf8.index(after: $0) }
    let file = name[(last ?? name.startIndex)...]
    guard let dot = file.utf8.lastIndex(of: UInt8(ascii: ".")), dot > file.startIndex else {
      return nil
    }
    let ending = file[file.index(after: dot)...].lowercased()
    return ending.isEmpty ? nil : ending
  }
}

extension PictureFormat {
  /// The number of bytes at the beginning of a file that `init(of:)` needs.
  public static let markLength = 512

  /// The format of a file that starts with `bytes`, independent of its name.
  public init?(of bytes: some Collection<UInt8>) {
    let start = Start(bytes: Array(bytes.prefix(PictureFormat.markLength)))
    guard let format = PictureFormat.allCases.first(where: { $0.facts.recognizes(start) }) else {
      return nil
    }
    self = format
  }
}

/// The first bytes of a file.
private struct Start {
  let bytes: [UInt8]

  func has(_ text: String, at offset: Int = 0) -> Bool {
    bytes.dropFirst(offset).starts(with: text.utf8)
  }

  func has(_ mark: [UInt8]) -> Bool { bytes.starts(with: mark) }

  var isTIFF: Bool { ["II*\0", "MM\0*", "II+\0", "MM\0+"].contains { has($0) } }

  /// Whether it is an ISO base media file whose first brand is one of these.
  func isBranded(_ brands: String...) -> Bool {
    has("ftyp", at: 4) && brands.contains { has($0, at: 8) }
  }

  /// Whether it starts with "BM" and a header of one of BMP's lengths.
  var isBitmap: Bool {
    guard has("BM") else { return false }
    guard bytes.count >= 18 else { return bytes.count > 2 && bytes.contains { $0 < 9 } }
    return bytes[15] == 0 && bytes[16] == 0 && bytes[17] == 0 && (12...128).contains(bytes[14])
  }

  /// Whether it starts with P and one of `kinds`, and white space or a comment after it.
  func isPortable(kinds: String) -> Bool {
    guard bytes.count >= 3, bytes[0] == UInt8(ascii: "P"), kinds.utf8.contains(bytes[1]) else {
      return false
    }
    return [9, 10, 11, 12, 13, 32, UInt8(ascii: "#")].contains(bytes[2])
  }
}
