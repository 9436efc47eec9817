// SPDX-License-Identifier: MIT
import HengeBackend

/// BMP files to pixels: 1, 4, 8, 16, 24 and 32 bits, palettes, bit fields, run-length coding.
///
/// Read as Pillow does: a palette that is a gray ramp makes a gray image, and the fourth byte of 32
/// bits is alpha only where bit fields say so.
struct BMPCodec: PictureCodec {
  let file: PictureFile

  init(_ file: PictureFile) { self.file = file }

  func header() throws -> PictureHeader {
    let layout = try BMPLayout(file)
    return PictureHeader(
      format: .bmp, height: layout.height, width: layout.width, channels: layout.channels, depth: 8)
  }

  func contents(_ remarks: inout [PictureRemark]) throws -> PictureContents {
    let layout = try BMPLayout(file)
    let area = layout.height * layout.width
    // The last row may lack what fills it up.
    let needed = layout.rowBytes * (layout.height - 1) + (layout.width * layout.bits + 7) / 8
    guard layout.isRunLength || needed <= file.bytes.count - layout.data else {
      let rows = max(0, file.bytes.count - layout.data) / max(1, layout.rowBytes)
      throw Failure.damaged(
        file.name, .bmp, "the file ends too early: \(rows) of its \(layout.height) rows are there")
    }
    return try file.reserving(area * (layout.channels + (layout.isRunLength ? 1 : 0))) {
      let indices = layout.isRunLength ? try BMPRuns(file, layout).indices() : nil
      var pixels = [UInt8](repeating: 0, count: area * layout.channels)
      for row in 0..<layout.height {
        if row % 64 == 0 { try file.budget.checkStop() }
        let stored = layout.isTopDown ? row : layout.height - 1 - row
        let start = row * layout.width * layout.channels
        if let indices {
          let from = stored * layout.width
          for x in 0..<layout.width {
            layout.write(color: Int(indices[from + x]), to: &pixels, start + x * layout.channels)
          }
        } else {
          layout.decodeRow(file.bytes, stored, to: &pixels, start)
        }
      }
      return .pixels(
        Pixels(height: layout.height, width: layout.width, channels: layout.channels, bytes: pixels)
      )
    }
  }
}

/// The header of a BMP file.
struct BMPLayout {
  let height: Int
  let width: Int
  let bits: Int
  let isTopDown: Bool
  /// 1 for runs of bytes, 2 for runs of half bytes.
  let compression: Int
  /// Where the image data begin.
  let data: Int
  /// Of the result: 1 gray, 3 RGB, 4 RGBA.
  let channels: Int
  /// RGB or gray values of the palette's colors.
  private let palette: [[UInt8]]
  private let fields: [BitField]

  var isRunLength: Bool { compression == 1 || compression == 2 }
  /// Rows are filled up to whole words of 32 bits.
  var rowBytes: Int { (width * bits + 31) / 32 * 4 }

  init(_ file: PictureFile) throws {
    let bytes = file.bytes
    func number(_ place: Int, _ size: Int) throws -> Int {
      guard place + size <= bytes.count else {
        throw Failure.damaged(file.name, .bmp, "the file ends too early")
      }
      return Int(littleEndian(bytes[place..<place + size]))
    }
    func bad(_ reason: String) -> Failure { .damaged(file.name, .bmp, reason) }
    let headerSize = try number(14, 4)
    let isOld = headerSize == 12
    guard [12, 40, 52, 56, 64, 108, 124].contains(headerSize) else {
      throw bad("its header of \(headerSize) bytes is of no known kind")
    }
    width = try number(18, isOld ? 2 : 4)
    let tall = Int(Int32(truncatingIfNeeded: try number(isOld ? 20 : 22, isOld ? 2 : 4)))
    isTopDown = tall < 0
    height = abs(tall)
    bits = try number(isOld ? 24 : 28, 2)
    compression = isOld ? 0 : try number(30, 4)
    try file.checkSides(height: height, width: width, .bmp)
    guard [1, 4, 8, 16, 24, 32].contains(bits) else { throw bad("it has \(bits) bits a pixel") }
    guard [0, 1, 2, 3].contains(compression) else {
      throw bad("it is compressed in a way that is not read (\(compression))")
    }
    guard ![1, 2].contains(compression) || bits == (compression == 1 ? 8 : 4) else {
      throw bad("its compression does not fit \(bits) bits a pixel")
    }
    var place = 14 + headerSize
    fields = try BMPLayout.fields(
      bits: bits, compression: compression, headerSize: headerSize, place: &place, number: number,
      bad: bad)
    let hasAlpha = fields.count == 4 && fields[3].mask != 0
    var offset = try number(10, 4)
    guard bits <= 8 else {
      palette = []
      channels = hasAlpha ? 4 : 3
      data = offset > 0 ? offset : place
      return
    }
    let said = isOld ? 0 : try number(46, 4)
    let colors = said == 0 ? 1 << bits : said
    guard (1...65536).contains(colors) else { throw bad("its palette has \(colors) colors") }
    let size = isOld ? 3 : 4
    // Some writers forget to count the palette.
    if offset == 14 + headerSize { offset += size * colors }
    var read: [[UInt8]] = []
    for color in 0..<min(colors, 256) where place + size * color + 3 <= bytes.count {
      let at = place + size * color
      read.append([bytes[at + 2], bytes[at + 1], bytes[at]])
    }
    let ramp = colors == 2 ? [0, 255] : Array(0..<min(colors, 256))
    let isGray =
      colors <= 256 && read.count == colors
      && zip(read, ramp).allSatisfy { color, shade in color.allSatisfy { Int($0) == shade } }
    channels = isGray ? 1 : 3
    palette = isGray ? read.map { [$0[0]] } : read
    data = offset > 0 ? offset : place + size * colors
  }

  private static func fields(
    bits: Int, compression: Int, headerSize: Int, place: inout Int,
    number: (Int, Int) throws -> Int, bad: (String) -> Failure
  ) throws -> [BitField] {
    guard bits >= 16 else { return [] }
    var masks = bits == 16 ? [0x7C00, 0x3E0, 0x1F] : [0xFF0000, 0xFF00, 0xFF]
    if compression == 3 {
      let count = headerSize >= 56 ? 4 : 3
      masks = try (0..<count).map { try number(54 + 4 * $0, 4) }
      if headerSize == 40 { place += 12 }
      if masks.allSatisfy({ $0 == 0 }), bits == 32 {
        masks = [0xFF0000, 0xFF00, 0xFF, 0xFF00_0000]
      }
    }
    let fields = masks.map { BitField(mask: $0) }
    guard fields.prefix(3).allSatisfy({ $0.mask != 0 }), fields.allSatisfy(\.isSound) else {
      throw bad("the bits of its colors are mixed")
    }
    return fields
  }

  /// Writes the color of an index of the palette; an index without color is black.
  func write(color index: Int, to pixels: inout [UInt8], _ at: Int) {
    guard index < palette.count else { return }
    for channel in 0..<channels { pixels[at + channel] = palette[index][channel] }
  }

  /// Decodes the stored row `row` to `pixels` from `start` on; the row is there.
  func decodeRow(_ bytes: [UInt8], _ row: Int, to pixels: inout [UInt8], _ start: Int) {
    let from = data + row * rowBytes
    var at = start
    for x in 0..<width {
      switch bits {
      case 1, 4, 8:
        let bit = x * bits
        let byte = Int(bytes[from + bit / 8])
        write(color: byte >> (8 - bits - bit % 8) & ((1 << bits) - 1), to: &pixels, at)
      case 24 where fields.map(\.mask) == [0xFF0000, 0xFF00, 0xFF]:
        let place = from + 3 * x
        pixels[at] = bytes[place + 2]
        pixels[at + 1] = bytes[place + 1]
        pixels[at + 2] = bytes[place]
      default:
        let place = from + x * bits / 8
        var value = 0
        for byte in 0..<bits / 8 { value |= Int(bytes[place + byte]) << (8 * byte) }
        for channel in 0..<channels { pixels[at + channel] = fields[channel].shade(of: value) }
      }
      at += channels
    }
  }
}

/// The bits of a pixel that are one color.
struct BitField {
  let mask: Int
  private let shift: Int
  private let most: Int

  init(mask: Int) {
    self.mask = mask
    shift = mask == 0 ? 0 : mask.trailingZeroBitCount
    most = mask >> shift
  }

  /// Whether the bits are adjacent.
  var isSound: Bool { most & (most + 1) == 0 }

  func shade(of value: Int) -> UInt8 {
    most == 0 ? 255 : UInt8(truncatingIfNeeded: (value & mask) >> shift * 255 / most)
  }
}

/// A run-length coded BMP's indices, from the bottom row up.
struct BMPRuns {
  private let file: PictureFile
  private let layout: BMPLayout

  init(_ file: PictureFile, _ layout: BMPLayout) {
    self.file = file
    self.layout = layout
  }

  func indices() throws -> [UInt8] {
    let (bytes, width) = (file.bytes, layout.width)
    let total = width * layout.height
    let isHalf = layout.compression == 2
    var found: [UInt8] = []
    found.reserveCapacity(total)
    var place = layout.data
    var x = 0
    func index(_ byte: UInt8, _ number: Int) -> UInt8 {
      isHalf ? (number % 2 == 0 ? byte >> 4 : byte & 15) : byte
    }
    func skip(_ count: Int) {
      found += [UInt8](repeating: 0, count: max(0, min(count, total - found.count)))
    }
    while found.count < total {
      if found.count & 0xFFFF == 0 { try file.budget.checkStop() }
      guard place + 2 <= bytes.count else { throw early(found.count) }
      let (count, byte) = (Int(bytes[place]), bytes[place + 1])
      place += 2
      if count > 0 {
        let run = min(max(0, width - x), count, total - found.count)
        for number in 0..<run { found.append(index(byte, number)) }
        x += run
        continue
      }
      switch byte {
      case 0:
        let over = found.count % width
        if over > 0 { skip(width - over) }
        x = 0
      case 1:
        skip(total)
      case 2:
        guard place + 2 <= bytes.count else { throw early(found.count) }
        skip(Int(bytes[place]) + Int(bytes[place + 1]) * width)
        place += 2
        x = found.count % width
      default:
        let run = min(Int(byte), total - found.count)
        let size = isHalf ? (run + 1) / 2 : run
        guard place + size <= bytes.count else { throw early(found.count) }
        for number in 0..<run {
          found.append(index(bytes[place + (isHalf ? number / 2 : number)], number))
        }
        // Such runs fill whole words of 16 bits.
        place += size + (place + size) % 2
        x += Int(byte)
      }
    }
    return found
  }

  private func early(_ count: Int) -> Failure {
    .damaged(
      file.name, .bmp,
      "the file ends too early: \(count / layout.width) of its \(layout.height) rows are there")
  }
}
