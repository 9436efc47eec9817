// SPDX-License-Identifier: MIT
import CHengeKernels
import HengeBackend
import HengeImage
import Testing

@testable import HengeVision

@Suite("Detection") struct DetectionTests {
  let budget = MemoryBudget(limit: 256_000_000)

  private func cascade(_ name: String) throws -> Cascade {
    try Cascade(reading: "\(GoldenCases.folder)/\(name)", budget: budget)
  }

  @Test func everyKindOfCascadeFindsTheBoxesThatOpenCVFinds() throws {
    let scene = try GoldenCases.scene()
    let cases = try GoldenCases.detections()
    #expect(cases.count == 20)
    var boxes = 0
    for one in cases {
      let found = try cascade(one.file).faces(in: scene, one.settings, budget: budget)
      #expect(Set(found) == one.boxes, "\(one)")
      #expect(found.map { -$0.width * $0.height } == found.map { -$0.width * $0.height }.sorted())
      boxes += found.count
    }
    #expect(boxes > 200)
    #expect(budget.live == 0)
  }

  @Test func aCascadeSaysWhatItIs() throws {
    let lbp = try cascade("lbp_depth1.xml")
    #expect(lbp.feature == .lbp && lbp.windowWidth == 20 && lbp.windowHeight == 16)
    #expect(lbp.stageCount == 3 && lbp.treeCount == 12 && lbp.featureCount == 24)
    #expect(lbp.consistsOfStumps)
    let haar = try cascade("haar_depth2.xml")
    #expect(haar.feature == .haar && haar.hasTiltedFeatures && !haar.consistsOfStumps)
  }

  @Test func theTiltedTableSumsTheConeAboveEachPlace() throws {
    let (width, height) = (7, 6)
    let pixels = (0..<(width * height)).map { (index: Int) -> UInt8 in
      UInt8((index * 37 + index * index * 11) % 251)
    }
    let count = (width + 1) * (height + 1)
    var sums = [UInt32](repeating: 7, count: count)
    var table = sums
    henge_integral_u8(
      pixels, Int32(width), Int32(height), Int64(width + 1), &sums, nil, &table)
    for y in 0...height {
      for x in 0...width {
        var sum = 0
        for row in 0..<y {
          for column in 0..<width where abs(column - x + 1) <= y - row - 1 {
            sum += Int(pixels[row * width + column])
          }
        }
        #expect(table[y * (width + 1) + x] == UInt32(sum), "\(x) \(y)")
      }
    }
  }

  @Test func anImageSmallerThanTheWindowHasNoFace() throws {
    let tiny = Pixels(
      height: 5, width: 5, channels: 3, bytes: [UInt8](repeating: 9, count: 75))
    #expect(try cascade("lbp_depth1.xml").faces(in: tiny, budget: budget).isEmpty)
    #expect(try cascade("haar_depth1.xml").faces(in: tiny, budget: budget).isEmpty)
    let none = Pixels(height: 0, width: 0, channels: 1, bytes: [])
    #expect(
      try cascade("lbp_depth1.xml").faces(
        in: none, DetectionSettings(padding: 40), budget: budget
      ).isEmpty)
  }

  @Test func settingsOutsideTheirRangesAreRefused() throws {
    let lbp = try cascade("lbp_depth1.xml")
    let scene = try GoldenCases.scene()
    func refusal(_ settings: DetectionSettings) -> String {
      message { _ = try lbp.faces(in: scene, settings, budget: budget) }
    }
    #expect(refusal(DetectionSettings(padding: -1)).hasPrefix("E-range: `pad` is -1"))
    #expect(refusal(DetectionSettings(scale: 1)).hasPrefix("E-range: `scale` is 1.0"))
    #expect(refusal(DetectionSettings(scale: .nan)).hasPrefix("E-range: `scale` is nan"))
    #expect(refusal(DetectionSettings(neighbors: -1)).hasPrefix("E-range: `neighbours` is -1"))
    #expect(refusal(DetectionSettings(smallest: (0, 4))).hasPrefix("E-range: `smallest` is 4x0"))
  }

  @Test func onlySoMuchMemoryIsTakenAsThereIs() throws {
    let small = MemoryBudget(limit: 60_000)
    let lbp = try cascade("lbp_depth1.xml")
    let scene = try GoldenCases.scene()
    #expect(
      message { _ = try lbp.faces(in: scene, budget: small) }.hasPrefix(
        "E-memory: looking for faces needs"))
    #expect(small.live == 0)
  }
}
