// SPDX-License-Identifier: MIT
import CHengeWebP
import HengeBackend

/// WebP files to pixels, by libwebp; of an animation the first frame on its canvas.
struct WebPCodec: PictureCodec {
  let file: PictureFile

  init(_ file: PictureFile) { self.file = file }

  func header() throws -> PictureHeader {
    let raw = try rawHeader()
    return PictureHeader(
      format: .webp, height: Int(raw.height), width: Int(raw.width),
      channels: raw.has_alpha ? 4 : 3, depth: 8)
  }

  private func rawHeader() throws -> henge_webp_header {
    var raw = henge_webp_header()
    try check(henge_webp_read_header(file.bytes, file.bytes.count, &raw))
    try file.checkSides(height: Int(raw.height), width: Int(raw.width), .webp)
    return raw
  }

  private func check(_ reason: UnsafePointer<CChar>?) throws {
    guard let reason else { return }
    throw Failure.damaged(file.name, .webp, String(cString: reason))
  }

  func contents(_ remarks: inout [PictureRemark]) throws -> PictureContents {
    let raw = try rawHeader()
    let (height, width) = (Int(raw.height), Int(raw.width))
    let channels = raw.has_alpha ? 4 : 3
    // Lossless images are decoded as 32 bits a pixel first.
    let pixels = try file.reserving(height * width * (channels + 4)) {
      if !raw.is_animated {
        return try decode(file.bytes[...], height: height, width: width, hasAlpha: raw.has_alpha)
      }
      return try firstFrame(
        height: height, width: width, hasAlpha: raw.has_alpha, remarks: &remarks)
    }
    return .pixels(Pixels(height: height, width: width, channels: channels, bytes: pixels))
  }

  private func decode(
    _ chunks: ArraySlice<UInt8>, height: Int, width: Int, hasAlpha: Bool
  ) throws -> [UInt8] {
    let stride = width * (hasAlpha ? 4 : 3)
    return try [UInt8](unsafeUninitializedCapacity: stride * height) { buffer, count in
      try chunks.withUnsafeBufferPointer { chunks in
        let reason = withGoesOn(file.budget) { goesOn, context in
          henge_webp_read_pixels(
            chunks.baseAddress, chunks.count, hasAlpha, buffer.baseAddress, stride, buffer.count,
            goesOn, context)
        }
        if reason != nil { try file.budget.checkStop() }
        try check(reason)
      }
      count = stride * height
    }
  }

  /// The first frame at its place on the canvas, which is transparent black elsewhere.
  private func firstFrame(
    height: Int, width: Int, hasAlpha: Bool, remarks: inout [PictureRemark]
  ) throws -> [UInt8] {
    let frames = RIFFChunks(file.bytes).filter { $0.name == "ANMF" }
    guard let frame = frames.first?.data, frame.count > 16 else {
      throw Failure.damaged(file.name, .webp, "its animation has no frame")
    }
    if frames.count > 1 {
      remarks.append(
        PictureRemark(
          kind: .several, words: "is an animation of \(frames.count) frames; the first is read"))
    }
    func number(_ at: Int) -> Int { Int(littleEndian(frame.dropFirst(at).prefix(3))) }
    let (left, top) = (2 * number(0), 2 * number(3))
    let (wide, tall) = (number(6) + 1, number(9) + 1)
    let chunks = frame.dropFirst(16)
    var own = henge_webp_header()
    try chunks.withUnsafeBufferPointer { chunks in
      try check(henge_webp_read_header(chunks.baseAddress, chunks.count, &own))
    }
    guard left + wide <= width, top + tall <= height, own.width == wide, own.height == tall else {
      throw Failure.damaged(file.name, .webp, "its first frame reaches outside the image")
    }
    let part = try decode(chunks, height: tall, width: wide, hasAlpha: hasAlpha)
    guard wide != width || tall != height else { return part }
    let channels = hasAlpha ? 4 : 3
    var canvas = [UInt8](repeating: 0, count: height * width * channels)
    for row in 0..<tall {
      let to = ((top + row) * width + left) * channels
      let from = row * wide * channels
      canvas.replaceSubrange(to..<to + wide * channels, with: part[from..<from + wide * channels])
    }
    return canvas
  }
}

/// The chunks of a RIFF file, such as a WebP, one after another.
struct RIFFChunks: Sequence, IteratorProtocol {
  private let bytes: [UInt8]
  private var place = 12

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next chunk; the last one may be truncated.
  mutating func next() -> (name: String, data: ArraySlice<UInt8>)? {
    guard place + 8 <= bytes.count else { return nil }
    let name = String(decoding: bytes[place..<place + 4], as: UTF8.self)
    let length = Int(littleEndian(bytes[place + 4..<place + 8]))
    let start = place + 8
    let end = Swift.min(bytes.count, start + length)
    place = start + length + length % 2
    return (name, bytes[start..<end])
  }
}

/// The number that `bytes`, at most eight, spell, least significant first.
func littleEndian(_ bytes: some BidirectionalCollection<UInt8>) -> UInt64 {
  bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
