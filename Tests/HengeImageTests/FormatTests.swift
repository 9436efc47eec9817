// SPDX-License-Identifier: MIT
import HengeBackend
import Testing

@testable import HengeImage

/// WebP, TIFF, BMP and PNM files of many variants, against Pillow's bytes.
@Suite struct FormatTests {
  let budget = MemoryBudget(limit: 100_000_000)

  func file(_ name: String) throws -> [UInt8] { try Fixtures.bytes("Formats/\(name)") }

  @Test func everyFormatHasFilesThatPillowDecoded() throws {
    #expect(Fixtures.formats.count >= 70)
    let names = (Fixtures.formats + Fixtures.cases).map(\.name)
    for format in PictureFormat.read {
      let count = names.count { PictureFormat(named: $0) == format }
      #expect(count >= 5, "\(format.rawValue) has \(count) files in Tests/HengeImageTests/Fixtures")
    }
  }

  @Test(arguments: Fixtures.formats)
  func decodesAsPillowDoes(_ wanted: PillowCase) throws {
    let reader = PictureReader(budget: budget)
    let path = "\(Fixtures.formatsFolder)/\(wanted.name)"
    let header = try reader.header(path)
    #expect(header.format == PictureFormat(named: wanted.name))
    #expect([header.height, header.width] == [wanted.height, wanted.width])
    let pixels = try reader.read(path)
    #expect(pixels.channels == header.channels)
    let rgb = try pixels.converted(to: .rgb, budget: budget)
    #expect([rgb.height, rgb.width] == [wanted.height, wanted.width])
    #expect(rgb.bytes == wanted.expected)
    #expect(budget.live == 0)
  }

  @Test(arguments: Fixtures.formats)
  func truncationsAreErrorsOrTheWholeImage(_ wanted: PillowCase) throws {
    // The last number of a plain file may be cut and still be one.
    guard !["p1", "p2", "p3"].contains(where: wanted.name.hasPrefix) else { return }
    let bytes = try file(wanted.name)
    let reader = PictureReader(budget: budget)
    for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 61)) {
      do {
        let pixels = try reader.decode(Array(bytes[..<length]), name: "cut")
        let rgb = try pixels.converted(to: .rgb, budget: budget)
        #expect(rgb.bytes == wanted.expected, "\(length) of \(bytes.count)")
      } catch let failure as Failure {
        #expect(failure.code == "E-file" && failure.message.contains("\"cut\""), "\(failure)")
      }
    }
    #expect(budget.live == 0)
  }

  @Test(arguments: Fixtures.formats)
  func mutationsNeverCrash(_ wanted: PillowCase) throws {
    let bytes = try file(wanted.name)
    let reader = PictureReader(budget: MemoryBudget(limit: 20_000_000))
    var random = RandomStream(seed: 1, name: "mutations of \(wanted.name)")
    for _ in 0..<150 {
      var mutant = bytes
      for _ in 0...random.next(below: 3) {
        mutant[random.next(below: mutant.count)] = UInt8(random.next(below: 256))
      }
      do {
        _ = try reader.decode(mutant, name: "hostile")
      } catch let failure as Failure {
        #expect(failure.code == "E-file" || failure.code == "E-memory", "\(failure)")
        #expect(failure.message.contains("\"hostile\""), "\(failure)")
      }
    }
  }

  @Test(arguments: [
    ("GIF89a..........", "a GIF image"), ("\0\0\0\u{1C}ftypheic....", "a HEIC image"),
    ("\0\0\0\u{1C}ftypavif....", "an AVIF image"), ("8BPS............", "a Photoshop image"),
    ("P7\nWIDTH 2\n", "a PAM image"), ("<svg width=\"3\">", "an SVG image"),
    ("\0\0\0\u{0C}jP  \r\n", "a JPEG 2000 image"),
  ])
  func otherFormatsAreRefusedByName(_ content: String, _ words: String) {
    let failure = #expect(throws: Failure.self) {
      try PictureReader(budget: budget).decode(Array(content.utf8), name: "x")
    }
    #expect(
      failure?.message
        == "\"x\": is \(words); only \(PictureFormat.readNames) images can be read")
    #expect(failure?.suggestion != nil)
  }

  @Test func everyDocumentThatListsTheFormatsListsAllOfThem() throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let first = PictureFormat.read.prefix(2).map(\.rawValue).joined(separator: ", ")
    var lists = 0
    for name in ["README.md", "Docs/Guide.md", "Docs/Language.md", "Docs/Architecture.md"] {
      let bytes = try readRegularFile("\(root)/\(name)", budget: budget)
      let text = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        .joined(separator: " ")
      for match in text.ranges(of: "\(first), ") {
        let list = text[match.lowerBound...].prefix { $0 != "." && $0 != ")" && $0 != ";" }
        for format in PictureFormat.read where !list.contains(format.rawValue) {
          Issue.record("\(name) lists formats without \(format.rawValue): \(list)")
        }
        lists += 1
      }
    }
    #expect(lists > 1)
  }

  @Test func everyFormatHasItsOwnEndings() {
    let endings = PictureFormat.allCases.flatMap(\.endings)
    #expect(Set(endings).count == endings.count)
    for format in PictureFormat.allCases {
      #expect(PictureFormat(named: "a/b.c/photo.\(format.endings[0].uppercased())") == format)
    }
    #expect(PictureFormat(named: "png") == nil)
    #expect(PictureFormat(named: ".png") == nil)
    #expect(PictureFormat(named: "folder.png/name") == nil)
  }

  @Test func aChainOfPagesThatLeadsBackEnds() throws {
    // A page of one pixel whose next page is itself.
    func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
    let tags = [
      (256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 1), (279, 1),
    ]
    var bytes: [UInt8] = Array("II*\0".utf8) + word(10) + [200, 0] + [9, 0]
    for (tag, value) in tags {
      bytes += [UInt8(tag & 255), UInt8(tag >> 8), 4, 0] + word(1) + word(value)
    }
    bytes += word(10)
    #expect(TIFFDirectory.count(in: bytes, most: 100) == 1)
    let pixels = try PictureReader(budget: budget).decode(bytes, name: "x")
    #expect(pixels == Pixels(height: 1, width: 1, channels: 1, bytes: [200]))
  }

  @Test func sizesThatNoFileHoldsAreRefusedBeforeMemoryIsTaken() throws {
    let reader = PictureReader(budget: MemoryBudget(limit: 50_000_000))
    func message(_ bytes: [UInt8]) -> String? {
      let failure = #expect(throws: Failure.self) { try reader.decode(bytes, name: "x") }
      return failure?.message
    }
    #expect(
      message(Array("P6\n60000 60000\n255\n".utf8))
        == "\"x\": damaged PNM: the file ends too early: 0 of its 60000 rows are there")
    #expect(
      message(Array("P5\n9999999 1\n255\n".utf8))
        == "\"x\": damaged PNM: it says it is 1x9999999; each side is at most 1000000")
    var bitmap = try file("palette1-0.bmp")
    bitmap.replaceSubrange(18..<26, with: [0, 0x40, 0, 0, 0, 0x40, 0, 0])
    #expect(
      message(bitmap)
        == "\"x\": damaged BMP: the file ends too early: 0 of its 16384 rows are there")
  }
}
