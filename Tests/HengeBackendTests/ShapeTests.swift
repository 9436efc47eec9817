// SPDX-License-Identifier: MIT
import HengeBackend
import Testing

@Suite struct ShapeTests {
  @Test func `a shape is written as the language reads it`() throws {
    let shapes = try [[], [64], [3, 64, 64], [0, 3], [1, 0]].map { try Shape($0).description }
    #expect(shapes == ["shape()", "shape(64)", "3x64x64", "shape(0, 3)", "1x0"])
  }

  @Test func `negative sizes and uncountable products are refused`() {
    for sizes in [[-1], [3, -1], [Int.max, 2], [0, Int.max, 2], [Int.min, Int.min]] {
      #expect(throws: Failure.self) { try Shape(sizes) }
    }
  }

  @Test func `views know whether they are contiguous`() throws {
    let buffer = try TestBuffers.host(24)
    func view(_ sizes: [Int], _ strides: [Int]) -> View {
      View(buffer, offset: 0, sizes: sizes, strides: strides)
    }
    #expect(view([2, 3, 4], [12, 4, 1]).isContiguous)
    #expect(view([2, 1, 4], [4, 99, 1]).isContiguous)
    #expect(view([0, 3], [7, 7]).isContiguous)
    #expect(!view([3, 4], [1, 3]).isContiguous)
    #expect(!view([3, 4], [0, 1]).isContiguous)
    #expect(!view([4], [-1]).isContiguous)
  }
}
