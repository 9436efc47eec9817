// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeTensor
import HengeThreads
import Testing

/// The promise of language.md, section 8: the same bytes with one thread or many.
@Suite struct ThreadIndependenceTests {
  private func bytes(threads: Int, _ body: (any Backend) throws -> Tensor) throws -> [UInt8] {
    let cpu = CPUBackend(pool: Pool(threads: threads), budget: MemoryBudget(limit: 1 << 30))
    return try body(cpu).withBytes { Array($0) }
  }

  private func random(_ sizes: [Int], _ type: ElementType = .f32, on backend: any Backend) throws
    -> Tensor
  {
    var stream = RandomStream(seed: 7, name: "threads")
    return try Tensor.randn(try Shape(sizes), type, from: &stream, on: backend)
  }

  @Test func `one, two and three threads give the same bytes`() throws {
    let runs: [(String, (any Backend) throws -> Tensor)] = [
      ("randn", { try random([100_003], on: $0) }),
      (
        "rand",
        {
          var stream = RandomStream(seed: 3, name: "odd", position: 5)
          return try Tensor.rand(try Shape([100_003]), .f64, from: &stream, on: $0)
        }
      ),
      ("exp", { try random([300, 333], on: $0).transposed().map(.exp) }),
      ("sum", { try random([1_000_003], on: $0).sum() }),
      ("sum of doubles", { try random([1_000_003], .f64, on: $0).sum() }),
      ("mean over the first axis", { try random([700, 900], .f64, on: $0).mean([0]) }),
      ("variance over the last", { try random([3, 200_000], .f64, on: $0).variance([1]) }),
      (
        "deviation of planes", { try random([8, 3, 64, 64], on: $0).standardDeviation([0, 2, 3]) }
      ),
      ("argmax", { try random([4, 200_000], on: $0).argMaximum(1) }),
      (
        "matmul",
        { try random([400, 300], on: $0).multiplied(by: try random([300, 900], on: $0)) }
      ),
      (
        "small products",
        { try random([500, 8, 9], on: $0).multiplied(by: try random([9, 7], on: $0)) }
      ),
      ("cumsum", { try random([50, 2000], on: $0).cumulativeSum(axis: 0) }),
      ("argsort", { try random([50, 2000], on: $0).argsorted(axis: 1) }),
      ("argsort of long rows", { try random([2, 300_001], on: $0).argsorted(axis: 1) }),
      (
        "a deep product",
        { try random([30, 20_000], on: $0).multiplied(by: try random([20_000, 40], on: $0)) }
      ),
    ]
    for (name, run) in runs + sharedByDepthAndParts {
      let one = try bytes(threads: 1, run)
      #expect(try bytes(threads: 2, run) == one, "\(name) with 2 threads")
      #expect(try bytes(threads: 3, run) == one, "\(name) with 3 threads")
    }
  }

  /// Work whose rows and columns are too few for many threads.
  private var sharedByDepthAndParts: [(String, (any Backend) throws -> Tensor)] {
    [
      (
        "a deep product of doubles",
        {
          try random([64, 4096], .f64, on: $0)
            .multiplied(by: try random([4096, 64], .f64, on: $0))
        }
      ),
      ("cumsum of a long row", { try random([2_500_000], on: $0).cumulativeSum(axis: 0) }),
      (
        "a large picture",
        {
          let bytes = try random([3, 1200, 1100], on: $0).pixels(low: -2, high: 2).bytes
          return try Tensor(bytes, try Shape([bytes.count]), on: $0)
        }
      ),
      (
        "a large picture's planes",
        { try random([1100, 1200, 3], on: $0).cast(to: .u8).planes() }
      ),
    ]
  }

  @Test func `a product's elements do not depend on how many rows there are`() throws {
    let cpu = CPUBackend(pool: Pool(threads: 2), budget: MemoryBudget(limit: 1 << 30))
    for type in [ElementType.f32, .f64] {
      let (a, b) = (
        try random([300, 3000], type, on: cpu), try random([3000, 700], type, on: cpu)
      )
      let whole = try a.multiplied(by: b)
      // Few rows are multiplied in another way, few rows and columns in a third.
      for (rows, columns) in [(40, 700), (40, 40), (300, 40)] {
        let corner: [TensorIndex] = [
          .slice(start: 0, stop: rows, step: 1), .slice(start: 0, stop: columns, step: 1),
        ]
        let part = try a.selecting([.slice(start: 0, stop: rows, step: 1)])
          .multiplied(by: b.selecting([.all, .slice(start: 0, stop: columns, step: 1)]))
        #expect(try part.equals(whole.selecting(corner)), "\(rows)x\(columns) of \(type)")
      }
    }
  }

  @Test func `a long row is summed up to each element as if it were not cut`() throws {
    let cpu = CPUBackend(pool: Pool(threads: 2), budget: MemoryBudget(limit: 1 << 30))
    let count = 2_200_000
    let sums = try Tensor.full(try Shape([count]), 0.5, .f64, on: cpu)
      .cumulativeSum(axis: 0).doubles()
    #expect(sums.indices.allSatisfy { sums[$0] == Double($0 + 1) * 0.5 })
    let whole = try Tensor.full(try Shape([count]), 3, .i64, on: cpu).cumulativeSum(axis: 0).ints()
    #expect(whole.indices.allSatisfy { whole[$0] == 3 * ($0 + 1) })
  }

  @Test func `long rows are sorted stably, NaN last, in either order`() throws {
    let cpu = CPUBackend(pool: Pool(threads: 2), budget: MemoryBudget(limit: 1 << 30))
    let count = 200_003
    // Few values, so that most are equal to many others; every 1,000th is NaN.
    let values = (0..<count).map { $0 % 1000 == 7 ? Float.nan : Float($0 &* 7919 % 17) }
    let x = try Tensor(values, try Shape([count]), on: cpu)
    for descending in [false, true] {
      let order = values.indices.sorted { i, j in
        let (a, b) = (values[i], values[j])
        if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? i < j : b.isNaN }
        return a == b ? i < j : (descending ? a > b : a < b)
      }
      #expect(try x.argsorted(descending: descending).ints() == order)
      let sorted = try x.sorted(descending: descending).floats()
      #expect(sorted.map(\.bitPattern) == order.map { values[$0].bitPattern })
    }
  }

  @Test func `products of integers and deep ones are those of their parts`() throws {
    let cpu = CPUBackend(pool: Pool(threads: 2), budget: MemoryBudget(limit: 1 << 30))
    let a = try Tensor.arange(0, 210_000, .i64, on: cpu).reshaped([700, 300])
    let b = try Tensor.arange(0, 120_000, .i64, on: cpu).reshaped([300, 400])
    let exact = try a.multiplied(by: b)
    let floats = try a.cast(to: .f64).multiplied(by: b.cast(to: .f64))
    #expect(try exact.cast(to: .f64).equals(floats))
    // Ones and twos sum exactly, however deep.
    let deep = try Tensor.ones(try Shape([3, 50_000]), .f32, on: cpu)
    let twos = try Tensor.full(try Shape([50_000, 2]), 2, .f32, on: cpu)
    #expect(
      try deep.multiplied(by: twos).floats() == [Float](repeating: 100_000, count: 6))
    #expect(
      try twos.transposed().multiplied(by: deep.transposed()).floats()
        == [Float](repeating: 100_000, count: 6))
  }

  @Test func `an interrupt stops a long sort and a large product of integers`() throws {
    let interrupt = Interrupt()
    let cpu = CPUBackend(
      pool: Pool(threads: 2), budget: MemoryBudget(limit: 1 << 30), interrupt: interrupt)
    let row = try Tensor.arange(0, 200_000, on: cpu)
    let matrix = try Tensor.ones(try Shape([600, 600]), .i64, on: cpu)
    interrupt.request()
    #expect(throws: Interrupted.self) { try row.sorted() }
    #expect(throws: Interrupted.self) { try matrix.multiplied(by: matrix) }
    #expect(throws: Interrupted.self) { try row.selecting([.list([0, 1])]) }
    #expect(throws: Interrupted.self) { try row.cumulativeSum(axis: 0) }
    #expect(throws: Interrupted.self) { try row.floats() }
    interrupt.clear()
    // A mask longer than one stretch keeps every place.
    let long = try Tensor.arange(0, 3_000_000, .i64, on: cpu)
    let mask = try Tensor.compare(.greater, .tensor(long), 1_048_570)
    let kept = try long.selecting([.tensor(mask)])
    #expect(try kept.equals(Tensor.arange(1_048_571, 3_000_000, .i64, on: cpu)))
  }

  @Test func `ten million floats are summed and averaged as doubles would be`() throws {
    let cpu = CPUBackend(pool: Pool(threads: 2), budget: MemoryBudget(limit: 1 << 30))
    let shape = try Shape([10_000_000])
    // 0.1 in single precision is 0.100000001490116…; a running sum in f32 would be 8 % off.
    let tenth = Double(Float(0.1))
    let x = try Tensor.full(shape, 0.1, on: cpu)
    #expect(try x.sum().item() == .num(Double(Float(tenth * 1e7))))
    #expect(try x.mean().item() == .num(tenth))
    let ramp = try Tensor.arange(0, 10_000_000, .f64, on: cpu)
    #expect(try ramp.mean().item() == .num(4_999_999.5))
    #expect(try ramp.sum().item() == .num(49_999_995_000_000))
    // Far from 0 the squares cancel: two passes keep what one would lose.
    let far = try Tensor.arange(0, 8, .f64, on: cpu) + 1e9
    #expect(try far.variance().item() == .num(5.25))
  }

  @Test func `exponentials in single precision are off by less than two last places`() throws {
    let cpu = CPUBackend(pool: Pool(threads: 2), budget: MemoryBudget(limit: 1 << 30))
    let x = try Tensor.linspace(-103, 88.7, count: 400_001, .f64, on: cpu).cast(to: .f32)
    let small = try Tensor.linspace(-1, 1, count: 100_001, .f64, on: cpu).cast(to: .f32)
    for operation in [Elementwise.exp, .tanh, .sigmoid] {
      for arguments in [x, small] {
        let got = try arguments.map(operation).doubles()
        let want = try arguments.cast(to: .f64).map(operation).doubles()
        var worst = 0.0
        for (a, b) in zip(got, want) {
          let place = max(Double(Float(b).ulp), Double(Float.leastNormalMagnitude.ulp))
          worst = max(worst, abs(a - b) / place)
        }
        #expect(worst < 2.5, "\(operation)")
      }
    }
  }
}
