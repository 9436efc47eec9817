// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
import Testing

@Suite struct DecodingTests {
  let budget = MemoryBudget(limit: 100_000_000)

  @Test func theFixturesAreThere() {
    #expect(Fixtures.cases("decode").count == 63)
  }

  @Test(arguments: Fixtures.cases("decode"))
  func decodesLikePillow(_ wanted: PillowCase) throws {
    let depth = wanted.number(5)
    let reader = PictureReader(budget: budget)
    let path = "\(Fixtures.folder)/\(wanted.name)"
    let header = try reader.header(path)
    #expect(
      [header.height, header.width, header.channels, header.depth]
        == [wanted.height, wanted.width, wanted.channels, depth])
    let pixels = try reader.read(path)
    #expect(
      [pixels.height, pixels.width, pixels.channels]
        == [wanted.height, wanted.width, wanted.channels])
    if depth == 8 {
      #expect(pixels.wide == nil)
      #expect(pixels.bytes == wanted.expected)
    } else {
      let wide = stride(from: 0, to: wanted.expected.count, by: 2).map {
        UInt16(wanted.expected[$0]) | UInt16(wanted.expected[$0 + 1]) << 8
      }
      #expect(pixels.wide == wide)
      #expect(
        pixels.bytes
          == wide.map {
            wanted.channels == 1
              ? UInt8((Double($0) * 255 / 65535).rounded()) : UInt8($0 >> 8)
          })
    }
    #expect(budget.live == 0)
  }

  @Test(arguments: 1...4, [false, true])
  func writesAndReadsBack(channels: Int, wide: Bool) throws {
    let samples = Fixtures.picture(17, 23, channels)
    let pixels =
      wide
      ? Pixels(
        height: 17, width: 23, channels: channels, wide: samples.bytes.map { UInt16($0) * 251 })
      : samples
    let file = try encodePNG(pixels, budget: budget)
    #expect(file == (try encodePNG(pixels, budget: budget)))
    let reader = PictureReader(budget: budget)
    #expect(try reader.decode(file, name: "written.png") == pixels)
    #expect(budget.live == 0)
  }

  @Test func packsWhatCanBePacked() throws {
    let plain = Pixels(
      height: 256, width: 256, channels: 3, bytes: [UInt8](repeating: 7, count: 256 * 256 * 3))
    #expect(try encodePNG(plain, budget: budget).count < 1000)
  }

  @Test func refusesToWriteNothing() throws {
    #expect(throws: Failure("E-shape", "an image without pixels cannot be written as PNG")) {
      try encodePNG(Pixels(height: 0, width: 5, channels: 3, bytes: []), budget: budget)
    }
  }

  @Test func readsByContentNotByName() throws {
    try Fixtures.inFolder { folder in
      try Fixtures.write(try Fixtures.bytes("grey.jpg"), to: "\(folder)/grey.png")
      let reader = PictureReader(budget: budget)
      #expect(try reader.header("\(folder)/grey.png").format == .jpeg)
      #expect(try reader.read("\(folder)/grey.png").channels == 1)
    }
  }

  @Test(
    arguments: [
      ("", "\"x\": is empty (0 bytes)", []),
      ("%PDF-1.7", "\"x\": is a PDF; only \(PictureFormat.readNames) images can be read", []),
      (
        "version https://git-lfs",  // the stand-in that Git leaves
        "\"x\": is a Git LFS pointer, not the image itself; only \(PictureFormat.readNames) images can be read",
        []
      ),
      (
        "hello", "\"x\": is not an image; \(PictureFormat.readNames) images can be read",
        ["its 5 bytes start with 68 65 6c 6c 6f"]
      ),
    ] as [(String, String, [String])])
  func namesWhatIsNoPicture(_ content: String, _ message: String, _ notes: [String]) throws {
    let reader = PictureReader(budget: budget)
    #expect(throws: Failure("E-file", message, notes: notes)) {
      try reader.decode(Array(content.utf8), name: "x")
    }
  }
}
