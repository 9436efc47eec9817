// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeTensor
import HengeTestSupport
import HengeThreads
import Testing

/// What the tape keeps, frees and refuses, beside single operations.
@Suite struct TapeTests {
  let budget = MemoryBudget(limit: 1 << 30)
  var cpu: CPUBackend { CPUBackend(pool: Pool(threads: 1), budget: budget) }

  private func leaf(_ values: [Double], _ sizes: [Int], on backend: any Backend) throws -> Tensor {
    try Tensor(values, try Shape(sizes), on: backend).onTape()
  }

  @Test func `gradients of both sides of a broadcast add up`() throws {
    let cpu = cpu
    let x = try leaf([1, 2, 3, 4, 5, 6], [2, 3], on: cpu)
    let y = try leaf([10, 20, 30], [3], on: cpu)
    let gradients = try (x * y + x).sum().gradients(at: [x, y])
    #expect(try gradients[0].doubles() == [11, 21, 31, 11, 21, 31])
    #expect(try gradients[1].doubles() == [5, 7, 9])
  }

  @Test func `a gradient goes back through a cast in the operand's type`() throws {
    let cpu = cpu
    let x = try Tensor([1, 2] as [Float], try Shape([2]), on: cpu).onTape()
    let y = try leaf([3, 4], [2], on: cpu)
    let gradients = try (x * y).sum().gradients(at: [x, y])
    #expect(gradients.map(\.type) == [.f32, .f64])
    #expect(try gradients[0].doubles() == [3, 4])
  }

  @Test func `an assignment hides what it overwrites from the gradient`() throws {
    let cpu = cpu
    let x = try leaf([1, 2, 3], [3], on: cpu)
    let value = try leaf([5], [1], on: cpu)
    var y = try x * 2
    try y.assign(.tensor(value), at: [.slice(start: 1, stop: 3, step: nil)])
    try y.assign(7, at: [.at(2)])
    let gradients = try (y * y).sum().gradients(at: [x, value])
    #expect(try y.detached().doubles() == [2, 5, 7])
    #expect(try gradients[0].doubles() == [8, 0, 0])
    #expect(try gradients[1].doubles() == [10])
    #expect(try x.detached().doubles() == [1, 2, 3])
  }

  @Test func `integers, truth values and comparisons are off the tape`() throws {
    let cpu = cpu
    let x = try leaf([1, -2, 3], [3], on: cpu)
    let results = [
      try x.cast(to: .i64), try x.cast(to: .u8), try x.cast(to: .bool), try x.argMaximum(),
      try x.argsorted(), try x.any(), try Tensor.compare(.less, .tensor(x), 0), x.detached(),
    ]
    #expect(results.map(\.isOnTape) == results.map { _ in false })
  }

  @Test func `a second gradient through one result is refused`() throws {
    let cpu = cpu
    let x = try leaf([1, 2], [2], on: cpu)
    let loss = try x.map(.square).sum()
    _ = try loss.gradients(at: [x])
    #expect {
      try loss.gradients(at: [x])
    } throws: {
      ($0 as? Failure)?.message == "the gradient through `sum` was taken before"
    }
  }

  @Test func `a backward pass frees what it has passed`() throws {
    let cpu = cpu
    let size = 1 << 16
    let x = try Tensor.ones(try Shape([size]), .f32, on: cpu).onTape()
    let before = budget.live
    var y = x
    for _ in 0..<100 { y = try y.map(.sin) }
    let recorded = budget.live - before
    #expect(recorded >= 100 * size * 4)
    let loss = try y.sum()
    y = loss
    var peak = 0
    // The closure at the very beginning of the chain looks at what is still held by then.
    let gradients = try withPeak(of: &peak) { try loss.gradients(at: [x]) }
    #expect(gradients.count == 1)
    #expect(peak <= recorded + 8 * size * 4, "\(peak) over \(recorded)")
    // The graph is spent though `loss` still holds its place.
    #expect(budget.live - before <= 2 * size * 4, "\(budget.live - before)")
    withExtendedLifetime(loss) {}
  }

  private func withPeak<R>(of peak: inout Int, _ body: () throws -> R) rethrows -> R {
    let start = budget.live
    let result = try body()
    peak = max(start, budget.live)
    return result
  }

  @Test func `a chain of a million operations goes back and is freed without recursion`() throws {
    let cpu = cpu
    let x = try Tensor([1] as [Float], try Shape([1]), on: cpu).onTape()
    func chain(_ length: Int) throws -> Tensor {
      var y = x
      for _ in 0..<length { y = try y.reshaped(y.rank == 1 ? [] : [1]) }
      return y
    }
    #expect(try chain(1_000_000).gradients(at: [x])[0].floats() == [1])
    // Never asked for its gradient, the chain is freed as a whole here, and is long enough to end a
    // stack.
    #expect(try chain(200_000).isOnTape)
  }

  @Test func `gradients of a weight that is used several times are the sum of each use`() throws {
    let pad = Convolution(vertical: .init(1), horizontal: .init(1))
    for device in [cpu as any Backend, ReferenceBackend()] {
      var stream = RandomStream(seed: 2, name: "uses")
      func random(_ sizes: [Int]) throws -> Tensor {
        try Tensor.randn(try Shape(sizes), .f64, from: &stream, on: device)
      }
      let (x, y, u, v) = try (
        random([1, 3, 4, 4]), random([2, 3, 4, 4]), random([5]), random([27])
      )
      let w = try random([5, 3, 3, 3]).onTape()
      let uses: [(Tensor) throws -> Tensor] = [
        { try x.convolved(with: $0, pad).squareSum() },
        { try y.convolved(with: $0, pad).sum() },
        { try $0.bilinearForm(u, v, axis: 0) },
        { try $0.selecting([.slice(start: 1, stop: 4, step: 2)]).squareSum() },
        { try $0.selecting([.at(0), .slice(start: 1, stop: nil, step: nil)]).sum() },
        { try ($0 * 3).sum() },
      ]
      let all = try uses.dropFirst().reduce(uses[0](w)) { try $0 + $1(w) }
      var want = [Double](repeating: 0, count: w.count)
      for use in uses {
        let one = try use(w).gradients(at: [w])[0].contiguous().doubles()
        want = zip(want, one).map(+)
      }
      let got = try all.gradients(at: [w])[0].contiguous().doubles()
      #expect(distance(got, want) < 1e-14)
    }
  }

  @Test func `a gradient that is passed to two operands is not added to in place`() throws {
    // The sum's gradient is that of both operands; one of them gets more.
    let x = try Tensor([1, 2] as [Double], try Shape([2]), on: cpu).onTape()
    let y = try Tensor([3, 4] as [Double], try Shape([2]), on: cpu).onTape()
    let loss = try ((x + y) * x).sum()
    let gradients = try loss.gradients(at: [x, y])
    #expect(try gradients.map { try $0.doubles() } == [[5, 8], [1, 2]])
  }

  @Test func `an interrupted operation leaves nothing behind`() throws {
    let interrupt = Interrupt()
    let backend = CPUBackend(pool: Pool(threads: 2), budget: budget, interrupt: interrupt)
    let x = try Tensor.ones(try Shape([2, 8, 32, 32]), .f32, on: backend).onTape()
    let w = try Tensor.ones(try Shape([8, 8, 3, 3]), .f32, on: backend).onTape()
    let loss = try x.convolved(with: w, Convolution(vertical: .init(1))).squareSum()
    let before = budget.live
    interrupt.request()
    #expect(throws: Interrupted.self) { _ = try x.convolved(with: w, Convolution()) }
    #expect(throws: Interrupted.self) { _ = try x * x }
    #expect(budget.live == before)
    #expect(throws: Interrupted.self) { _ = try loss.gradients(at: [x, w]) }
    #expect(budget.live <= before)
    interrupt.clear()
    let again = try x.convolved(with: w, Convolution(vertical: .init(1))).squareSum()
    #expect(try again.gradients(at: [w])[0].shape.sizes == [8, 8, 3, 3])
  }

  @Test func `results keep the order of channels-last operands in memory`() throws {
    let cpu = cpu
    var stream = RandomStream(seed: 1, name: "order")
    let x = try Tensor.randn(try Shape([2, 4, 5, 3]), from: &stream, on: cpu)
      .permuted([0, 3, 1, 2])
    let bias = try Tensor.ones(try Shape([3, 1, 1]), on: cpu)
    let results = [
      try x.map(.relu), try x + bias, try bias * x, try x.cast(to: .f64), try x * 2,
      try Tensor.choose(try Tensor.compare(.less, .tensor(x), 0), 0, .tensor(x)),
      try x.padded([(1, 1)], with: .constant(0)), try Tensor.concatenated([x, x], axis: 1),
    ]
    for result in results {
      #expect(try result.permuted([0, 2, 3, 1]).isContiguous)
    }
  }
}
