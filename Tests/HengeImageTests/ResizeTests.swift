// SPDX-License-Identifier: MIT
import HengeBackend
import Testing

@testable import HengeImage

@Suite struct ResizeTests {
  let budget = MemoryBudget(limit: 100_000_000)

  @Test(arguments: Fixtures.cases("stretch", "cover", "contain"))
  func resizesLikePillowToTheByte(_ wanted: PillowCase) throws {
    let filter = try #require(ResizeFilter(rawValue: wanted.name))
    let fit = try #require(PictureFit(rawValue: wanted.kind))
    let resized = try Fixtures.picture(wanted.height, wanted.width, wanted.channels).fitted(
      height: wanted.outHeight, width: wanted.outWidth, fit: fit, filter: filter, budget: budget)
    #expect(
      resized
        == Pixels(
          height: wanted.outHeight, width: wanted.outWidth, channels: wanted.channels,
          bytes: wanted.expected))
    #expect(budget.live == 0)
  }

  @Test func vectorsAndPlainCodeAgree() throws {
    var plans = ResizePlans()
    var random = RandomStream(seed: 1, name: "resize test")
    for _ in 0..<300 {
      let size = (0..<4).map { _ in 1 + random.next(below: 60) }
      let picture = Fixtures.picture(size[0], size[1], 1 + random.next(below: 4))
      let filter = ResizeFilter.allCases[random.next(below: 4)]
      let made = try [false, true].map { portable in
        try picture.resized(
          height: size[2], width: size[3], filter: filter, plans: &plans, budget: budget,
          portable: portable)
      }
      #expect(made[0] == made[1], "\(size) \(filter) \(picture.channels) channels")
    }
  }

  @Test(arguments: Fixtures.cases("float"))
  func resizesPlanesLikePillow(_ wanted: PillowCase) throws {
    let filter = try #require(ResizeFilter(rawValue: wanted.name))
    let own = PictureSize(height: wanted.height, width: wanted.width)
    let size = PictureSize(height: wanted.outHeight, width: wanted.outWidth)
    let plane = Fixtures.noise(own.height * own.width, seed: 3).map { Float($0) / 127.5 - 1 }
    let input = plane + plane.map { -$0 }
    var output = [Float](repeating: .nan, count: 2 * size.height * size.width)
    try input.withUnsafeBufferPointer { input in
      try output.withUnsafeMutableBufferPointer { output in
        try resizePlanes(
          input, planes: 2, from: own, into: output, size: size, filter: filter, budget: budget)
      }
    }
    let expected = stride(from: 0, to: wanted.expected.count, by: 4).map { start in
      Float(
        bitPattern: wanted.expected[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
      )
    }
    #expect(output == expected + expected.map { -$0 })
  }

  @Test(arguments: Fixtures.cases("gray"))
  func greysLikePillow(_ wanted: PillowCase) throws {
    let picture = Fixtures.picture(wanted.height, wanted.width, 3)
    #expect(try picture.converted(to: .gray, budget: budget).bytes == wanted.expected)
  }

  @Test func convertsChannels() throws {
    func converted(_ bytes: [UInt8], _ channels: PictureChannels) throws -> [UInt8] {
      try Pixels(height: 1, width: 1, channels: bytes.count, bytes: bytes)
        .converted(to: channels, budget: budget).bytes
    }
    #expect(try converted([9], .rgb) == [9, 9, 9])
    #expect(try converted([9], .rgba) == [9, 9, 9, 255])
    #expect(try converted([9, 4], .gray) == [9])
    #expect(try converted([9, 4], .rgba) == [9, 9, 9, 4])
    #expect(try converted([1, 2, 3], .rgba) == [1, 2, 3, 255])
    #expect(try converted([1, 2, 3, 4], .rgb) == [1, 2, 3])
    #expect(try converted([255, 0, 0, 4], .gray) == [76])
  }

  @Test func crops() throws {
    let picture = Pixels(
      height: 2, width: 3, channels: 2, bytes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    #expect(
      try picture.cropped(top: 0, left: 1, height: 2, width: 2, budget: budget).bytes
        == [2, 3, 4, 5, 8, 9, 10, 11])
    #expect(
      throws: Failure(
        "E-range", "1x3 from row 0, column 1 on reaches outside the image, which is 2x3")
    ) { try picture.cropped(top: 0, left: 1, height: 1, width: 3, budget: budget) }
    #expect(throws: Failure.self) {
      try picture.cropped(top: .max, left: 0, height: .max, width: 1, budget: budget)
    }
  }

  @Test func refusesImpossibleSizes() throws {
    let picture = Fixtures.picture(4, 4, 3)
    for (height, width) in [(0, 4), (4, -1), (2_000_000, 4), (4, .max)] {
      #expect(
        throws: Failure(
          "E-range", "an image cannot be \(height)x\(width): each side is 1 to 1000000",
          parameter: "size")
      ) { try picture.resized(height: height, width: width, budget: budget) }
    }
    #expect(throws: Failure("E-shape", "an image without pixels cannot be resized")) {
      try Pixels(height: 0, width: 3, channels: 3, bytes: [])
        .resized(height: 2, width: 2, budget: budget)
    }
    #expect(throws: Failure.self) {
      try picture.resized(height: 1_000_000, width: 1_000_000, budget: budget)
    }
    #expect(budget.live == 0)
  }
}
