// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeTensor
import HengeThreads
import Testing

@Suite struct TensorTests {
  let budget: MemoryBudget
  let cpu: CPUBackend

  init() {
    budget = MemoryBudget(limit: 64 << 20)
    cpu = CPUBackend(pool: Pool(threads: 2), budget: budget)
  }

  private func code(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch let failure as Failure {
      return failure.code
    } catch { return "\(error)" }
  }

  @Test func `assignment changes one name`() throws {
    let a = try Tensor.arange(0, 6, on: cpu).reshaped([2, 3])
    var b = a
    let row = try b.selecting([.at(1)])
    try b.assign(9, at: [.at(1), .at(0)])
    #expect(try a.doubles() == [0, 1, 2, 3, 4, 5])
    #expect(try row.doubles() == [3, 4, 5])
    #expect(try b.doubles() == [0, 1, 2, 9, 4, 5])
    try b.assign(.tensor(try b.flipped([1])), at: [.ellipsis])
    #expect(try b.doubles() == [2, 1, 0, 5, 4, 9])
    var wide = try Tensor.full(try Shape([1, 3]), 1, on: cpu).broadcast(to: try Shape([2, 3]))
    try wide.assign(5, at: [.at(0), .at(1)])
    #expect(try wide.doubles() == [1, 5, 1, 1, 1, 1])
  }

  @Test func `writing a name of its own copies nothing`() throws {
    var a = try Tensor.zeros(try Shape([1000, 1000]), on: cpu)
    let before = budget.live
    for index in 0..<100 { try a.assign(1, at: [.at(index)]) }
    #expect(budget.live == before)
    #expect(try a.sum().item() == .num(100_000))
  }

  @Test func `slices follow python on every start, stop and step`() throws {
    let limits: [Int?] = [nil, 0, 1, 2, 4, 5, 7, -1, -3, -5, -9, .max, .min]
    let steps: [Int?] = [nil, 1, 2, 3, -1, -2, .max, .min]
    for size in [0, 1, 5] {
      let x = try Tensor.arange(0, .int(size), .i64, on: cpu)
      for start in limits {
        for stop in limits {
          for step in steps {
            let got = try x.selecting([.slice(start: start, stop: stop, step: step)]).ints()
            #expect(
              got == naiveSlice(size, start, stop, step ?? 1),
              "\(size) [\(String(describing: start)):\(String(describing: stop)):\(step ?? 1)]")
          }
        }
      }
    }
  }

  /// Python's words: count from the end once, then walk while inside and before the stop.
  private func naiveSlice(_ size: Int, _ start: Int?, _ stop: Int?, _ step: Int) -> [Int] {
    func place(_ index: Int) -> Int { index < 0 ? index + size : index }
    var taken: [Int] = []
    if step > 0 {
      let end = min(stop.map(place) ?? size, size)
      var i = max(0, start.map(place) ?? 0)
      while i < end {
        taken.append(i)
        i = i.addingReportingOverflow(step).overflow ? end : i + step
      }
    } else {
      let end = max(stop.map(place) ?? -1, -1)
      var i = min(size - 1, start.map(place) ?? size - 1)
      while i > end {
        taken.append(i)
        i = i.addingReportingOverflow(step).overflow ? end : i + step
      }
    }
    return taken
  }

  @Test func `memory is asked for before it is taken, and given back`() throws {
    let live = budget.live
    #expect(code { _ = try Tensor.zeros(try Shape([1 << 40]), on: cpu) } == "E-memory")
    #expect(code { _ = try Tensor.zeros(try Shape([Int.max]), .f64, on: cpu) } == "E-memory")
    #expect(code { _ = try Tensor.arange(0, 1e12, on: cpu) } == "E-memory")
    let one = try Tensor.zeros(try Shape([1, 4096, 1]), on: cpu)
    let other = try Tensor.zeros(try Shape([4096, 1, 1]), on: cpu)
      .broadcast(to: try Shape([4096, 1, 4096]))
    #expect(code { _ = try one + other } == "E-memory")
    #expect(code { _ = try one.padded([(1 << 40, 0)], with: .edge) } == "E-memory")
    #expect(budget.live > live)
    withExtendedLifetime((one, other)) {}
  }

  @Test func `no number a user gives ends the process`() throws {
    let x = try Tensor.arange(0, 6, on: cpu).reshaped([2, 3])
    let huge = [Int.max, Int.min, Int.min + 1, -1, 1 << 62]
    for n in huge {
      _ = code { _ = try x.selecting([.at(n)]) }
      _ = code { _ = try x.selecting([.list([n])]) }
      _ = code { _ = try x.sum([n]) }
      _ = code { _ = try x.reshaped([n, n]) }
      _ = code { _ = try x.reshaped([n]) }
      _ = code { _ = try x.permuted([n, 0]) }
      _ = code { _ = try x.flipped([n]) }
      _ = code { _ = try x.expanded(at: n) }
      _ = code { _ = try x.cropped(to: [n], at: [n]) }
      _ = code { _ = try x.cropped(to: [1], at: [n]) }
      _ = code { _ = try x.padded([(n, n)], with: .constant(0)) }
      _ = code { _ = try Tensor.stacked([x], axis: n) }
      _ = code { _ = try Tensor.concatenated([x], axis: n) }
      _ = code { _ = try x.picked([[n], [n]]) }
      _ = code { _ = try x.transposed(n, 0) }
      _ = code { _ = try x.sorted(axis: n) }
      _ = code { _ = try Tensor.eye(n, on: cpu) }
      _ = code { _ = try Tensor.eye(1, columns: n, on: cpu) }
      _ = code { _ = try Tensor.arange(.int(n), .int(Int.max), step: .int(n), .i64, on: cpu) }
      _ = code { _ = try Tensor.arange(.int(Int.min), .int(n), step: .int(1 << 61), .i64, on: cpu) }
      _ = code { _ = try Tensor.linspace(-1e308, 1e308, count: n, on: cpu) }
      _ = code { _ = try x.scalar(at: [n, 0]) }
      _ = code { _ = try x.gathered(try Tensor([n, 0, 0], try Shape([1, 3]), on: cpu), axis: 0) }
      var y = try x.cast(to: .i64)
      _ = code { try y.assign(.scalar(.int(n)), at: [.ellipsis]) }
      _ = code { _ = try Tensor.combine(.power, .tensor(y), .tensor(y)) }
      _ = code { _ = try Tensor.combine(.floorDivide, .tensor(y), -1) }
      _ = code { _ = try Tensor.combine(.modulo, .tensor(y), -1) }
      _ = code { _ = try y.map(.abs) }
    }
    #expect(code { _ = try Shape([0, 1 << 40, 1 << 40]) } == "E-shape")
    let empty = try Tensor.zeros(try Shape([0, 1 << 62]), on: cpu)
    #expect(try empty.sum([1]).shape.sizes == [0])
    #expect(try empty.flipped().transposed().selecting([.at(-1)]).count == 0)
    #expect(code { _ = try empty.sum([0]) } == "E-memory")
  }

  @Test func `messages name the axes, the sizes and the way out`() throws {
    let a = try Tensor.zeros(try Shape([1, 3, 64, 64]), on: cpu)
    let b = try Tensor.zeros(try Shape([1, 32, 32]), on: cpu)
    #expect(
      throws: Failure(
        "E-shape", "cannot add 1x3x64x64 and 1x32x32",
        notes: ["axis 2: 64 against 32;  axis 3: 64 against 32   (only equal sizes or 1 combine)"])
    ) { try a + b }
    #expect(
      throws: Failure(
        "E-index",
        "index 3 is outside axis 1 of 1x3x64x64, which has size 3: valid are -3 to 2")
    ) { try a.selecting([.at(0), .at(3)]) }
    #expect(
      throws: Failure(
        "E-index", "there is no axis 4 in 1x3x64x64: its axes are 0 to 3, or -4 to -1",
        parameter: "axis")
    ) { try a.sum([4]) }
  }

  @Test func `a result larger than both operands can be noticed`() throws {
    let (a, b, c) = (try Shape([3, 1]), try Shape([1, 4]), try Shape([3, 4]))
    #expect(try a.broadcast(with: b)?.outgrowsBoth == true)
    #expect(try a.broadcast(with: c)?.outgrowsBoth == false)
    #expect(try a.broadcast(with: try Shape([4, 4])) == nil)
  }

  @Test func `types follow the rules of the language`() throws {
    func type(_ a: ElementType, _ b: Operand) throws -> ElementType {
      try Tensor.combine(.add, .tensor(Tensor.ones(try Shape([2]), a, on: cpu)), b).type
    }
    func scalar(_ type: ElementType) throws -> Operand {
      .tensor(try Tensor.ones(.scalar, type, on: cpu))
    }
    #expect(try type(.f32, 2.5) == .f32)
    #expect(try type(.f32, scalar(.f64)) == .f32)
    #expect(try type(.f64, 1) == .f64)
    #expect(try type(.i64, 1) == .i64)
    #expect(try type(.i64, 0.5) == .f32)
    #expect(try type(.u8, 1) == .f32)
    #expect(try type(.bool, .scalar(true)) == .i64)
    #expect(try type(.i64, .tensor(Tensor.ones(try Shape([2]), .f32, on: cpu))) == .f32)
    #expect(try type(.f32, .tensor(Tensor.ones(try Shape([2]), .f64, on: cpu))) == .f64)
  }

  @Test func `pictures become planes and come back`() throws {
    let pixels = try Tensor(
      (0..<2 * 4 * 3).map { UInt8($0 * 11 % 256) }, try Shape([2, 4, 3]), on: cpu)
    let planes = try pixels.planes(low: -1, high: 1)
    #expect(planes.shape.sizes == [3, 2, 4])
    #expect(try planes.scalar(at: [1, 0, 2]) == .num(Double(Float(-1 + 77 * 2.0 / 255))))
    let back = try planes.pixels(low: -1, high: 1)
    #expect(back.clipped == 0)
    #expect(try back.bytes == pixels.bytes())
    var strange = planes
    try strange.assign(1.2, at: [.at(0), .at(0), .at(0)])
    try strange.assign(.scalar(.num(.nan)), at: [.at(1), .at(0), .at(0)])
    let clipped = try strange.pixels(low: -1, high: 1)
    #expect(clipped.clipped == 2)
    #expect(clipped.bytes.prefix(3) == [255, 0, 22])
    #expect(code { _ = try planes.pixels(low: 1, high: 1) } == "E-range")
    #expect(code { _ = try planes.planes() } == "E-type")
  }

  @Test func `random tensors are the draws of their stream, and look as they should`() throws {
    var stream = RandomStream(seed: 5, name: "weights")
    var same = stream
    let x = try Tensor.rand(try Shape([7]), .f64, from: &stream, on: cpu)
    #expect(try x.doubles() == (0..<7).map { _ in same.uniform() })
    #expect(stream.position == 7)
    let z = try Tensor.randn(try Shape([201, 1001]), from: &stream, on: cpu)
    #expect(stream.position == 7 + 201_202)
    let look = try z.statistics()
    #expect(abs(look.mean) < 0.01 && abs(look.deviation - 1) < 0.01)
    #expect(look.maximum > 4 && look.minimum < -4 && look.maximum < 7)
    let tail = try Tensor.compare(.greater, .tensor(try z.map(.abs)), 1.959964).mean().item().double
    #expect(abs(tail - 0.05) < 0.003)
    let u = try Tensor.rand(try Shape([200_000]), from: &stream, on: cpu).statistics()
    #expect(abs(u.mean - 0.5) < 0.005 && abs(u.deviation - 0.288675) < 0.003)
    #expect(u.minimum >= 0 && u.maximum < 1)
  }
}
