// SPDX-License-Identifier: MIT
import CHengeTIFF
import HengeBackend

/// What a TIFF's samples mean, and how they become an image.
struct TIFFLayout {
  /// What a pixel's samples are.
  enum Meaning: Equatable {
    /// Gray, where 0 is white or black; a second sample may be alpha.
    case gray(isInverted: Bool, alpha: Alpha)
    /// RGB; a fourth sample may be alpha.
    case rgb(alpha: Alpha)
    /// An index into a palette; a second sample may be alpha.
    case palette(alpha: Alpha)
    /// Four inks.
    case inks
    /// Luma and chroma.
    case luma
    /// Bands that are no colors, or numbers that are no shades.
    case bands(String)

    /// Samples of the image that comes of it.
    var channels: Int? {
      switch self {
      case .gray(_, let alpha): alpha == .none ? 1 : 2
      case .rgb(let alpha), .palette(let alpha): alpha == .none ? 3 : 4
      case .inks, .luma: 3
      case .bands: nil
      }
    }
  }

  enum Alpha: Equatable { case none, straight, premultiplied }

  let meaning: Meaning
  private let height: Int
  private let width: Int
  private let bands: Int
  private let bits: Int
  private let format: Int
  private let orientation: Int
  private let file: PictureFile
  /// The number of samples after the color ones that are skipped.
  private let leftOut: Int

  var usesPalette: Bool { if case .palette = meaning { true } else { false } }

  /// The bands that become part of the result, from the first on.
  var usedBands: Int { bands - leftOut }

  /// Bits in a sample of the result.
  var depth: Int {
    if case .bands = meaning { return bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 ? 32 : 64 }
    return bits > 8 && [.inks, .luma].contains(meaning) == false && !usesPalette ? 16 : 8
  }

  init(_ raw: henge_tiff_header, _ file: PictureFile) throws {
    self.file = file
    height = Int(raw.height)
    width = Int(raw.width)
    bands = Int(raw.bands)
    bits = Int(raw.bits)
    format = Int(raw.format)
    orientation = Int(raw.orientation)
    guard (1...3).contains(format) else {
      throw Failure.file(file.name, "is a TIFF of complex numbers, which cannot be read")
    }
    let sizes = format == 1 ? Array(1...32) + [64] : format == 2 ? [8, 16, 32, 64] : [16, 32, 64]
    guard sizes.contains(bits) else {
      throw Failure.file(
        file.name, "is a TIFF whose samples have \(bits) bits, which cannot be read")
    }
    meaning = try TIFFLayout.meaning(raw, file)
    leftOut = meaning.channels == nil ? 0 : max(0, bands - TIFFLayout.used(meaning))
  }

  /// Samples of a pixel that become part of the image.
  private static func used(_ meaning: Meaning) -> Int {
    switch meaning {
    case .palette(let alpha): alpha == .none ? 1 : 2
    case .inks: 4
    default: meaning.channels ?? 0
    }
  }

  private static func meaning(_ raw: henge_tiff_header, _ file: PictureFile) throws -> Meaning {
    let bands = Int(raw.bands)
    if raw.format == 3 { return .bands("contains floating-point numbers") }
    if raw.format == 2 { return .bands("contains signed numbers") }
    if raw.bits > 16 { return .bands("contains numbers of \(raw.bits) bits") }
    func alpha(after colors: Int) -> Alpha {
      guard bands > colors else { return .none }
      switch raw.first_extra {
      case 1: return .premultiplied
      case 2, 999: return .straight
      default: return .none
      }
    }
    func needing(_ colors: Int, _ meaning: Meaning) throws -> Meaning {
      guard bands >= colors else {
        throw Failure.damaged(
          file.name, .tiff, "it has \(counted(bands, "band")) where its colors need \(colors)")
      }
      // Without colors to choose, all bands are kept; otherwise those not declared as alpha are
      // skipped.
      let extra = bands - used(meaning)
      return !file.wantsColors && extra > 0
        ? .bands("has \(counted(bands, "band"))") : meaning
    }
    switch raw.photometric {
    case 0, 1:
      let meaning = Meaning.gray(isInverted: raw.photometric == 0, alpha: alpha(after: 1))
      // One band may have another with it; more are separate bands.
      return bands > 2 ? .bands("has \(bands) bands") : try needing(1, meaning)
    case 2: return try needing(3, .rgb(alpha: alpha(after: 3)))
    case 3: return try needing(1, .palette(alpha: alpha(after: 1)))
    case 5:
      guard raw.ink_set == 1 || bands == 4 else {
        throw Failure.file(
          file.name, "is a TIFF of inks other than CMYK", suggestion: "convert it to RGB first")
      }
      return try needing(4, .inks)
    case 6: return try needing(3, .luma)
    case let other: throw unread(other, file)
    }
  }

  private static func unread(_ photometric: UInt32, _ file: PictureFile) -> Failure {
    let names: [UInt32: String] = [
      4: "a transparency mask", 8: "a CIE L*a*b* image", 9: "an ICC L*a*b* image",
      10: "an ITU L*a*b* image", 32844: "a LogL image", 32845: "a LogLuv image",
      34892: "a linear raw image",
    ]
    return .file(
      file.name,
      "is a TIFF of \(names[photometric] ?? "samples of an unknown kind (\(photometric))"), which cannot be read",
      suggestion: "convert it to RGB first")
  }

  // MARK: To an image

  /// The image of `samples`, with the file's orientation applied.
  func contents(
    samples: TIFFSamples, palette: [UInt8], remarks: inout [PictureRemark]
  ) throws -> PictureContents {
    if case .bands(let words) = meaning { return .bands(try numbers(samples, words)) }
    if leftOut > 0 {
      remarks.append(
        PictureRemark(
          kind: .bands, words: "has \(counted(leftOut, "band")) besides its colors, left out"))
    }
    let pixels: Pixels
    switch samples {
    case .bytes(let bytes): pixels = try narrow(bytes, palette)
    case .shorts(let shorts): pixels = try wide(shorts, palette)
    case .words, .longs: throw Failure.damaged(file.name, .tiff, "its samples are too wide")
    }
    return .pixels(try pixels.turned(from: orientation, budget: file.budget))
  }

  /// Samples of at most 8 bits.
  private func narrow(_ stored: [UInt8], _ palette: [UInt8]) throws -> Pixels {
    let most = (1 << min(bits, 8)) - 1
    func scaled(_ sample: UInt8) -> UInt8 {
      most == 255 ? sample : UInt8(truncatingIfNeeded: Int(sample) * 255 / most)
    }
    switch meaning {
    case .gray(let isInverted, let alpha):
      return try narrow(stored, colors: 1, alpha) {
        isInverted ? 255 - scaled($0) : scaled($0)
      }
    case .rgb(let alpha): return try narrow(stored, colors: 3, alpha, scaled)
    case .palette(let alpha): return try colored(stored, palette, alpha)
    case .inks: return try inked(stored.map(scaled))
    case .luma, .bands: return try lumaToRGB(stored)
    }
  }

  /// Samples of 9 to 16 bits.
  private func wide(_ stored: [UInt16], _ palette: [UInt8]) throws -> Pixels {
    let most = (1 << bits) - 1
    func scaled(_ sample: UInt16) -> UInt16 {
      most == 65535
        ? sample : UInt16(truncatingIfNeeded: (Int(sample) * 65535 + most / 2) / most)
    }
    switch meaning {
    case .gray(let isInverted, let alpha):
      return try wide(stored, colors: 1, alpha) { isInverted ? 65535 - scaled($0) : scaled($0) }
    case .rgb(let alpha): return try wide(stored, colors: 3, alpha, scaled)
    case .palette(let alpha): return try colored(stored, palette, alpha)
    case .inks: return try inked(stored.map { UInt8(scaled($0) >> 8) })
    case .luma, .bands: return try lumaToRGB(stored.map { UInt8(scaled($0) >> 8) })
    }
  }

  /// Calls `body` with the start of each pixel in `count` samples; throws when the budget's owner stops
  /// the work.
  private func eachPixel(of count: Int, _ body: (_ start: Int) -> Void) throws {
    try file.budget.inStretches(count / bands, weighing: 4 * bands) { stretch in
      for pixel in stretch { body(pixel * bands) }
    }
  }

  /// The color samples of each pixel, and its alpha.
  private func chosen<Sample: FixedWidthInteger & UnsignedInteger>(
    _ stored: [Sample], colors: Int, _ alpha: Alpha, _ shade: (Sample) -> Sample
  ) throws -> [Sample] {
    let channels = colors + (alpha == .none ? 0 : 1)
    let most = Int(Sample.max)
    var made: [Sample] = []
    made.reserveCapacity(height * width * channels)
    try eachPixel(of: stored.count) { start in
      let opacity = alpha == .none ? most : Int(stored[start + colors])
      for channel in 0..<colors {
        let value = Int(shade(stored[start + channel]))
        made.append(
          alpha != .premultiplied || opacity == most
            ? Sample(truncatingIfNeeded: value)
            : opacity == 0 ? 0 : Sample(min(most, value * most / opacity)))
      }
      if alpha != .none { made.append(Sample(truncatingIfNeeded: opacity)) }
    }
    return made
  }

  private func narrow(
    _ stored: [UInt8], colors: Int, _ alpha: Alpha, _ shade: (UInt8) -> UInt8
  ) throws -> Pixels {
    Pixels(
      height: height, width: width, channels: colors + (alpha == .none ? 0 : 1),
      bytes: try chosen(stored, colors: colors, alpha, shade))
  }

  private func wide(
    _ stored: [UInt16], colors: Int, _ alpha: Alpha, _ shade: (UInt16) -> UInt16
  ) throws -> Pixels {
    let channels = colors + (alpha == .none ? 0 : 1)
    let wide = try chosen(stored, colors: colors, alpha, shade)
    guard alpha == .premultiplied else {
      return Pixels(height: height, width: width, channels: channels, wide: wide)
    }
    // Pillow divides the upper bytes.
    let bytes = try chosen(stored.map { UInt8(shade($0) >> 8) }, colors: colors, alpha) { $0 }
    return Pixels(height: height, width: width, channels: channels, bytes: bytes, wide: wide)
  }

  private func colored<Sample: FixedWidthInteger>(
    _ stored: [Sample], _ palette: [UInt8], _ alpha: Alpha
  ) throws -> Pixels {
    let channels = alpha == .none ? 3 : 4
    var made: [UInt8] = []
    made.reserveCapacity(height * width * channels)
    try eachPixel(of: stored.count) { start in
      let color = 3 * Int(stored[start])
      made += color + 3 <= palette.count ? palette[color..<color + 3] : [0, 0, 0]
      if alpha != .none { made.append(UInt8(truncatingIfNeeded: stored[start + 1])) }
    }
    return Pixels(height: height, width: width, channels: channels, bytes: made)
  }

  /// RGB of inks, 8 bits each, as Pillow makes it.
  private func inked(_ stored: [UInt8]) throws -> Pixels {
    var made: [UInt8] = []
    made.reserveCapacity(height * width * 3)
    try eachPixel(of: stored.count) { start in
      let light = 255 - Int(stored[start + 3])
      for ink in 0..<3 {
        let product = Int(stored[start + ink]) * light + 128
        made.append(UInt8(truncatingIfNeeded: light - (product >> 8 + product) >> 8))
      }
    }
    return Pixels(height: height, width: width, channels: 3, bytes: made)
  }

  /// RGB of luma and chroma, as Pillow computes it: in 64ths, halves rounded up.
  private func lumaToRGB(_ stored: [UInt8]) throws -> Pixels {
    func part(_ factor: Double, _ chroma: UInt8) -> Int {
      Int((factor * Double(Int(chroma) - 128) * 64 + 0.5).rounded(.towardZero))
    }
    let levels = (0...255).map { UInt8($0) }
    let red = levels.map { part(1.402, $0) }
    let greenBlue = levels.map { part(-0.34414, $0) }
    let greenRed = levels.map { part(-0.71414, $0) }
    let blue = levels.map { part(1.772, $0) }
    var made: [UInt8] = []
    made.reserveCapacity(height * width * 3)
    try eachPixel(of: stored.count) { start in
      let luma = Int(stored[start])
      let (toBlue, toRed) = (Int(stored[start + 1]), Int(stored[start + 2]))
      made.append(UInt8(clamping: luma + red[toRed] >> 6))
      made.append(UInt8(clamping: luma + (greenBlue[toBlue] + greenRed[toRed]) >> 6))
      made.append(UInt8(clamping: luma + blue[toBlue] >> 6))
    }
    return Pixels(height: height, width: width, channels: 3, bytes: made)
  }

  // MARK: Numbers

  private func numbers(_ stored: TIFFSamples, _ words: String) throws -> PictureBands {
    let samples: PictureBands.Samples
    switch (stored, format) {
    case (.bytes(let bytes), 1):
      let most = (1 << min(bits, 8)) - 1
      samples = .u8(most == 255 ? bytes : bytes.map { UInt8(Int($0) * 255 / most) })
    case (.bytes(let bytes), _): samples = .integers(bytes.map { Int(Int8(bitPattern: $0)) })
    case (.shorts(let shorts), 1):
      let most = (1 << bits) - 1
      samples = .u16(
        most == 65535 ? shorts : shorts.map { UInt16((Int($0) * 65535 + most / 2) / most) })
    case (.shorts(let shorts), 2):
      samples = .integers(shorts.map { Int(Int16(bitPattern: $0)) })
    case (.shorts(let shorts), _):
      samples = .floats(shorts.map { Float(Float16(bitPattern: $0)) })
    case (.words(let words), 1): samples = .integers(words.map { Int($0) })
    case (.words(let words), 2): samples = .integers(words.map { Int(Int32(bitPattern: $0)) })
    case (.words(let words), _): samples = .floats(words.map { Float(bitPattern: $0) })
    case (.longs(let longs), 3): samples = .doubles(longs.map { Double(bitPattern: $0) })
    case (.longs(let longs), _):
      if format == 1, let large = longs.first(where: { $0 > UInt64(Int.max) }) {
        throw Failure.file(file.name, "contains \(large), which is too large for i64")
      }
      samples = .integers(longs.map { Int(Int64(bitPattern: $0)) })
    }
    guard orientation != 1 else {
      return PictureBands(
        height: height, width: width, bands: bands, samples: samples, words: words)
    }
    throw Failure.file(
      file.name, "\(words), stored rotated (orientation \(orientation)), which cannot be read")
  }
}
