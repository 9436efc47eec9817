// SPDX-License-Identifier: MIT
import CHengePNG
import HengeBackend

extension Failure {
  /// The file has none of the supported formats; names its format if its first bytes identify it.
  static func notAPicture(_ name: String, _ bytes: [UInt8], _ format: PictureFormat?) -> Failure {
    guard !bytes.isEmpty else { return .file(name, "is empty (0 bytes)") }
    let read = "\(PictureFormat.readNames) images can be read"
    if let format {
      return .file(name, "is \(format.words); only \(read)", suggestion: format.remedy)
    }
    if let other = otherKind(bytes) { return .file(name, "is \(other); only \(read)") }
    let start = bytes.prefix(8).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return .file(
      name, "is not an image; \(read)",
      notes: ["its \(formatBytes(bytes.count)) start with \(start.joined(separator: " "))"])
  }

  /// An image of bands or numbers where colors are wanted.
  static func noColors(_ name: String, _ bands: PictureBands) -> Failure {
    .file(
      name, "\(bands.words), which are not colors",
      notes: ["images() reads grayscale and RGB images of 8 or 16 bits"],
      suggestion: "load(\(quotedPath(name))) for a tensor of what it contains")
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
    .damaged(name, .png, cText(report.error), warning: cText(report.warning))
  }

  /// The header claims more pixels than so few bytes can encode.
  static func lyingHeader(_ name: String, height: Int, width: Int, bytes: Int) -> Failure {
    .file(
      name, "claims \(width)x\(height) pixels, more than its \(formatBytes(bytes)) can contain")
  }

  /// An image that should contain two images side by side but cannot be split in the middle.
  static func noHalves(_ name: String, _ pixels: Pixels) -> Failure {
    .file(
      name,
      "is \(pixels.height)x\(pixels.width): an image with two halves must have an even width",
      suggestion: "images(folder) for images that are not side by side")
  }

  /// A size that no picture can have.
  static func pictureSize(height: Int, width: Int) -> Failure {
    Failure(
      "E-range", "an image cannot be \(height)x\(width): each side is 1 to \(Pixels.longestSide)",
      parameter: "size")
  }

  /// A picture without pixels cannot do `what`.
  static func emptyPicture(_ what: String) -> Failure {
    Failure("E-shape", "an image without pixels cannot be \(what)")
  }

  /// A part that reaches over the picture's edge.
  static func cropOutside(_ crop: String, of pixels: Pixels) -> Failure {
    Failure(
      "E-range", "\(crop) reaches outside the image, which is \(pixels.height)x\(pixels.width)")
  }

  /// libpng refused to encode.
  static func cannotEncode(_ pixels: Pixels, _ report: henge_png_report) -> Failure {
    Failure(
      "E-file",
      "a \(pixels.height)x\(pixels.width) image cannot be written as PNG: \(cText(report.error))")
  }
}

/// The kind of a file that is not an image, if its first bytes identify it.
private func otherKind(_ bytes: [UInt8]) -> String? {
  func has(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
  if has("%PDF") { return "a PDF" }
  if has("<?xml") || has("<!DOC") || has("<html") { return "text (XML or HTML)" }
  if has("version https://") { return "a Git LFS pointer, not the image itself" }
  return nil
}
