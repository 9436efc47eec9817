// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import Testing

@Suite struct PReLUTests {
  @Test(arguments: [("one", 1), ("each", 3)])
  func `values and gradients are PyTorch's`(_ name: String, _ slopes: Int) throws {
    let golden = try goldenArrays("prelu")
    func array(_ part: String) throws -> Tensor { try golden("\(name).\(part)") }
    let layer = try LayerKind.prelu([("slopes", .int(slopes))], .zeros(on: cpu))
    layer.allParameters[0].parameter.set(try array("weight"))
    let learning = Learning([layer])
    let x = try array("x").onTape()
    let y = try layer(x, Pass(.training, learning: learning))
    #expect(try distance(y.detached(), array("y")) < 1e-6)
    let loss = try (y * array("dy")).sum()
    let gradients = try loss.gradients(at: [x])
    #expect(try distance(gradients[0], array("dx")) < 1e-6)
    let again = try (layer(array("x"), Pass(.training, learning: learning)) * array("dy")).sum()
    let own = try Gradients(learning, of: again).values()
    #expect(try distance(own[0], array("dw")) < 1e-5)
  }

  private func distance(_ a: Tensor, _ b: Tensor) throws -> Double {
    #expect(a.shape == b.shape)
    return try (a - b).map(.abs).maximum().item().double
  }

  @Test func `a slope for each channel needs that many channels`() throws {
    let layer = try LayerKind.prelu([("slopes", .int(2))], .zeros(on: cpu))
    let failure = #expect(throws: Failure.self) {
      try layer(try Tensor.zeros(try Shape([1, 3, 4, 4]), on: cpu))
    }
    #expect(failure?.message == "prelu(2) takes 2 channels, and 1x3x4x4 has 3")
  }

  @Test func `slopes begin as they are told, and are learned`() throws {
    let layer = try LayerKind.prelu([], .zeros(on: cpu))
    #expect(try layer.allParameters[0].parameter.value.floats() == [0.25])
    #expect(layer.parameterCount == 1)
  }
}
