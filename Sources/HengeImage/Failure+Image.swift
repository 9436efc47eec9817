// SPDX-License-Identifier: MIT
import CHengePNG
import HengeBackend

extension Failure {
  /// The file is none of the formats that can be read; says which it is, where its first bytes tell.
  static func notAPicture(_ name: String, _ bytes: [UInt8]) -> Failure {
    guard !bytes.isEmpty else { return .file(name, "is empty (0 bytes)") }
    if let other = otherFormat(bytes) {
      return .file(name, "is \(other); only PNG and JPEG pictures can be read")
    }
    let start = bytes.prefix(8).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return .file(
      name, "is not a PNG or JPEG picture",
      notes: ["its \(formatBytes(bytes.count)) start with \(start.joined(separator: " "))"])
  }

  /// The codec found the file's bytes wrong.
  static func damaged(
    _ name: String, _ format: PictureFormat, _ reason: String, warning: String = ""
  ) -> Failure {
    .file(
      name, "damaged \(format.rawValue): \(reason)",
      notes: warning.isEmpty ? [] : ["libpng also says: \(warning)"])
  }

  /// libpng's `report` on the file called `name`.
  static func damaged(_ name: String, _ report: henge_png_report) -> Failure {
    .damaged(name, .png, text(report.error), warning: text(report.warning))
  }

  /// The header promises more pixels than so few bytes can hold, however well packed.
  static func lyingHeader(_ name: String, _ header: PictureHeader, bytes: Int) -> Failure {
    .file(
      name,
      "says it is \(header.width)x\(header.height) pixels, which its \(formatBytes(bytes)) cannot hold"
    )
  }

  /// A four-ink JPEG, for print.
  static func fourInks(_ name: String, _ space: String) -> Failure {
    .file(
      name, "is a \(space) JPEG, made for printing; only grey and RGB ones can be read",
      suggestion: "convert it to RGB first")
  }

  /// A size that no picture can have.
  static func pictureSize(height: Int, width: Int) -> Failure {
    Failure(
      "E-range", "a picture cannot be \(height)x\(width): each side is 1 to \(Pixels.longestSide)",
      parameter: "size")
  }

  /// A picture without pixels cannot do `what`.
  static func emptyPicture(_ what: String) -> Failure {
    Failure("E-shape", "a picture without pixels cannot be \(what)")
  }

  /// A part that reaches over the picture's edge.
  static func cropOutside(_ crop: String, of pixels: Pixels) -> Failure {
    Failure(
      "E-range", "\(crop) reaches outside the picture, which is \(pixels.height)x\(pixels.width)")
  }

  /// libpng refused to encode.
  static func cannotEncode(_ pixels: Pixels, _ report: henge_png_report) -> Failure {
    Failure(
      "E-file",
      "a \(pixels.height)x\(pixels.width) picture cannot be written as PNG: \(text(report.error))")
  }
}

/// The name of a format that people expect to be readable, from a file's first bytes.
private func otherFormat(_ bytes: [UInt8]) -> String? {
  let start = Array(bytes.prefix(16))
  func has(_ text: String, at offset: Int = 0) -> Bool {
    start.dropFirst(offset).starts(with: text.utf8)
  }
  if has("GIF8") { return "a GIF" }
  if has("BM") { return "a BMP" }
  if has("RIFF"), has("WEBP", at: 8) { return "a WebP picture" }
  if has("II*\0") || has("MM\0*") { return "a TIFF" }
  if has("ftypavif", at: 4) { return "an AVIF picture" }
  if has("ftyphei", at: 4) || has("ftypmif1", at: 4) { return "a HEIC picture" }
  if has("%PDF") { return "a PDF" }
  if has("<?xml") || has("<svg") || has("<!DOC") || has("<html") { return "text (XML or HTML)" }
  if has("version https://") { return "a Git LFS pointer, not the picture itself" }
  return nil
}

/// A C array of characters as text.
private func text<Characters>(_ characters: Characters) -> String {
  withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
