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

  /// A failure of the layer at `index`, given `x`; where channels disagree, with who made them.
  private func explained(_ failure: Failure, at index: Int, _ x: Tensor) -> Failure {
    let padded = layers[index].layer is Padding ? conv(at: index + 1)?.1 : nil
    guard failure.code == "E-shape", let conv = layers[index].layer as? Conv ?? padded, x.rank == 4,
      x.shape[1] != conv.weight.value.shape[1],
      let maker = layers[..<index].last(where: { !$0.layer.allParameters.isEmpty })
    else { return failure }
    // As it was written, but for the first number.
    let options = "\(conv)".drop { $0 != "," }
    return Failure(
      failure.code, failure.message,
      notes: failure.notes + ["`\(maker.name)`, \(maker.layer), made that"],
      suggestion: "conv(\(x.shape[1])\(options)", parameter: failure.parameter)
  }

  /// Runs the layer at `index`, with those after it that it can do on the way.
  private func step(_ x: Tensor, _ pass: Pass, _ index: inout Int) throws -> Tensor {
    var x = x
    let (name, layer) = layers[index]
    if let padding = layer as? Padding, let (next, conv) = conv(at: index + 1), conv.hasNoPadding {
      // Whoever looks on sees the padded maps too; the convolution pads for itself.
      if pass.isWatched(name) { _ = try pass.run(padding, name, x) }
      x = try run(conv, next, x, pass, padding: padding, &index)
      index += 2
    } else if let conv = layer as? Conv {
      x = try run(conv, name, x, pass, padding: nil, &index)
      index += 1
    } else {
      let activation = joinable(at: index + 1, behind: name, pass)
      x = try pass.run(layer, name, x) { inner in
        switch (layer, activation) {
        case (let layer as ConvTranspose, let activation?):
          try layer.forward(x, inner, activation: activation)
        case (let layer as InstanceNorm, let activation?):
          try layer.forward(x, inner, activation: activation)
        default: try layer.forward(x, inner)
        }
      }
      index += layer is ConvTranspose || layer is InstanceNorm ? (activation == nil ? 1 : 2) : 1
    }
    return x
  }

  /// Runs a convolution with the layers around it; moves `index` over an activation that it took.
  private func run(
    _ conv: Conv, _ name: String, _ x: Tensor, _ pass: Pass, padding: Padding?, _ index: inout Int
  ) throws -> Tensor {
    let behind = index + (padding == nil ? 1 : 2)
    let activation = joinable(at: behind, behind: name, pass)
    let dropout = activation == nil ? nil : self.dropout(at: behind + 1, pass)
    defer { index += (activation == nil ? 0 : 1) + (dropout == nil ? 0 : 1) }
    return try pass.run(conv, name, x) {
      try conv.forward(
        x, $0, padding: padding, activation: activation ?? .none, dropout: dropout)
    }
  }

  /// The dropout at `index`, unless somebody wants to see its result.
  private func dropout(at index: Int, _ pass: Pass) -> Dropout? {
    guard index < layers.count, !pass.isWatched(layers[index].name) else { return nil }
    return layers[index].layer as? Dropout
  }

  private func conv(at index: Int) -> (String, Conv)? {
    guard index < layers.count, let conv = layers[index].layer as? Conv else { return nil }
    return (layers[index].name, conv)
  }

  /// The activation at `index`, unless somebody wants to see its result or that of the layer before it.
  private func joinable(at index: Int, behind before: String, _ pass: Pass) -> Activation? {
    guard index < layers.count, !pass.isWatched(before), !pass.isWatched(layers[index].name) else {
      return nil
    }
    return (layers[index].layer as? ActivationLayer)?.joinable
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

  /// Runs the body and adds.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let y = try body.forward(x, pass)
    guard y.shape == x.shape else {
      throw Failure(
        "E-shape",
        "residual adds its input, \(x.shape), and the output of its layers, \(y.shape), so the shapes must be equal",
        parameter: "x")
    }
    return try x + y
  }
}

extension LayerKind {
  /// ``Sequential``.
  public static let sequential = LayerKind(
    "sequential", "Sequence of layers: each layer receives the output of the layer before.",
    parts: .sequence,
    example: ("sequential(conv(3, 4), relu())", [1, 3, 5, 5]), output: [1, 4, 3, 3]
  ) { Sequential($0.parts) }

  /// ``Residual``.
  public static let residual = LayerKind(
    "residual", "Residual block [He et al. 2016]: x + f(x), where f is the sequence of the layers.",
    parts: .sequence, example: ("residual(conv(4, 4, padding=1), relu())", [1, 4, 5, 5])
  ) { Residual($0.parts) }
}
