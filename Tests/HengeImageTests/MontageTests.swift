// SPDX-License-Identifier: MIT
import HengeBackend
import Testing

@testable import HengeImage

@Suite("Montage") struct MontageTests {
  let budget = MemoryBudget(limit: 16_000_000)

  /// A picture of one colour.
  private func plain(_ height: Int, _ width: Int, _ colour: [UInt8]) -> Pixels {
    Pixels(
      height: height, width: width, channels: colour.count,
      bytes: Array(repeating: colour, count: height * width).flatMap(\.self))
  }

  /// One letter a pixel: the background `.`, and red, green, blue, grey of any level, others.
  private func letters(_ pixels: Pixels) -> [String] {
    (0..<pixels.height).map { y in
      (0..<pixels.width).map { x in
        let at = (y * pixels.width + x) * 3
        return switch Array(pixels.bytes[at..<at + 3]) {
        case [255, 255, 255]: "."
        case [255, 0, 0]: "r"
        case [0, 255, 0]: "g"
        case [0, 0, 255]: "b"
        case [0, 0, 0]: "k"
        default: "?"
        }
      }.joined()
    }
  }

  private var red: Pixels { plain(2, 2, [255, 0, 0]) }
  private var green: Pixels { plain(2, 2, [0, 255, 0]) }
  private var black: Pixels { plain(2, 2, [0]) }

  @Test func aRowHasGapsBetweenAndGrayBecomesRGB() throws {
    var montage = Montage(budget: budget)
    montage.gap = 1
    #expect(letters(try montage.row([red, green, black])) == ["rr.gg.kk", "rr.gg.kk"])
    #expect(budget.live == 0)
  }

  @Test func aGridBreaksIntoRowsAndTheLastMayBeShort() throws {
    var montage = Montage(budget: budget)
    montage.gap = 1
    #expect(
      letters(try montage.grid([red, green, black], columns: 2)) == [
        "rr.gg", "rr.gg", ".....", "kk...", "kk...",
      ])
    #expect(letters(try montage.grid([red], columns: 5)) == ["rr", "rr"])
  }

  @Test func smallerPicturesAreCentredInTheirCells() throws {
    var montage = Montage(budget: budget)
    montage.gap = 0
    let tall = plain(4, 1, [0, 0, 255])
    #expect(letters(try montage.row([tall, red])) == ["b..", "brr", "brr", "b.."])
    #expect(
      letters(try montage.grid([plain(1, 4, [0, 0, 255]), red], columns: 1)) == [
        "bbbb", ".rr.", ".rr.",
      ])
  }

  @Test func zoomMakesEveryPixelASquare() throws {
    var montage = Montage(budget: budget)
    montage.zoom = 3
    let two = Pixels(height: 1, width: 2, channels: 3, bytes: [255, 0, 0, 0, 255, 0])
    #expect(letters(try montage.row([two])) == Array(repeating: "rrrggg", count: 3))
  }

  @Test func alphaIsBlendedWithTheBackground() throws {
    var montage = Montage(budget: budget)
    montage.background = Colour(0, 0, 1)
    #expect(
      letters(try montage.row([plain(1, 1, [9, 9, 9, 0]), plain(1, 1, [255, 0, 0, 255])])) == [
        "bbbr"
      ])
    let half = try montage.row([plain(1, 1, [255, 0, 0, 128])])
    #expect(half.bytes == [128, 0, 127])
  }

  @Test func tilesSpanTheirOwnRangeOrACommonOne() throws {
    var montage = Montage(budget: budget)
    montage.gap = 0
    let map = Planes(channels: 3, height: 1, width: 2, values: [0, 1, 0, 10, 5, 5])
    func grays(_ pixels: Pixels) -> [UInt8] {
      stride(from: 0, to: pixels.bytes.count, by: 3).map { pixels.bytes[$0] }
    }
    #expect(grays(try montage.tiles(map, columns: 3)) == [0, 255, 0, 255, 128, 128])
    #expect(
      grays(try montage.tiles(map, columns: 3, each: false)) == [0, 25, 0, 255, 128, 128])
    #expect(try montage.tiles(map, columns: 2).height == 2)
  }

  @Test func aSheetMakesRoomForItsLabels() throws {
    let montage = Montage(budget: budget)
    let sheet = try montage.sheet(
      [[red, green], [green, red]], top: ["A", "a much longer one"], left: ["first", "2"])
    let bare = try montage.sheet([[red, green], [green, red]])
    #expect((bare.height, bare.width) == (6, 6))
    #expect(sheet.height > 18 && sheet.width > 110)
    let rows = letters(sheet)
    #expect(rows.joined().filter { $0 == "r" }.count == 8)
    #expect(rows.joined().filter { $0 == "g" }.count == 8)
    // Letters left of and above the pictures, none below or to the right of the last.
    let firstPicture = rows.firstIndex { $0.contains("r") } ?? 0
    #expect(rows[..<firstPicture].contains { $0.contains("?") || $0.contains("k") })
    #expect(rows[rows.count - 1].allSatisfy { ".?k".contains($0) })
    #expect(
      try montage.sheet(
        [[red, green], [green, red]], top: ["A", "a much longer one"], left: ["first", "2"])
        == sheet)
  }

  @Test func labelsAreReadableOnADarkBackground() throws {
    var montage = Montage(budget: budget)
    montage.background = .black
    let sheet = try montage.sheet([[red]], top: ["label"])
    #expect(sheet.bytes[0] == 0)
    #expect(sheet.bytes.filter { $0 > 200 }.count > 30)
  }

  @Test func whatCannotBeArrangedIsAnError() {
    var montage = Montage(budget: budget)
    func code(_ body: () throws -> Pixels) -> String? {
      do {
        _ = try body()
        return nil
      } catch let failure as Failure {
        return "\(failure.code): \(failure.message)"
      } catch { return "\(error)" }
    }
    let red = self.red
    #expect(code { try montage.row([]) } == "E-arg: a row needs at least one image")
    #expect(code { try montage.sheet([[]]) } == "E-arg: a sheet needs at least one image")
    #expect(
      code { try montage.grid([red], columns: 0) } == "E-range: cols is 0; it must be at least 1")
    #expect(
      code { try montage.sheet([[red]], top: ["a", "b"]) }
        == "E-arg: 2 labels at the top for 1 column")
    #expect(
      code { try montage.sheet([[red], [red]], left: ["a"]) }
        == "E-arg: 1 label at the left for 2 rows")
    montage.zoom = Int.max
    #expect(
      code { try montage.row([red]) }
        == "E-range: the montage would have more pixels than can be counted")
    montage.zoom = 5000
    #expect(code { try montage.row([red]) }?.hasPrefix("E-memory") == true)
    // Each picture fits, all of them do not.
    montage.zoom = 500
    let many = [Pixels](repeating: red, count: 40)
    #expect(
      code { try montage.grid(many, columns: 8) }?
        .hasPrefix("E-memory: a montage of 5") == true)
    montage.zoom = 0
    #expect(code { try montage.row([red]) } == "E-range: zoom is 0; it must be at least 1")
    #expect(budget.live == 0)
  }
}

@Suite("Colour maps") struct ColourMapTests {
  let budget = MemoryBudget(limit: 1_000_000)

  private func colours(
    _ map: ColourMap, _ values: [Float], over range: ClosedRange<Float>? = nil
  ) throws -> [[UInt8]] {
    let planes = Planes(channels: 1, height: 1, width: values.count, values: values)
    let bytes = try map.coloured(planes, over: range, budget: budget).bytes
    return values.indices.map { Array(bytes[3 * $0..<3 * $0 + 3]) }
  }

  @Test func signedIsBlueBelowZeroWhiteAtItAndRedAbove() throws {
    let drawn = try colours(.signed, [-2, 0, 1, 2, .nan, .infinity, -.infinity])
    #expect(
      drawn
        == [
          [5, 48, 97], [255, 255, 255], [214, 96, 77], [103, 0, 31], [128, 128, 128], [103, 0, 31],
          [5, 48, 97],
        ])
  }

  @Test func heatGrowsLighterWithTheValue() throws {
    let drawn = try colours(.heat, (0..<50).map(Float.init))
    let lightness = drawn.map { 299 * Int($0[0]) + 587 * Int($0[1]) + 114 * Int($0[2]) }
    #expect(lightness == lightness.sorted())
    #expect(drawn[0] == [0, 0, 4] && drawn[49] == [252, 255, 164])
  }

  @Test func rangesThatAreExtremeOrEmptyAreDrawnToo() throws {
    let huge = Float.greatestFiniteMagnitude
    let tiny = Float.leastNonzeroMagnitude
    #expect(
      try colours(.gray, [-huge, 0, huge]) == [[0, 0, 0], [128, 128, 128], [255, 255, 255]])
    #expect(
      try colours(.gray, [3 * tiny, 4 * tiny, 5 * tiny]) == [
        [0, 0, 0], [128, 128, 128], [255, 255, 255],
      ])
    #expect(try colours(.gray, [7, 7]) == [[128, 128, 128], [128, 128, 128]])
    #expect(try colours(.gray, [.nan, .infinity]) == [[128, 128, 128], [255, 255, 255]])
    #expect(try colours(.gray, [5, -5], over: -1...1) == [[255, 255, 255], [0, 0, 0]])
    #expect(try colours(.heat, []).isEmpty)
  }

  @Test func anOverlayMixesThePictureWithTheResizedMap() throws {
    let picture = Pixels(height: 4, width: 4, channels: 1, bytes: Array(repeating: 100, count: 16))
    let map = Planes(channels: 1, height: 2, width: 1, values: [0, 1])
    let none = try picture.overlaid(with: map, alpha: 0, budget: budget)
    #expect(none.bytes == Array(repeating: 100, count: 48))
    let all = try picture.overlaid(with: map, alpha: 1, budget: budget)
    #expect(Array(all.bytes[0..<3]) == [0, 0, 4])
    #expect(Array(all.bytes[45..<48]) == [252, 255, 164])
    let half = try picture.overlaid(with: map, budget: budget)
    #expect(Array(half.bytes[0..<3]) == [50, 50, 52])
    let failure = #expect(throws: Failure.self) {
      try picture.overlaid(with: map, alpha: 1.5, budget: budget)
    }
    #expect(failure?.code == "E-range")
    #expect(budget.live == 0)
  }
}
