// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeTensor
import HengeTestSupport
import HengeThreads
import Testing

/// Depthwise convolutions beside a general one of each channel.
@Suite struct ChannelFilterTests {
  private static let places = [
    Convolution(vertical: .init(1), horizontal: .init(1)),
    Convolution(stride: .init(2, 3), vertical: .init(0, 1), horizontal: .init(1, 0)),
    Convolution(vertical: .init(2), horizontal: .init(2), dilation: .init(2)),
    Convolution(vertical: .init(2), horizontal: .init(1), border: .reflection),
  ]

  @Test(arguments: [ElementType.f32, .f64], [1, 5, 32, 70])
  func `each channel is convolved with its own kernel`(type: ElementType, channels: Int) throws {
    var results: [[[Double]]] = []
    for threads in [1, 2] {
      let cpu = CPUBackend(pool: Pool(threads: threads), budget: MemoryBudget(limit: 1 << 30))
      var stream = RandomStream(seed: 7, name: "values")
      func random(_ sizes: [Int]) throws -> Tensor {
        try Tensor.randn(try Shape(sizes), .f64, from: &stream, on: cpu).cast(to: type)
      }
      let x = try random([2, channels, 40, 37])
      let weight = try random([channels, 1, 3, 2])
      let bias = try random([channels])
      results.append([])
      for places in Self.places {
        let result = try x.filteredByChannel(weight, bias: bias, places)
        results[results.count - 1].append(try result.cast(to: .f64).contiguous().doubles())
        let expected = try Tensor.concatenated(
          (0..<channels).map { c in
            let one = TensorIndex.slice(start: c, stop: c + 1, step: nil)
            return try x.selecting([.all, one]).convolved(
              with: weight.selecting([one]), bias: bias.selecting([one]), places, precise: true)
          }, axis: 1)
        #expect(result.shape == expected.shape)
        let bound = type == .f32 ? 4e-6 : 1e-14
        let pairs = zip(
          try result.cast(to: .f64).contiguous().doubles(),
          try expected.cast(to: .f64).contiguous().doubles())
        #expect(pairs.allSatisfy { abs($0 - $1) < bound }, "\(places)")
      }
    }
    #expect(results[0] == results[1], "on any number of threads")
  }

  @Test func `kernels that do not fit and tensors of a tape are refused`() throws {
    let cpu = CPUBackend(pool: Pool(threads: 1), budget: MemoryBudget(limit: 1 << 30))
    let x = try Tensor.ones(try Shape([1, 4, 5, 5]), .f32, on: cpu)
    let weight = try Tensor.ones(try Shape([4, 1, 3, 3]), .f32, on: cpu)
    let other = try Tensor.ones(try Shape([3, 1, 3, 3]), .f32, on: cpu)
    let large = try Tensor.ones(try Shape([4, 1, 6, 3]), .f32, on: cpu)
    for kernel in [other, large] {
      #expect(throws: Failure.self) { try x.filteredByChannel(kernel, Convolution()) }
    }
    let failure = #expect(throws: Failure.self) {
      try x.onTape().filteredByChannel(weight, Convolution())
    }
    #expect(failure?.code == "E-tape")
  }
}
