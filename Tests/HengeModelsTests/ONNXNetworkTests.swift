// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import HengeTestSupport
import Testing

@Suite struct ONNXNetworkTests {
  private typealias Bytes = ONNXBytes

  /// The network of a graph of these fields.
  private func network(_ graph: [UInt8], opset: Int = 17) throws -> ONNXNetwork {
    let budget = MemoryBudget(limit: 1 << 24)
    let graph = try ONNXGraph(
      decoding: ONNXBytes.model(graph, opset: opset)[...], path: "x.onnx", budget: budget)
    return try ONNXNetwork.make(graph, path: "x.onnx", on: cpu, budget: budget)
  }

  private static func floats(_ name: String, _ sizes: [Int], _ values: [Float]) -> [UInt8] {
    ONNXBytes.initializer(name, sizes, raw: values.withUnsafeBytes { Array($0) })
  }

  /// `y = relu(x · w + b)` with a fixed batch of 1.
  private static let single =
    ONNXBytes.node("MatMul", ["x", "w"], ["m"], name: "product")
    + ONNXBytes.node("Add", ["m", "b"], ["a"], name: "sum")
    + ONNXBytes.node("Relu", ["a"], ["y"], name: "act")
    + floats("w", [3, 2], [1, 0, 0, 1, 1, -1]) + floats("b", [2], [0.5, 0])
    + ONNXBytes.value(11, "x", [1, 3]) + ONNXBytes.value(12, "y", [1, 2])

  private func x(_ sizes: [Int]) throws -> Tensor {
    try Tensor.arange(.int(0), .int(sizes.reduce(1, *)), on: cpu).reshaped(sizes) - .int(3)
  }

  // MARK: What is refused

  @Test(arguments: [
    ("Loop", "henge runs no control flow, which Loop is"), ("If", "no control flow"),
    ("Scan", "no control flow"), ("SequenceEmpty", "not on sequences"),
    ("ScatterND", "henge does not run the operator ScatterND"),
    ("NonMaxSuppression", "henge does not run the operator NonMaxSuppression"),
    ("QuantizeLinear", "of quantized networks"),
    ("Attention", "henge does not run the operator Attention"),
  ])
  func otherOperatorsAreRefusedByNameAndPlace(_ operation: String, _ words: String) {
    let failure = #expect(throws: Failure.self) {
      try network(Bytes.graph(Bytes.node(operation, ["x"], ["y"], name: "here")))
    }
    #expect(failure?.code == "E-file")
    #expect(
      failure?.message.hasPrefix("\"x.onnx\": its node `here` (\(operation)): ") ?? false)
    #expect(failure?.message.contains(words) ?? false, "\(failure?.message ?? "")")
    #expect(failure?.suggestion != nil)
  }

  @Test(arguments: [
    (
      ONNXBytes.node(
        "Softmax", ["x"], ["y"], name: "s", [ONNXBytes.field(1, "axes") + ONNXBytes.field(3, 1)]),
      "its node `s` (Softmax): henge does not know its option `axes`"
    ),
    (
      ONNXBytes.node("Gemm", ["x"], ["y"], name: "g"),
      "its node `g` (Gemm): its input `weight` is missing"
    ),
    (
      ONNXBytes.node("Relu", ["x", "x"], ["y"], name: "r"),
      "its node `r` (Relu): it has 2 inputs, and the operator takes 1 at most"
    ),
    (
      ONNXBytes.node(
        "Cast", ["x"], ["y"], name: "c", [ONNXBytes.field(1, "to") + ONNXBytes.field(3, 8)]),
      "its node `c` (Cast): it converts to text"
    ),
    (
      ONNXBytes.node("MaxPool", ["x"], ["y", "places"], name: "p"),
      "its node `p` (MaxPool): it returns the places of the largest elements"
    ),
    (
      ONNXBytes.node("Relu", ["x"], ["z"]) + ONNXBytes.node("Add", ["z", "u"], ["y"])
        + ONNXBytes.value(11, "u", [0, 3]),
      "its network has 2 inputs, u [N, 3], x [N, 3], and henge runs networks with one"
    ),
    (
      ONNXBytes.node(
        "Constant", [], ["y"], [ONNXBytes.field(1, "value_int") + ONNXBytes.field(3, 1)]),
      "its network reads no input"
    ),
  ])
  func wrongNodesAreRefused(_ nodes: [UInt8], _ words: String) {
    let failure = #expect(throws: Failure.self) { try network(Bytes.graph(nodes)) }
    #expect(failure?.message.contains(words) ?? false, "\(failure?.message ?? "")")
  }

  @Test func otherSizesAreRefusedWithThoseOfTheFile() throws {
    let network = try network(Self.single)
    let failure = #expect(throws: Failure.self) { try network.forward(x([1, 4]), Pass()) }
    #expect(failure?.message == "this network takes x [1, 3], not 1x4")
    let rank = #expect(throws: Failure.self) { try network.forward(x([1, 1, 1, 3]), Pass()) }
    #expect(rank?.code == "E-shape")
  }

  /// An axis that is resized twice had another size the second time.
  @Test func anAxisIsResizedOnce() throws {
    let axes = Bytes.field(1, "axes") + Bytes.field(8, 1) + Bytes.field(8, 1) + Bytes.field(20, 7)
    let network = try network(
      Bytes.graph(
        Bytes.node("Resize", ["x", "", "s"], ["y"], name: "larger", [axes]),
        Self.floats("s", [2], [2, 2])), opset: 18)
    let failure = #expect(throws: Failure.self) { try network.forward(x([1, 3]), Pass()) }
    #expect(failure?.message == "one of the axes [1, 1] is resized twice")
  }

  // MARK: What runs

  @Test func layersHaveTheNamesOfTheFile() throws {
    let network = try network(Self.single)
    #expect(network.allLayers.map(\.path) == ["", "product", "sum", "act"])
    #expect(network.parts.map(\.layer.kind) == ["MatMul", "Add", "Relu"])
    #expect(network.allParameters.map(\.name) == ["product.weight", "sum.b"])
    #expect(network.parameterCount == 8)
    #expect(network.kind == "onnx")
  }

  /// A file with a batch of 1 runs on several images, each as alone, and whoever looks sees all of them.
  @Test func aFixedBatchRunsImageByImage() throws {
    let network = try network(Self.single)
    let x = try x([3, 3])
    let y = try network.forward(x, Pass())
    #expect(y.shape.sizes == [3, 2])
    for image in 0..<3 {
      let one = try network.forward(
        x.selecting([.slice(start: image, stop: image + 1, step: nil)]), Pass())
      #expect(try one.floats() == y.selecting([.at(image)]).floats())
    }
    let seen = try network.results(at: ["product", "act"], x)
    #expect(seen.map(\.shape.sizes) == [[3, 2], [3, 2]])
    #expect(try seen[1].floats() == y.floats())
  }

  @Test func aCopyHasItsOwnWeights() throws {
    let network = try network(Self.single)
    let copy = try network.copy()
    let x = try x([1, 3])
    #expect(try copy.forward(x, Pass()).floats() == network.forward(x, Pass()).floats())
    let bias = try #require(copy.allParameters.last?.parameter)
    bias.set(try bias.value + .num(100))
    #expect(try copy.forward(x, Pass()).floats() != network.forward(x, Pass()).floats())
  }

  /// A normalization that is multiplied into a convolution follows when a weight of either is set.
  @Test func settingWeightsReachesWhatWasJoined() throws {
    let one = try #require(ONNXCase.all.first { $0.name.hasPrefix("Conv.joined") })
    let network = try one.network(on: cpu)
    let x = try Tensor(one.x.values, Shape(one.x.sizes), on: cpu)
    let before = try network.forward(x, Pass()).floats()
    for (name, parameter) in network.allParameters {
      let value = parameter.value
      parameter.set(try value + .num(0.25))
      let joined = try network.forward(x, Pass()).floats()
      let apart = try network.forward(x, Pass { _, _, _, _ in }).floats()
      #expect(joined != before, "\(name)")
      for (a, b) in zip(joined, apart) { #expect(abs(a - b) <= 1e-4 * max(1, abs(b)), "\(name)") }
      parameter.set(value)
    }
    #expect(try network.forward(x, Pass()).floats() == before)
  }

  /// Weights do not learn, and gradients flow to the input: such a network can be part of a loss.
  @Test func gradientsReachTheInputAndNoWeight() throws {
    let network = try network(Self.single)
    let learning = Learning([network])
    #expect(learning.parameters.isEmpty)
    let x = try x([1, 3]).onTape()
    let loss = try network.forward(x, Pass(.training, learning: learning)).sum()
    #expect(try loss.gradients(at: [x])[0].shape.sizes == [1, 3])
    #expect(network.isForInference)
  }

  @Test func aLayerAloneRunsWhereItHasOneInput() throws {
    let network = try network(Self.single)
    let product = try #require(network.layer(at: "product"))
    #expect(try product.forward(x([2, 3]), Pass()).shape.sizes == [2, 2])
  }

  @Test func itIsNotSavedAsAModelOfHenge() throws {
    let network = try network(Self.single)
    let failure = #expect(throws: Failure.self) {
      try ModelFile.make(network, budget: MemoryBudget(limit: 1 << 20))
    }
    #expect(failure?.code == "E-arg")
  }

  /// What only constants decide is computed when the network is read, and is a weight where one was.
  @Test func constantsAreComputedOnce() throws {
    let network = try network(
      Bytes.node("Transpose", ["w"], ["t"], name: "turn")
        + Bytes.node("MatMul", ["x", "t"], ["y"], name: "product")
        + Self.floats("w", [2, 3], [1, 0, 1, 0, 1, -1]) + Bytes.value(11, "x", [0, 3])
        + Bytes.value(12, "y", [0, 2]))
    #expect(network.allLayers.map(\.path) == ["", "product"])
    #expect(network.allParameters.map(\.name) == ["product.weight"])
    #expect(try network.forward(x([1, 3]), Pass()).floats() == [-4, -1])
    #expect(try network.copy().forward(x([1, 3]), Pass()).floats() == [-4, -1])
  }
}
