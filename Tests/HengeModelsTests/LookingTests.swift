// SPDX-License-Identifier: MIT
import HengeBackend
import HengeModels
@testable import HengeNN
import HengeTensor
import HengeTestSupport
import Testing

private func weights() -> FirstWeights {
  FirstWeights(from: Draws(RandomStream(seed: 9, name: "weights")), on: cpu)
}

private func random(_ sizes: [Int], seed: UInt64 = 7) throws -> Tensor {
  var stream = RandomStream(seed: seed, name: "input")
  return try Tensor.randn(try Shape(sizes), from: &stream, on: cpu)
}

private func failure(_ body: () throws -> Void) -> Failure? {
  do {
    try body()
    return nil
  } catch { return error as? Failure }
}

/// Where the numbers of a map lie over the picture.
@Suite struct PixelGridTests {
  /// The first and the last row that number `(row, column)` of a one-channel result depends on, and
  /// the same of columns, by the gradient.
  private func field(
    _ network: Layer, _ x: Tensor, _ row: Int, _ column: Int
  ) throws -> (rows: (Int, Int), columns: (Int, Int)) {
    let leaf = x.onTape()
    let number = try network(leaf).selecting([.at(0), .at(0), .at(row), .at(column)])
    let slope = try number.gradients(at: [leaf])[0].map(.abs)
    func span(_ axes: [Int]) throws -> (Int, Int) {
      let seen = try slope.sum(axes).doubles()
      return (
        try #require(seen.firstIndex { $0 > 0 }), try #require(seen.lastIndex { $0 > 0 })
      )
    }
    return (try span([0, 1, 3]), try span([0, 1, 2]))
  }

  @Test(arguments: [1, 2, 3])
  func `a patchgan's numbers lie over the middle of what they see`(_ layers: Int) throws {
    let network = try LayerKind.patchDiscriminator(
      [("base", .int(2)), ("layers", .int(layers)), ("norm", .text("none"))], weights())
    let grid = network.grid(behind: .pixels)
    let x = try random([1, 3, 112, 104])
    let map = try network(x).shape
    let (row, column) = (map[2] / 2, map[3] / 2 - 1)
    let seen = try field(network, x, row, column)
    #expect(
      grid.rows.start + Double(row) * grid.rows.step
        == Double(seen.rows.0 + seen.rows.1) / 2)
    #expect(
      grid.columns.start + Double(column) * grid.columns.step
        == Double(seen.columns.0 + seen.columns.1) / 2)
    #expect(grid.rows.step == Double(1 << layers))
  }

  @Test func `the 70x70 discriminator of 256 pixels has its 30 numbers 8 pixels apart`() throws {
    let network = try LayerKind.patchDiscriminator([("base", .int(1))], weights())
    let axis = PixelGrid.Axis(start: 11.5, step: 8)
    #expect(network.grid(behind: .pixels) == PixelGrid(rows: axis, columns: axis))
    #expect(11.5 + 29 * 8 == 255 - 11.5)
  }

  @Test func `a generator's pixels lie where the picture's do, but for those enlarged evenly`()
    throws
  {
    // A 3x3 convolution of stride 2 looks around every second pixel; the two that repeat one of its
    // numbers lie around the middle between that pixel and the next.
    let small: [(String, Setting)] = [("base", .int(2)), ("blocks", .int(1))]
    for (kind, options, start) in [
      (LayerKind.resnetGenerator, small, 0),
      (.resnetGenerator, small + [("up", .text("bilinear"))], -1.5),
      (.stridedEncoderDecoder, [], 0), (.encoderDecoder, [], 0),
    ] {
      let axis = PixelGrid.Axis(start: start, step: 1)
      let grid = try kind(options, weights()).grid(behind: .pixels)
      #expect(grid == PixelGrid(rows: axis, columns: axis), "\(kind.name)")
    }
  }

  @Test func `maps lie over pictures at their places, the outermost held`() throws {
    let map = try Tensor([0, 8, 16] as [Double], Shape([1, 1, 1, 3]), on: cpu)
    let grid = PixelGrid(
      rows: PixelGrid.Axis(start: 0.5, step: 4), columns: PixelGrid.Axis(start: 1.5, step: 2))
    let laid = try map.laid(over: 2, 8, by: grid)
    #expect(laid.shape.sizes == [1, 1, 2, 8])
    #expect(try laid.doubles() == [0, 0, 2, 6, 10, 14, 16, 16, 0, 0, 2, 6, 10, 14, 16, 16])
  }
}

@Suite struct InertChannelTests {
  private func rows(_ network: Layer, _ batches: [Tensor]) throws -> [InertChannels.Row] {
    let finder = InertChannels(network)
    for batch in batches {
      _ = try network(batch, Pass { path, layer, x, _ in try finder.look(path, layer, x) })
    }
    return try finder.rows()
  }

  private func conv(_ input: Int, _ output: Int, padding: Int = 0) throws -> Layer {
    try LayerKind.conv(
      [("in", .int(input)), ("out", .int(output)), ("padding", .int(padding))], weights())
  }

  private func norm(_ channels: Int, _ kind: LayerKind = .instanceNorm) throws -> Layer {
    try kind([("channels", .int(channels))], weights())
  }

  private func sequence(_ layers: [Layer]) throws -> Layer {
    try LayerKind.sequential(
      [], parts: layers.enumerated().map { ("part\($0.offset)", $0.element) }, weights())
  }

  /// Pictures of which channel 1 is 0 and channel 3 a plane, another in each picture.
  private func batch() throws -> Tensor {
    let channel = { (index: Int) in try random([2, 1, 8, 9], seed: UInt64(index)) }
    let plane = try Tensor([0.3, -1.2] as [Float], Shape([2, 1, 1, 1]), on: cpu)
      .broadcast(to: Shape([2, 1, 8, 9]))
    return try Tensor.concatenated(
      [channel(0), Tensor.zeros(Shape([2, 1, 8, 9]), on: cpu), channel(2), plane], axis: 1)
  }

  @Test func `unread, empty and cancelled channels are told apart`() throws {
    let first = try conv(4, 3)
    let weight = try #require(first.parameters.first).parameter
    let mask = try Tensor([0, 1, 1, 1] as [Float], Shape([1, 4, 1, 1]), on: cpu)
    weight.set(try (weight.value * mask).contiguous())
    let pad = try LayerKind.reflectPad([("padding", .int(1))], weights())
    let network = try sequence([pad, first, norm(3), conv(3, 2)])
    #expect(
      try rows(network, [batch(), batch()]) == [
        InertChannels.Row(path: "part1", channels: 4, unread: [0], empty: [1], cancelled: [3]),
        InertChannels.Row(path: "part3", channels: 3, unread: [], empty: [], cancelled: []),
      ])
  }

  @Test func `what is cancelled changes nothing, and elsewhere the plane does`() throws {
    let x = try batch()
    let keeping = try Tensor([1, 1, 1, 0] as [Float], Shape([1, 4, 1, 1]), on: cpu)
    let without = try x * keeping
    let zeros = try LayerKind.zeroPad([("padding", .int(1))], weights())
    let cancelling: [(Layer, Bool)] = [
      (try sequence([conv(4, 3), norm(3)]), true),
      (try sequence([conv(4, 3, padding: 1), norm(3)]), false),
      (try sequence([zeros, conv(4, 3), norm(3)]), false),
      (try sequence([conv(4, 3), norm(3, .batchNorm)]), false),
      (try sequence([conv(4, 3)]), false),
      (try sequence([conv(4, 3), block(.residual)]), false),
      (try sequence([conv(4, 3), block(.skip)]), false),
    ]
    for (network, isCancelled) in cancelling {
      let difference = try (network(x) - network(without)).map(.abs).maximum().item().double
      #expect((difference < 1e-5) == isCancelled, "\(network): \(difference)")
      #expect(try rows(network, [x]).first?.cancelled == (isCancelled ? [3] : []), "\(network)")
    }
  }

  /// A block that starts with a normalisation: what goes into it goes around it too.
  private func block(_ kind: LayerKind) throws -> Layer {
    try kind([], parts: [("norm", norm(3))], weights())
  }

  @Test func `one picture with something in a channel brings it to life`() throws {
    let network = try sequence([conv(4, 3), norm(3)])
    let alive = try random([1, 4, 8, 9])
    #expect(
      try rows(network, [batch(), alive]) == [
        InertChannels.Row(path: "part0", channels: 4, unread: [], empty: [], cancelled: [])
      ])
  }

  @Test func `linear layers count the numbers that they read`() throws {
    let network = try LayerKind.linear([("in", .int(3)), ("out", .int(2))], weights())
    let x = try Tensor([1, 0, 2, 3, 0, 1] as [Float], Shape([2, 3]), on: cpu)
    #expect(
      try rows(network, [x]) == [
        InertChannels.Row(path: "", channels: 3, unread: [], empty: [1], cancelled: [])
      ])
  }
}

@Suite struct ParameterChangeTests {
  private func tensor(_ values: [Double]) throws -> Tensor {
    try Tensor(values, Shape([values.count]), on: cpu)
  }

  @Test func `changes are told by norm, by element and by angle`() throws {
    let before = try [("a", tensor([3, 4])), ("b", tensor([0, 0])), ("c", tensor([1, 0]))]
    let after = try [("c", tensor([0, 2])), ("b", tensor([0, 1])), ("a", tensor([3, 4]))]
    let changes = try ParameterChange.between(before, after)
    #expect(changes.map(\.name) == ["a", "b", "c"])
    #expect(changes.map(\.relative) == [0, .infinity, 5.0.squareRoot()])
    #expect(changes.map(\.largest) == [0, 1, 2])
    #expect(changes[0].cosine == 1)
    #expect(changes[1].cosine.isNaN)
    #expect(changes[2].cosine == 0)
  }

  @Test func `other networks are refused`() throws {
    let one = try [("a", tensor([3, 4]))]
    #expect(
      failure { _ = try ParameterChange.between(one, [("a", tensor([3]))]) }
        == Failure(
          "E-shape", "`a` is shape(2) in the first network and shape(1) in the second",
          parameter: "b"))
    #expect(
      failure { _ = try ParameterChange.between(one, one + [("z", tensor([3]))]) }
        == Failure(
          "E-shape", "only the second network has a parameter `z`",
          notes: ["weights are compared by name, so both networks need the same names"],
          parameter: "b"))
  }
}
