// SPDX-License-Identifier: MIT
import HengeBackend

/// Portable bitmaps to pixels: PBM, PGM and PPM, plain and raw, and PFM's numbers.
struct PNMCodec: PictureCodec {
  let file: PictureFile

  init(_ file: PictureFile) { self.file = file }

  func header() throws -> PictureHeader {
    let head = try PNMHead(file)
    return PictureHeader(
      format: .pnm, height: head.height, width: head.width, channels: head.channels,
      depth: head.isFloat ? 32 : head.most > 255 ? 16 : 8)
  }

  func contents(_ remarks: inout [PictureRemark]) throws -> PictureContents {
    let head = try PNMHead(file)
    let count = head.height * head.width * head.channels
    let rest = file.bytes.count - head.data
    guard head.isPlain ? count / 2 <= rest : head.rowBytes * head.height <= rest else {
      throw early(head, rows: head.isPlain ? nil : rest / max(1, head.rowBytes))
    }
    return try file.reserving(count * (head.isFloat ? 4 : head.most > 255 ? 5 : 1)) {
      if head.isFloat { return .bands(try floats(head)) }
      if head.most == 1 && head.isBitmap {
        return .pixels(
          Pixels(
            height: head.height, width: head.width, channels: 1,
            bytes: head.isPlain ? try plainBits(head, count) : try rawBits(head)))
      }
      let shades = PNMShades(head.most)
      if head.isPlain {
        return .pixels(try shades.pixels(head, try plainNumbers(head, count)))
      }
      return .pixels(try shades.pixels(head, try rawNumbers(head, count)))
    }
  }

  private func early(_ head: PNMHead, rows: Int? = nil) -> Failure {
    let there = rows.map { ": \($0) of its \(head.height) rows are there" } ?? ""
    return .damaged(file.name, .pnm, "the file ends too early" + there)
  }

  /// Eight pixels a byte; 1 is black.
  private func rawBits(_ head: PNMHead) throws -> [UInt8] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(head.height * head.width)
    for row in 0..<head.height {
      let start = head.data + row * head.rowBytes
      for x in 0..<head.width {
        pixels.append(file.bytes[start + x / 8] >> UInt8(7 - x % 8) & 1 == 1 ? 0 : 255)
      }
    }
    return pixels
  }

  /// Characters 0 and 1, with or without space between them.
  private func plainBits(_ head: PNMHead, _ count: Int) throws -> [UInt8] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count)
    var scanner = PNMScanner(file.bytes, at: head.data)
    while pixels.count < count {
      guard let byte = scanner.skippingSpace() else { throw early(head) }
      switch byte {
      case UInt8(ascii: "0"): pixels.append(255)
      case UInt8(ascii: "1"): pixels.append(0)
      default: throw badNumber(scanner.place - 1)
      }
    }
    return pixels
  }

  private func badNumber(_ place: Int) -> Failure {
    .damaged(file.name, .pnm, "byte \(place) is in no number from 0 to its largest")
  }

  private func plainNumbers(_ head: PNMHead, _ count: Int) throws -> [UInt16] {
    var numbers: [UInt16] = []
    numbers.reserveCapacity(count)
    var scanner = PNMScanner(file.bytes, at: head.data)
    while numbers.count < count {
      if numbers.count & 0xFFFF == 0 { try file.budget.checkStop() }
      guard let word = scanner.word(longest: 10) else { throw early(head) }
      guard let number = UInt16(String(decoding: word, as: UTF8.self)), Int(number) <= head.most
      else { throw badNumber(scanner.place - word.count) }
      numbers.append(number)
    }
    return numbers
  }

  private func rawNumbers(_ head: PNMHead, _ count: Int) throws -> [UInt16] {
    let start = head.data
    return file.bytes.withUnsafeBufferPointer { bytes in
      head.most < 256
        ? (0..<count).map { UInt16(bytes[start + $0]) }
        : (0..<count).map { UInt16(bytes[start + 2 * $0]) << 8 | UInt16(bytes[start + 2 * $0 + 1]) }
    }
  }

  /// A PFM's numbers, whose rows go from the bottom up.
  private func floats(_ head: PNMHead) throws -> PictureBands {
    var numbers: [Float] = []
    let inRow = head.width * head.channels
    numbers.reserveCapacity(head.height * inRow)
    for row in 0..<head.height {
      let start = head.data + (head.height - 1 - row) * head.rowBytes
      for index in 0..<inRow {
        let place = start + 4 * index
        let part = file.bytes[place..<place + 4]
        let bits =
          head.isLittle
          ? littleEndian(part) : part.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        numbers.append(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
      }
    }
    return PictureBands(
      height: head.height, width: head.width, bands: head.channels, samples: .floats(numbers),
      words: "contains floating-point numbers")
  }
}

/// The header of a portable bitmap.
private struct PNMHead {
  let height: Int
  let width: Int
  let channels: Int
  /// The largest number, which is white.
  let most: Int
  let isPlain: Bool
  let isBitmap: Bool
  let isFloat: Bool
  /// Whether numbers of a PFM begin with their least byte.
  let isLittle: Bool
  let data: Int

  /// Of a raw file.
  var rowBytes: Int {
    if isBitmap { return (width + 7) / 8 }
    return width * channels * (isFloat ? 4 : most > 255 ? 2 : 1)
  }

  init(_ file: PictureFile) throws {
    let kind = file.bytes[1]
    isPlain = (UInt8(ascii: "1")...UInt8(ascii: "3")).contains(kind)
    isBitmap = kind == UInt8(ascii: "1") || kind == UInt8(ascii: "4")
    isFloat = kind == UInt8(ascii: "f") || kind == UInt8(ascii: "F")
    channels = [UInt8(ascii: "3"), UInt8(ascii: "6"), UInt8(ascii: "F")].contains(kind) ? 3 : 1
    var scanner = PNMScanner(file.bytes, at: 2)
    func word(_ what: String) throws -> String {
      guard let word = scanner.word(longest: 20) else {
        throw Failure.damaged(file.name, .pnm, "the file ends before its \(what)")
      }
      return String(decoding: word, as: UTF8.self)
    }
    func number(_ what: String, _ range: ClosedRange<Int>) throws -> Int {
      let text = try word(what)
      guard let number = Int(text), range.contains(number) else {
        throw Failure.damaged(file.name, .pnm, "its \(what) is \(quotedPath(text))")
      }
      return number
    }
    width = try number("width", 0...Int(Int32.max))
    height = try number("height", 0...Int(Int32.max))
    try file.checkSides(height: height, width: width, .pnm)
    if isFloat {
      let scale = Double(try word("scale")) ?? 0
      guard scale.isFinite, scale != 0 else {
        throw Failure.damaged(file.name, .pnm, "its scale is not a number other than 0")
      }
      isLittle = scale < 0
      most = 1
    } else {
      isLittle = false
      most = isBitmap ? 1 : try number("largest value", 1...65535)
    }
    // One white character ends the header; the word before it took that.
    data = scanner.place
  }
}

/// Words of a portable bitmap: what is between white space, comments left out.
private struct PNMScanner {
  private let bytes: [UInt8]
  /// The position to continue from.
  private(set) var place: Int

  init(_ bytes: [UInt8], at place: Int) {
    self.bytes = bytes
    self.place = place
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  private mutating func skipComment() {
    while place < bytes.count, bytes[place] != 10, bytes[place] != 13 { place += 1 }
  }

  /// The next byte that is no space, taken.
  mutating func skippingSpace() -> UInt8? {
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "#") {
        skipComment()
      } else if !PNMScanner.isSpace(byte) {
        place += 1
        return byte
      } else {
        place += 1
      }
    }
    return nil
  }

  /// The next word, with the one space after it taken, too.
  ///
  /// `nil` at the end. A word longer than `longest` is cut.
  mutating func word(longest: Int) -> [UInt8]? {
    guard let first = skippingSpace() else { return nil }
    var word = [first]
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "#") {
        skipComment()
        continue
      }
      place += 1
      if PNMScanner.isSpace(byte) { break }
      if word.count < longest { word.append(byte) }
    }
    return word
  }
}

/// Numbers from 0 to the largest as shades, rounded as Pillow does.
private struct PNMShades {
  private let most: Int
  private let narrow: [UInt8]

  init(_ most: Int) {
    self.most = most
    narrow = (0...most).map {
      UInt8((Double($0) / Double(most) * 255).rounded(.toNearestOrEven))
    }
  }

  func pixels(_ head: PNMHead, _ numbers: [UInt16]) throws -> Pixels {
    // A number above the largest counts as it.
    let bytes = numbers.map { narrow[min(Int($0), most)] }
    guard most > 255 else {
      return Pixels(
        height: head.height, width: head.width, channels: head.channels, bytes: bytes)
    }
    let wide =
      most == 65535
      ? numbers
      : numbers.map {
        UInt16((Double(min(Int($0), most)) / Double(most) * 65535).rounded(.toNearestOrEven))
      }
    return Pixels(
      height: head.height, width: head.width, channels: head.channels, bytes: bytes, wide: wide)
  }
}
