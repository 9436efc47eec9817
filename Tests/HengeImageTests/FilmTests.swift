// SPDX-License-Identifier: MIT
import HengeBackend
import Testing

@testable import HengeImage

/// What a GIF file contains, read by the letter of its specification (GIF89a).
private struct GIFContents {
  var (width, height) = (0, 0)
  var loops = false
  /// Times in hundredths of a second, and the pixels of each frame in RGB.
  var frames: [(time: Int, rgb: [UInt8])] = []

  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: Array("GIF89a".utf8)), bytes.last == 0x3B else { return nil }
    func number(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
    (width, height) = (number(6), number(8))
    guard bytes[10] & 0x80 == 0 else { return nil }
    var at = 13
    var time = 0
    /// The data of the sub-blocks that begin at `at`.
    func blocks() -> [UInt8] {
      var data: [UInt8] = []
      while bytes[at] > 0 {
        data += bytes[at + 1...at + Int(bytes[at])]
        at += 1 + Int(bytes[at])
      }
      at += 1
      return data
    }
    while bytes[at] != 0x3B {
      if bytes[at] == 0x21 {
        let label = bytes[at + 1]
        at += 2
        let data = blocks()
        if label == 0xF9 { time = Int(data[1]) | Int(data[2]) << 8 }
        if label == 0xFF { loops = data.starts(with: Array("NETSCAPE2.0".utf8)) }
      } else {
        guard bytes[at] == 0x2C, number(at + 5) == width, number(at + 7) == height,
          bytes[at + 9] & 0x80 != 0
        else { return nil }
        let colours = 2 << Int(bytes[at + 9] & 7)
        let palette = Array(bytes[at + 10..<at + 10 + 3 * colours])
        at += 10 + 3 * colours
        let size = Int(bytes[at])
        at += 1
        let indices = GIFContents.unpacked(blocks(), size)
        guard indices.count == width * height else { return nil }
        frames.append((time, indices.flatMap { palette[3 * $0..<3 * $0 + 3] }))
      }
    }
  }

  /// The codes of Lempel, Ziv and Welch with a first size of `size` bits.
  private static func unpacked(_ data: [UInt8], _ size: Int) -> [Int] {
    let (clear, end) = (1 << size, 1 << size + 1)
    var table: [[Int]] = []
    var (width, last): (Int, [Int]) = (size + 1, [])
    var result: [Int] = []
    var bit = 0
    while bit + width <= 8 * data.count {
      let code = (0..<width).reduce(0) { sum, place in
        let at = bit + place
        return sum | Int(data[at / 8] >> UInt8(at % 8) & 1) << place
      }
      bit += width
      if code == end { return result }
      if code == clear {
        table = (0..<clear).map { [$0] } + [[], []]
        (width, last) = (size + 1, [])
        continue
      }
      let entry = code < table.count ? table[code] : last + [last[0]]
      result += entry
      if !last.isEmpty, table.count < 4096 { table.append(last + [entry[0]]) }
      if table.count == 1 << width, width < 12 { width += 1 }
      last = entry
    }
    return result
  }
}

@Suite("Film") struct FilmTests {
  private let budget = MemoryBudget(limit: 200_000_000)

  private func film(
    _ frames: [Pixels], seconds: Double, loops: Bool = true
  ) throws -> [UInt8] {
    let size = PictureSize(height: frames[0].height, width: frames[0].width)
    let writer = try GIFWriter(size: size, loops: loops, budget: budget)
    var bytes: [UInt8] = []
    for frame in frames {
      try writer.add(frame, seconds: seconds)
      bytes += writer.takeBytes()
    }
    try writer.finish()
    return bytes + writer.takeBytes()
  }

  /// An image of `colours` different colors at most.
  private func picture(_ height: Int, _ width: Int, colours: Int, _ seed: Int) -> Pixels {
    var state = UInt64(seed)
    let bytes = (0..<height * width).flatMap { _ -> [UInt8] in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let colour = Int(state >> 33) % colours
      return [UInt8(colour % 256), UInt8(colour / 256 % 256), UInt8(colour * 7 % 256)]
    }
    return Pixels(height: height, width: width, channels: 3, bytes: bytes)
  }

  @Test func framesOfFewColorsAreKept() throws {
    for colours in [1, 2, 3, 16, 17, 250] {
      let frames = (0..<3).map { picture(13, 29, colours: colours, $0) }
      let contents = try #require(GIFContents(film(frames, seconds: 0.25)))
      #expect((contents.width, contents.height, contents.loops) == (29, 13, true))
      #expect(contents.frames.map(\.time) == [25, 25, 25])
      #expect(contents.frames.map(\.rgb) == frames.map(\.bytes))
    }
    #expect(budget.live == 0)
  }

  @Test func aLargeFrameFillsTheTableOfCodes() throws {
    let frame = picture(200, 300, colours: 256, 5)
    let contents = try #require(GIFContents(film([frame], seconds: 1, loops: false)))
    #expect(contents.frames.map(\.rgb) == [frame.bytes])
    #expect(!contents.loops)
  }

  /// The whole film is as long as its frames say, though each has whole hundredths.
  @Test func timesAddUp() throws {
    let frames = (0..<30).map { picture(4, 4, colours: 3, $0) }
    let contents = try #require(GIFContents(film(frames, seconds: 1.0 / 30)))
    #expect(contents.frames.reduce(0) { $0 + $1.time } == 100)
    #expect(contents.frames.allSatisfy { (3...4).contains($0.time) })
  }

  /// A smooth image of many colors stays within a few levels of itself.
  @Test func manyColorsBecomeTheNearestOf256() throws {
    let (height, width) = (64, 96)
    let bytes = (0..<height * width).flatMap { pixel -> [UInt8] in
      let (x, y) = (pixel % width, pixel / width)
      return [
        UInt8(x * 255 / width), UInt8(y * 255 / height), UInt8((x + y) * 255 / (height + width)),
      ]
    }
    let frame = Pixels(height: height, width: width, channels: 3, bytes: bytes)
    let contents = try #require(GIFContents(film([frame], seconds: 0.1)))
    let errors = zip(contents.frames[0].rgb, bytes).map { abs(Int($0) - Int($1)) }
    #expect(errors.reduce(0, +) / errors.count <= 5)
    #expect(errors.max() ?? 255 <= 24)
    #expect(
      Set(stride(from: 0, to: bytes.count, by: 3).map { contents.frames[0].rgb[$0] }).count > 5)
  }

  @Test func theSameFramesAreTheSameFile() throws {
    let frames = (0..<4).map { picture(20, 20, colours: 5000, $0) }
    #expect(try film(frames, seconds: 0.1) == film(frames, seconds: 0.1))
  }

  @Test func impossibleSidesAreRefused() throws {
    #expect(throws: Failure.self) {
      _ = try GIFWriter(
        size: PictureSize(height: 70_000, width: 3), loops: true, budget: budget)
    }
  }
}
