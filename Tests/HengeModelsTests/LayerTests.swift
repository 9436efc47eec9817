// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import HengeTestSupport
import HengeThreads
import Testing

nonisolated(unsafe) let cpu = CPUBackend(
  pool: Pool(threads: 2), budget: MemoryBudget(limit: 2 << 30))

/// The layer of a kind's example.
func exampleLayer(_ kind: LayerKind, seed: UInt64 = 3) throws -> Layer {
  try kind.exampleLayer(
    FirstWeights(from: Draws(RandomStream(seed: seed, name: "weights")), on: cpu))
}

func exampleInput(_ kind: LayerKind) throws -> Tensor {
  var stream = RandomStream(seed: 5, name: "input")
  return try Tensor.randn(try Shape(kind.example.input), from: &stream, on: cpu)
}

@Suite struct LayerTests {
  static let names = LayerKind.all.map(\.name)

  func kind(_ name: String) throws -> LayerKind {
    try #require(LayerKind.all.first { $0.name == name })
  }

  @Test(arguments: names)
  func `every parameter that is trained gets a gradient`(_ name: String) throws {
    let kind = try kind(name)
    let layer = try exampleLayer(kind)
    let learning = Learning([layer])
    let pass = Pass(
      .training, learning: learning, draws: Draws(RandomStream(seed: 1, name: "dropout")))
    let y = try layer(exampleInput(kind), pass)
    guard !learning.parameters.isEmpty else { return #expect(!y.isOnTape) }
    // Weighted by place: the sum of what a normalisation gives depends on nothing.
    let places = try Tensor.arange(.int(0), .int(y.count), on: cpu).reshaped(y.shape.sizes)
    let loss = try (try y * places.map(.sin)).map(.square).sum()
    for (gradient, entry) in zip(
      try Gradients(learning, of: loss).values(), layer.allParameters.filter(\.parameter.isTrained))
    {
      #expect(gradient.shape == entry.parameter.value.shape, "\(entry.name)")
      #expect(try gradient.map(.abs).maximum().item().double > 0, "\(entry.name)")
    }
  }

  @Test(arguments: names)
  func `a file gives the same layer back, to the bit`(_ name: String) throws {
    let kind = try kind(name)
    let layer = try exampleLayer(kind)
    let x = try exampleInput(kind)
    let budget = MemoryBudget(limit: 1 << 30)
    let file = try ModelFile.make(layer, budget: budget).encoded()
    let read = try ModelFile.read(
      Safetensors(decoding: file[...], path: "m", budget: budget), from: "m", on: cpu)
    #expect(read.blueprint == layer.blueprint)
    #expect(try read(x).floats() == layer(x).floats())
    #expect(try layer.copy()(x).floats() == layer(x).floats())
  }

  @Test(arguments: names)
  func `the number of channels is declared as it is`(_ name: String) throws {
    let kind = try kind(name)
    func channels(_ sizes: [Int]) -> Int? { sizes.count == 4 ? sizes[1] : sizes.last }
    var flow = ChannelFlow(channels: channels(kind.example.input))
    let layer = try exampleLayer(kind)
    flow.follow(layer)
    let isKnown = ![.flattened, .unknown].contains(layer.channelEffect)
    #expect(
      flow.channels == (isKnown ? channels(kind.example.output) : nil),
      "declare the `channelEffect` of \(name)")
  }

  @Test func `a layer that is in a network twice is one in its copy`() throws {
    let conv = try exampleLayer(kind("conv"))
    let both = try LayerKind.sequential(
      [], parts: [("a", conv), ("b", exampleLayer(kind("relu"))), ("c", conv)], .zeros(on: cpu))
    let twin = try both.copy()
    #expect(twin.allLayers.map(\.path) == ["", "a", "b", "c"])
    #expect(twin.parts[0].layer === twin.parts[2].layer && twin.parts[0].layer !== conv)
    #expect(twin.parameterCount == both.parameterCount)
  }

  @Test(arguments: names)
  func `looking on changes no bit`(_ name: String) throws {
    let kind = try kind(name)
    let layer = try exampleLayer(kind)
    let x = try exampleInput(kind)
    var seen: [String: Tensor] = [:]
    let observed = try layer(x, Pass { path, _, _, y in seen[path] = y })
    #expect(try observed.floats() == layer(x).floats())
    for (path, _) in layer.allLayers { #expect(seen[path] != nil, "\(path) was not shown") }
  }

  @Test(arguments: ["relu", "leaky_relu"])
  func `dropout behind a rectifier gives the same bits joined to the convolution`(
    _ rectifier: String
  ) throws {
    let weights = FirstWeights(from: Draws(RandomStream(seed: 3, name: "weights")), on: cpu)
    let layer = try LayerKind.sequential(
      [],
      parts: [
        (
          "conv",
          try LayerKind.conv([("in", .int(3)), ("out", .int(5)), ("padding", .int(1))], weights)
        ),
        ("relu", try kind(rectifier)([], weights)),
        ("drop", try LayerKind.dropout([("rate", .num(0.4))], weights)),
        ("last", try LayerKind.conv([("in", .int(5)), ("out", .int(2))], weights)),
        ("end", try LayerKind.dropout([("rate", .num(0.2))], weights)),
      ], weights)
    let x = try exampleInput(.conv)
    func run(_ observer: Pass.Observer?) throws -> [[Float]] {
      let learning = Learning([layer])
      let draws = Draws(RandomStream(seed: 1, name: "dropout"))
      let y = try layer(
        x, Pass(.training, learning: learning, draws: draws, observer: observer))
      #expect(draws.stream.position == UInt64(5 * 8 * 8 + 2 * 6 * 6))
      let gradients = try Gradients(learning, of: y.map(.square).sum()).values()
      return try ([y] + gradients).map { try $0.detached().floats() }
    }
    var seen: [Int] = []
    let apart = try run { _, part, _, y in if part is Dropout { seen.append(y.count) } }
    #expect(try run(nil) == apart)
    #expect(seen == [5 * 8 * 8, 2 * 6 * 6])
    #expect(apart[0].contains(0) && apart[0].contains { $0 != 0 })
  }

  @Test func `a shape error names the way to the layer`() throws {
    let layer = try exampleLayer(.resnetGenerator)
    let x = try Tensor.zeros(try Shape([1, 4, 16, 16]), on: cpu)
    let failure = #expect(throws: Failure.self) { try layer(x) }
    #expect(
      failure?.message == "the input 1x4x16x16 has 4 channels, but the weight 8x3x7x7 takes 3")
    #expect(
      failure?.notes == [
        "in layer `stem.conv`, conv(3, 8, kernel=7), given 1x4x16x16"
      ])
  }

  @Test func `architectures have the parameters of their papers`() throws {
    func count(_ kind: LayerKind, _ settings: [(String, Setting)]) throws -> Int {
      try kind(settings, .zeros(on: cpu)).parameterCount
    }
    #expect(try count(.encoderDecoder, []) == 628_099)
    #expect(try count(.resnetGenerator, []) == 11_378_179)
    #expect(try count(.resnetGenerator, [("blocks", .int(6))]) == 7_837_699)
    #expect(try count(.patchDiscriminator, []) == 2_764_737)
    #expect(try count(.resnetGenerator, [("channels", .int(4)), ("out", .int(4))]) == 11_384_452)
    #expect(try count(.resnetGenerator, [("channels", .int(4))]) == 11_381_315)
    #expect(try count(.patchDiscriminator, [("channels", .int(4))]) == 2_765_761)
    let batch = ("norm", Setting.text("batch"))
    #expect(try count(.unetGenerator, [batch]) == 54_413_955)
    #expect(try count(.unetGenerator, [("downs", .int(7)), batch]) == 41_828_995)
    #expect(try count(.pixelDiscriminator, []) == 8705)
    #expect(try count(.cfa, []) == 4_182_898)
    #expect(try count(.ugatitGenerator, []) == 10_589_888)
    #expect(try count(.ugatitDiscriminator, []) == 3_290_560)
    #expect(try count(.ugatitDiscriminator, [("layers", .int(7))]) == 53_130_176)
  }

  @Test func `a skip joins in the order that it is told`() throws {
    let x = try exampleInput(.skip)
    let relu = ("relu", try LayerKind.relu([], .zeros(on: cpu)))
    func joined(_ first: String) throws -> [Float] {
      try LayerKind.skip([("first", .text(first))], parts: [relu], .zeros(on: cpu))(x).floats()
    }
    let (own, rectified) = (try x.floats(), try x.map(.relu).floats())
    #expect(try joined("input") == own + rectified)
    #expect(try joined("output") == rectified + own)
    let pool = ("pool", try LayerKind.maxPool([], .zeros(on: cpu)))
    let failure = #expect(throws: Failure.self) {
      try LayerKind.skip([], parts: [pool], .zeros(on: cpu))(x)
    }
    #expect(failure?.code == "E-shape")
  }

  @Test func `enlarging by a blur takes three quarters of a pixel and one of its neighbour`() throws
  {
    let row = try Tensor([1, 5, 9] as [Float], try Shape([1, 1, 1, 3]), on: cpu)
    let blur = try LayerKind.upsample([("mode", .text("blur"))], .zeros(on: cpu))
    #expect(try blur(row).floats() == [1, 2, 4, 6, 8, 9, 1, 2, 4, 6, 8, 9])
    let failure = #expect(throws: Failure.self) {
      try LayerKind.upsample([("factor", .int(3)), ("mode", .text("blur"))], .zeros(on: cpu))
    }
    #expect(failure?.suggestion == "upsample(3, mode=\"bilinear\")")
  }

  @Test func `a blur before every second pixel mirrors the edges`() throws {
    let rows = try Tensor([1, 5, 9, 13, 2] as [Float], try Shape([1, 1, 1, 5]), on: cpu)
      .broadcast(to: try Shape([1, 1, 3, 5]))
    let pool = try LayerKind.blurPool([], .zeros(on: cpu))
    // (5 + 2·1 + 5) / 4, (5 + 2·9 + 13) / 4, (13 + 2·2 + 13) / 4.
    #expect(try pool(rows).floats() == [3, 9, 7.5, 3, 9, 7.5])
    let one = try Tensor.zeros(try Shape([1, 1, 1, 5]), on: cpu)
    #expect(throws: Failure.self) { try pool(one) }
  }

  @Test func `rows are divided by their length, and zeros stay zeros`() throws {
    let rows = try Tensor([3, 4, 0, 0] as [Float], try Shape([2, 2]), on: cpu)
    let unit = try LayerKind.l2Normalize([], .zeros(on: cpu))
    let y = try unit(rows).floats()
    #expect(zip(y, [0.6, 0.8, 0, 0] as [Float]).allSatisfy { abs($0 - $1) < 1e-6 })
    let x = rows.onTape()
    // (1 - y · Σy) / length; of zeros the slope of x / eps.
    let slope = try unit(x).sum().gradients(at: [x])[0].floats()
    #expect(
      zip(slope, [0.032, -0.024, 1e7, 1e7] as [Float]).allSatisfy {
        abs($0 - $1) <= 1e-4 * abs($1)
      })
  }

  @Test func `a U-Net names the nearest size that it can halve`() throws {
    let layer = try exampleLayer(.unetGenerator)
    let x = try Tensor.zeros(try Shape([1, 3, 20, 32]), on: cpu)
    let failure = #expect(throws: Failure.self) {
      try layer(x, Pass(.training, learning: Learning([layer])))
    }
    #expect(failure?.suggestion == "resize(x, 24x32)")
    #expect(try layer(x).shape == x.shape)
  }

  @Test func `a U-Net drops elements where its maps are eight times as many`() throws {
    let layer = try LayerKind.unetGenerator(
      [("downs", .int(7)), ("base", .int(1)), ("dropout", .num(0.5))], .zeros(on: cpu))
    #expect(
      layer.allLayers.map(\.path).filter { $0.hasSuffix("dropout") } == [
        "up.5.dropout", "up.4.dropout",
      ])
    #expect(
      layer.parts.map(\.name) == (0..<7).map { "down.\($0)" }
        + (0..<7).reversed().map { "up.\($0)" })
  }
}
