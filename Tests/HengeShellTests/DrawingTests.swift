// SPDX-License-Identifier: MIT
import HengeLanguage
import Testing

@testable import HengeShell

@Suite struct DrawingTests {
  /// Bytes as text with the escape spelled out.
  private func spelled(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).split(
      separator: "\u{1B}", omittingEmptySubsequences: false
    )
    .joined(separator: "ESC")
  }

  private func picture(_ height: Int, _ width: Int, _ colours: [[UInt8]]) -> PixelDisplay {
    PixelDisplay(
      height: height, width: width, channels: colours[0].count, bytes: colours.flatMap { $0 })
  }

  private func noise(_ height: Int, _ width: Int) -> PixelDisplay {
    var state: UInt32 = 1
    let bytes = (0..<height * width * 3).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    return PixelDisplay(height: height, width: width, channels: 3, bytes: bytes)
  }

  private let red: [UInt8] = [255, 0, 0]
  private let blue: [UInt8] = [0, 0, 255]
  private let white: [UInt8] = [255, 255, 255]

  @Test func halfBlocksSetAColourOnlyWhereItChanges() {
    let raster = Raster(
      enlarging: picture(3, 3, [red, red, blue, blue, red, blue, white, red, red]), by: 1)
    #expect(
      spelled(HalfBlocks(raster: raster, isDirect: true).bytes)
        == """
        ESC[38;2;255;0;0;48;2;0;0;255m▀█ ESC[0m
        ESC[38;2;255;255;255m▀ESC[38;2;255;0;0m▀▀ESC[0m

        """)
    #expect(
      spelled(HalfBlocks(raster: raster, isDirect: false).bytes)
        == """
        ESC[38;5;196;48;5;21m▀█ ESC[0m
        ESC[38;5;231m▀ESC[38;5;196m▀▀ESC[0m

        """)
  }

  @Test func aPictureOf64StaysBelow12Kilobytes() {
    let raster = Raster(noise(64, 64), columns: 80)
    #expect([raster.height, raster.width] == [32, 32])
    #expect(HalfBlocks(raster: raster, isDirect: true).bytes.count <= 12_000)
    #expect(HalfBlocks(raster: raster, isDirect: false).bytes.count <= 12_000)
  }

  @Test(arguments: [
    (8, 8, 32, 32), (20, 20, 20, 20), (16, 4, 32, 8), (64, 64, 32, 32), (64, 262, 20, 80),
    (500, 500, 80, 80), (3000, 30, 96, 1), (1, 1, 32, 32), (5, 1000, 1, 80),
  ])
  func picturesAreScaledByWholeFactorsOrDown(height: Int, width: Int, rows: Int, columns: Int) {
    let raster = Raster(noise(height, width), columns: 80)
    #expect([raster.height, raster.width] == [rows, columns])
    #expect(raster.bytes.count == 3 * rows * columns)
  }

  @Test func aSmallerPictureIsTheMeanOfWhatItCovers() {
    let grey: [[UInt8]] = (0..<64 * 64).map { [$0 % 2 == 0 ? 100 : 200] }
    let raster = Raster(picture(64, 64, grey), columns: 80)
    #expect(Set(raster.bytes) == [150])
  }

  @Test func aRampGoesFromDarkToLight() {
    let greys: [[UInt8]] = [[0], [64], [128], [192], [255]]
    let raster = Raster(enlarging: picture(2, 5, greys + greys), by: 1)
    #expect(String(decoding: CharacterRamp(raster: raster).bytes, as: UTF8.self) == " :+#@\n")
  }

  @Test func numberedColoursAreTheNearest() {
    #expect(CellColour(red: 0, green: 0, blue: 0).index == 16)
    #expect(CellColour(red: 255, green: 255, blue: 255).index == 231)
    #expect(CellColour(red: 128, green: 128, blue: 128).index == 244)
    #expect(CellColour(red: 250, green: 130, blue: 0).index == 208)
  }

  @Test func base64FillsItsLastGroup() {
    func text(_ word: String) -> String {
      String(decoding: base64(Array(word.utf8)), as: UTF8.self)
    }
    #expect(["", "f", "fo", "foo", "foob"].map(text) == ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="])
  }

  @Test func kittyGetsPiecesThatItTakes() throws {
    let file = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let text = spelled(InlineImage(file: file, columns: 80).kitty)
    let pieces = text.split(separator: "ESC_G").map(String.init)
    #expect(pieces.count == 4)
    #expect(pieces[0].hasPrefix("a=T,f=100,q=2,c=80,m=1;"))
    #expect(pieces[1].hasPrefix("q=2,m=1;"))
    #expect(pieces[3].hasPrefix("q=2,m=0;"))
    var joined = ""
    for piece in pieces {
      let parts = piece.split(separator: ";")
      let payload = try #require(parts.last).split(separator: "ESC\\").first.map(String.init) ?? ""
      #expect(payload.utf8.count <= 4096)
      joined += payload
    }
    #expect(joined == String(decoding: base64(file), as: UTF8.self))
  }

  @Test func sequencesThroughTmuxAreDoubled() {
    let bytes = InlineImage.throughTmux(Array("\u{1B}_Gq=2;QQ==\u{1B}\\\n".utf8))
    #expect(spelled(bytes) == "ESCPtmux;ESCESC_Gq=2;QQ==ESCESC\\ESC\\\n")
  }

  @Test func itermGetsTheWholeFile() {
    let text = spelled(InlineImage(file: Array("foo".utf8), columns: nil).iterm)
    #expect(text == "ESC]1337;File=inline=1;size=3:Zm9v\u{7}\n")
  }
}

@Suite struct ScreenTests {
  private func output(_ display: Display, _ environment: [String: String]?) throws -> String {
    let capabilities = environment.map { TerminalCapabilities(terminalOf: $0) }
    let screen = Screen(capabilities ?? TerminalCapabilities()) { _ in Array("png".utf8) }
    return try screen.parts(of: display).map { part in
      switch part {
      case .text(let text): text
      case .drawn(let bytes): "<\(bytes.prefix(4).map { String($0) }.joined(separator: " "))>"
      }
    }.joined()
  }

  private let grey = PixelDisplay(height: 1, width: 1, channels: 1, bytes: [9], caption: "a dot")
  private let plain = ["TERM": "vt100"]
  private let colourful = ["TERM": "xterm-256color"]
  private let kitty = ["TERM": "xterm-kitty"]

  @Test func aPictureIsDescribedWhereNoneIsDrawn() throws {
    #expect(try output(.pixels(grey), nil) == "image 1x1, 1 channel: a dot\n")
    #expect(try output(.pixels(grey), ["TERM": "dumb"]) == "image 1x1, 1 channel: a dot\n")
    #expect(try output(.pixels(grey), plain) == "<10 10 10 10>a dot\n")
    #expect(try output(.pixels(grey), colourful) == "<27 91 52 56>a dot\n")
    #expect(try output(.pixels(grey), kitty) == "<27 95 71 97>a dot\n")
  }

  @Test func aThumbnailIsForColoursAlone() throws {
    #expect(try output(.thumbnail(grey), nil) == "")
    #expect(try output(.thumbnail(grey), plain) == "")
    #expect(try output(.thumbnail(grey), colourful) == "<27 91 52 56>")
  }

  private struct TwoSeries: PlotDisplay {
    func rows(columns: Int, rows: Int, with characters: PlotCharacters) -> [[TextRun]] {
      [[TextRun("\(columns) \(characters) "), TextRun("a", series: 0), TextRun("b", series: 7)]]
    }
    var svg: String { "" }
    func picture(zoom: Int) -> PixelDisplay {
      PixelDisplay(height: 1, width: 1, channels: 1, bytes: [0])
    }
  }

  @Test func seriesAreColouredWhereThereIsColour() throws {
    #expect(try output(.plot(TwoSeries()), nil) == "80 marks ab\n")
    #expect(try output(.plot(TwoSeries()), ["TERM": "dumb"]) == "80 ascii ab\n")
    #expect(
      try output(.plot(TwoSeries()), colourful)
        == "80 braille <27 91 51 56>a<27 91 48 109><27 91 51 56>b<27 91 48 109>\n")
  }
}
