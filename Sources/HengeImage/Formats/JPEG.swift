// SPDX-License-Identifier: MIT
import CHengeJPEG
import HengeBackend

/// JPEG files to pixels, by libjpeg.
///
/// The accurate inverse transform and smooth chroma are used, as in Pillow, so the bytes are equal
/// to its. What libjpeg warns of is an error only where image data are missing or damaged: it
/// fills those with gray.
struct JPEGCodec: PictureCodec {
  let file: PictureFile

  init(_ file: PictureFile) { self.file = file }

  func header() throws -> PictureHeader {
    let raw = try rawHeader()
    return PictureHeader(
      format: .jpeg, height: Int(raw.height), width: Int(raw.width), channels: Int(raw.channels),
      depth: 8)
  }

  private func rawHeader() throws -> henge_jpeg_header {
    var raw = henge_jpeg_header()
    var report = henge_jpeg_report()
    guard henge_jpeg_read_header(file.bytes, file.bytes.count, &raw, &report) == 0 else {
      throw Failure.damaged(file.name, .jpeg, cText(report.error))
    }
    return raw
  }

  func contents(_ remarks: inout [PictureRemark]) throws -> PictureContents {
    var raw = try rawHeader()
    let (height, width) = (Int(raw.height), Int(raw.width))
    // A block of 64 pixels takes at least a bit in Huffman coding; sixteen times less is allowed
    // for arithmetic coding and subsampled components.
    guard height * width / (64 * 8 * 16) <= file.bytes.count else {
      throw Failure.lyingHeader(file.name, height: height, width: width, bytes: file.bytes.count)
    }
    let samples = height * width * Int(raw.channels)
    // Coefficients, 16 bits each, are all kept until the last scan where there are several.
    let buffered = raw.is_buffered ? 2 * height * width * Int(raw.components) : 0
    var report = henge_jpeg_report()
    let pixels = try file.reserving(samples + buffered) {
      try [UInt8](unsafeUninitializedCapacity: samples) { buffer, count in
        let failed = withGoesOn(file.budget) { goesOn, context in
          henge_jpeg_read_pixels(
            file.bytes, file.bytes.count, &raw, buffer.baseAddress, goesOn, context, &report)
        }
        if report.is_stopped { try file.budget.checkStop() }
        if failed != 0 && !report.is_missing {
          throw Failure.damaged(file.name, .jpeg, cText(report.error))
        }
        if report.is_missing { throw missing(report, raw) }
        count = samples
      }
    }
    if report.warnings > 0 {
      remarks.append(PictureRemark(kind: .flaw, words: flaw(cText(report.warning))))
    }
    return .pixels(
      Pixels(height: height, width: width, channels: Int(raw.channels), bytes: pixels))
  }

  private func flaw(_ warning: String) -> String {
    "is flawed, though no image data are missing (libjpeg: \(warning))"
  }

  /// What is missing, and where it begins.
  private func missing(_ report: henge_jpeg_report, _ raw: henge_jpeg_header) -> Failure {
    let (row, height) = (Int(report.first_row), Int(raw.height))
    let place =
      report.scan > 1
      ? "in scan \(report.scan)"
      : "at row \(row) of \(height) (\(max(1, (height - row) * 100 / max(1, height))) % of the image)"
    let reason =
      report.is_short
      ? "the file ends too early: its image data are missing from \(place.dropFirst(3)) on"
      : "its image data are damaged \(place): \(cText(report.warning))"
    return .damaged(file.name, .jpeg, reason)
  }
}
