// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import Testing

/// Weights that other programs named, matched with the places of a model.
@Suite struct WeightMatchingTests {
  private let budget = MemoryBudget(limit: 100_000_000)

  private func conv(_ input: Int, _ output: Int, bias: Bool = true) throws -> Layer {
    try LayerKind.conv(
      [("in", .int(input)), ("out", .int(output)), ("bias", .bool(bias))], .zeros(on: cpu))
  }

  private func norm(_ channels: Int, affine: Bool = true) throws -> Layer {
    try LayerKind.batchNorm(
      [("channels", .int(channels)), ("affine", .bool(affine))], .zeros(on: cpu))
  }

  private func instanceNorm(_ channels: Int) throws -> Layer {
    try LayerKind.instanceNorm(
      [("channels", .int(channels)), ("affine", .bool(true))], .zeros(on: cpu))
  }

  private func linear(_ input: Int, _ output: Int) throws -> Layer {
    try LayerKind.linear([("in", .int(input)), ("out", .int(output))], .zeros(on: cpu))
  }

  private func row(_ layers: [Layer], _ kind: LayerKind = .sequential) throws -> Layer {
    try kind(
      [], parts: layers.enumerated().map { ("part\($0)", $1) }, .zeros(on: cpu))
  }

  /// An array whose every element says where it is from.
  private func array(_ name: String, _ sizes: [Int], _ type: ElementType = .f32) throws
    -> NamedArray
  {
    let shape = try Shape(sizes)
    let start = name.unicodeScalars.reduce(7) { ($0 * 31 + Int($1.value)) % 100_003 }
    let numbers = (0..<shape.count).map { Float(start) + Float($0) / 1024 }
    return NamedArray(
      name, try Tensor(numbers, shape, on: cpu).cast(to: type).arrayData(budget: budget))
  }

  /// The arrays of the layers `names` of a file, one for each of `model`'s, in PyTorch's manner.
  private func file(_ names: [String], of model: Layer) throws -> [NamedArray] {
    let layers = model.allLayers.map(\.layer).filter { !$0.parameters.isEmpty }
    #expect(layers.count == names.count)
    return try zip(names, layers).flatMap { name, layer in
      try layer.parameters.map { try array("\(name).\($0.name)", $0.parameter.value.shape.sizes) }
    }
  }

  /// Whether every parameter of `model` has what the file calls by the name of its layer.
  private func isRight(_ model: Layer, _ names: [String], prefix: String = "") throws -> Bool {
    let layers = model.allLayers.map(\.layer).filter { !$0.parameters.isEmpty }
    return try zip(names, layers).allSatisfy { name, layer in
      try layer.parameters.allSatisfy { own, parameter in
        let sizes = parameter.value.shape.sizes
        let expected = try Tensor(array("\(prefix)\(name).\(own)", sizes).array, on: cpu)
        return try parameter.value.floats() == expected.floats()
      }
    }
  }

  private func orders(_ arrays: [NamedArray]) -> [[NamedArray]] {
    let sorted = arrays.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let shuffled = arrays.indices.sorted { $0 * 7 % 11 < $1 * 7 % 11 }.map { arrays[$0] }
    return [arrays, sorted, sorted.reversed(), shuffled]
  }

  /// What loading `arrays` in every order comes to: right, or the failure.
  private func outcomes(_ arrays: [NamedArray], _ names: [String], _ make: () throws -> Layer)
    throws
    -> [String]
  {
    try orders(arrays).map { arrays in
      let model = try make()
      do {
        _ = try ForeignWeights(setting: model, to: ForeignFile(arrays), from: "x", on: cpu)
        return try isRight(model, names) ? "right" : "WRONG"
      } catch let failure as Failure {
        #expect(
          try model.allParameters.allSatisfy {
            try $0.parameter.value.floats().allSatisfy { $0 == 0 || $0 == 1 }
          })
        return failure.code
      }
    }
  }

  private func expect(
    _ outcome: String, _ names: [String], location: SourceLocation = #_sourceLocation,
    _ make: () throws -> Layer
  ) throws {
    let arrays = try file(names, of: make())
    #expect(
      try outcomes(arrays, names, make) == Array(repeating: outcome, count: 4),
      sourceLocation: location)
  }

  @Test func numbersAreOrderedAsNumbers() throws {
    let numbers = (0..<12).map { "\($0 * 3)" }
    func twelve() throws -> Layer { try row((0..<12).map { _ in try conv(2, 2) }) }
    try expect("right", numbers, twelve)
    try expect("right", numbers.map { "conv\($0)" }, twelve)
    try expect("right", (0..<12).map { "block\($0 / 4).conv\($0)" }, twelve)
    try expect("right", (0..<12).map { "conv\($0 / 6 + 1)_\($0 % 6 + 6)" }, twelve)
    try expect("right", (0..<12).map { "conv\($0 / 2 + 1)\($0 % 2 == 0 ? "a" : "b")" }, twelve)
  }

  @Test func rolesAreToldBySuffixes() throws {
    func normed() throws -> Layer {
      try row([conv(3, 4, bias: false), norm(4), conv(4, 4), norm(4), linear(4, 4)])
    }
    try expect("right", ["conv1", "bn1", "conv2", "bn2", "fc"], normed)
    try expect(
      "right", ["a", "z", "c", "zz", "y"].map { "0.\($0)" },
      {
        try row([conv(3, 4, bias: false), norm(4), conv(4, 4), norm(5), linear(4, 4)])
      })
    try expect(
      "right", ["10", "2", "1", "0", "3"].map { "layer\($0 == "10" ? "0" : "1\($0)")" },
      {
        try row([conv(3, 4), linear(5, 4), conv(4, 5), norm(4, affine: false), norm(6)])
      })
  }

  @Test func equalShapesUnderNamesWithoutAnOrderAreRefused() throws {
    func three() throws -> Layer { try row([conv(2, 2), conv(2, 2), conv(2, 3)]) }
    try expect("E-file", ["encoder", "decoder", "head"], three)
    try expect("right", ["encoder", "decoder", "head"]) {
      try row([conv(1, 2), conv(2, 2), conv(2, 3)])
    }
    // Some decoders count downwards.
    try expect("E-file", ["enc1", "dec1", "dec2"]) {
      try row([conv(1, 2), conv(2, 2), conv(2, 2)])
    }
    try expect("right", ["enc1", "dec2", "dec1"]) { try row([conv(1, 2), conv(2, 3), conv(3, 2)]) }
    try expect("right", ["enc.0", "dec.0", "dec.1"]) {
      try row([conv(1, 2), conv(2, 2), conv(2, 2)])
    }
    let failure = #expect(throws: Failure.self) {
      try ForeignWeights(
        setting: three(), to: ForeignFile(file(["encoder", "decoder", "head"], of: three())),
        from: "x", on: cpu)
    }
    #expect(failure?.message.contains("neither their names nor their shapes say which") == true)
    #expect(failure?.suggestion?.contains("part0=(weight=w[\"…\"], …)") == true)
  }

  @Test func whatBelongsTogetherStaysTogether() throws {
    func block() throws -> Layer {
      try row([conv(4, 4), instanceNorm(4), conv(4, 4), instanceNorm(4)], .residual)
    }
    let inner = ["conv1", "in1", "conv2", "in2"]
    let names =
      ["conv1.conv2d", "in1"] + (1...3).flatMap { block in inner.map { "res\(block).\($0)" } }
    try expect("right", names) {
      try row([conv(3, 4), instanceNorm(4), block(), block(), block()])
    }
    // A list of layers of one kind need not run as one, with or without biases.
    try expect("E-file", ["ups.0", "convs.0", "ups.1", "convs.1"]) {
      try row([conv(2, 2), conv(2, 2), conv(2, 2), conv(2, 2, bias: false)])
    }
    // Lists by kind, which run in turns.
    try expect("right", (0..<12).map { "\($0 % 2 == 0 ? "convs" : "norms").\($0 / 2)" }) {
      try row((0..<12).map { $0 % 2 == 0 ? try conv(2, 2) : try norm(2) })
    }
  }

  @Test func statisticsNeedALayerThatUsesThem() throws {
    let names = ["0", "1", "3"]
    let arrays = try file(names, of: row([conv(3, 4), norm(4), conv(4, 4)]))
    func other() throws -> Layer { try row([conv(3, 4), instanceNorm(4), conv(4, 4)]) }
    // Those that old PyTorch kept beside instance normalization mean nothing.
    #expect(try outcomes(arrays, names, other) == Array(repeating: "right", count: 4))
    let counted = arrays + [try array("1.num_batches_tracked", [], .i64)]
    #expect(try outcomes(counted, names, other) == Array(repeating: "E-file", count: 4))
    #expect(
      try outcomes(counted, names) { try row([conv(3, 4), norm(4), conv(4, 4)]) }
        == Array(repeating: "right", count: 4))
  }

  @Test func whatDoesNotFitIsNamed() throws {
    func two() throws -> Layer { try row([conv(3, 4), conv(4, 4)]) }
    func message(_ arrays: [NamedArray]) throws -> Failure? {
      let model = try two()
      return #expect(throws: Failure.self) {
        try ForeignWeights(setting: model, to: ForeignFile(arrays), from: "x", on: cpu)
      }
    }
    let arrays = try file(["0", "2"], of: two())
    #expect(
      try message(Array(arrays.dropLast()))?.message
        == "\"x\": contains 3 weights, and this model has 4")
    #expect(
      try message(arrays.dropLast(2) + [array("2.weight", [5, 4, 3, 3]), array("2.bias", [5])])?
        .message
        == "\"x\": contains `2.weight` 5x4x3x3, `2.bias` shape(5), and the model `part1` with weight 4x4x3x3, bias shape(4)"
    )
    #expect(
      try message(arrays + [array("4.gamma_u", [1, 4, 1, 1])])?.notes.first
        == "`4.gamma_u` 1x4x1x1: there is no such layer in the model")
    // Whole numbers are no weights.
    #expect(try message([array("0.weight", [4, 3, 3, 3], .i64)] + arrays.dropFirst()) != nil)
    let twice = arrays + [try array("0/weight", [4, 3, 3, 3])]
    #expect(try message(twice)?.message.contains("are the same part of one layer") == true)
  }

  @Test func ownNamesMatchWhateverElseIsThere() throws {
    func two() throws -> Layer { try row([conv(2, 2), conv(2, 2)]) }
    let names = ["part0", "part1"]
    let arrays = try file(names, of: two()) + [array("step", [])]
    #expect(try outcomes(arrays, names, two) == Array(repeating: "right", count: 4))
  }

  @Test func aPartIsFoundWhereOnlyOneFits() throws {
    func two() throws -> Layer { try row([conv(3, 2), conv(2, 3)]) }
    let (own, other) = (["0", "2"], ["0", "3"])
    func checkpoint(_ prefixes: [String]) throws -> ForeignFile {
      let discriminator = try file(other, of: row([conv(3, 8), conv(8, 1)]))
      let networks = try prefixes.flatMap { prefix in
        try file(own.map { "\(prefix).\($0)" }, of: two())
      }
      return ForeignFile(
        discriminator.map { NamedArray("netD.\($0.name)", $0.array) } + networks
          + [
            try array("optimizer.state.0.exp_avg", [2, 3, 3, 3]), try array("epoch", [], .i64),
            try array("\(prefixes[0]).0.total_ops", [1], .f64),
          ])
    }
    let model = try two()
    let fit = try ForeignWeights(setting: model, to: checkpoint(["netG"]), from: "x", on: cpu)
    #expect(fit.part == "netG")
    #expect(
      fit.leftOver == ["netD.0.weight", "netD.0.bias", "netD.3.weight", "netD.3.bias"]
        + ["optimizer.state.0.exp_avg", "epoch", "netG.0.total_ops"])
    #expect(try isRight(model, own, prefix: "netG."))
    let both = try checkpoint(["state_dict.gen", "state_dict.ema"])
    let failure = #expect(throws: Failure.self) {
      try ForeignWeights(setting: two(), to: both, from: "x", on: cpu)
    }
    #expect(
      failure?.message
        == "\"x\": contains several networks that fit this model: `state_dict.gen`, `state_dict.ema`"
    )
    for part in ["ema", "state_dict.ema"] {
      let chosen = try two()
      _ = try ForeignWeights(setting: chosen, to: both, part: part, from: "x", on: cpu)
      #expect(try isRight(chosen, own, prefix: "state_dict.ema."))
    }
    let missing = #expect(throws: Failure.self) {
      try ForeignWeights(setting: two(), to: both, part: "netH", from: "x", on: cpu)
    }
    #expect(missing?.code == "E-arg" && missing?.parameter == "part")
    #expect(missing?.notes == ["its parts: `netD`, `state_dict`"])
  }

  @Test func positionsOfNumpyFitByShape() throws {
    let sizes = [[4, 3, 3, 3], [4], [4], [4], [4], [4], [5, 4, 3, 3], [5]]
    func model() throws -> Layer { try row([conv(3, 4), norm(4), conv(4, 5)]) }
    for arrays in orders(try sizes.enumerated().map { try array("arr_\($0)", $1) }) {
      let model = try model()
      _ = try ForeignWeights(setting: model, to: ForeignFile(arrays), from: "x", on: cpu)
      for (index, entry) in model.allParameters.enumerated() {
        let expected = try Tensor(array("arr_\(index)", sizes[index]).array, on: cpu)
        #expect(try entry.parameter.value.floats() == expected.floats())
      }
    }
    // (3, 3, 3, 3) is PyTorch's layout as well as Keras'.
    let even = try ["arr_0", "arr_1"].enumerated().map {
      try array($1, $0 == 0 ? [3, 3, 3, 3] : [3])
    }
    let failure = #expect(throws: Failure.self) {
      try ForeignWeights(setting: conv(3, 3), to: ForeignFile(even), from: "x", on: cpu)
    }
    #expect(failure?.message.contains("as PyTorch lays out filters") == true)
  }

  @Test func kerasFlattensChannelsLast() throws {
    let flat = try LayerKind.flatten([], .zeros(on: cpu))
    let model = try row([conv(1, 2), flat, linear(6, 1)])
    let kernel = try array("dense/kernel", [6, 1])
    let arrays = [
      try array("conv2d/kernel", [3, 3, 1, 2]), try array("conv2d/bias", [2]), kernel,
      try array("dense/bias", [1]),
    ]
    _ = try ForeignWeights(setting: model, to: ForeignFile(arrays), from: "x", on: cpu)
    let numbers = try Tensor(kernel.array, on: cpu).floats()
    let weight = try #require(model.allParameters.first { $0.name == "part2.weight" })
    #expect(try weight.parameter.value.floats() == [0, 2, 4, 1, 3, 5].map { numbers[$0] })
    // How many channels an image has that is flattened at once, nobody says.
    let bare = try row([flat, linear(6, 1)])
    #expect(throws: Failure.self) {
      try ForeignWeights(
        setting: bare, to: ForeignFile(Array(arrays.suffix(2))), from: "x", on: cpu)
    }
  }

  @Test func aLayerOfKerasThatIsNotReadIsNamed() throws {
    let config = """
      {"class_name": "Sequential", "config": {"layers": [
        {"class_name": "Conv2D", "config": {"name": "first"}},
        {"class_name": "LayerNormalization", "config": {"name": "second"}}]}}
      """
    let arrays = [
      try array("layers/conv2d/vars/0", [3, 3, 3, 4]), try array("layers/conv2d/vars/1", [4]),
      try array("layers/layer_normalization/vars/0", [4]),
      try array("layers/layer_normalization/vars/1", [4]),
    ]
    let failure = #expect(throws: Failure.self) {
      try ForeignWeights(
        setting: row([conv(3, 4), instanceNorm(4)]), to: ForeignFile(arrays, kerasConfig: config),
        from: "x", on: cpu)
    }
    #expect(
      failure?.message
        == "\"x\": its layer \"layers/layer_normalization\" (layer_normalization) is none that henge reads"
    )
  }

  @Test func networksOfACheckpointAreRecognized() throws {
    let generator = try LayerKind.resnetGenerator(
      [("base", .int(2)), ("blocks", .int(1))], .zeros(on: cpu))
    let arrays = try ReferenceNames.arrays(of: generator, budget: budget)
    func under(_ prefix: String) -> [NamedArray] {
      arrays.map { NamedArray("\(prefix).\($0.name)", $0.array) }
    }
    func parts(_ arrays: [NamedArray], part: String? = nil) throws -> [String] {
      try ForeignNetworks(in: arrays, part: part, from: "x", on: cpu).parts.map {
        "\($0.path): \($0.model?.kind ?? "\($0.arrays.count) tensors")"
      }
    }
    #expect(try parts(arrays.reversed()) == [": resnet_generator"])
    #expect(try parts(under("state_dict.module")) == [": resnet_generator"])
    let several =
      under("genA2B") + under("genB2A") + [try array("disA.w", [3]), try array("iter", [], .i64)]
    #expect(
      try parts(several) == [
        "genA2B: resnet_generator", "genB2A: resnet_generator", "disA: 1 tensors",
      ])
    #expect(try parts(several, part: "genB2A") == [": resnet_generator"])
    #expect(try parts([array("a.b", [2]), array("c.d", [2])]) == [": 2 tensors"])
  }
}
