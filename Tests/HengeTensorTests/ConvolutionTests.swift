// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTensor
import HengeTestSupport
import Testing

/// Random convolutions, forward and backward, on each backend and on the reference.
@Suite struct ConvolutionTests {
  let reference = TestedBackend.reference.make()

  /// One convolution of random sizes.
  struct Case {
    var x: [Int]
    var weight: [Int]
    var convolution: Convolution
    var activation: Activation
    var isTransposed: Bool

    init(_ stream: inout RandomStream) {
      let kernel = [1 + stream.next(below: 4), 1 + stream.next(below: 4)]
      let border: Convolution.Border = stream.next(below: 2) == 0 ? .zero : .reflection
      isTransposed = stream.next(below: 3) == 0
      x = [1 + stream.next(below: 2), 1 + stream.next(below: 5)]
      x += (0..<2).map { _ in 4 + stream.next(below: 6) }
      let out = 1 + stream.next(below: 5)
      weight = isTransposed ? [x[1], out] + kernel : [out, x[1]] + kernel
      func edges() -> Convolution.Edges {
        .init(stream.next(below: 3), stream.next(below: 3))
      }
      convolution = Convolution(
        stride: .init(1 + stream.next(below: 2), 1 + stream.next(below: 3)), vertical: edges(),
        horizontal: edges(), border: isTransposed ? .zero : border,
        dilation: .init(1 + stream.next(below: 2), 1))
      activation = [.none, .relu, .leakyReLU(slope: 0.2), .tanh, .sigmoid][stream.next(below: 5)]
    }

    /// The result, and the gradients of the sum of its squares at input, weight and bias.
    func run(_ type: ElementType, on backend: any Backend) throws -> [[Double]] {
      var stream = RandomStream(seed: 7, name: "values")
      func random(_ sizes: [Int]) throws -> Tensor {
        try Tensor.randn(try Shape(sizes), .f64, from: &stream, on: backend).cast(to: type)
      }
      let leaves = try [
        random(x), random(weight), random([weight[isTransposed ? 1 : 0]]),
      ].map { $0.onTape() }
      let y =
        isTransposed
        ? try leaves[0].convolvedTransposed(
          with: leaves[1], bias: leaves[2], convolution, activation: activation)
        : try leaves[0].convolved(
          with: leaves[1], bias: leaves[2], convolution, activation: activation)
      let gradients = try y.squareSum().gradients(at: leaves)
      return try ([y.detached()] + gradients).map { try $0.cast(to: .f64).contiguous().doubles() }
    }
  }

  @Test(arguments: TestedBackend.all)
  func `80 random convolutions and their gradients agree with the reference`(
    _ tested: TestedBackend
  ) throws {
    let device = tested.make()
    var stream = RandomStream(seed: 20_261_124, name: "convolutions")
    var done = 0
    while done < 80 {
      let one = Case(&stream)
      guard let want = try? one.run(.f64, on: reference) else { continue }
      done += 1
      for (type, tolerance) in [(ElementType.f64, 1e-12), (.f32, 2e-5)] {
        let got = try one.run(type, on: device)
        for (name, (a, b)) in zip(["y", "dx", "dw", "db"], zip(got, want)) {
          #expect(distance(a, b) < tolerance, "\(name) of \(one) in \(type)")
        }
      }
    }
  }
}

/// The norm of the difference, relative to the norm of what is wanted; where NaN is wanted, it must be.
func distance(_ got: [Double], _ want: [Double]) -> Double {
  guard got.count == want.count else { return .infinity }
  let pairs = zip(got, want).filter { !($0.isNaN && $1.isNaN) }
  let difference = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  let norm = pairs.reduce(0) { $0 + $1.1 * $1.1 }
  return (difference / max(norm, 1e-30)).squareRoot()
}
