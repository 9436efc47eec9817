// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeTensor
import HengeThreads
import Testing

/// Gaussian blurs beside SciPy's, and their gradient beside the transposed sums.
@Suite struct BlurTests {
  let cpu = CPUBackend(pool: Pool(threads: 1), budget: MemoryBudget(limit: 1 << 30))

  /// `scipy.ndimage.gaussian_filter(x, sigma, mode="mirror", truncate=4.0)` of SciPy 1.17.
  @Test(arguments: [
    (0.8, [1.0, 2, 4, 8, 16], [1.5943, 2.3668, 4.6547, 8.7769, 11.8088]),
    // Wider than the row: mirrored again and again.
    (3.0, [0.0, 0, 1], [0.25, 0.25, 0.25]),
    (0.0, [3.0, 1, 2], [3, 1, 2]),
    (1e-300, [3.0, 1, 2], [3, 1, 2]),
  ])
  func `a row is blurred as by SciPy`(sigma: Double, row: [Double], expected: [Double]) throws {
    let x = try Tensor(row, try Shape([1, row.count]), on: cpu)
    for (result, value) in zip(try x.blurred(deviation: sigma).doubles(), expected) {
      #expect(abs(result - value) < 6e-5, "\(result) \(value)")
    }
  }

  @Test func `images keep their mean, axes before the last two are left alone`() throws {
    var stream = RandomStream(seed: 3, name: "blur")
    let x = try Tensor.randn(try Shape([2, 3, 1, 17]), .f32, from: &stream, on: cpu)
    let y = try x.blurred(deviation: 2)
    #expect(y.shape == x.shape && y.type == .f32)
    let alone = try x.selecting([.at(1), .at(2)]).blurred(deviation: 2)
    #expect(try y.selecting([.at(1), .at(2)]).doubles() == alone.doubles())
    let ones = try Tensor.ones(try Shape([3, 9, 8]), .f64, on: cpu)
    #expect(try ones.blurred(deviation: 1.3).doubles().allSatisfy { abs($0 - 1) < 1e-12 })
  }

  @Test func `what cannot be blurred is refused`() throws {
    let x = try Tensor.ones(try Shape([4, 4]), .f32, on: cpu)
    for sigma in [-1, 100.5, .nan, .infinity] {
      #expect(throws: Failure.self) { try x.blurred(deviation: sigma) }
    }
    let row = try Tensor.ones(try Shape([4]), .f32, on: cpu)
    #expect(throws: Failure.self) { try row.blurred(deviation: 1) }
    #expect(throws: Failure.self) { try x.cast(to: .u8).blurred(deviation: 1) }
    let long = try Tensor.ones(try Shape([1, 1 << 17]), .f32, on: cpu)
    #expect(throws: Failure.self) { try long.blurred(deviation: 4) }
    #expect(try long.blurred(deviation: 3).doubles().allSatisfy { abs($0 - 1) < 1e-5 })
  }
}
