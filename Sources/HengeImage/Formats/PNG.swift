// SPDX-License-Identifier: MIT
import CHengeKernels
import CHengePNG
public import HengeBackend

/// PNG files to pixels, by libpng.
struct PNGCodec: PictureCodec {
  let file: PictureFile

  init(_ file: PictureFile) { self.file = file }

  /// No deflate stream unpacks to more than this many times its length.
  static let mostExpansion: UInt64 = 1040

  func header() throws -> PictureHeader { PNGCodec.described(try rawHeader()) }

  func contents(_ remarks: inout [PictureRemark]) throws -> PictureContents {
    var raw = try rawHeader()
    let header = PNGCodec.described(raw)
    guard raw.raw_bytes <= UInt64(file.bytes.count) * PNGCodec.mostExpansion else {
      throw Failure.lyingHeader(
        file.name, height: header.height, width: header.width, bytes: file.bytes.count)
    }
    let samples = header.height * header.width * header.channels
    var report = henge_png_report()
    func read(into pixels: UnsafeMutableRawPointer?) throws {
      let failed = withGoesOn(file.budget) { goesOn, context in
        henge_png_read_pixels(
          file.bytes, file.bytes.count, &raw, pixels, goesOn, context, &report)
      }
      if failed != 0 { try file.budget.checkStop() }
      guard failed == 0 else { throw Failure.damaged(file.name, report) }
    }
    return try file.reserving(header.depth == 16 ? samples * 3 : samples) {
      guard header.depth == 16 else {
        let pixels = try [UInt8](unsafeUninitializedCapacity: samples) { buffer, count in
          try read(into: buffer.baseAddress)
          count = samples
        }
        return .pixels(
          Pixels(
            height: header.height, width: header.width, channels: header.channels, bytes: pixels))
      }
      let wide = try [UInt16](unsafeUninitializedCapacity: samples) { buffer, count in
        try read(into: buffer.baseAddress)
        count = samples
      }
      return .pixels(
        Pixels(height: header.height, width: header.width, channels: header.channels, wide: wide))
    }
  }

  private static func described(_ raw: henge_png_header) -> PictureHeader {
    PictureHeader(
      format: .png, height: Int(raw.height), width: Int(raw.width), channels: Int(raw.channels),
      depth: Int(raw.depth))
  }

  private func rawHeader() throws -> henge_png_header {
    var raw = henge_png_header()
    var report = henge_png_report()
    guard henge_png_read_header(file.bytes, file.bytes.count, &raw, &report) == 0 else {
      throw Failure.damaged(file.name, report)
    }
    return raw
  }
}

/// The bytes of a PNG file of `pixels`, with 16 bits per sample if they are `wide`, else 8.
///
/// The result depends on the pixels and `compression` (zlib's 0 to 9) alone: no timestamps, no
/// text. Throws `E-shape` for an image without pixels, `E-memory`, and errors of the budget's
/// interrupt.
public func encodePNG(
  _ pixels: Pixels, compression: Int = 6, budget: MemoryBudget
) throws -> [UInt8] {
  precondition((1...4).contains(pixels.channels), "a PNG has 1 to 4 channels")
  precondition((0...9).contains(compression), "zlib's levels are 0 to 9")
  guard pixels.height > 0, pixels.width > 0 else { throw Failure.emptyPicture("written as PNG") }
  guard max(pixels.height, pixels.width) <= Pixels.longestSide else {
    throw Failure.pictureSize(height: pixels.height, width: pixels.width)
  }
  // The encoder's growing buffer and the array it is copied into.
  let needed = 2 * pixels.bytes.count * (pixels.wide == nil ? 1 : 2)
  try budget.reserve(needed, for: "encoding a PNG")
  defer { budget.release(needed) }
  var header = henge_png_header(
    width: UInt32(pixels.width), height: UInt32(pixels.height), channels: UInt32(pixels.channels),
    depth: pixels.wide == nil ? 8 : 16, raw_bytes: 0)
  var report = henge_png_report()
  var file: UnsafeMutablePointer<UInt8>?
  var count = 0
  func write(_ samples: UnsafeRawBufferPointer) -> Int32 {
    withGoesOn(budget) { goesOn, context in
      henge_png_write(
        &header, samples.baseAddress, Int32(compression), goesOn, context, &file, &count, &report)
    }
  }
  let failed = pixels.wide?.withUnsafeBytes(write) ?? pixels.bytes.withUnsafeBytes(write)
  defer { henge_png_free(file) }
  if failed != 0 { try budget.checkStop() }
  guard failed == 0 else { throw Failure.cannotEncode(pixels, report) }
  return [UInt8](UnsafeBufferPointer(start: file, count: count))
}
