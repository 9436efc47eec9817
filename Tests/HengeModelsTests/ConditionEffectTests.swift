// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeModels
import HengeNN
import HengeTensor
import Testing

/// What a random generator makes of an angle that it is told in one way or another.
@Suite struct ConditionEffectTests {
  private static let side = 32

  /// How an angle in degrees is told.
  enum Encoding: CaseIterable {
    case constant
    case ramp
    case heatmap
    case film

    /// The planes, `[1, K, 32, 32]`.
    func planes(_ degrees: Double) throws -> Tensor {
      let (angle, side) = (degrees * .pi / 180, ConditionEffectTests.side)
      func plane(_ value: (_ x: Double, _ y: Double) -> Double) -> [Float] {
        (0..<side * side).map { place in
          let (row, column) = place.quotientAndRemainder(dividingBy: side)
          let scale = 2 / Double(side - 1)
          return Float(value(Double(column) * scale - 1, Double(row) * scale - 1))
        }
      }
      /// A peak where an eye of a head tilted by the angle is.
      func eye(_ direction: Double) -> [Float] {
        plane { x, y in
          let (u, v) = (
            x - direction * 0.4 * cos(angle), y - direction * 0.4 * sin(angle)
          )
          return 2 * exp(-(u * u + v * v) / (2 * 0.0625 * 0.0625)) - 1
        }
      }
      let values =
        switch self {
        case .constant: plane { _, _ in degrees / 90 }
        case .ramp: plane { x, y in x * cos(angle) + y * sin(angle) }
        case .heatmap: eye(-1) + eye(1)
        case .film: plane { _, _ in cos(angle) } + plane { _, _ in sin(angle) }
        }
      return try Tensor(values, try Shape([1, values.count / side / side, side, side]), on: cpu)
    }

    func generator() throws -> Layer {
      let weights = FirstWeights(
        from: Draws(RandomStream(seed: 3, name: "weights")), on: cpu)
      let settings = [("base", Setting.int(16)), ("blocks", .int(2))]
      if self == .film { return try LayerKind.filmGenerator(settings, weights) }
      let channels = 3 + (try planes(0).shape[1])
      return try LayerKind.resnetGenerator([("channels", .int(channels))] + settings, weights)
    }
  }

  private func picture() throws -> Tensor {
    var stream = RandomStream(seed: 5, name: "picture")
    return try Tensor.randn(
      try Shape([1, 3, Self.side, Self.side]), from: &stream, on: cpu
    ).activated(.tanh)
  }

  private func told(_ encoding: Encoding, _ degrees: Double) throws -> Tensor {
    try Tensor.concatenated([picture(), encoding.planes(degrees)], axis: 1)
  }

  private func distance(_ a: Tensor, _ b: Tensor) throws -> Double {
    try (a.cast(to: .f64) - b.cast(to: .f64)).map(.abs).maximum().item().double
  }

  /// The image in double precision, as it is there.
  private func precise(_ generator: Layer, _ x: Tensor) throws -> Tensor {
    try generator(x.cast(to: .f64), Pass(isPrecise: true))
  }

  @Test(arguments: Encoding.allCases)
  func `turning the condition alone changes the image, unless it is one number`(
    _ encoding: Encoding
  ) throws {
    let generator = try encoding.generator()
    let (straight, turned) = (try told(encoding, 0), try told(encoding, 20))
    let exact = (try precise(generator, straight), try precise(generator, turned))
    let single = (try generator(straight), try generator(turned))
    let rounding = max(try distance(single.0, exact.0), try distance(single.1, exact.1))
    let (change, changeInSingle) = (
      try distance(exact.0, exact.1), try distance(single.0, single.1)
    )
    print(
      "turned by 20 degrees, \(encoding): \(change), f32 \(changeInSingle), rounding \(rounding)")
    if encoding == .constant {
      #expect(change <= 1e-7)
      #expect(changeInSingle <= 2 * rounding)
    } else {
      #expect(change > 1e-3)
      #expect(changeInSingle > 1e-3)
    }
  }

  @Test func `no number that a plane has changes the image`() throws {
    let generator = try Encoding.constant.generator()
    let zero = try told(.constant, 0)
    for degrees in [-90.0, -33, 90] {
      let plane = try told(.constant, degrees)
      #expect(try distance(precise(generator, plane), precise(generator, zero)) <= 1e-7)
      let rounding = try max(
        distance(generator(plane), precise(generator, plane)),
        distance(generator(zero), precise(generator, zero)))
      #expect(try distance(generator(plane), generator(zero)) <= 2 * rounding)
    }
  }

  /// The gradients at the weights of the first layer, of channels of the picture and of the condition.
  private func slopes(_ encoding: Encoding, isPrecise: Bool) throws -> (Tensor, Tensor) {
    let generator = try encoding.generator()
    let learning = Learning([generator])
    let pass = Pass(.training, learning: learning, isPrecise: isPrecise)
    let x = try told(encoding, 20)
    let y = try generator(isPrecise ? x.cast(to: .f64) : x, pass)
    // Weighted by place, for a loss that no symmetry makes flat.
    let weights = try Tensor.arange(.int(0), .int(y.count), on: cpu).map(.sin)
      .reshaped(y.shape.sizes).cast(to: y.type)
    let values = try Gradients(learning, of: (y * weights).sum()).values()
    let slope = values[
      try #require(learning.parameters.firstIndex { $0.value.shape.sizes.suffix(2) == [7, 7] })]
    return (
      try slope.selecting([.all, .slice(start: 0, stop: 3, step: nil)]),
      try slope.selecting([.all, .slice(start: 3, stop: nil, step: nil)])
    )
  }

  @Test(arguments: [Encoding.constant, .ramp, .heatmap])
  func `weights of a plane of one number receive no gradient`(_ encoding: Encoding) throws {
    let (exact, single) = (
      try slopes(encoding, isPrecise: true), try slopes(encoding, isPrecise: false)
    )
    func largest(_ x: Tensor) throws -> Double { try x.map(.abs).maximum().item().double }
    let rounding = max(try distance(exact.0, single.0), try distance(exact.1, single.1))
    print(
      "gradients, \(encoding): \(try largest(exact.1)) beside \(try largest(exact.0)), f32 \(try largest(single.1)), rounding \(rounding)"
    )
    #expect(try largest(exact.0) > 1)
    if encoding == .constant {
      #expect(try largest(exact.1) <= 1e-7)
      #expect(try largest(single.1) <= 2 * rounding)
    } else {
      #expect(try largest(exact.1) > 1e-3)
      #expect(try largest(single.1) > 1e-3)
    }
  }
}
