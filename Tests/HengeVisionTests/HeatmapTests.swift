// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeImage
import Testing

@testable import HengeVision

@Suite("Heat maps") struct HeatmapTests {
  let budget = MemoryBudget(limit: 256_000_000)

  @Test func facesAreCroppedAsPillowDoesAndPeaksFoundAsWithOpenCV() throws {
    let scene = try GoldenCases.scene()
    let maps = (0..<25).flatMap { k in
      (0..<64).map { (i: Int) -> Float in Float((i * i * 3700 + i * 1171 + k * 101) % 9973) / 9973 }
    }
    let cases = try GoldenCases.crops()
    #expect(cases.count == 4)
    for one in cases {
      let crop = try FaceCrop(around: one.box, in: scene)
      let pixels = try crop.pixels(of: scene, budget: budget)
      #expect(try SHA256.hex(of: pixels.bytes) == one.digest, "\(one.box)")
      let points = crop.points(maps, rows: 8, columns: 8)
      #expect(points.count == 24)
      for (found, wanted) in zip(points, one.points) {
        #expect(abs(found.x - wanted[0]) < 1e-9 && abs(found.y - wanted[1]) < 1e-9, "\(one.box)")
      }
    }
    #expect(budget.live == 0)
  }

  @Test func aBoxOutsideTheImageIsRefused() throws {
    let scene = try GoldenCases.scene()
    for box in [
      Box(x: 120, y: 0, width: 4, height: 4), Box(x: 0, y: -9, width: 4, height: 9),
      Box(x: 0, y: 0, width: 0, height: 4), Box(x: .min, y: 0, width: .max, height: 4),
    ] {
      #expect(
        message { _ = try FaceCrop(around: box, in: scene) }.hasPrefix("E-range: a box at"))
    }
  }

  @Test func numbersOfPointsHaveNamesOrNone() throws {
    for count in FaceLandmarks.counts {
      let points = (0..<count).map { (x: Double($0), y: Double(-$0)) }
      let marks = try #require(FaceLandmarks.named(points))
      #expect(Set(marks.map(\.name)).count == marks.count)
      #expect(marks.map(\.name).contains("eye.left") && marks.map(\.name).contains("nose"))
    }
    #expect(FaceLandmarks.named([(x: 1, y: 2)]) == nil)
    let five = FaceLandmarks.named([(9, 1), (7, 1), (1, 2), (3, 4), (5, 8)])
    #expect(five?.first == Landmark("eye.left", x: 2, y: 3))
  }
}
