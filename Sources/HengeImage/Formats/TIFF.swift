// SPDX-License-Identifier: MIT
import CHengeTIFF
import HengeBackend

/// TIFF files, the first page of each, read with libtiff.
///
/// Gray, RGB, palettes and CMYK become images as in Pillow, except that 16 bits stay exact. Samples
/// without a known range (signed, floating-point, more than 16 bits) and bands that are not colors
/// are kept unchanged. A TIFF's orientation, the order in which its rows are stored, is applied.
struct TIFFCodec: PictureCodec {
  let file: PictureFile

  init(_ file: PictureFile) { self.file = file }

  func header() throws -> PictureHeader {
    let raw = try rawHeader()
    let layout = try TIFFLayout(raw, file)
    let header = PictureHeader(
      format: .tiff, height: Int(raw.height), width: Int(raw.width),
      channels: layout.meaning.channels ?? Int(raw.bands), depth: layout.depth,
      orientation: Int(raw.orientation))
    return header.upright
  }

  private func rawHeader() throws -> henge_tiff_header {
    var raw = henge_tiff_header()
    var report = henge_tiff_report()
    guard henge_tiff_read_header(file.bytes, file.bytes.count, &raw, &report) == 0 else {
      throw Failure.damaged(file.name, .tiff, cText(report.error))
    }
    try file.checkSides(height: Int(raw.height), width: Int(raw.width), .tiff)
    guard !raw.is_raw else {
      throw Failure.notAPicture(file.name, file.bytes, .cameraRaw)
    }
    return raw
  }

  func contents(_ remarks: inout [PictureRemark]) throws -> PictureContents {
    let raw = try rawHeader()
    let layout = try TIFFLayout(raw, file)
    let pages = TIFFDirectory.count(in: file.bytes, most: 10_000)
    if pages > 1 {
      let many = pages == 10_000 ? "at least 10000" : "\(pages)"
      remarks.append(
        PictureRemark(kind: .several, words: "has \(many) pages; the first is read"))
    }
    let count = try checkedCount(raw)
    let stored = count * Int(raw.sample_bytes)
    let chunk = Int(clamping: raw.chunk_bytes)
    // libtiff's codecs keep up to two more strips or tiles in addition to the current one, and its
    // RGBA reader as much as the image.
    let beside = raw.is_rgba ? stored : min(Int.max / 8, chunk) * 3
    // Conversion creates the final samples in addition to the stored ones, which may be wider.
    let made = stored * 5
    return try file.reserving(beside + made) {
      try layout.contents(
        samples: samples(raw, layout, count), palette: try palette(raw, layout), remarks: &remarks)
    }
  }

  /// The number of samples; throws `E-file` for more than memory has addresses.
  private func checkedCount(_ raw: henge_tiff_header) throws -> Int {
    let (count, isTooMuch) = (Int(raw.height) * Int(raw.width))
      .multipliedReportingOverflow(by: Int(raw.bands))
    guard !isTooMuch, count < Int.max / 64 else {
      throw Failure.lyingHeader(
        file.name, height: Int(raw.height), width: Int(raw.width), bytes: file.bytes.count)
    }
    return count
  }

  private func samples(
    _ raw: henge_tiff_header, _ layout: TIFFLayout, _ count: Int
  ) throws -> TIFFSamples {
    let wanted = layout.usedBands
    return switch raw.sample_bytes {
    case 1: .bytes(try read(raw, wanted, count))
    case 2: .shorts(try read(raw, wanted, count))
    case 4: .words(try read(raw, wanted, count))
    default: .longs(try read(raw, wanted, count))
    }
  }

  private func read<Sample: FixedWidthInteger>(
    _ raw: henge_tiff_header, _ wanted: Int, _ count: Int
  ) throws -> [Sample] {
    var raw = raw
    var report = henge_tiff_report()
    return try [Sample](unsafeUninitializedCapacity: count) { buffer, filled in
      let failed = withGoesOn(file.budget) { goesOn, context in
        henge_tiff_read_samples(
          file.bytes, file.bytes.count, &raw, UInt32(wanted), buffer.baseAddress, goesOn, context,
          &report)
      }
      if report.is_stopped { try file.budget.checkStop() }
      guard failed == 0 else { throw Failure.damaged(file.name, .tiff, cText(report.error)) }
      filled = count
    }
  }

  /// The palette's colors, 8 bits each.
  private func palette(_ raw: henge_tiff_header, _ layout: TIFFLayout) throws -> [UInt8] {
    guard layout.usesPalette, raw.bits <= 16 else { return [] }
    var raw = raw
    var report = henge_tiff_report()
    let count = 3 << Int(raw.bits)
    let wide = try [UInt16](unsafeUninitializedCapacity: count) { buffer, filled in
      guard
        henge_tiff_read_palette(
          file.bytes, file.bytes.count, &raw, buffer.baseAddress, &report) == 0
      else { throw Failure.damaged(file.name, .tiff, cText(report.error)) }
      filled = count
    }
    // Some writers store 8 bits where 16 belong.
    let isNarrow = wide.allSatisfy { $0 < 256 }
    return wide.map { UInt8(truncatingIfNeeded: isNarrow ? $0 : $0 >> 8) }
  }
}

/// The samples of a TIFF in their stored form.
enum TIFFSamples {
  case bytes([UInt8])
  case shorts([UInt16])
  case words([UInt32])
  case longs([UInt64])
}
