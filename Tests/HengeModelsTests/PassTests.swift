// SPDX-License-Identifier: MIT
import HengeBackend
import HengeModels
@testable import HengeNN
import HengeTensor
import Testing

/// What a pass shows of a network, and how far it goes: over all layers and architectures.
@Suite struct PassTests {
  static let names = LayerKind.all.map(\.name)

  private func example(_ name: String) throws -> (layer: Layer, x: Tensor) {
    let kind = try #require(LayerKind.all.first { $0.name == name })
    return (try exampleLayer(kind), try exampleInput(kind))
  }

  private func training(
    _ layer: Layer, sides: SideOutputs? = nil, watching paths: Set<String>? = nil,
    _ observer: Pass.Observer? = nil
  ) -> (pass: Pass, learning: Learning, draws: Draws) {
    let (learning, draws) = (
      Learning([layer]), Draws(RandomStream(seed: 1, name: "dropout"))
    )
    let pass = Pass(
      .training, learning: learning, draws: draws, sides: sides, watching: paths,
      observer: observer)
    return (pass, learning, draws)
  }

  @Test(arguments: names)
  func `each layer watched alone is shown as when all are, and changes no bit`(_ name: String)
    throws
  {
    let (layer, x) = try example(name)
    var all: [String: [Float]] = [:]
    let everything = training(layer) { path, _, _, y in all[path] = try y.detached().floats() }
    _ = try layer(x, everything.pass)
    let plain = training(layer)
    let result = try layer(x, plain.pass).detached().floats()
    #expect(all.count == layer.allLayers.count)
    for (path, _) in layer.allLayers {
      var seen: [String: [Float]] = [:]
      let one = training(layer, watching: [path]) { path, _, _, y in
        seen[path] = try y.detached().floats()
      }
      #expect(try layer(x, one.pass).detached().floats() == result, "\(path)")
      #expect(seen == [path: all[path] ?? []], "\(path)")
      #expect(one.draws.stream.position == plain.draws.stream.position, "\(path)")
    }
  }

  @Test func `only what is watched is computed apart from its neighbors`() throws {
    #expect(!Pass().isWatched("stem"))
    #expect(Pass { _, _, _, _ in }.isWatched("stem"))
    var asked: [String: Bool] = [:]
    let some = Pass(watching: ["block.conv", "head"]) { path, _, _, _ in asked[path] = true }
    #expect(["head", "block", "conv"].map(some.isWatched) == [true, false, false])
    let relu = try exampleLayer(.relu)
    _ = try some.run(relu, "block", exampleInput(.relu)) { inner in
      #expect(["conv", "relu", ""].map(inner.isWatched) == [true, false, false])
      return try relu.forward(exampleInput(.relu), inner)
    }
    #expect(asked.isEmpty)
  }

  @Test(arguments: names)
  func `a run up to a layer ends behind it with that layer's result`(_ name: String) throws {
    let (layer, x) = try example(name)
    var order: [String] = []
    var all: [String: [Float]] = [:]
    let whole = training(layer) { path, _, _, y in
      order.append(path)
      all[path] = try y.detached().floats()
    }
    _ = try layer(x, whole.pass)
    for path in order {
      var run: [String] = []
      let part = training(layer) { path, _, _, _ in run.append(path) }
      let results = try layer.results(at: [path], x, part.pass)
      #expect(run == Array(order.prefix { $0 != path }) + [path])
      #expect(try results.map { try $0.detached().floats() } == [all[path] ?? []])
      // Nobody else looks on: neighbors are computed together.
      let alone = training(layer)
      #expect(
        try layer.results(at: [path], x, alone.pass)[0].detached().floats() == all[path],
        "\(path)")
    }
  }

  @Test func `several layers are run to in one pass, on the tape`() throws {
    let (layer, x) = try example("resnet_generator")
    let one = training(layer)
    let features = try layer.results(at: ["res.0", "stem", "down.1.conv"], x, one.pass)
    #expect(features.map(\.shape.sizes) == [[1, 32, 4, 4], [1, 8, 16, 16], [1, 32, 4, 4]])
    let loss = try features.dropFirst().reduce(features[0].map(.square).sum()) {
      try $0 + $1.map(.square).sum()
    }
    let gradients = try Gradients(one.learning, of: loss).values()
    let reached = try zip(layer.allParameters.map(\.name), gradients).filter {
      try $1.map(.abs).maximum().item().double > 0
    }.map(\.0)
    #expect(reached.contains("stem.conv.weight") && reached.contains("res.0.conv2.weight"))
    #expect(!reached.contains { $0.hasPrefix("up.") || $0.hasPrefix("head.") })
    let picture = try layer.results(at: ["stem"], x.selecting([.at(0)]))
    #expect(picture[0].shape.sizes == [8, 16, 16])
    #expect(try layer.results(at: [], x).isEmpty)
  }

  @Test func `a path without a layer is refused before anything runs`() throws {
    let (layer, x) = try example("patchgan")
    let failure = #expect(throws: Failure.self) { try layer.results(at: ["mid.9"], x) }
    #expect(failure?.code == "E-name")
    #expect(failure?.message == "there is no layer `mid.9` in patchgan")
  }

  // MARK: Side outputs

  /// Multiplies each channel by a weight, and gives the weighted means besides.
  private final class Attention: Layer {
    private let weight: ModelParameter

    init(_ channels: Int, _ weights: FirstWeights) throws {
      weight = try weights.weight([1, channels, 1, 1], fanIn: 1, fanOut: 1)
    }

    override var parameters: [(name: String, parameter: ModelParameter)] { [("weight", weight)] }

    override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
      let y = try x * pass(weight)
      try pass.give("logits", y.mean([2, 3]))
      try pass.give("heat", y.sum([1]))
      return y
    }
  }

  private static let attention = LayerKind(
    "attention", "Makes a layer for tests.", example: LayerExample(input: [2, 4, 5, 5])
  ) { try Attention(4, $0.weights) }

  private func attending(_ kind: LayerKind) throws -> Layer {
    let weights = FirstWeights(from: Draws(RandomStream(seed: 3, name: "weights")), on: cpu)
    let conv = try LayerKind.conv(
      [("in", .int(4)), ("out", .int(4)), ("padding", .int(1))], weights)
    let inner = try kind(
      [], parts: [("conv", conv), ("cam", PassTests.attention([], weights))], weights)
    return try LayerKind.sequential([], parts: [("block", inner)], weights)
  }

  @Test(arguments: ["sequential", "residual", "skip"])
  func `layers give named side outputs, on the tape, to those who ask`(_ block: String) throws {
    let layer = try attending(try #require(LayerKind.all.first { $0.name == block }))
    var stream = RandomStream(seed: 5, name: "input")
    let x = try Tensor.randn(try Shape([2, 4, 5, 5]), from: &stream, on: cpu)
    let sides = SideOutputs()
    var attended: Tensor?
    let one = training(layer, sides: sides, watching: ["block.cam"]) { _, _, _, y in attended = y }
    let y = try layer(x, one.pass)
    #expect(sides.values.map(\.name) == ["block.cam.logits", "block.cam.heat"])
    let logits = try #require(sides["block.cam.logits"])
    #expect(
      try logits.detached().floats() == #require(attended).detached().mean([2, 3]).floats())
    #expect(sides["block.cam.heat"]?.shape.sizes == [2, 5, 5])
    #expect(sides["cam.logits"] == nil)
    let gradients = try Gradients(one.learning, of: logits.map(.square).sum()).values()
    for gradient in gradients { #expect(try gradient.map(.abs).maximum().item().double > 0) }
    #expect(try layer(x).floats() == y.detached().floats())
  }
}

/// What is between backward passes and an optimizer.
@Suite struct GradientsTests {
  private func layers() throws -> [Layer] {
    let weights = FirstWeights(from: Draws(RandomStream(seed: 3, name: "weights")), on: cpu)
    return try (0..<2).map { _ in
      try LayerKind.conv([("in", .int(2)), ("out", .int(2)), ("padding", .int(1))], weights)
    }
  }

  private func input() throws -> Tensor {
    var stream = RandomStream(seed: 5, name: "input")
    return try Tensor.randn(try Shape([1, 2, 5, 5]), from: &stream, on: cpu)
  }

  private func values(_ layer: Layer) throws -> [[Float]] {
    try layer.allParameters.map { try $0.parameter.value.floats() }
  }

  @Test func `losses add up, and what none depends on has a gradient of 0`() throws {
    let (layers, x) = (try layers(), try input())
    var sum = Gradients(Learning(layers))
    for _ in 0..<2 {
      try sum.add(layers[0](x, Pass(.training, learning: sum.learning)).map(.square).sum())
    }
    try sum.add(x.sum())
    let learning = Learning(layers)
    let once = try Gradients(
      learning, of: layers[0](x, Pass(.training, learning: learning)).map(.square).sum()
    ).values()
    let twice = try sum.values()
    #expect(twice.count == 4)
    for (one, two) in zip(once, twice) {
      #expect(try two.floats() == one.floats().map { 2 * $0 })
    }
    #expect(try twice[2].floats().allSatisfy { $0 == 0 })
    #expect { _ = try Gradients(learning, of: x.sum()) } throws: {
      ($0 as? Failure)?.code == "E-tape"
    }
  }

  @Test func `two optimizers each take their own from one backward pass`() throws {
    let (layers, other, x) = (try layers(), try self.layers(), try input())
    func gradients(_ layers: [Layer]) throws -> Gradients {
      let learning = Learning(layers)
      let pass = Pass(.training, learning: learning)
      return try Gradients(learning, of: layers[1](layers[0](x, pass), pass).map(.square).sum())
    }
    let together = Adam(layers, learningRate: 0.01)
    together.publish(try together.step(gradients(layers)))
    let apart = other.map { Adam([$0], learningRate: 0.01) }
    let found = try gradients(other)
    let steps = try apart.map { try $0.step(found) }
    for (optimizer, step) in zip(apart, steps) { optimizer.publish(step) }
    for (one, two) in zip(layers, other) { #expect(try values(one) == values(two)) }
    #expect(apart.map(\.state.count) == [2, 2])
  }

  @Test func `a gradient that is not finite is refused with its place, and nothing changes`() throws
  {
    let (layers, x) = (try layers(), try input())
    let before = try layers.map(values)
    let learning = Learning(layers)
    let pass = Pass(.training, learning: learning)
    let loss = try (try layers[0](x, pass) * .num(.infinity)).sum()
    let adam = Adam(layers)
    let gradients = try Gradients(learning, of: loss)
    let failure = #expect(throws: Failure.self) { try adam.step(gradients) { _ in "net.weight" } }
    #expect(failure?.code == "E-finite")
    #expect(
      failure?.message
        == "the gradient of `net.weight`, 2x2x3x3, is not finite: 36 of its 36 elements are NaN")
    #expect(try layers.map(values) == before)
    #expect(adam.count == 0)
  }

  @Test func `numbers too large for a step are refused with their size`() throws {
    let (layers, x) = (try layers(), try input())
    func message(_ optimizer: Optimizer, _ factor: Double) throws -> String? {
      let learning = Learning(layers)
      let y = try layers[0](x, Pass(.training, learning: learning))
      let gradients = try Gradients(learning, of: (y * .num(factor)).sum())
      let failure = #expect(throws: Failure.self) {
        try optimizer.step(gradients) { $0.value.rank == 4 ? "conv.weight" : "conv.bias" }
      }
      #expect(failure?.code == "E-finite" && failure?.notes == ["the weights are unchanged"])
      return failure?.message
    }
    let bias = try message(Adam(layers), 1e19)
    #expect(
      bias?.hasPrefix(
        "the gradient of `conv.weight`, 2x2x3x3, is too large for adam: its largest element is ")
        == true && bias?.hasSuffix("element is 7.26e+19, and the limit is 9.22e+18") == true,
      "\(bias ?? "")")
    let value = try message(SGD(layers, learningRate: 1e4), 1e35)
    #expect(
      value?.hasPrefix("the new value of `conv.weight`, 2x2x3x3, would be out of range: ") == true
        && value?.hasSuffix("of its 36 elements are infinite") == true, "\(value ?? "")")
  }
}
