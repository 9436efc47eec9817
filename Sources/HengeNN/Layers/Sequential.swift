// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Layers one after another.
///
/// Padding before a convolution, a rectifier after a convolution or an instance normalization, and
/// dropout after a convolution's rectifier are done by the one operation, with the same bits as
/// one after another does.
public final class Sequential: Layer {
  private let layers: [(name: String, layer: Layer)]

  init(_ layers: [(name: String, layer: Layer)]) { self.layers = layers }

  /// The layers by their names.
  public override var parts: [(name: String, layer: Layer)] { layers }

  /// Runs them in order.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    var x = x
    var index = 0
    while index < layers.count {
      let start = index
      do { x = try step(x, pass, &index) } catch let failure as Failure {
        throw explained(failure, at: start, x)
      }
    }
    return x
  }

  /// Exports them in order.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    try layers.reduce(x) { try graph.run($1.layer, $1.name, $0) }
  }

  /// A failure of the layer at `index`, given `x`; where channels disagree, with who made them.
  private func explained(_ failure: Failure, at index: Int, _ x: Tensor) -> Failure {
    // A padding fails as the convolution that takes it over.
    let isPadding = if case .padding? = layers[index].layer.neighbor { true } else { false }
    let place = isPadding && index + 1 < layers.count ? index + 1 : index
    let layer = layers[place].layer
    guard failure.code == "E-shape", let filters = layer.filters, filters.rank == 4, x.rank == 4,
      x.shape[1] != filters.shape[1],
      let maker = layers[..<index].last(where: { !$0.layer.allParameters.isEmpty })
    else { return failure }
    // As it was written, but for the first number.
    let options = "\(layer)".drop { $0 != "," }
    return Failure(
      failure.code, failure.message,
      notes: failure.notes + ["its input comes from `\(maker.name)`, \(maker.layer)"],
      suggestion: "\(layer.kind)(\(x.shape[1])\(options)", parameter: failure.parameter)
  }

  /// Runs the layer at `index`, with the neighbors that it takes over; moves `index` past them.
  private func step(_ x: Tensor, _ pass: Pass, _ index: inout Int) throws -> Tensor {
    var neighbors = Neighbors()
    if case .padding(let padding)? = layers[index].layer.neighbor, index + 1 < layers.count,
      layers[index + 1].layer.takesOver.contains(.padding)
    {
      // Whoever looks on sees the padded maps too; the next layer pads for itself.
      if pass.isWatched(layers[index].name) { _ = try pass.run(padding, layers[index].name, x) }
      neighbors.padding = padding
      index += 1
    }
    let (name, layer) = layers[index]
    index += 1
    let isSeen =
      pass.isWatched(name) || layer.parts.contains { pass.isWatched("\(name).\($0.name)") }
    if layer.takesOver.contains(.activation), !isSeen,
      case .activation(let activation)? = neighbor(at: index, pass)
    {
      neighbors.activation = activation
      index += 1
      if layer.takesOver.contains(.dropout),
        case .dropout(let dropout)? = neighbor(at: index, pass)
      {
        neighbors.dropout = dropout
        index += 1
      }
    }
    return try pass.run(layer, name, x) {
      neighbors.isEmpty
        ? try layer.forward(x, $0) : try layer.forward(x, $0, with: neighbors)
    }
  }

  /// As what the layer at `index` can be taken over, unless somebody wants to see its result.
  private func neighbor(at index: Int, _ pass: Pass) -> Neighbor? {
    guard index < layers.count, !pass.isWatched(layers[index].name) else { return nil }
    return layers[index].layer.neighbor
  }
}

/// Layers one after another, and around them: x + f(x).
///
/// [He et al. 2016]
public final class Residual: Layer {
  private let body: Sequential

  init(_ layers: [(name: String, layer: Layer)]) { body = Sequential(layers) }

  /// The layers of the body by their names.
  public override var parts: [(name: String, layer: Layer)] { body.parts }

  /// The sum is kept for the layers after it.
  public override var keepsResult: Bool { true }

  /// A block.
  public override var isCheckpointed: Bool { true }

  /// Runs the body and adds; in a pass with checkpoints, `x` alone is kept for the backward pass.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try pass.checkpointed(self, x) { [self] in try sum($0, $1) }
  }

  private func sum(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let y = try body.forward(x, pass)
    guard y.shape == x.shape else {
      throw Failure(
        "E-shape",
        "residual adds its input, \(x.shape), and the output of its layers, \(y.shape), so the shapes must be equal",
        parameter: "x")
    }
    return try x + y
  }

  /// The body and `Add`.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    graph.add("Add", [x, try body.export(x, to: graph)])
  }
}

extension LayerKind {
  /// ``Sequential``.
  public static let sequential = LayerKind(
    "sequential", "Sequence of layers: each layer receives the output of the layer before.",
    parts: .sequence,
    example: LayerExample(
      of: [.conv: ["in": 3, "out": 4], .relu: [:]], input: [1, 3, 5, 5], output: [1, 4, 3, 3])
  ) { Sequential($0.parts) }

  /// ``Residual``.
  public static let residual = LayerKind(
    "residual", "Residual block [He et al. 2016]: x + f(x), where f is the sequence of the layers.",
    parts: .sequence,
    example: LayerExample(
      of: [.conv: ["in": 4, "out": 4, "padding": 1], .relu: [:]], input: [1, 4, 5, 5])
  ) { Residual($0.parts) }
}
