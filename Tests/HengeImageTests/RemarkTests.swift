// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
import Testing

/// What is said of files that are read although something is odd about them.
@Suite struct RemarkTests {
  let budget = MemoryBudget(limit: 100_000_000)

  /// The image of `bytes`, and what was remarked on it.
  func read(_ bytes: [UInt8], upright: Bool = false) throws -> (Pixels, [PictureRemark.Kind]) {
    var kinds: [PictureRemark.Kind] = []
    let reader = PictureReader(budget: budget) { name, remark in
      #expect(name == "x")
      kinds.append(remark.kind)
    }
    let pixels = try reader.decode(bytes, name: "x", upright: upright)
    #expect(budget.live == 0)
    return (pixels, kinds)
  }

  /// A JPEG with more bytes right after its first marker.
  func with(_ segment: [UInt8], in file: [UInt8]) -> [UInt8] { file[..<2] + segment + file[2...] }

  @Test(arguments: ["rgb420.jpg", "progressive.jpg", "restarts.jpg", "grey.jpg"])
  func aFlawThatCostsNoPixelIsARemark(_ name: String) throws {
    let file = try Fixtures.bytes(name)
    let (whole, none) = try read(file)
    #expect(none.isEmpty)
    // No end marker; bytes before it; bytes before a table.
    for flawed in [
      Array(file.dropLast(2)), file.dropLast(2) + [UInt8](repeating: 7, count: 40) + [0xFF, 0xD9],
      with([0xFF, 0xE5, 0, 2, 1, 2, 3], in: file),
    ] {
      let (pixels, kinds) = try read(flawed)
      #expect(pixels == whole)
      #expect(kinds == [.flaw])
    }
  }

  @Test func aRestartMarkerOfAnotherNumberIsARemark() throws {
    var file = try Fixtures.bytes("restarts.jpg")
    let (whole, _) = try read(file)
    let places = file.indices.dropLast().filter {
      file[$0] == 0xFF && (0xD0...0xD7).contains(file[$0 + 1])
    }
    // Four on: too far for a lost one, so the decoder takes it for the one it waits for.
    let place = try #require(places.first) + 1
    file[place] = 0xD0 | (file[place] + 4) & 7
    let (pixels, kinds) = try read(file)
    #expect(pixels == whole)
    #expect(kinds == [.flaw])
  }

  @Test func missingDataAreAnErrorThatSaysWhere() throws {
    let file = try Fixtures.bytes("grey.jpg")
    let start = try #require(
      file.indices.dropLast().last { file[$0] == 0xFF && file[$0 + 1] == 0xDA })
    let half = Array(file[..<(start + 10 + (file.count - start - 10) / 2)])
    let failure = #expect(throws: Failure.self) { try read(half) }
    #expect(
      failure?.message
        == "\"x\": damaged JPEG: the file ends too early: its image data are missing from row 8 of 29 (72 % of the image) on"
    )
  }

  /// EXIF with one tag, the orientation.
  func exif(_ orientation: UInt8) -> [UInt8] {
    Array("Exif\0\0MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation]
      + [0, 0, 0, 0, 0, 0]
  }

  @Test(arguments: 1...9)
  func orientationIsFollowedWhereItIsAskedFor(_ number: Int) throws {
    let block = exif(UInt8(number))
    let file = with(
      [0xFF, 0xE1, 0, UInt8(block.count + 2)] + block, in: try Fixtures.bytes("rgb444.jpg"))
    let (stored, kinds) = try read(file)
    #expect([stored.height, stored.width] == [29, 37])
    #expect(kinds == ((2...8).contains(number) ? [.orientation] : []))
    let (turned, none) = try read(file, upright: true)
    #expect(none.isEmpty)
    func pixel(_ pixels: Pixels, _ row: Int, _ column: Int) -> ArraySlice<UInt8> {
      let start = (row * pixels.width + column) * 3
      return pixels.bytes[start..<start + 3]
    }
    // Where the stored image's first pixel, and its neighbor to the right, are shown.
    let (h, w) = (turned.height, turned.width)
    let places = [
      (0, 0, 0, 1), (0, w - 1, 0, w - 2), (h - 1, w - 1, h - 1, w - 2), (h - 1, 0, h - 1, 1),
      (0, 0, 1, 0), (0, w - 1, 1, w - 1), (h - 1, w - 1, h - 2, w - 1), (h - 1, 0, h - 2, 0),
    ]
    let place = places[number == 9 ? 0 : number - 1]
    #expect([h, w] == ((5...8).contains(number) ? [37, 29] : [29, 37]))
    #expect(pixel(turned, place.0, place.1) == pixel(stored, 0, 0))
    #expect(pixel(turned, place.2, place.3) == pixel(stored, 0, 1))
  }

  @Test func theFirstFrameOfSeveralIsARemark() throws {
    let name = try #require(Fixtures.formats.first { $0.name.hasPrefix("frames") }?.name)
    #expect(try read(try Fixtures.bytes("Formats/\(name)")).1 == [.several])
  }
}
