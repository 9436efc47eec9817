// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeTensor
import HengeTestSupport
import HengeThreads
import Testing

/// One line of Golden/pca.txt, which pca_cases.py explains.
private struct PCACase {
  let n: Int
  let arrays: [(sizes: [Int], values: [Double])]

  init?(_ line: Substring) {
    let fields = line.split(separator: "|").map { $0.split(separator: " ") }
    guard fields.count == 7, let n = Int(fields[0][0]) else { return nil }
    self.n = n
    arrays = fields.dropFirst().map { field in
      (
        field[0].split(separator: "x").compactMap { Int($0) },
        field[1].split(separator: ",").compactMap { Double($0) }
      )
    }
  }

  static var all: [PCACase] {
    let path = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    return contents(ofFile: "/\(path)/Golden/pca.txt").split(separator: "\n")
      .compactMap { PCACase($0) }
  }
}

@Suite struct PrincipalComponentsTests {
  private let backend = CPUBackend(pool: Pool(threads: 2), budget: MemoryBudget(limit: 1 << 30))

  @Test func componentsAreNumpys() throws {
    let cases = PCACase.all
    #expect(cases.count == 7)
    for one in cases {
      let x = try Tensor(one.arrays[0].values, Shape(one.arrays[0].sizes), on: backend)
      let found = try x.principalComponents(one.n)
      let results = [
        found.scores, found.components, found.variance, found.ratio, found.mean,
      ]
      for (result, expected) in zip(results, one.arrays.dropFirst()) {
        #expect(result.shape.sizes == expected.sizes)
        let largest = expected.values.reduce(1) { max($0, $1.magnitude) }
        for (a, b) in try zip(result.doubles(), expected.values) {
          #expect(abs(a - b) <= 1e-8 * largest, "\(a) is not \(b)")
        }
      }
    }
  }

  @Test func whatDoesNotVaryHasNoComponents() throws {
    func refused(_ values: [Double], _ sizes: [Int], _ n: Int) throws -> Failure? {
      let x = try Tensor(values, Shape(sizes), on: backend)
      return #expect(throws: Failure.self) { _ = try x.principalComponents(n) }
    }
    let line = try refused([0, 0, 1, 2, 2, 4], [3, 2], 2)
    #expect(line?.code == "E-range")
    #expect(line?.suggestion == "n=1")
    #expect(try refused([3, 3, 3, 3], [4, 1], 1)?.code == "E-range")
    #expect(try refused([1, 2], [1, 2], 1)?.code == "E-shape")
    #expect(try refused([1, .nan, 2, 3], [2, 2], 1)?.code == "E-data")
    #expect(try refused([1, 2, 2, 3], [2, 2], 0)?.code == "E-range")
  }
}
