// SPDX-License-Identifier: MIT
import HengeBackend
import HengeModels
import HengeNN
import HengeTensor
import Testing

/// Gradients whose norm is limited.
@Suite struct ClippingTests {
  private let layer: Layer
  private let golden: (String) throws -> Tensor

  init() throws {
    golden = try goldenArrays("clipping")
    layer = try LayerKind.conv([("in", .int(2)), ("out", .int(3))], .zeros(on: cpu))
    for (name, parameter) in layer.allParameters { parameter.set(try golden("\(name).0")) }
  }

  /// The gradients of `sum(y · dy · factor)`.
  private func gradients(_ factor: Double) throws -> Gradients {
    let learning = Learning([layer])
    let y = try layer(golden("x"), Pass(.training, learning: learning))
    return try Gradients(learning, of: (y * golden("dy") * .num(factor)).sum())
  }

  @Test func `norms and the weights after clipped steps are PyTorch's`() throws {
    let adam = Adam([layer], learningRate: 0.01)
    adam.clip = 5
    for (index, factor) in [0.01, 1, 30].enumerated() {
      let step = try adam.step(gradients(factor))
      let norm = try golden("norm.\(index + 1)").item().double
      #expect(abs(try #require(step.norm) - norm) < 1e-5 * norm)
      #expect((norm > 5) == (index > 0))
      adam.publish(step)
      for (name, parameter) in layer.allParameters {
        let want = try golden("\(name).\(index + 1)").floats()
        for (got, want) in zip(try parameter.value.floats(), want) {
          #expect(abs(got - want) < 1e-6)
        }
      }
    }
  }

  @Test func `without a limit no norm is computed`() throws {
    let adam = Adam([layer])
    #expect(try adam.step(gradients(30)).norm == nil)
  }

  @Test
  func `a gradient that a step cannot be made of can be clipped, one that is not finite cannot`()
    throws
  {
    let adam = Adam([layer])
    #expect(throws: Failure.self) { try adam.step(gradients(1e25)) }
    adam.clip = 1
    #expect(try #require(try adam.step(gradients(1e25)).norm) > 1e24)
    let failure = #expect(throws: Failure.self) {
      try adam.step(gradients(.infinity)) { _ in "conv.weight" }
    }
    #expect(failure?.code == "E-finite")
    #expect(
      failure?.message.hasPrefix("the gradient of `conv.weight`, 3x2x3x3, is not finite") == true)
  }
}
