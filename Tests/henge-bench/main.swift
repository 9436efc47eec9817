// SPDX-License-Identifier: MIT
internal import Glibc
import HengeBackend
import HengeCPU
import HengeTensor
import HengeThreads

// Runs single convolutions and matrix products on request, for a driver that alternates them with a
// peer's:
//   henge-bench THREADS, then lines of
//   forward|backward N C H W K R S STRIDE PADDING zero|reflection|transposed
//   product M K N f32|f64 ab|aB|Ab|AB   (a capital letter: a matrix whose columns are adjacent)
// Each is answered with the nanoseconds of one call (a backward gives both gradients), the median of
// five that follow others as layers follow each other in a network. The first call of a line makes
// what it needs, and answers with the relative error against double precision of the forward result,
// or the larger one of the two gradients.

/// One line's operands, kept from call to call.
protocol Subject {
  /// What one call gives, and the nanoseconds it took.
  func call(_ type: ElementType) throws -> (results: [Tensor], nanoseconds: Int64)
  /// The type that is timed.
  var type: ElementType { get }
}

/// A convolution.
struct Layer: Subject {
  var type: ElementType { .f32 }

  let isBackward: Bool
  let isTransposed: Bool
  let convolution: Convolution
  let x: Tensor
  let weight: Tensor

  init?(_ words: [Substring], on backend: CPUBackend) throws {
    let numbers = words.dropFirst().prefix(9).compactMap { Int($0) }
    guard words.count == 11, numbers.count == 9, ["forward", "backward"].contains(words[0]) else {
      return nil
    }
    isBackward = words[0] == "backward"
    isTransposed = words[10] == "transposed"
    let edges = Convolution.Edges(numbers[8])
    convolution = Convolution(
      stride: .init(numbers[7]), vertical: edges, horizontal: edges,
      border: words[10] == "reflection" ? .reflection : .zero)
    var stream = RandomStream(seed: 1, name: "bench")
    let (c, k) = (numbers[1], numbers[4])
    x = try Tensor.randn(
      try Shape([numbers[0], numbers[2], numbers[3], c]), from: &stream, on: backend
    ).permuted([0, 3, 1, 2])
    let sizes = (isTransposed ? [c, k] : [k, c]) + [numbers[5], numbers[6]]
    weight = try Tensor.randn(try Shape(sizes), from: &stream, on: backend) * .num(0.02)
  }

  func result(_ x: Tensor, _ weight: Tensor) throws -> Tensor {
    isTransposed
      ? try x.convolvedTransposed(with: weight, convolution, extra: .init(1))
      : try x.convolved(with: weight, convolution)
  }

  func call(_ type: ElementType) throws -> (results: [Tensor], nanoseconds: Int64) {
    let clock = ContinuousClock()
    var (x, weight) = (try x.cast(to: type), try weight.cast(to: type))
    guard isBackward else {
      let begin = clock.now
      let y = try result(x, weight)
      return ([y], nanoseconds(clock.now - begin))
    }
    (x, weight) = (x.onTape(), weight.onTape())
    let y = try result(x, weight)
    // The result is as good a gradient as any, and lies as one would.
    let seed = y.detached()
    let begin = clock.now
    let gradients = try y.gradients(at: [x, weight], from: seed)
    return (gradients, nanoseconds(clock.now - begin))
  }
}

/// A matrix product.
struct Product: Subject {
  let type: ElementType
  let a: Tensor
  let b: Tensor

  init?(_ words: [Substring], on backend: CPUBackend) throws {
    let sizes = words.dropFirst().prefix(3).compactMap { Int($0) }
    guard words.count == 6, words[0] == "product", sizes.count == 3,
      let type = ElementType(rawValue: String(words[4])), ["f32", "f64"].contains(words[4])
    else { return nil }
    self.type = type
    var stream = RandomStream(seed: 1, name: "bench")
    func matrix(_ rows: Int, _ columns: Int, isTurned: Bool) throws -> Tensor {
      let sizes = isTurned ? [columns, rows] : [rows, columns]
      let tensor = try Tensor.randn(try Shape(sizes), from: &stream, on: backend).cast(to: type)
      return isTurned ? try tensor.transposed(0, 1) : tensor
    }
    a = try matrix(sizes[0], sizes[1], isTurned: words[5].contains("A"))
    b = try matrix(sizes[1], sizes[2], isTurned: words[5].contains("B"))
  }

  func call(_ type: ElementType) throws -> (results: [Tensor], nanoseconds: Int64) {
    let (a, b) = (try a.cast(to: type), try b.cast(to: type))
    let clock = ContinuousClock()
    let begin = clock.now
    let result = try a.multiplied(by: b)
    return ([result], nanoseconds(clock.now - begin))
  }
}

func nanoseconds(_ duration: Duration) -> Int64 {
  duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
}

extension Subject {
  /// The median nanoseconds of five calls, once others have kept the processors busy for a while:
  /// a system that puts its processors to sleep takes milliseconds to give a program the second one.
  func time() throws -> Int64 {
    let clock = ContinuousClock()
    let begin = clock.now
    repeat { _ = try call(type) } while clock.now - begin < .milliseconds(40)
    return try (0..<5).map { _ in try call(type).nanoseconds }.sorted()[2]
  }

  /// The larger relative error of what `call` gives, against double precision.
  func error() throws -> Double {
    let pairs = zip(try call(type).results, try call(.f64).results)
    return try pairs.map { single, double in
      let difference = try (single.cast(to: .f64) - double).norm().item().double
      return try difference / double.norm().item().double
    }.max() ?? 0
  }
}

/// What a line asks for.
func subject(_ line: String, on backend: CPUBackend) throws -> (any Subject)? {
  let words = line.split(separator: " ")
  if let layer = try Layer(words, on: backend) { return layer }
  return try Product(words, on: backend)
}

let threads = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1
let backend = CPUBackend(pool: Pool(threads: threads), budget: MemoryBudget(limit: 4 << 30))
var subjects: [String: any Subject] = [:]
while let line = readLine() {
  if let known = subjects[line] {
    print(try known.time())
  } else if let new = try subject(line, on: backend) {
    subjects[line] = new
    print(try new.error())
  } else {
    print("not understood: \(line)")
  }
  fflush(nil)
}
