// SPDX-License-Identifier: MIT
import HengeBackend
import HengeModels
import HengeNN
import HengeTensor
import HengeTestSupport
import Testing

/// Architectures that declare a divisor take pictures of any size where nothing learns.
@Suite struct AnySizeTests {
  static let names = LayerKind.all.filter { $0.divisor != nil }.map(\.name)

  private func network(_ name: String) throws -> Layer {
    try exampleLayer(try #require(LayerKind.all.first { $0.name == name }))
  }

  /// The channels that a network reads: three, and those of a condition.
  private func channels(_ name: String) throws -> Int {
    try #require(LayerKind.all.first { $0.name == name }).example.input[1]
  }

  private func picture(_ sizes: [Int], seed: UInt64 = 5) throws -> Tensor {
    var stream = RandomStream(seed: seed, name: "input")
    return try Tensor.randn(try Shape(sizes), from: &stream, on: cpu)
  }

  private func failure(_ body: () throws -> Void) -> Failure? {
    do {
      try body()
      return nil
    } catch { return error as? Failure }
  }

  /// Architectures that return an image of the input's size and declare no divisor.
  static let withoutDivisor = LayerKind.architectures.filter {
    $0.divisor == nil && $0.example.input.count == 4 && $0.example.output == $0.example.input
  }.map(\.name)

  @Test(arguments: withoutDivisor)
  func `a network that declares none takes any size`(_ name: String) throws {
    let kind = try #require(LayerKind.architectures.first { $0.name == name })
    var sizes = kind.example.input
    sizes[2] += 1
    sizes[3] += 3
    do {
      let y = try exampleLayer(kind)(Tensor.zeros(Shape(sizes), on: cpu))
      #expect(y.shape.sizes == sizes, "declare the `divisor` of \(name)")
    } catch {
      Issue.record("declare the `divisor` of \(name): \(error)")
    }
  }

  @Test func `the generators declare one`() {
    #expect(
      Set(AnySizeTests.names).isSuperset(of: ["resnet_generator", "strided_encoder_decoder"]))
  }

  @Test(arguments: names)
  func `a result has the picture's size, and is the middle of the padded picture's`(
    _ name: String
  ) throws {
    let network = try network(name)
    let divisor = network.divisor
    let (height, width) = (3 * divisor + 1, 4 * divisor - 1)
    let x = try picture([2, channels(name), height, width])
    let (top, bottom) = ((divisor - 1) / 2, divisor - 1 - (divisor - 1) / 2)
    let padded = try x.padded([(0, 0), (0, 0), (top, bottom), (0, 1)], with: .reflect)
    let whole = try network(padded)
    #expect(whole.shape.sizes == [2, 3, 4 * divisor, 4 * divisor])
    let middle = try whole.selecting([
      .all, .all, .slice(start: top, stop: top + height, step: nil),
      .slice(start: 0, stop: width, step: nil),
    ])
    let y = try network(x)
    #expect(y.shape.sizes == [2, 3, height, width])
    #expect(try y.floats() == middle.floats())
    let one = try network(x.selecting([.at(1)]))
    #expect(one.shape.sizes == [3, height, width])
    let precise = try network(x, Pass(isPrecise: true))
    #expect(precise.shape == y.shape)
    #expect(try (precise - y).map(.abs).maximum().item().double < 1e-3)
  }

  @Test(arguments: names)
  func `sizes that it divides are not touched, and while it learns none is`(_ name: String) throws {
    let network = try network(name)
    let learning = Pass(.evaluation, learning: Learning([network]))
    let fitting = try picture([1, channels(name), 4 * network.divisor, 3 * network.divisor])
    #expect(try network(fitting).floats() == network(fitting, learning).floats())
    let odd = try picture([1, channels(name), 4 * network.divisor + 1, 4 * network.divisor])
    let learnt = try? network(odd, learning)
    #expect(learnt?.shape.sizes.suffix(2) != odd.shape.sizes.suffix(2))
  }

  @Test func `a gradient goes back through the padding`() throws {
    let network = try network("resnet_generator")
    let x = try picture([1, 3, 13, 15]).onTape()
    let slope = try network(x).sum().gradients(at: [x])[0]
    #expect(slope.shape == x.shape)
    #expect(try slope.map(.abs).minimum().item().double > 0)
  }

  @Test func `what is too small to be mirrored is refused`() throws {
    let network = try network("resnet_generator")
    #expect(
      failure { _ = try network(picture([3, 1, 9])) }
        == Failure(
          "E-shape",
          "resnet_generator needs sides divisible by 4, and images of 1x9 are too small to be padded by reflection to 4x12",
          notes: ["reflection can add at most a side minus 1"], suggestion: "resize(x, 4x12)",
          parameter: "x"))
  }

  @Test func `networks without a divisor are as they were`() throws {
    let network = try network("patchgan")
    #expect(network.divisor == 1)
    #expect(try network(picture([1, 3, 17, 19])).shape == network(picture([1, 3, 16, 18])).shape)
  }
}
