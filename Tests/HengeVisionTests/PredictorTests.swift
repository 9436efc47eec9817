// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
import Testing

@testable import HengeVision

@Suite("Shape predictors") struct PredictorTests {
  let budget = MemoryBudget(limit: 256_000_000)
  let path = "\(GoldenCases.folder)/three_points.dat"

  private func refusal(_ bytes: [UInt8]) -> String {
    message { _ = try ShapePredictor(decoding: bytes, path: "x.dat", budget: budget) }
  }

  @Test func itFindsThePointsThatDlibFinds() throws {
    let predictor = try ShapePredictor(reading: path, budget: budget)
    #expect(predictor.pointCount == 3 && predictor.stepCount == 4 && predictor.treeCount == 48)
    let scene = try GoldenCases.scene()
    let cases = try GoldenCases.points()
    #expect(cases.count == 6)
    for one in cases {
      let points = try predictor.points(in: scene, box: one.box, budget: budget)
      #expect(points.map { [$0.x, $0.y] } == one.points, "\(one.box)")
    }
  }

  @Test func aBoxWithoutPixelsIsRefused() throws {
    let predictor = try ShapePredictor(reading: path, budget: budget)
    let scene = try GoldenCases.scene()
    for box in [
      Box(x: 0, y: 0, width: 0, height: 4), Box(x: 0, y: 0, width: 4, height: -1),
      Box(x: .max, y: 0, width: 4, height: 4), Box(x: 0, y: .min, width: 4, height: .max),
    ] {
      #expect(
        message { _ = try predictor.points(in: scene, box: box, budget: budget) }.hasPrefix(
          "E-range: a box at"))
    }
    #expect(
      try predictor.points(
        in: scene, box: Box(x: 500_000, y: -500_000, width: 9, height: 9), budget: budget
      ).count == 3)
  }

  @Test func countsThatLieAreRefusedBeforeAnyMemoryIsTaken() throws {
    let whole = try readRegularFile(path, budget: budget)
    // Version 1, then rows and columns of the points: a huge number of rows.
    let rows: [UInt8] = [1, 1, 0x88, 255, 255, 255, 255, 255, 255, 255, 127, 0x81, 1]
    #expect(refusal(rows).contains("the points are 9223372036854775807x1 numbers"))
    #expect(refusal([]) == "E-file: \"x.dat\": byte 0: the file ends too early")
    #expect(refusal([1, 2]).contains("this is version 2"))
    #expect(refusal(Array("<?xml version".utf8)).contains("does not begin with 60"))
    #expect(refusal(whole + [0]).contains("the predictor ends here, and 1 byte follow"))
    var steps = Array(whole[..<stepsPlace(whole)])
    steps += [0x08, 255, 255, 255, 255, 255, 255, 255, 127]
    #expect(refusal(steps).contains("the file says that 9223372036854775807 steps follow"))
    #expect(budget.live == 0)
  }

  /// Where the number of steps is: behind the version, two sizes and six floats.
  private func stepsPlace(_ bytes: [UInt8]) -> Int {
    bytes.withUnsafeBufferPointer {
      var reader = DlibReader($0, path: "x")
      _ = try? reader.integer()
      _ = try? reader.column(of: "points")
      return reader.place
    }
  }

  @Test func aTruncatedFileIsRefusedWhereverItIsCut() throws {
    let whole = try readRegularFile(path, budget: budget)
    for length in stride(from: 0, to: whole.count, by: 53) {
      #expect(refusal(Array(whole[..<length])).hasPrefix("E-file: \"x.dat\": byte"), "\(length)")
    }
    #expect(budget.live == 0)
  }

  @Test func numbersAreReadAsDlibWritesThem() throws {
    func read<T>(_ bytes: [UInt8], _ body: (inout DlibReader) throws -> T) rethrows -> T {
      try bytes.withUnsafeBufferPointer {
        var reader = DlibReader($0, path: "x")
        return try body(&reader)
      }
    }
    #expect(try read([1, 7]) { try $0.integer() } == 7)
    #expect(try read([0x82, 0, 1]) { try $0.integer() } == -256)
    #expect(try read([1, 3, 0x81, 1]) { try $0.float() } == 1.5)
    #expect(try read([1, 0, 1, 0]) { try $0.float() } == 0)
    for bytes: [UInt8] in [[0], [9], [0x11, 1], [2, 1], [0x88, 0, 0, 0, 0, 0, 0, 0, 128]] {
      #expect(message { _ = try read(bytes) { try $0.integer() } }.hasPrefix("E-file"))
    }
    // 32,001 as the exponent is minus infinity.
    #expect(
      message { _ = try read([1, 1, 2, 1, 125]) { try $0.float() } }.contains("is not finite"))
    #expect(
      message { _ = try read([1, 1, 2, 144, 1]) { try $0.float() } }.contains("is too large"))
  }
}
