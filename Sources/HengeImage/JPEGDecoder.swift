// SPDX-License-Identifier: MIT
import CTurboJPEG
import HengeBackend

/// JPEG files in memory to pixels, by TurboJPEG; one thread's.
///
/// The accurate inverse transform and smooth chroma are used, as in Pillow, so the bytes are equal
/// to its. Whatever TurboJPEG warns of is an error: it fills what is missing with grey otherwise.
final class JPEGDecoder {
  private var handle: tjhandle?

  deinit { tjDestroy(handle) }

  /// TurboJPEG's decoder; throws `E-memory` if it cannot be set up.
  private func decoder() throws -> tjhandle {
    if handle == nil { handle = tjInitDecompress() }
    guard let handle else { throw Failure("E-memory", "no memory for a JPEG decoder") }
    return handle
  }

  /// Why the last call failed, in TurboJPEG's words.
  ///
  /// The decoder is dropped: after an error it may go on in the middle of the damaged file when it
  /// is given the next one.
  private func damage(_ name: String) -> Failure {
    // Some messages start with the name of the C function.
    let message = String(cString: tjGetErrorStr2(handle))
    let colon = message.hasPrefix("tj") ? message.firstIndex(of: ":") : nil
    let reason = colon.map { message[message.index(after: $0)...].drop { $0 == " " } }
    tjDestroy(handle)
    handle = nil
    return .damaged(name, .jpeg, reason.map(String.init) ?? message)
  }

  func header(_ bytes: [UInt8], name: String) throws -> PictureHeader {
    var width: Int32 = 0
    var height: Int32 = 0
    var sampling: Int32 = -1
    var space: Int32 = -1
    let failed = tjDecompressHeader3(
      try decoder(), bytes, UInt(bytes.count), &width, &height, &sampling, &space)
    // Rare ratios of chroma to luma have no name in TurboJPEG, which it reports as an error last of
    // all; it decodes them all the same.
    guard failed == 0 || (width > 0 && height > 0 && space >= 0 && sampling < 0) else {
      throw damage(name)
    }
    switch TJCS(rawValue: UInt32(bitPattern: space)) {
    case TJCS_CMYK: throw Failure.fourInks(name, "CMYK")
    case TJCS_YCCK: throw Failure.fourInks(name, "YCCK")
    default: break
    }
    let isGrey = TJCS(rawValue: UInt32(bitPattern: space)) == TJCS_GRAY
    return PictureHeader(
      format: .jpeg, height: Int(height), width: Int(width), channels: isGrey ? 1 : 3, depth: 8)
  }

  func decode(_ bytes: [UInt8], name: String, budget: MemoryBudget) throws -> Pixels {
    let header = try header(bytes, name: name)
    let area = header.height * header.width
    // A block of 64 pixels takes at least a bit in Huffman coding; sixteen times less is allowed
    // for arithmetic coding and subsampled components.
    guard area / (64 * 8 * 16) <= bytes.count else {
      throw Failure.lyingHeader(name, header, bytes: bytes.count)
    }
    let samples = area * header.channels
    // A progressive file's coefficients, 16 bits each, are all held until its last scan.
    try budget.reserve(3 * samples, for: "decoding \(quotedPath(name))")
    defer { budget.release(3 * samples) }
    let format = header.channels == 1 ? TJPF_GRAY : TJPF_RGB
    let flags = TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS
    let decoder = try decoder()
    let pixels = try [UInt8](unsafeUninitializedCapacity: samples) { buffer, count in
      guard
        tjDecompress2(
          decoder, bytes, UInt(bytes.count), buffer.baseAddress, Int32(header.width), 0,
          Int32(header.height), Int32(format.rawValue), flags) == 0
      else { throw damage(name) }
      count = samples
    }
    return Pixels(
      height: header.height, width: header.width, channels: header.channels, bytes: pixels)
  }
}
