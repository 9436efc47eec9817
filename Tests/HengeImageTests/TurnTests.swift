// SPDX-License-Identifier: MIT
import HengeBackend
import HengeThreads
import Testing

@testable import HengeImage

@Suite struct TurnTests {
  private static let size = PictureSize(height: 6, width: 7)

  private static let plane: [Float] = (0..<42).map { index in
    let (row, column) = index.quotientAndRemainder(dividingBy: 7)
    return Float((row * 13 + column * 7 + row * column * 3) % 17) / 8.5 - 1
  }

  private func turned(
    _ input: [Float], planes: Int = 1, _ degrees: Double, _ border: PlaneBorder,
    pool: Pool? = nil, size: PictureSize = TurnTests.size
  ) throws -> [Float] {
    var output = [Float](repeating: .nan, count: input.count)
    try input.withUnsafeBufferPointer { input in
      try output.withUnsafeMutableBufferPointer { output in
        try turnPlanes(
          input, planes: planes, of: size, into: output, degrees: degrees, border: border,
          pool: pool)
      }
    }
    return output
  }

  @Test(arguments: TurnCases.cases.indices)
  func itTurnsAsPillow(place: Int) throws {
    let (degrees, expected) = TurnCases.cases[place]
    let own = try turned(TurnTests.plane, degrees, .constant(-1))
    for (index, (value, wanted)) in zip(own, expected).enumerated() {
      #expect(abs(value - wanted) < 2e-5, "\(degrees) degrees, element \(index)")
    }
  }

  @Test func quarterTurnsOfSquaresCopy() throws {
    let square: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    let size = PictureSize(height: 3, width: 3)
    for border in [PlaneBorder.constant(0), .reflect, .edge] {
      #expect(try turned(square, 90, border, size: size) == [7, 4, 1, 8, 5, 2, 9, 6, 3])
      #expect(try turned(square, -270, border, size: size) == [7, 4, 1, 8, 5, 2, 9, 6, 3])
      #expect(try turned(square, 180, border, size: size) == square.reversed())
      #expect(try turned(square, 720, border, size: size) == square)
    }
  }

  @Test func bordersMirrorAndRepeat() throws {
    let line: [Float] = [0, 1, 2]
    let size = PictureSize(height: 1, width: 3)
    // Upright, only the middle of the line is inside.
    #expect(try turned(line, 90, .constant(9), size: size) == [9, 1, 9])
    #expect(try turned(line, 90, .edge, size: size) == [1, 1, 1])
    let even = [Float](repeating: 0.25, count: 42)
    #expect(try turned(even, 33, .reflect) == even)
    let values = try turned(TurnTests.plane, 45, .reflect)
    #expect(values.allSatisfy { $0 >= -1 && $0 <= 1 })
  }

  @Test func threadsChangeNothing() throws {
    let planes = 5
    let many = (0..<planes * 42).map { Float($0 * 31 % 97) / 97 }
    let alone = try turned(many, planes: planes, 21, .reflect)
    let together = try turned(many, planes: planes, 21, .reflect, pool: Pool(threads: 4))
    #expect(alone == together)
  }
}
