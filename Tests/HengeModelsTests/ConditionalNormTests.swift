// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import Testing

@Suite struct ConditionalNormTests {
  private func distance(_ a: Tensor, _ b: Tensor) throws -> Double {
    #expect(a.shape == b.shape)
    return try (a.detached() - b).map(.abs).maximum().item().double
  }

  /// A batch of maps and of planes that contain the condition.
  private func input(_ maps: Tensor, _ condition: Tensor) throws -> Tensor {
    let (sizes, count) = (maps.shape.sizes, condition.shape[1])
    let planes = try condition.reshaped([sizes[0], count, 1, 1])
      .broadcast(to: try Shape([sizes[0], count, sizes[2], sizes[3]]))
    return try Tensor.concatenated([maps, planes], axis: 1)
  }

  @Test(arguments: ["one", "each"], [false, true])
  func `values and gradients are PyTorch's`(_ name: String, isInside: Bool) throws {
    let golden = try goldenArrays("conditional_norm")
    func array(_ part: String) throws -> Tensor { try golden("\(name).\(part)") }
    let (channels, count) = (try array("x").shape[1], try array("c").shape[1])
    let settings = [("channels", Setting.int(channels)), ("condition", .int(count))]
    let norm = try LayerKind.conditionalNorm(settings, .zeros(on: cpu))
    for (entry, part) in zip(norm.allParameters, ["weight", "bias"]) {
      entry.parameter.set(try array(part))
    }
    let layer =
      isInside
      ? try LayerKind.conditioned(
        [("condition", .int(count))], parts: [("norm", norm)], .zeros(on: cpu)) : norm
    let learning = Learning([layer])
    let (x, c) = (try array("x").onTape(), try array("c").onTape())
    let y = try layer(input(x, c), Pass(.training, learning: learning))
    #expect(try distance(y, array("y")) < 2e-6)
    let gradients = try (y * array("dy")).sum().gradients(at: [x, c])
    #expect(try distance(gradients[0], array("dx")) < 1e-5)
    #expect(try distance(gradients[1], array("dc")) < 2e-5)
    let again = try layer(
      input(array("x"), array("c")), Pass(.training, learning: learning))
    let own = try Gradients(learning, of: (again * array("dy")).sum()).values()
    #expect(try distance(own[0], array("dw")) < 1e-4)
    #expect(try distance(own[1], array("db")) < 2e-5)
  }

  @Test func `its gradients are the slopes of its values`() throws {
    let layer = try exampleLayer(.conditioned)
    var stream = RandomStream(seed: 5, name: "input")
    let maps = try Tensor.randn(try Shape([2, 3, 5, 5]), from: &stream, on: cpu).cast(to: .f64)
    let dy = try Tensor.randn(try Shape([2, 4, 3, 3]), from: &stream, on: cpu).cast(to: .f64)
    let condition = [0.8, 0.6, 0.96, -0.28]
    func loss(_ c: Tensor, _ pass: Pass) throws -> Tensor {
      try (layer(input(maps, c), pass) * dy).sum()
    }
    func tensor(_ values: [Double]) throws -> Tensor {
      try Tensor(values, try Shape([2, 2]), on: cpu)
    }
    let precise = Pass(isPrecise: true)
    let c = try tensor(condition).onTape()
    let slopes = try loss(c, precise).gradients(at: [c])[0].doubles()
    for index in condition.indices {
      func moved(_ by: Double) throws -> Double {
        var values = condition
        values[index] += by
        return try loss(tensor(values), precise).item().double
      }
      let numeric = (try moved(1e-5) - moved(-1e-5)) / 2e-5
      #expect(abs(slopes[index] - numeric) < 1e-7 * max(1, abs(numeric)))
    }
  }

  @Test func `at first it is near an instance normalization`() throws {
    var stream = RandomStream(seed: 5, name: "input")
    let maps = try Tensor.randn(try Shape([1, 4, 8, 8]), from: &stream, on: cpu)
    let norm = try LayerKind.conditionalNorm(
      [("channels", .int(4))],
      FirstWeights(
        .normal, gain: 0.02, from: Draws(RandomStream(seed: 3, name: "weights")), on: cpu))
    let plain = try LayerKind.instanceNorm([("channels", .int(4))], .zeros(on: cpu))
    let condition = try Tensor([1, 0] as [Float], try Shape([1, 2]), on: cpu)
    let apart = try distance(norm(input(maps, condition)), plain(maps))
    #expect(apart > 0 && apart < 0.3)
    let nothing = try Tensor.zeros(try Shape([1, 2]), on: cpu)
    #expect(try distance(norm(input(maps, nothing)), plain(maps)) < 1e-6)
  }

  @Test func `a condition of another size is refused`() throws {
    let layer = try exampleLayer(.conditioned)
    let short = #expect(throws: Failure.self) {
      try layer(try Tensor.zeros(try Shape([1, 2, 5, 5]), on: cpu))
    }
    #expect(short?.code == "E-shape")
    #expect(
      short?.message
        == "conditioned takes Nx(C + 2)xHxW: C channels, and 2 that contain the condition, not 1x2x5x5"
    )
    let norm = try LayerKind.conditionalNorm(
      [("channels", .int(4)), ("condition", .int(3))], .zeros(on: cpu))
    let inside = try LayerKind.conditioned([], parts: [("norm", norm)], .zeros(on: cpu))
    let other = #expect(throws: Failure.self) {
      try inside(try Tensor.zeros(try Shape([1, 6, 5, 5]), on: cpu))
    }
    #expect(
      other?.message
        == "conditional_norm(4, condition=3) takes Nx4xHxW and a condition Nx3, not 1x4x5x5 and 1x2"
    )
  }

  @Test func `every normalization of the generator is told the condition`() throws {
    let layer = try exampleLayer(.filmGenerator)
    let kinds = layer.allLayers.map(\.layer.kind)
    #expect(kinds.count { $0 == "conditional_norm" } == 7)
    #expect(!kinds.contains("instance_norm"))
    let plain = try LayerKind.resnetGenerator(
      [("base", .int(8)), ("blocks", .int(1))], .zeros(on: cpu))
    // γ and β of 8 + 16 + 4 · 32 + ... channels: a bias and two weights each.
    let channels = [8, 16, 32, 32, 32, 16, 8].reduce(0, +)
    #expect(layer.parameterCount == plain.parameterCount + 6 * channels)
    #expect(layer.divisor == 4)
  }
}
