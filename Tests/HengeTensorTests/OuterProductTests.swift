// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeTensor
import HengeTestSupport
import HengeThreads
import Testing

/// Gradients at large weights that few pixels met, kept as outer products.
@Suite struct OuterProductTests {
  private let cpu = CPUBackend(pool: Pool(threads: 2), budget: MemoryBudget(limit: 1 << 30))

  private func random(_ sizes: [Int], _ seed: UInt64, _ type: ElementType = .f64) throws -> Tensor {
    var stream = RandomStream(seed: seed, name: "factors")
    return try Tensor.randn(try Shape(sizes), .f64, from: &stream, on: cpu).cast(to: type)
  }

  @Test func `a convolution's gradient is that of the backend, by outer products and by sums`()
    throws
  {
    let geometry = Convolution(
      stride: .init(2), vertical: .init(1), horizontal: .init(1), border: .reflection)
    let weight = try random([256, 256, 4, 4], 1).onTape()
    // 8, 2 and 18 pixels: the third is too many for outer products, and is added to theirs.
    let inputs = try [[2, 256, 5, 5], [2, 256, 3, 3], [2, 256, 7, 7]].enumerated().map {
      try random($1, UInt64(2 + $0))
    }
    var want = [Double](repeating: 0, count: weight.count)
    var loss: Tensor?
    for x in inputs {
      let y = try x.convolved(with: weight, geometry)
      let slope = try random(y.shape.sizes, 9)
      loss = try loss.map { try $0 + (y * slope).sum() } ?? (y * slope).sum()
      let dw = try cpu.allocate(weight.count, .f64)
      try cpu.convolveBackwardWeights(
        x.view, slope.view, geometry, precise: true, kernelHeight: 4, kernelWidth: 4,
        adding: false, into: dw)
      let part = try cpu.withBytes(of: dw) { Array($0.assumingMemoryBound(to: Double.self)) }
      want = zip(want, part).map(+)
    }
    var sums: [GradientSum?] = [nil]
    try #require(loss).addGradients(at: [weight], to: &sums)
    guard case .tensor? = sums[0] else {
      Issue.record("28 pixels of 256 filters are no longer few")
      return
    }
    #expect(distance(try #require(sums[0]).tensor().contiguous().doubles(), want) < 1e-13)
  }

  @Test func `few pixels stay outer products, over several backward passes`() throws {
    let weight = try random([1024, 1024, 1, 1], 1).onTape()
    var sums: [GradientSum?] = [nil]
    var want = [Double](repeating: 0, count: weight.count)
    for seed in [5, 6] as [UInt64] {
      let x = try random([1, 1024, 3, 3], seed)
      let loss = try x.convolved(with: weight, Convolution()).squareSum()
      try loss.addGradients(at: [weight], to: &sums)
      let again = try x.convolved(with: weight, Convolution()).squareSum()
      want = zip(want, try again.gradients(at: [weight])[0].contiguous().doubles()).map(+)
    }
    let sum = try #require(sums[0])
    guard case .products(let products) = sum else {
      Issue.record("18 pixels of 1024 filters are few")
      return
    }
    #expect(products.shape.sizes == [1024, 1024, 1, 1])
    #expect(distance(try sum.tensor().contiguous().doubles(), want) < 1e-13)
    #expect(
      distance(try sum.scaled(by: 0.5).tensor().contiguous().doubles(), want.map { $0 / 2 })
        < 1e-13)
    let largest = want.map(\.magnitude).max() ?? 0
    #expect(try !sum.isCertainlyWithin(largest / 2))
    #expect(try sum.isCertainlyWithin(1e6 * largest))
  }

  @Test(arguments: [ElementType.f32, .f64])
  func `a step of Adam from outer products is that from their sum`(_ type: ElementType) throws {
    for device in [cpu as any Backend, ReferenceBackend()] {
      // Rows that begin within pieces of work.
      let (m, n, rank) = (70, 1001, 3)
      let shape = try Shape([m, n])
      func on(_ tensor: Tensor) throws -> Tensor {
        var values = try tensor.cast(to: .f64).contiguous().doubles()
        if type == .f32 { values = values.map { Double(Float($0)) } }
        return try Tensor(values, tensor.shape, on: device).cast(to: type)
      }
      let (left, right) = (try on(random([m, rank], 1)), try on(random([rank, n], 2)))
      let sum = try left.multiplied(by: right).whole()
      func moments() throws -> [Tensor] {
        try ([3, 4, 5] as [UInt64]).map { seed in
          let drawn = try random([m, n], seed)
          return try on(seed == 5 ? drawn * drawn : drawn)
        }
      }
      func stepped(_ gradient: GradientOperand, inPlace: Bool) throws -> [[Double]] {
        let state = try moments()
        let step = AdamStep(
          form: .pytorch, learningRate: 0.1, beta1: 0.5, beta2: 0.999, epsilon: 1e-8,
          decay: 1e-4, number: 3)
        let buffers = state.map(\.view.buffer)
        var results = state
        if inPlace {
          device.adam(
            step, gradient: gradient, parameter: buffers[0], mean: buffers[1], square: buffers[2])
        } else {
          let out = try Tensor.zeros(shape, type, on: device)
          try device.adamResult(
            step, gradient: gradient, parameter: buffers[0], mean: buffers[1], square: buffers[2],
            into: out.view.buffer)
          results = [out]
        }
        return try results.map { try $0.cast(to: .f64).doubles() }
      }
      let product = GradientOperand.product(
        left: left.view.buffer, right: right.view.buffer, rank: rank)
      let bound = type == .f32 ? 1e-6 : 1e-14
      let (want, got) = (
        try stepped(.elements(sum.view.buffer), inPlace: true),
        try stepped(product, inPlace: true)
      )
      for (a, b) in zip(want, got) { #expect(distance(b, a) < bound) }
      #expect(try stepped(product, inPlace: false) == [got[0]])
    }
  }
}
