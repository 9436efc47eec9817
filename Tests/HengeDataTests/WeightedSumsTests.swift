// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
import HengeTensor
import Testing

@testable import HengeData

@Suite struct WeightedSumsTests {
  /// `count` rows of `items` weights, some of them 0.
  func weights(_ count: Int, _ items: Int) -> [[Double]] {
    var stream = RandomStream(seed: 3, name: "weights")
    return (0..<count).map { _ in
      (0..<items).map { _ in stream.next(below: 4) == 0 ? 0 : stream.normal() }
    }
  }

  /// The sum of `row[j] * image_j`, one after another.
  func slowSum(_ row: [Double], _ dataset: Dataset) throws -> [Double] {
    var sum = [Double](repeating: 0, count: try dataset.image(0).count)
    for (index, weight) in row.enumerated() {
      for (place, value) in try dataset.image(index).doubles().enumerated() {
        sum[place] += weight * value
      }
    }
    return sum
  }

  func expectClose(_ a: [Double], _ b: [Double], _ tolerance: Double) {
    #expect(a.count == b.count)
    let worst = zip(a, b).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= tolerance, "differ by \(worst)")
  }

  @Test(arguments: [(8, 8, 3), (5, 7, 1), (9, 11, 4), (1, 1, 3)])
  func equalTheSlowLoopToRounding(height: Int, width: Int, channels: Int) throws {
    try inFolder { folder in
      for index in 0..<37 {
        try writePNG(
          pattern(index, height: height, width: width, channels: channels),
          to: "\(folder)/\(100 + index).png")
      }
      let kind: PictureChannels = channels == 1 ? .gray : channels == 3 ? .rgb : .rgba
      let dataset = try Dataset.images(
        folder, layout: PictureLayout(channels: kind), loader: makeLoader())
      let rows = weights(3, 37)
      let sums = try dataset.weightedSums(rows)
      for (row, sum) in zip(rows, sums) {
        #expect(sum.type == .f64)
        #expect(sum.shape.sizes == [channels, height, width])
        // An image is rounded to single precision, the sum of its bytes is not.
        expectClose(try sum.doubles(), try slowSum(row, dataset), 37 * 6e-8 * 3)
      }
      // In units of bytes nothing is rounded but the sums.
      let bytes = try Dataset.images(
        folder, layout: PictureLayout(channels: kind), range: ImageRange(low: 0, high: 255),
        loader: makeLoader())
      expectClose(
        try bytes.weightedSums([rows[0]])[0].doubles(), try slowSum(rows[0], bytes), 1e-11)
    }
  }

  @Test func bytesDependOnTheirOwnWeightsAlone() throws {
    try inFolder { folder in
      try writePatterns(70, to: folder)
      let rows = weights(10, 70)
      var seen: Set<[UInt64]> = []
      for threads in 1...2 {
        for size in [nil, PictureSize(height: 8, width: 8)] {
          let dataset = try Dataset.images(
            folder, layout: PictureLayout(size: size), loader: makeLoader(threads: threads))
          let all = try dataset.weightedSums(rows)
          for k in [0, 3, 9] {
            let alone = try dataset.weightedSums([rows[k]])[0]
            #expect(try alone.doubles() == all[k].doubles())
          }
          let twice = try dataset.weightedSums([rows[4], rows[4], rows[0]])
          #expect(try twice[1].doubles() == all[4].doubles())
          seen.insert(try all[9].doubles().map(\.bitPattern))
        }
      }
      #expect(seen.count == 1)
    }
  }

  @Test func imagesWithoutWeightAreNotDecoded() throws {
    try inFolder { folder in
      try writePatterns(5, to: folder)
      try write([1, 2, 3], to: "\(folder)/02.png")
      let dataset = try Dataset.images(folder, loader: makeLoader())
      let sums = try dataset.weightedSums([[1, 2, 0, 0, 0], [0, 0, 0, 0, 3]])
      #expect(sums.count == 2)
      #expect(
        failure { _ = try dataset.weightedSums([[1, 1, 1, 1, 1]]) }?.message
          .hasPrefix("\"\(folder)/02.png\"") == true)
    }
  }

  @Test func bytesAndNumbersAddUpTogether() throws {
    try inFolder { folder in
      try writePatterns(4, to: folder)
      let loader = makeLoader()
      let files = try Dataset.images(folder, loader: loader)
      let tensors = try Dataset(files.tensor(), loader: loader)
      let mixed = try files.joined(with: tensors).joined(with: files.map { $0 })
      let row: [Double] = [1, -2, 0.5, 3, 0, 1, 2, -1, 4, 0, 0, 7]
      expectClose(try mixed.weightedSums([row])[0].doubles(), try slowSum(row, mixed), 1e-5)
    }
  }

  @Test func meansAreExact() throws {
    try inFolder { folder in
      for (index, value) in [10, 20, 60].enumerated() {
        let bytes = [UInt8](repeating: UInt8(value), count: 12)
        try writePNG(
          Pixels(height: 2, width: 2, channels: 3, bytes: bytes), to: "\(folder)/\(index).png")
      }
      let dataset = try Dataset.images(
        folder, range: ImageRange(low: 0, high: 255), loader: makeLoader())
      let mean = try dataset.mean()
      #expect(mean.type == .f64)
      #expect(try mean.doubles() == [Double](repeating: 30, count: 12))
      #expect(failure { _ = try dataset.take(0).mean() }?.code == "E-data")
    }
  }

  @Test func differentSizesAreNamed() throws {
    try inFolder { folder in
      try writePNG(pattern(0), to: "\(folder)/a.png")
      try writePNG(pattern(0, height: 9), to: "\(folder)/b.png")
      let dataset = try Dataset.images(folder, loader: makeLoader())
      #expect(
        failure { _ = try dataset.mean() }?.notes == [
          "\"\(folder)/a.png\" is 3x8x8", "\"\(folder)/b.png\" is 3x9x8",
        ])
    }
  }
}
