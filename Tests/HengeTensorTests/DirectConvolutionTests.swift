// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeTensor
import HengeTestSupport
import HengeThreads
import Testing

/// Convolutions in f32 on every level that the processor has.
@Suite struct DirectConvolutionTests {
  /// One convolution of random sizes, and what is computed of it.
  struct Case {
    var x: [Int]
    var weight: [Int]
    var convolution: Convolution
    var activation: Activation
    var isTransposed: Bool

    /// Few channels and pixels, for the reference; or many, that fill vectors and blocks.
    init(_ stream: inout RandomStream, isLarge: Bool) {
      func draw(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + stream.next(below: range.count)
      }
      let kernel = [draw(1...7), draw(1...7)]
      let reflects = draw(0...2) == 0
      isTransposed = draw(0...3) == 0
      x = [draw(1...3), isLarge ? draw(1...70) : draw(1...4)]
      x += isLarge ? [draw(4...19), draw(4...19)] : [draw(4...7), draw(4...7)]
      let out = isLarge ? draw(1...70) : draw(1...6)
      weight = isTransposed ? [x[1], out] + kernel : [out, x[1]] + kernel
      convolution = Convolution(
        stride: .init(draw(1...3), draw(1...3)), vertical: .init(draw(0...3), draw(0...3)),
        horizontal: .init(draw(0...3), draw(0...3)),
        border: reflects && !isTransposed ? .reflection : .zero)
      activation = [.none, .relu, .leakyReLU(slope: 0.2), .tanh, .sigmoid][draw(0...4)]
    }

    init(x: [Int], weight: [Int], _ convolution: Convolution) {
      (self.x, self.weight, self.convolution) = (x, weight, convolution)
      (activation, isTransposed) = (.leakyReLU(slope: 0.2), false)
    }

    /// The result, and the gradients at input, weight and bias of its product with fixed numbers.
    func run(_ type: ElementType, on backend: any Backend) throws -> [Tensor] {
      var stream = RandomStream(seed: 7, name: "values")
      func random(_ sizes: [Int]) throws -> Tensor {
        try Tensor.randn(try Shape(sizes), .f64, from: &stream, on: backend).cast(to: type)
      }
      // Weights so small that tanh is not flat where its slope is told from its value.
      let scale = 1 / Double(weight[isTransposed ? 0 : 1] * weight[2] * weight[3]).squareRoot()
      let leaves = try [
        random(x), random(weight) * .num(scale), random([weight[isTransposed ? 1 : 0]]),
      ].map { $0.onTape() }
      let y =
        isTransposed
        ? try leaves[0].convolvedTransposed(
          with: leaves[1], bias: leaves[2], convolution, activation: activation, precise: true)
        : try leaves[0].convolved(
          with: leaves[1], bias: leaves[2], convolution, activation: activation, precise: true)
      return [y.detached()] + (try y.squareSum().gradients(at: leaves))
    }

    func numbers(_ type: ElementType, on backend: any Backend) throws -> [[Double]] {
      try run(type, on: backend).map { try $0.cast(to: .f64).contiguous().doubles() }
    }
  }

  private func backend(
    _ level: InstructionSet, threads: Int = 3, _ convolutions: ConvolutionPreference = .fastest
  ) -> CPUBackend {
    CPUBackend(
      pool: Pool(threads: threads), budget: MemoryBudget(limit: 1 << 30),
      instructions: level, convolutions: convolutions)
  }

  private func check(_ one: Case, against want: [[Double]]) throws {
    for level in InstructionSet.available {
      let got = try one.numbers(.f32, on: backend(level))
      for (name, (a, b)) in zip(["y", "dx", "dw", "db"], zip(got, want)) {
        #expect(distance(a, b) < 1e-5, "\(name) of \(one) at \(level)")
      }
    }
  }

  @Test func `60 small convolutions agree with the reference on every level`() throws {
    var stream = RandomStream(seed: 20_261_125, name: "small convolutions")
    var done = 0
    while done < 60 {
      let one = Case(&stream, isLarge: false)
      guard let want = try? one.numbers(.f64, on: ReferenceBackend()) else { continue }
      done += 1
      try check(one, against: want)
    }
  }

  @Test func `60 large convolutions agree with sums in double on every level`() throws {
    var stream = RandomStream(seed: 20_261_126, name: "large convolutions")
    let wide = backend(.portable)
    var done = 0
    while done < 60 {
      let one = Case(&stream, isLarge: true)
      guard let want = try? one.numbers(.f64, on: wide) else { continue }
      done += 1
      try check(one, against: want)
    }
  }

  @Test func `40 convolutions in the order of their weight agree with the reference`() throws {
    var stream = RandomStream(seed: 20_261_129, name: "by weight")
    var done = 0
    while done < 40 {
      let one = Case(&stream, isLarge: false)
      guard let want = try? one.numbers(.f64, on: ReferenceBackend()) else { continue }
      done += 1
      for type in [ElementType.f32, .f64] {
        let got = try one.numbers(type, on: backend(.portable, .unfoldedByWeight))
        for (name, (a, b)) in zip(["y", "dx", "dw", "db"], zip(got, want)) {
          #expect(distance(a, b) < (type == .f32 ? 1e-5 : 1e-13), "\(name) of \(one), \(type)")
        }
      }
    }
  }

  @Test func `few pixels under large weights agree with sums in the order of pixels`() throws {
    let cases = [
      Case(
        x: [1, 64, 4, 4], weight: [1024, 64, 4, 4],
        Convolution(vertical: .init(1), horizontal: .init(1), border: .reflection)),
      Case(
        x: [2, 256, 6, 6], weight: [256, 256, 4, 4],
        Convolution(stride: .init(2), vertical: .init(1), horizontal: .init(1))),
      Case(x: [1, 1100, 3, 3], weight: [1000, 1100, 1, 1], Convolution()),
    ]
    for one in cases {
      try check(one, against: one.numbers(.f64, on: backend(.portable, .unfolded)))
    }
  }

  @Test func `numbers of threads change no byte of a convolution`() throws {
    let cases = [
      Case(
        x: [1, 64, 4, 4], weight: [1024, 64, 4, 4],
        Convolution(vertical: .init(1), horizontal: .init(1))),
      Case(x: [1, 3, 40, 40], weight: [64, 3, 7, 7], Convolution(border: .reflection)),
      Case(
        x: [1, 64, 33, 31], weight: [3, 64, 7, 7],
        Convolution(vertical: .init(3), horizontal: .init(3), border: .reflection)),
      Case(
        x: [2, 40, 31, 33], weight: [70, 40, 3, 3],
        Convolution(stride: .init(2), vertical: .init(1), horizontal: .init(1))),
      Case(
        x: [1, 128, 16, 16], weight: [96, 128, 4, 4],
        Convolution(vertical: .init(1), horizontal: .init(1))),
    ]
    for one in cases {
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

  @Test func `a convolution keeps its workspace and gives it back with the backend`() throws {
    let budget = MemoryBudget(limit: 1 << 30)
    let one = Case(
      x: [1, 8, 16, 16], weight: [8, 8, 3, 3],
      Convolution(stride: .init(2), vertical: .init(1), horizontal: .init(1)))
    var cpu: CPUBackend? = CPUBackend(pool: Pool(threads: 1), budget: budget)
    for _ in 0..<3 { if let cpu { _ = try one.run(.f32, on: cpu) } }
    let kept = budget.live
    #expect(kept > 0)
    for _ in 0..<9 { if let cpu { _ = try one.run(.f32, on: cpu) } }
    // A filter more or less, whether its weight was where one had been before; nine would be a leak.
    #expect(budget.live < 2 * kept)
    cpu = nil
    #expect(budget.live == 0)
  }
}
