// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTensor
import HengeTestSupport
import Testing

/// Random tensors through every operation, on each backend and on the reference.
@Suite struct BackendAgreementTests {
  static let seed: UInt64 = 20_251_123
  /// Around the widths of vectors, where tails of loops begin.
  static let sizes = [0, 1, 2, 3, 7, 8, 9, 16, 17, 31, 33]

  let reference = TestedBackend.reference.make()

  /// Two operands of random shape that broadcast, seen through random views, made alike on each.
  struct Operands {
    var sizes: [Int]
    var values: [Double]
    var other: [Double]
    var type: ElementType
    var isTransposed: Bool
    var isFlipped: Bool

    init(_ stream: inout RandomStream) {
      let rank = 1 + stream.next(below: 3)
      sizes = (0..<rank).map { _ in
        BackendAgreementTests.sizes[stream.next(below: BackendAgreementTests.sizes.count)]
      }
      type = [ElementType.f32, .f64, .i64, .u8, .bool][stream.next(below: 5)]
      let count = sizes.reduce(1, *)
      values = (0..<count).map { _ in (stream.uniform() * 40 - 20).rounded() / 4 }
      other = (0..<(sizes.last ?? 1)).map { _ in (stream.uniform() * 16 + 1).rounded() / 2 }
      isTransposed = stream.next(below: 2) == 0
      isFlipped = stream.next(below: 2) == 0
    }

    func first(on backend: any Backend) throws -> Tensor {
      var tensor = try Tensor(values, try Shape(sizes), on: backend).cast(to: type)
      if isTransposed { tensor = try tensor.transposed().contiguous().transposed() }
      if isFlipped { tensor = try tensor.flipped([-1]) }
      return tensor
    }

    func second(on backend: any Backend) throws -> Tensor {
      try Tensor(other, try Shape([other.count]), on: backend).cast(to: type)
    }
  }

  @Test(arguments: TestedBackend.all)
  func `every operation agrees with the reference on 60 random shapes`(
    _ tested: TestedBackend
  ) throws {
    let device = tested.make()
    var stream = RandomStream(seed: Self.seed, name: "agreement")
    for round in 0..<60 {
      let operands = Operands(&stream)
      for (name, run) in operations {
        let label =
          "seed \(Self.seed), round \(round), \(name) of \(operands.type) \(operands.sizes)"
        let got = result { try run(operands.first(on: device), operands.second(on: device)) }
        let want = result { try run(operands.first(on: reference), operands.second(on: reference)) }
        switch (got, want) {
        case (.success(let got), .success(let want)):
          let problem = try difference(got, want, tolerance: 2e-6)
          #expect(problem == nil, "\(label)")
        case (.failure(let got), .failure(let want)): #expect(got == want, "\(label)")
        default: Issue.record("\(label): \(got) instead of \(want)")
        }
      }
    }
  }

  private func result(_ body: () throws -> Tensor) -> Result<Tensor, Failure> {
    do { return .success(try body()) } catch let failure as Failure {
      return .failure(failure)
    } catch { return .failure(Failure("E-unknown", "\(error)")) }
  }

  private typealias Operation = (name: String, run: (Tensor, Tensor) throws -> Tensor)

  private var operations: [Operation] {
    let unary = Elementwise.all.map { function -> Operation in
      (function.name, { x, _ in try x.map(function) })
    }
    let binary = BinaryOperation.allCases.map { op -> Operation in
      (op.rawValue, { x, y in try Tensor.combine(op, .tensor(x), .tensor(y)) })
    }
    let comparisons = Comparison.allCases.map { op -> Operation in
      (op.rawValue, { x, y in try Tensor.compare(op, .tensor(x), .tensor(y)) })
    }
    return unary + binary + comparisons + numbers + reductions + others
  }

  /// Operations beside a number, on either side.
  private var numbers: [Operation] {
    let numbers: [Scalar] = [.int(0), .int(3), .int(-2), .num(0.1), .num(-2.5), .bool(true)]
    return numbers.flatMap { number -> [Operation] in
      let binary = BinaryOperation.allCases.flatMap { op -> [Operation] in
        [
          ("\(op.rawValue) \(number)", { x, _ in try .combine(op, .tensor(x), .scalar(number)) }),
          ("\(number) \(op.rawValue)", { x, _ in try .combine(op, .scalar(number), .tensor(x)) }),
        ]
      }
      let comparisons = Comparison.allCases.flatMap { op -> [Operation] in
        [
          ("\(op.rawValue) \(number)", { x, _ in try .compare(op, .tensor(x), .scalar(number)) }),
          ("\(number) \(op.rawValue)", { x, _ in try .compare(op, .scalar(number), .tensor(x)) }),
        ]
      }
      let choices: [Operation] = [
        (
          "where \(number)", { x, y in try .choose(x.cast(to: .bool), .scalar(number), .tensor(y)) }
        ),
        (
          "where or \(number)",
          { x, y in try .choose(x.cast(to: .bool), .tensor(y), .scalar(number)) }
        ),
        ("where \(number) or 1", { x, _ in try .choose(x.cast(to: .bool), .scalar(number), 1) }),
      ]
      return binary + comparisons + choices
    }
  }

  private var reductions: [Operation] {
    var all: [Operation] = []
    for axis in [nil, 0, -1] as [Int?] {
      let axes = axis.map { [$0] }
      let place = axis.map { " over \($0)" } ?? ""
      all += [
        ("sum" + place, { x, _ in try x.sum(axes) }),
        ("mean" + place, { x, _ in try x.mean(axes) }),
        ("variance" + place, { x, _ in try x.variance(axes) }),
        ("norm" + place, { x, _ in try x.norm(axes) }),
        ("maximum" + place, { x, _ in try x.maximum(axes) }),
        ("argmin" + place, { x, _ in try x.argMinimum(axis) }),
        ("any" + place, { x, _ in try x.any(axes) }),
        ("all" + place, { x, _ in try x.all(axes, keepingAxes: true) }),
        ("cumsum" + place, { x, _ in try x.cumulativeSum(axis: axis) }),
        ("cumprod" + place, { x, _ in try x.cumulativeProduct(axis: axis) }),
      ]
    }
    return all
  }

  private var others: [Operation] {
    [
      ("sort", { x, _ in try x.sorted(axis: 0) }),
      ("argsort", { x, _ in try x.argsorted(axis: -1, descending: true) }),
      ("where", { x, y in try Tensor.choose(try x.cast(to: .bool), .tensor(x), .tensor(y)) }),
      ("select", { x, _ in try x.selecting([.tensor(try x.cast(to: .bool))]) }),
      ("list", { x, _ in try x.selecting([.ellipsis, .list([0, -1, 0])]) }),
      ("pad", { x, _ in try x.padded([(2, 1)], with: .reflect) }),
      ("cat", { x, y in try Tensor.concatenated([x, x], axis: -1) }),
      ("matmul", { x, _ in try x.multiplied(by: try x.transposed(0, -1)) }),
      (
        "assign",
        { x, y in
          var z = x
          try z.assign(.tensor(y), at: [.ellipsis])
          return z
        }
      ),
    ]
  }

  @Test(arguments: TestedBackend.all)
  func `products of odd sizes agree with the reference, tiles and all`(
    _ tested: TestedBackend
  ) throws {
    let device = tested.make()
    var stream = RandomStream(seed: Self.seed, name: "products")
    for (m, k, n) in [
      (1, 1, 1), (7, 9, 33), (1, 200, 5), (200, 1, 3), (193, 40, 70), (50, 30, 800),
    ] {
      let a = (0..<m * k).map { _ in stream.uniform() - 0.5 }
      let b = (0..<k * n).map { _ in stream.uniform() - 0.5 }
      for type in [ElementType.f32, .f64] {
        func product(on backend: any Backend) throws -> Tensor {
          let x = try Tensor(a, try Shape([k, m]), on: backend).cast(to: type).transposed()
          return try x.multiplied(
            by: try Tensor(b, try Shape([k, n]), on: backend).cast(to: type))
        }
        let tolerance = type == .f32 ? 2e-6 : 1e-14
        let problem = try difference(
          try product(on: device), try product(on: reference), tolerance: tolerance)
        #expect(problem == nil, "\(type) \(m) \(k) \(n)")
      }
    }
  }

  @Test(arguments: TestedBackend.all)
  func `sums over blocks agree with the reference`(_ tested: TestedBackend) throws {
    let device = tested.make()
    var stream = RandomStream(seed: Self.seed, name: "blocks")
    for sizes in [[100_001], [3, 40_000], [40_000, 3], [600, 70], [2, 300, 50], [20_000, 1]] {
      let shape = try Shape(sizes)
      let values = (0..<shape.count).map { _ in Float(stream.uniform() - 0.5) }
      for axes in [nil, [0], [-1]] as [[Int]?] {
        let x = try Tensor(values, shape, on: device)
        let y = try Tensor(values, shape, on: reference)
        for (got, want) in [
          (try x.sum(axes), try y.sum(axes)), (try x.variance(axes), try y.variance(axes)),
          (try x.minimum(axes), try y.minimum(axes)),
        ] {
          let problem = try difference(got, want, tolerance: 1e-6)
          #expect(problem == nil, "\(sizes) over \(axes ?? [])")
        }
        guard let axis = axes?.first else { continue }
        #expect(try x.argMaximum(axis).ints() == y.argMaximum(axis).ints())
      }
    }
  }

  @Test(arguments: TestedBackend.all)
  func `statistics agree with the reference, nan and infinities apart`(
    _ tested: TestedBackend
  ) throws {
    let device = tested.make()
    var values = (0..<40_000).map { Double($0 % 977) / 7 }
    values[5] = .nan
    values[39_999] = .infinity
    values[20_000] = -.infinity
    for type in ElementType.allCases {
      let source = type.isFloat ? values : values.map { $0.isFinite ? $0.rounded() : 1 }
      let shape = try Shape([200, 200])
      let got = try Tensor(source, shape, on: device).cast(to: type).transposed().statistics()
      let want = try Tensor(source, shape, on: reference).cast(to: type).statistics()
      #expect(got.nan == want.nan && got.infinite == want.infinite && got.finite == want.finite)
      #expect(got.minimum == want.minimum && got.maximum == want.maximum)
      #expect(abs(got.mean - want.mean) < 1e-9 && abs(got.deviation - want.deviation) < 1e-9)
    }
    let nothing = try Tensor.zeros(try Shape([0, 3]), on: device).statistics()
    #expect(nothing.finite == 0 && nothing.mean.isNaN && nothing.minimum.isNaN)
  }

  @Test func `a number beside elements is what a tensor filled with it holds`() throws {
    let numbers: [Scalar] = [
      .bool(false), .bool(true), .int(0), .int(-7), .int(255), .int(300), .int(1 << 53 + 1),
      .int(.max), .int(.min), .num(0.1), .num(-0.5), .num(2.5), .num(1e300), .num(-1e-300),
      .num(.infinity), .num(.nan),
    ]
    for tested in TestedBackend.all + [.reference] {
      let backend = tested.make()
      for type in ElementType.allCases {
        for number in numbers {
          guard let filled = try? Tensor.full(.scalar, number, type, on: backend) else { continue }
          let label = "\(number) in \(type) on \(tested)"
          switch (try filled.item(), number.converted(to: type)) {
          case (.num(let want), .num(let got)):
            #expect(got == want || (got.isNaN && want.isNaN), "\(label)")
          case (let want, let got): #expect(got == want, "\(label)")
          }
        }
      }
    }
  }

  @Test(arguments: TestedBackend.all + [.reference])
  func `one question finds the first tensor with an element outside its bound`(
    _ tested: TestedBackend
  ) throws {
    let backend = tested.make()
    func tensor(_ count: Int, _ strange: Double? = nil, _ type: ElementType = .f32) throws -> Tensor
    {
      var values = (0..<count).map { Double($0 % 7) - 3 }
      if let strange { values[count - 1] = strange }
      return try Tensor(values, try Shape([count]), on: backend).cast(to: type)
    }
    let sound = try [tensor(1), tensor(70_000), tensor(0), tensor(5, nil, .f64)]
    #expect(try Tensor.firstNotFinite(among: sound) == nil)
    #expect(try Tensor.firstNotFinite(among: []) == nil)
    for strange in [Double.nan, .infinity, -.infinity] {
      let both = try sound + [tensor(70_000, strange), tensor(3), tensor(9, strange, .f64)]
      #expect(try Tensor.firstNotFinite(among: both) == 4)
    }
    #expect(try Tensor.firstOutside([3, 3, 3, 3], among: sound) == nil)
    #expect(try Tensor.firstOutside([3, 2.5, 3, 2], among: sound) == 1)
    // A view that is not contiguous.
    let flipped = try tensor(70_000, 9).flipped([0])
    #expect(try Tensor.firstOutside([8], among: [flipped]) == 0)
    #expect(try Tensor.firstOutside([9], among: [flipped]) == nil)
  }

  @Test(arguments: TestedBackend.all)
  func `pictures' bytes agree with the reference`(_ tested: TestedBackend) throws {
    let device = tested.make()
    var stream = RandomStream(seed: Self.seed, name: "pictures")
    for sizes in [
      [3, 5, 4], [1, 1, 1], [2, 3, 7, 6], [2, 1, 200, 210], [3, 40, 41], [4, 33, 32],
    ] {
      let shape = try Shape(sizes)
      let values = (0..<shape.count).map { index -> Float in
        index % 97 == 5 ? .nan : Float(stream.uniform() * 2.2 - 1.1)
      }
      func bytes(on backend: any Backend) throws -> (bytes: [UInt8], clipped: Int) {
        try Tensor(values, shape, on: backend).pixels()
      }
      let (got, want) = (try bytes(on: device), try bytes(on: reference))
      #expect(got.bytes.count == shape.count && got.clipped == want.clipped)
      #expect(got.bytes == want.bytes)
      #expect(try Tensor.zeros(try Shape([3, 0, 4]), on: device).pixels().bytes == [])
    }
  }
}
