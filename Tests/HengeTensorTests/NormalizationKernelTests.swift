// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeTensor
import HengeTestSupport
import HengeThreads
import Testing

/// Normalisations and optimisers in f32 on every level that the processor has.
@Suite struct NormalizationKernelTests {
  /// One normalisation of random sizes, and the gradients of a sum of squares behind it.
  struct Case {
    var x: [Int]
    var group: NormalizationGroup
    var isAffine: Bool
    var hasResidual: Bool
    var activation: Activation

    init(_ stream: inout RandomStream, channels: Int) {
      x = [1 + stream.next(below: 3), channels]
      x += [2 + stream.next(below: 9), 2 + stream.next(below: 9)]
      group = stream.next(below: 2) == 0 ? .sample : .batch
      isAffine = stream.next(below: 2) == 0
      hasResidual = stream.next(below: 2) == 0
      activation = [.none, .relu, .leakyReLU(slope: 0.2), .tanh, .sigmoid][stream.next(below: 5)]
    }

    func run(_ type: ElementType, on backend: any Backend) throws -> [Tensor] {
      var stream = RandomStream(seed: 7, name: "values")
      func random(_ sizes: [Int]) throws -> Tensor {
        try Tensor.randn(try Shape(sizes), .f64, from: &stream, on: backend).cast(to: type)
          .onTape()
      }
      let (input, residual) = (try random(x), hasResidual ? try random(x) : nil)
      let (scale, shift) = (
        isAffine ? try random([x[1]]) : nil, isAffine ? try random([x[1]]) : nil
      )
      let y = try input.normalized(
        over: group, scale: scale, shift: shift, activation: activation, residual: residual)
      let leaves = [input] + [residual, scale, shift].compactMap(\.self)
      // Mixed first: normalised channels have the same sum of squares whatever the input.
      let mixed = try y.convolved(with: random([2, x[1], 2, 2]), Convolution(), precise: true)
      return [y.detached()] + (try mixed.squareSum().gradients(at: leaves))
    }

    func numbers(_ type: ElementType, on backend: any Backend) throws -> [[Double]] {
      try run(type, on: backend).map { try $0.cast(to: .f64).contiguous().doubles() }
    }
  }

  private func backend(_ level: InstructionSet, threads: Int = 3) -> CPUBackend {
    CPUBackend(
      pool: Pool(threads: threads), budget: MemoryBudget(limit: 1 << 30),
      instructions: level)
  }

  @Test func `60 random normalisations agree with the reference on every level`() throws {
    var stream = RandomStream(seed: 20_261_127, name: "normalisations")
    for index in 0..<60 {
      let one = Case(&stream, channels: index % 3 == 0 ? 1 + index / 20 : 1 + index)
      let want = try one.numbers(.f64, on: ReferenceBackend())
      for level in InstructionSet.available {
        let got = try one.numbers(.f32, on: backend(level))
        for (index, (a, b)) in zip(got, want).enumerated() {
          #expect(distance(a, b) < 2e-5, "result \(index) of \(one) at \(level)")
        }
      }
    }
  }

  @Test func `65,536 numbers far from 0 are normalised to a millionth`() throws {
    for level in InstructionSet.available {
      let cpu = backend(level)
      var stream = RandomStream(seed: 11, name: "far")
      let shape = try Shape([1, 3, 256, 256])
      let x = try Tensor.randn(shape, .f32, from: &stream, on: cpu) + .num(100)
      let (_, mean, inverse) = try x.normalizedWithStatistics(over: .sample)
      let wide = try x.cast(to: .f64)
      let means = try wide.mean([2, 3]).doubles()
      let deviations = try wide.standardDeviation([2, 3]).doubles()
      for (got, want) in zip(try mean.floats(), means) {
        #expect(abs(Double(got) / want - 1) < 1e-7)
      }
      for (got, want) in zip(try inverse.floats(), deviations) {
        #expect(abs(Double(got) * (want * want + 1e-5).squareRoot() - 1) < 1e-6)
      }
    }
  }

  @Test func `numbers of threads change no byte of a normalisation`() throws {
    var stream = RandomStream(seed: 5, name: "threads")
    for channels in [1, 3, 64, 100] {
      var one = Case(&stream, channels: channels)
      one.x = [2, channels, 61, 67]
      for level in InstructionSet.available {
        let runs = try [1, 2, 3].map { threads in
          try one.run(.f32, on: backend(level, threads: threads)).map {
            try $0.contiguous().floats().map(\.bitPattern)
          }
        }
        #expect(runs[0] == runs[1], "\(one) at \(level)")
        #expect(runs[0] == runs[2], "\(one) at \(level)")
      }
    }
  }

  @Test func `steps of Adam in both forms agree with the reference on every level`() throws {
    for form in [AdamStep.Form.pytorch, .keras] {
      for decay in [0, 0.01] {
        let want = try adam(form, decay, .f64, on: ReferenceBackend())
        for level in InstructionSet.available {
          let got = try adam(form, decay, .f32, on: backend(level))
          #expect(distance(got, want) < 1e-6, "\(form) with decay \(decay) at \(level)")
        }
      }
    }
  }

  @Test func `a running mean agrees with the reference, and stays at numbers that do not change`()
    throws
  {
    var stream = RandomStream(seed: 3, name: "mean")
    let shape = try Shape([1003])
    let numbers = try (0..<4).map { _ in
      try Tensor.randn(shape, .f64, from: &stream, on: ReferenceBackend()).doubles()
    }
    func mean(_ type: ElementType, on backend: any Backend) throws -> [Double] {
      let tensors = try numbers.map { try Tensor($0, shape, on: backend).cast(to: type) }
      var mean = tensors[0]
      try mean.makeOwn()
      for next in tensors.dropFirst() { mean.average(next, decay: 0.9) }
      let still = try mean.doubles()
      let value = mean
      try mean.makeOwn()
      mean.average(value, decay: 0.9)
      #expect(try mean.doubles() == still)
      return still
    }
    let want = zip(zip(numbers[0], numbers[1]), zip(numbers[2], numbers[3])).map {
      ((($0.0 * 0.9 + $0.1 * 0.1) * 0.9) + $1.0 * 0.1) * 0.9 + $1.1 * 0.1
    }
    for (type, bound) in [(ElementType.f32, 1e-6), (.f64, 1e-14)] {
      for backend in [backend(.portable), ReferenceBackend()] as [any Backend] {
        let got = try mean(type, on: backend)
        #expect(zip(got, want).allSatisfy { abs($0 - $1) < bound }, "\(type) on \(backend.name)")
      }
    }
  }

  /// What ten steps of Adam make of some numbers.
  private func adam(
    _ form: AdamStep.Form, _ decay: Double, _ type: ElementType, on backend: any Backend
  ) throws -> [Double] {
    let shape = try Shape([1003])
    var stream = RandomStream(seed: 3, name: "adam")
    func random() throws -> Tensor {
      try Tensor.randn(shape, .f64, from: &stream, on: backend).cast(to: type)
    }
    let p = try random()
    let m = try Tensor.full(shape, .num(0), type, on: backend)
    let v = try Tensor.full(shape, .num(0), type, on: backend)
    for number in 1...10 {
      let step = AdamStep(
        form: form, learningRate: 0.02, beta1: 0.5, beta2: 0.999, epsilon: 1e-7, decay: decay,
        number: number)
      backend.adam(
        step, gradient: .elements(try random().view.buffer), parameter: p.view.buffer,
        mean: m.view.buffer,
        square: v.view.buffer)
    }
    return try p.cast(to: .f64).doubles()
  }
}
