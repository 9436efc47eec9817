// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeFiles
public import HengeNN
public import HengeTensor

/// A network of another program, read from a file of the ONNX format: it runs and does not learn.
///
/// Its layers are the nodes of the file, by the names that they have there. They run in the order of the
/// file; shapes are computed as the network goes. Of a convolution, a padding before it, a batch
/// normalization and an activation after it are computed by one operation, unless somebody looks at their
/// results.
public final class ONNXNetwork: Layer {
  private let plan: ONNXPlan

  /// The network of a graph, on a device.
  ///
  /// `path` names the file in errors. Throws `E-file` with the node that henge cannot run, what it is and
  /// what would help; `E-memory`.
  public static func make(
    _ graph: ONNXGraph, path: String, on backend: any Backend, budget: MemoryBudget
  ) throws -> ONNXNetwork {
    let first = ONNXNetwork(try ONNXPlan(graph, path: path, on: backend))
    // What a copy is made from keeps no weights: those of the network are copied.
    let lean = try graph.without(first.plan.weights, budget: budget)
    let kind = LayerKind(
      "onnx",
      "Network of another program, read from an ONNX file. It runs in evaluation mode; its weights do not learn.",
      landmarks: first.returnsPoints ? .points : nil, example: LayerExample(input: [])
    ) { building in
      ONNXNetwork(try ONNXPlan(lean, path: path, on: building.weights.backend()))
    }
    let network = try kind([], .zeros(on: backend))
    for (own, other) in zip(network.allParameters, first.allParameters) {
      own.parameter.set(other.parameter.value)
    }
    guard let network = network as? ONNXNetwork else {
      preconditionFailure("a kind makes what it says")
    }
    return network
  }

  private init(_ plan: ONNXPlan) { self.plan = plan }

  /// The nodes by their names.
  public override var parts: [(name: String, layer: Layer)] {
    plan.steps.map { ($0.name, $0.layer) }
  }

  /// It is one.
  public override var isForInference: Bool { true }

  /// Unknown: its nodes may do anything with them.
  public override var channelEffect: ChannelEffect { .unknown }

  /// Whether its result is points of a face: `[N, P, 2]`, or `[N, 10]`, the five points.
  private var returnsPoints: Bool {
    guard let sizes = plan.outputs.first?.sizes, case .fixed(let last)? = sizes.last else {
      return false
    }
    switch sizes.count {
    case 3: return last == 2
    // Other numbers may be classes as well as coordinates.
    case 2: return last == 10
    default: return false
    }
  }

  /// The sizes of the images that it takes; nil for one that is open.
  public var imageSizes: (channels: Int?, height: Int?, width: Int?)? {
    guard let sizes = plan.input.sizes?.suffix(3), sizes.count == 3 else { return nil }
    let numbers = sizes.map { size -> Int? in
      if case .fixed(let size) = size { size } else { nil }
    }
    return (numbers[0], numbers[1], numbers[2])
  }

  /// What it is given: the name and the sizes that the file says.
  public var input: ONNXValue { plan.input }

  /// What it returns, the first of which is its result.
  public var outputs: [ONNXValue] { plan.outputs }

  /// The names of the layers that compute what it returns besides its result.
  public var otherResults: [String] { plan.otherResults }

  /// Runs the network on a batch of the sizes that the file says; open ones may be any.
  ///
  /// A file with a fixed batch is run as often as the batch needs. Throws `E-shape` for other sizes.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    var x = x
    // A network without a batch axis is given each image alone.
    let lacksBatch = plan.input.sizes.map { $0.count == x.rank - 1 } ?? false
    if lacksBatch {
      guard x.shape[0] == 1 else { throw plan.wrongShape(x.shape) }
      x = try x.selecting([.at(0)])
    }
    let lanes = try plan.lanes(of: x)
    var run = ONNXRun(plan, lanes, pass)
    let y = try run.result()
    return lacksBatch ? try y.expanded(at: 0) : y
  }
}
