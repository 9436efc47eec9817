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

  /// Whether henge reads it.
  public var isRead: Bool { PictureFormat.read.contains(self) }

  /// The formats that are read, in the order in which texts list them.
  public static let read: [PictureFormat] = [.png, .jpeg, .webp, .tiff, .bmp, .pnm]

  /// The endings of its files' names, in small letters and without the dot.
  public var endings: [String] {
    switch self {
    case .png: ["png"]
    case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
    case .webp: ["webp"]
    case .tiff: ["tif", "tiff"]
    case .bmp: ["bmp"]
    case .pnm: ["pbm", "pgm", "ppm", "pnm", "pfm"]
    case .gif: ["gif"]
    case .heic: ["heic", "heif", "hif"]
    case .avif: ["avif"]
    case .jpeg2000: ["jp2", "j2k", "jpx", "jpf"]
    case .jpegXL: ["jxl"]
    case .cameraRaw: ["dng", "cr2", "cr3", "nef", "arw", "orf", "rw2", "raf"]
    case .photoshop: ["psd", "psb"]
    case .icon: ["ico", "cur"]
    case .svg: ["svg"]
    case .pam: ["pam"]
    case .openEXR: ["exr"]
    case .radiance: ["hdr"]
    case .dds: ["dds"]
    }
  }

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

  /// The hint for a file of an unsupported format.
  public var remedy: String? {
    switch self {
    case .png, .jpeg, .webp, .tiff, .bmp, .pnm: nil
    case .svg: "draw it as PNG, with rsvg-convert or Inkscape"
    case .cameraRaw: "develop it to TIFF or PNG, with darktable or dcraw -T"
    case .heic: "convert it to PNG or JPEG, with heif-convert or ImageMagick"
    default: "convert it to PNG, with ImageMagick or Pillow"
    }
  }

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
    let start = Array(bytes.prefix(PictureFormat.markLength))
    func has(_ text: String, at offset: Int = 0) -> Bool {
      start.dropFirst(offset).starts(with: text.utf8)
    }
    func has(_ mark: [UInt8], at offset: Int = 0) -> Bool {
      start.dropFirst(offset).starts(with: mark)
    }
    let format: PictureFormat? =
      if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
        .png
      } else if has([0xFF, 0xD8, 0xFF]) {
        .jpeg
      } else if has("RIFF"), has("WEBP", at: 8) {
        .webp
      } else if has("II*\0") || has("MM\0*") || has("II+\0") || has("MM\0+") {
        has("CR", at: 8) ? .cameraRaw : .tiff
      } else if has("BM"), PictureFormat.isBitmap(start) {
        .bmp
      } else if PictureFormat.isPortable(start, kinds: "123456fF") {
        .pnm
      } else {
        PictureFormat.foreign(start, has: { has($0, at: $1) }, marks: { has($0, at: 0) })
      }
    guard let format else { return nil }
    self = format
  }

  /// A format that is not read.
  private static func foreign(
    _ start: [UInt8], has: (String, Int) -> Bool, marks: ([UInt8]) -> Bool
  ) -> PictureFormat? {
    if has("GIF87a", 0) || has("GIF89a", 0) { return .gif }
    if has("ftyp", 4) { return brand(start) }
    if has("jP  ", 4) || marks([0xFF, 0x4F, 0xFF, 0x51]) { return .jpeg2000 }
    if has("JXL ", 4) || marks([0xFF, 0x0A]) { return .jpegXL }
    if has("8BPS", 0) { return .photoshop }
    if has("IIRO", 0) || has("IIRS", 0) || has("IIU\0", 0) || has("FUJIFILMCCD-RAW", 0) {
      return .cameraRaw
    }
    if marks([0x76, 0x2F, 0x31, 0x01]) { return .openEXR }
    if has("#?RADIANCE", 0) || has("#?RGBE", 0) { return .radiance }
    if has("DDS ", 0) { return .dds }
    if start.count > 6, marks([0, 0, 1, 0]) || marks([0, 0, 2, 0]), start[4] > 0, start[5] == 0 {
      return .icon
    }
    if isPortable(start, kinds: "7") { return .pam }
    let text = String(decoding: start, as: UTF8.self)
    return text.hasPrefix("<svg") || (text.hasPrefix("<?xml") && text.contains("<svg"))
      ? .svg : nil
  }

  /// The format of an ISO base media file, by the first brand it names.
  private static func brand(_ start: [UInt8]) -> PictureFormat? {
    switch String(decoding: start.dropFirst(8).prefix(4), as: UTF8.self) {
    case "avif", "avis": .avif
    case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": .heic
    case "crx ": .cameraRaw
    default: nil
    }
  }

  /// Whether a file that starts with "BM" has a header of one of BMP's lengths.
  private static func isBitmap(_ start: [UInt8]) -> Bool {
    guard start.count >= 18 else { return start.count > 2 && start.contains { $0 < 9 } }
    return start[15] == 0 && start[16] == 0 && start[17] == 0 && (12...128).contains(start[14])
  }

  /// Whether a file starts with P and one of `kinds`, and white space or a comment after it.
  private static func isPortable(_ start: [UInt8], kinds: String) -> Bool {
    guard start.count >= 3, start[0] == UInt8(ascii: "P"), kinds.utf8.contains(start[1]) else {
      return false
    }
    return [9, 10, 11, 12, 13, 32, UInt8(ascii: "#")].contains(start[2])
  }
}
