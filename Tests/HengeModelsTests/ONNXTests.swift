// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import HengeTestSupport
import Testing

/// Whether files have the structure that other programs check; what they compute is compared by
/// `Scripts/onnx saved`.
@Suite struct ONNXTests {
  static let names = LayerKind.all.map(\.name)
  private let budget = MemoryBudget(limit: 1 << 30)

  private func exported(_ kind: LayerKind) throws -> ExportedNetwork {
    let sample = try Shape(Array(kind.example.input.dropFirst()))
    return try exampleLayer(kind).exported(for: sample, on: cpu)
  }

  private func message(_ network: ExportedNetwork) throws -> ProtobufFields {
    let file = ONNXFile(network, name: "test", metadata: [("key", "text")])
    return try #require(try ProtobufFields(file.message(budget: budget).bytes))
  }

  @Test(arguments: names)
  func `every layer is exported, each value once and before it is read`(_ name: String) throws {
    let kind = try #require(LayerKind.all.first { $0.name == name })
    let network = try exported(kind)
    let graph = network.graph
    var known = Set(graph.constants.map(\.name) + ["input", ""])
    #expect(known.count == graph.constants.count + 2)
    for node in graph.nodes {
      for input in node.inputs { #expect(known.contains(input.name), "\(node.name)") }
      #expect(known.insert(node.output.name).inserted, "\(node.name)")
      #expect(ONNXTests.operators.contains(node.op), "\(node.op)")
    }
    #expect(Set(graph.nodes.map(\.name)).count == graph.nodes.count)
    #expect(graph.nodes.contains { $0.output == graph.output })
    for side in graph.sides { #expect(graph.nodes.contains { $0.output == side.value }) }
    // All that is kept is used.
    let read = Set(graph.nodes.flatMap { $0.inputs.map(\.name) })
    for (name, _) in graph.constants { #expect(read.contains(name), "\(name)") }
  }

  /// Operators of version 17 that henge uses; each is in ``Layer/export(_:to:)`` of some layer.
  private static let operators: Set<String> = [
    "Add", "AveragePool", "BatchNormalization", "Cast", "Concat", "Conv", "ConvTranspose", "Div",
    "Flatten", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "Identity", "InstanceNormalization",
    "LeakyRelu", "MatMul", "MaxPool", "Mul", "PRelu", "Pad", "ReduceL2", "ReduceMean",
    "ReduceSum", "Relu", "Reshape", "Resize", "Shape", "Sigmoid", "Slice", "Softmax", "Sqrt", "Sub",
    "Tanh", "Transpose", "Unsqueeze",
  ]

  @Test(arguments: names)
  func `the file has its fields, and each constant its bytes`(_ name: String) throws {
    let kind = try #require(LayerKind.all.first { $0.name == name })
    let network = try exported(kind)
    let model = try message(network)
    #expect(model.integers(1) == [8])
    #expect(model.texts(2) == ["henge"])
    #expect(model.messages(8).map { $0.integers(2) } == [[17]])
    #expect(model.messages(14).map { $0.texts(1) + $0.texts(2) } == [["key", "text"]])
    let graph = try #require(model.messages(7).first)
    #expect(graph.messages(1).count == network.graph.nodes.count)
    for node in graph.messages(1) {
      #expect(node.texts(2).count == 1 && node.texts(3).count == 1 && node.texts(4).count == 1)
    }
    #expect(graph.messages(5).count == network.graph.constants.count)
    for constant in graph.messages(5) {
      let size = constant.integers(2) == [1] ? 4 : 8
      #expect(constant.bytes(9).map(\.count) == [constant.integers(1).reduce(size, *)])
    }
    let axes = try [11, 12].map { field in
      let tensor = try #require(graph.messages(field).first?.messages(2).first?.messages(1).first)
      #expect(tensor.integers(1) == [1])
      return try #require(tensor.messages(2).first).messages(1)
    }
    #expect(axes.map(\.count) == [kind.example.input.count, kind.example.output.count])
    #expect(axes.allSatisfy { $0.first?.texts(2) == ["batch"] })
    for (sizes, expected) in zip(axes, [kind.example.input, kind.example.output]) {
      for (size, count) in zip(sizes, expected).dropFirst() {
        #expect(size.integers(1) == [count] || size.integers(1).isEmpty)
      }
    }
  }

  @Test func sizesAreOpenWhereTheNetworkTakesOthers() throws {
    let fixed = ["linear", "l2_normalize", "projection_heads", "landmark_regressor"]
    for kind in LayerKind.all {
      let network = try exported(kind)
      #expect(network.step != nil || fixed.contains(kind.name), "\(kind.name)")
    }
    let unet = try exported(.unetGenerator)
    #expect(unet.step == 8)
    #expect(unet.input == [.open("batch"), .fixed(3), .open("height"), .open("width")])
    #expect(unet.output == unet.input)
    let generator = try exampleLayer(.resnetGenerator)
    let odd = try generator.exported(for: Shape([3, 18, 21]), on: cpu)
    #expect(odd.step == nil && odd.reason?.contains("not divisible by 4") == true)
    #expect(odd.output == [.open("batch"), .fixed(3), .fixed(18), .fixed(21)])
    #expect(odd.graph.nodes.first?.op == "Pad" && odd.graph.nodes.last?.op == "Slice")
    let attention = try exported(.attention)
    #expect(attention.graph.sides.map(\.name) == ["logits", "heatmap"])
    #expect(attention.sides[0] == [.open("batch"), .fixed(2)])
    #expect(attention.sides[1] == [.open("batch"), .fixed(1), .open("height"), .open("width")])
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let generator = try exampleLayer(.resnetGenerator)
    #expect(throws: Failure.self) { try generator.exported(for: Shape([4, 16, 16]), on: cpu) }
    #expect(throws: Failure.self) { try generator.exported(for: Shape([3, 1, 1]), on: cpu) }
    #expect(try generator.sample(height: 16, width: 20) == Shape([3, 16, 20]))
    for kind in LayerKind.all where kind.example.input.count == 4 {
      let input = kind.example.input
      let sample = try? exampleLayer(kind).sample(height: input[2], width: input[3])
      #expect(sample != nil || kind.name == "prelu", "\(kind.name)")
    }
  }

  /// A whole file, byte by byte: a ReLU of one channel.
  @Test func aSmallFileIsKnown() throws {
    let weights = FirstWeights(from: Draws(RandomStream(seed: 0, name: "w")), on: cpu)
    let network = try LayerKind.relu([], weights).exported(for: Shape([4]), on: cpu)
    let bytes = try ONNXFile(network, name: "relu", metadata: []).message(budget: budget).bytes
    func field(_ key: UInt8, _ content: [UInt8]) -> [UInt8] {
      [key, UInt8(content.count)] + content
    }
    func text(_ key: UInt8, _ text: String) -> [UInt8] { field(key, Array(text.utf8)) }
    func value(_ key: UInt8, _ name: String) -> [UInt8] {
      let shape = field(0x0A, text(0x12, "batch")) + field(0x0A, [0x08, 4])
      return field(
        key, text(0x0A, name) + field(0x12, field(0x0A, [0x08, 1] + field(0x12, shape))))
    }
    let node =
      text(0x0A, "input") + text(0x12, "output") + text(0x1A, "Relu") + text(0x22, "Relu")
    let graph =
      field(0x0A, node) + text(0x12, "relu") + value(0x5A, "input") + value(0x62, "output")
    #expect(
      bytes == [0x08, 8] + text(0x12, "henge") + text(0x1A, hengeVersion) + field(0x3A, graph)
        + field(0x42, text(0x0A, "") + [0x10, 17]))
  }
}
