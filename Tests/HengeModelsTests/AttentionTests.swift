// SPDX-License-Identifier: MIT
import HengeBackend
import HengeModels
import HengeNN
import HengeTensor
import Testing

/// Layers of U-GAT-IT by themselves.
@Suite struct AttentionTests {
  private func random(_ sizes: [Int], _ name: String) throws -> Tensor {
    var stream = RandomStream(seed: 5, name: name)
    return try Tensor.randn(Shape(sizes), from: &stream, on: cpu)
  }

  private func weights(_ name: String) -> FirstWeights {
    FirstWeights(from: Draws(RandomStream(seed: 7, name: name)), on: cpu)
  }

  /// The result as the definition has it, with the convolution of both products.
  @Test(arguments: [false, true]) func classifierWeightsFoldIntoTheConvolution(_ isSpectral: Bool)
    throws
  {
    let layer = try LayerKind.attention(
      [("channels", .int(5)), ("slope", .num(0.2)), ("spectral", .bool(isSpectral))],
      weights("attention"))
    let x = try random([2, 5, 6, 7], "x")
    var seen: Tensor?
    let sides = SideOutputs()
    let y = try layer(
      x, Pass(sides: sides, watching: ["conv1x1"]) { _, _, _, result in seen = result })
    let defined = try #require(seen).activated(.leakyReLU(slope: 0.2))
    let distance = try (y - defined).map(.abs).maximum().item().double
    #expect(distance < 1e-5)
    let heat = try #require(sides["heatmap"])
    #expect(heat.shape.sizes == [2, 1, 6, 7])
    let logits = try #require(sides["logits"])
    #expect(logits.shape.sizes == [2, 2])
  }

  /// Spectral normalization divides by the largest singular value, once the iteration has found it.
  @Test func theLargestSingularValueBecomesOne() throws {
    let inner = try LayerKind.linear(
      [("in", .int(6)), ("out", .int(4)), ("bias", .bool(false))], weights("linear"))
    let layer = try LayerKind.spectral([], parts: [("layer", inner)], weights("vectors"))
    let moving = MovingStatistics()
    let x = try random([3, 6], "rows")
    for _ in 0..<200 { _ = try layer(x, Pass(.training, moving: moving)) }
    moving.publish()
    // Of all directions, none is made longer.
    let rows = try random([500, 6], "directions")
    let lengths = try layer(rows).norm([1], keepingAxes: false) / rows.norm([1], keepingAxes: false)
    let longest = try lengths.maximum().item().double
    #expect(longest <= 1.0001)
    #expect(longest > 0.8)
  }

  /// A pass that belongs to no step, and one that evaluates, leave the vectors where they are.
  @Test func vectorsMoveWithTrainingStepsAlone() throws {
    let inner = try LayerKind.conv([("in", .int(2)), ("out", .int(3))], weights("conv"))
    let layer = try LayerKind.spectral([], parts: [("layer", inner)], weights("vectors"))
    func vectors() throws -> [Float] {
      try layer.allParameters.filter { !$0.parameter.isTrained }.flatMap {
        try $0.parameter.value.floats()
      }
    }
    let x = try random([1, 2, 5, 5], "x")
    let first = try vectors()
    _ = try layer(x)
    _ = try layer(x, Pass(.training))
    #expect(try vectors() == first)
    let moving = MovingStatistics()
    _ = try layer(x, Pass(.training, moving: moving))
    #expect(try vectors() == first)
    moving.publish()
    #expect(try vectors() != first)
  }

  @Test func spectralTakesOneLayerWithAWeight() throws {
    let relu = try LayerKind.relu([], weights("relu"))
    for parts in [[], [("relu1", relu)]] {
      #expect(throws: Failure.self) {
        try LayerKind.spectral([], parts: parts, weights("none"))
      }
    }
  }

  /// Every step of an optimizer clips what has bounds.
  @Test func sharesStayWithinTheirBounds() throws {
    for isAdam in [true, false] {
      let layer = try LayerKind.layerInstanceNorm(
        [("channels", .int(3)), ("rho", .num(0.9))], weights("norm"))
      let optimizer: Optimizer =
        isAdam ? Adam([layer], learningRate: 3) : SGD([layer], learningRate: 100)
      let x = try random([2, 3, 4, 4], "x")
      for _ in 0..<3 {
        let learning = Learning([layer])
        let loss = try layer(x, Pass(.training, learning: learning)).map(.square).mean()
        optimizer.publish(try optimizer.step(Gradients(learning, of: loss)))
      }
      let rho = try #require(layer.allParameters.first { $0.name == "rho" }).parameter
      #expect(try rho.value.floats().allSatisfy { (0...1).contains($0) })
      #expect(try rho.value.floats().contains { $0 == 0 || $0 == 1 })
    }
  }
}
