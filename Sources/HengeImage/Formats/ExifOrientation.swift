// SPDX-License-Identifier: MIT

/// The EXIF orientation of image files, 1 to 8; 1 where a file names none that is sound.
enum ExifOrientation {
  static func ofJPEG(_ bytes: [UInt8]) -> Int {
    var place = 2
    // Segments up to the image data: a marker, and a length that counts itself.
    while place + 4 <= bytes.count, bytes[place] == 0xFF {
      let marker = bytes[place + 1]
      if marker == 0xFF {
        place += 1
        continue
      }
      if marker == 0xDA || marker == 0xD9 { break }
      let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
      let data = bytes[min(place + 4, bytes.count)..<min(place + 2 + max(2, length), bytes.count)]
      if marker == 0xE1, data.starts(with: "Exif\0\0".utf8) {
        return inBlock(Array(data.dropFirst(6)))
      }
      place += 2 + max(2, length)
    }
    return 1
  }

  static func ofPNG(_ bytes: [UInt8]) -> Int {
    var place = 8
    while place + 8 <= bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      let start = place + 8
      if bytes[place + 4..<start].elementsEqual("eXIf".utf8) {
        return inBlock(Array(bytes[start..<min(bytes.count, start + length)]))
      }
      place = start + length + 4
    }
    return 1
  }

  static func ofWebP(_ bytes: [UInt8]) -> Int {
    for chunk in RIFFChunks(bytes) where chunk.name == "EXIF" {
      let data = Array(chunk.data)
      return inBlock(data.starts(with: "Exif\0\0".utf8) ? Array(data.dropFirst(6)) : data)
    }
    return 1
  }

  /// The orientation in an EXIF block, which is a TIFF of one directory without an image.
  private static func inBlock(_ block: [UInt8]) -> Int {
    guard let directory = TIFFDirectory.first(of: block) else { return 1 }
    return directory.number(ofTag: 274).flatMap { (1...8).contains($0) ? $0 : nil } ?? 1
  }
}

/// A directory of a TIFF file: its tags, and where the next one is.
struct TIFFDirectory {
  private let bytes: [UInt8]
  private let isBig: Bool
  private let isLittle: Bool
  private let start: Int

  /// The first directory of a TIFF or an EXIF block; `nil` where there is none.
  static func first(of bytes: [UInt8]) -> TIFFDirectory? {
    guard bytes.count >= 8, bytes[0] == bytes[1], [0x49, 0x4D].contains(bytes[0]) else {
      return nil
    }
    let isLittle = bytes[0] == 0x49
    let probe = TIFFDirectory(bytes: bytes, isBig: false, isLittle: isLittle, start: 0)
    guard let version = probe.number(at: 2, 2), version == 42 || version == 43 else { return nil }
    let isBig = version == 43
    guard let start = isBig ? probe.number(at: 8, 8) : probe.number(at: 4, 4) else { return nil }
    return TIFFDirectory(bytes: bytes, isBig: isBig, isLittle: isLittle, start: start)
  }

  /// The directories of a file, at most `most`; a chain that leads back is followed once.
  static func count(in bytes: [UInt8], most: Int) -> Int {
    var seen: Set<Int> = []
    var next = first(of: bytes)
    while let directory = next, seen.count < most, seen.insert(directory.start).inserted {
      next = directory.next
    }
    return seen.count
  }

  private func number(at place: Int, _ width: Int) -> Int? {
    guard place >= 0, place <= bytes.count - width else { return nil }
    let part = bytes[place..<place + width]
    let value =
      isLittle ? littleEndian(part) : part.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(exactly: value)
  }

  private var entryCount: Int? { isBig ? number(at: start, 8) : number(at: start, 2) }
  private var headLength: Int { isBig ? 8 : 2 }
  private var entryLength: Int { isBig ? 20 : 12 }

  private var next: TIFFDirectory? {
    guard let entries = entryCount, entries <= bytes.count,
      let place = number(at: start + headLength + entries * entryLength, isBig ? 8 : 4), place > 0,
      place < bytes.count
    else { return nil }
    return TIFFDirectory(bytes: bytes, isBig: isBig, isLittle: isLittle, start: place)
  }

  /// The value of a tag that is one short or long number.
  func number(ofTag tag: Int) -> Int? {
    guard let entries = entryCount, start >= 0, start <= bytes.count else { return nil }
    for entry in 0..<min(entries, 4096) {
      let place = start + headLength + entry * entryLength
      guard let found = number(at: place, 2) else { return nil }
      guard found == tag else { continue }
      let isLong = number(at: place + 2, 2) == 4
      return number(at: place + (isBig ? 12 : 8), isLong ? 4 : 2)
    }
    return nil
  }
}
