// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeTensor
import HengeTestSupport
import HengeThreads
import Testing

/// Convolutions by Winograd's method, on every instruction set that this machine has.
@Suite struct WinogradTests {
  static let budget = MemoryBudget(limit: 1 << 30)

  static func backend(
    _ instructions: InstructionSet? = nil, threads: Int = 2,
    convolutions: ConvolutionPreference = .winograd
  ) -> CPUBackend {
    CPUBackend(
      pool: Pool(threads: threads), budget: budget, instructions: instructions,
      convolutions: convolutions)
  }

  /// A convolution of 3 x 3 or 4 x 4, random in size, stride and padding.
  struct Case {
    var x: [Int]
    var outputs: Int
    var taps = 3
    var convolution: Convolution
    var activation: Activation

    init(_ stream: inout RandomStream, channels: Int, sizes: ClosedRange<Int>) {
      func edges() -> Convolution.Edges { .init(stream.next(below: 3), stream.next(below: 3)) }
      func size() -> Int { sizes.lowerBound + stream.next(below: sizes.count) }
      x = [1 + stream.next(below: 3), 1 + stream.next(below: channels), size(), size()]
      outputs = 1 + stream.next(below: channels)
      convolution = Convolution(
        stride: .init(1 + stream.next(below: 2)), vertical: edges(), horizontal: edges(),
        border: stream.next(below: 2) == 0 ? .zero : .reflection)
      activation = [.none, .relu, .leakyReLU(slope: 0.2), .tanh][stream.next(below: 4)]
    }

    /// The result and, from a random gradient, those at input and weight; that at the input as a
    /// transposed convolution has it, with a bias and an activation.
    func run(_ type: ElementType, on backend: any Backend, isChannelsLast: Bool = false) throws
      -> [Tensor]
    {
      var stream = RandomStream(seed: 3, name: "values")
      func random(_ sizes: [Int]) throws -> Tensor {
        try Tensor.randn(try Shape(sizes), .f64, from: &stream, on: backend).cast(to: type)
      }
      let size = convolution.outputSize(
        height: x[2], width: x[3], kernelHeight: taps, kernelWidth: taps)
      let input = try random(x)
      let (weight, bias) = (try random([outputs, x[1], taps, taps]), try random([outputs]))
      let slope = try random([x[0], outputs, size.height, size.width])
      let transposedBias = try random([x[1]])
      let dx = try backend.allocate(input.count, type)
      let dw = try backend.allocate(weight.count, type)
      try backend.convolveBackwardData(
        slope.view, weight.view, bias: transposedBias.view, convolution, activation: activation,
        precise: false,
        height: x[2], width: x[3], into: dx)
      try backend.convolveBackwardWeights(
        input.view, slope.view, convolution, precise: false, kernelHeight: taps, kernelWidth: taps,
        adding: false, into: dw)
      let y = try input.convolved(with: weight, bias: bias, convolution, activation: activation)
      let flat = try [dx, dw].map { buffer in
        let result = try Tensor.zeros(try Shape([buffer.count]), type, on: backend)
        try backend.convert(View(buffer), to: result.view, rounding: .nearest)
        return result
      }
      return [y] + flat
    }
  }

  private func expect(
    _ cases: [Case], on backend: CPUBackend, toAgreeWith reference: any Backend
  ) throws {
    for one in cases {
      let want = try one.run(.f64, on: reference)
      let got = try one.run(.f32, on: backend)
      for (name, (a, b)) in zip(["y", "dx", "dw"], zip(got, want)) {
        let error = distance(
          try a.cast(to: .f64).contiguous().doubles(), try b.contiguous().doubles())
        #expect(error < 1e-5, "\(name) of \(one)")
      }
    }
  }

  @Test(arguments: InstructionSet.available)
  func `small convolutions agree with the reference`(instructions: InstructionSet) throws {
    var stream = RandomStream(seed: 11, name: "small")
    let cases = (0..<16).map { index in
      var one = Case(&stream, channels: 5, sizes: 4...9)
      one.taps = 3 + index % 2
      return one
    }
    try expect(cases, on: Self.backend(instructions), toAgreeWith: ReferenceBackend())
  }

  @Test(arguments: InstructionSet.available)
  func `convolutions of many channels agree with plain sums in double precision`(
    instructions: InstructionSet
  ) throws {
    var stream = RandomStream(seed: 12, name: "large")
    var cases = (0..<30).map { index in
      var one = Case(&stream, channels: 80, sizes: 4...20)
      one.taps = 3 + index % 2
      return one
    }
    // More tiles than one chunk holds, from several images at once.
    cases[0].x = [3, 33, 41, 38]
    cases[0].outputs = 70
    cases[1].x = [1, 64, 50, 61]
    cases[1].outputs = 64
    for (index, taps) in [(2, 3), (3, 4)] {
      cases[index].x = [2, 33, 90, 101]
      cases[index].outputs = 70
      cases[index].taps = taps
      cases[index].convolution.stride = .init(2)
      cases[index].convolution.border = .zero
    }
    try expect(
      cases, on: Self.backend(instructions), toAgreeWith: Self.backend(convolutions: .unfolded))
  }

  @Test(arguments: InstructionSet.available)
  func `the bytes do not depend on the number of threads`(instructions: InstructionSet) throws {
    var stream = RandomStream(seed: 13, name: "threads")
    var one = Case(&stream, channels: 1, sizes: 3...3)
    for (x, outputs, taps, stride) in [
      ([3, 40, 50, 41], 72, 3, 1), ([1, 128, 16, 16], 128, 3, 1), ([5, 16, 9, 7], 16, 3, 1),
      ([2, 40, 30, 16], 72, 4, 1), ([2, 40, 70, 64], 72, 3, 2), ([2, 40, 70, 64], 72, 4, 2),
      // Chunks for two threads, but not for three.
      ([1, 64, 32, 32], 64, 3, 1),
    ] {
      (one.x, one.outputs, one.taps) = (x, outputs, taps)
      one.convolution = Convolution(
        stride: .init(stride), vertical: .init(1), horizontal: .init(1),
        border: stride == 1 ? .reflection : .zero)
      let bits = try [1, 2, 3].map { threads in
        try one.run(.f32, on: Self.backend(instructions, threads: threads)).map {
          try $0.contiguous().doubles().map(\.bitPattern)
        }
      }
      #expect(bits[0] == bits[1])
      #expect(bits[0] == bits[2])
    }
  }

  @Test(arguments: [1, 2])
  func `a weight that was written to is transformed or packed again`(stride: Int) throws {
    let (fast, plain) = (Self.backend(), Self.backend(convolutions: .unfolded))
    func results(_ backend: CPUBackend) throws -> [[Double]] {
      var stream = RandomStream(seed: 14, name: "weight")
      let x = try Tensor.randn(try Shape([1, 16, 8, 8]), .f32, from: &stream, on: backend)
      var weight = try Tensor.randn(try Shape([16, 16, 3, 3]), .f32, from: &stream, on: backend)
      let same = Convolution(
        stride: .init(stride), vertical: .init(1), horizontal: .init(1))
      func result() throws -> [Double] {
        try x.convolved(with: weight, same).cast(to: .f64).contiguous().doubles()
      }
      var all = [try result(), try result()]
      try weight.assign(.scalar(.num(0.5)), at: [.at(3)])
      all.append(try result())
      let patch = try Tensor.randn(try Shape([16, 3, 3]), .f32, from: &stream, on: backend)
      try weight.assign(.tensor(patch), at: [.at(0)])
      all.append(try result())
      // Another weight, perhaps where the first one lay.
      weight = try Tensor.randn(try Shape([16, 16, 3, 3]), .f32, from: &stream, on: backend)
      all.append(try result())
      return all
    }
    let (got, want) = (try results(fast), try results(plain))
    #expect(got[0] == got[1])
    for (a, b) in zip(got, want) { #expect(distance(a, b) < 1e-5) }
  }

  @Test func `what is kept gives way to tensors`() throws {
    let budget = MemoryBudget(limit: 24 << 20)
    let backend = CPUBackend(
      pool: Pool(threads: 2), budget: budget, convolutions: .winograd)
    let weight = try Tensor.zeros(try Shape([128, 128, 3, 3]), .f32, on: backend)
    let x = try Tensor.zeros(try Shape([1, 128, 8, 8]), .f32, on: backend)
    let before = budget.live
    _ = try x.convolved(with: weight, Convolution(vertical: .init(1), horizontal: .init(1)))
    #expect(budget.live > before)
    let large = try Tensor.zeros(try Shape([22 << 18]), .f32, on: backend)
    #expect(budget.live == before + large.count * 4)
  }
}
