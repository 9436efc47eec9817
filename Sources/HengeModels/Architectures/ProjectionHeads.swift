// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN
public import HengeTensor

/// A perceptron with one hidden layer for the features of each of several layers of a network, to a
/// unit length.
///
/// Shape: as one layer, `[…, Σ widths]` → `[…, widths.count · out]`, the features of all layers joined
/// along the last axis. [Park et al. 2020]
public final class ProjectionHeads: Layer {
  private let heads: [Layer]
  /// Number of features that each head reads.
  public let widths: [Int]
  /// Number of features that each head returns.
  public let out: Int

  fileprivate init(_ building: Building) throws {
    let maker = try building.maker
    let out = try building.settings[HeadsOption.out]
    self.out = out
    widths = try building.settings[HeadsOption.widths]
    heads = try widths.map { width in
      try maker.sequential([
        ("hidden", try maker.linear(width, out)), ("relu", try maker.plain(.relu)),
        ("out", try maker.linear(out, out)), ("unit", try maker.plain(.l2Normalize)),
      ])
    }
  }

  /// `head.0` and so on.
  public override var parts: [(name: String, layer: Layer)] {
    heads.enumerated().map { ("head.\($0.offset)", $0.element) }
  }

  /// All features are cut apart and projected separately.
  public override var channelEffect: ChannelEffect { .unknown }

  /// The result for features `[N, F]` of each layer in order, each of its width: `[N, out]` of each.
  ///
  /// Throws `E-shape` for features of another width, and `E-memory`.
  public func callAsFunction(_ features: [Tensor], _ pass: Pass) throws -> [Tensor] {
    precondition(features.count == heads.count, "there is one head for each layer")
    return try zip(parts, features).map { part, x in try pass.run(part.layer, part.name, x) }
  }

  /// Slices, the heads, and `Concat`.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    try exported(x, to: graph)
  }

  /// Projects each layer's part of the last axis.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let sum = widths.reduce(0, +)
    guard x.rank > 0, x.shape.sizes.last == sum else {
      throw Failure(
        "E-shape",
        "the heads read \(widths.map { String($0) }.joined(separator: " + ")) = \(sum) features, joined along the last axis, not \(x.shape)",
        parameter: "x")
    }
    var start = 0
    let features = try widths.map { width in
      defer { start += width }
      return try x.selecting([.ellipsis, .slice(start: start, stop: start + width, step: nil)])
    }
    return try Tensor.concatenated(self(features, pass), axis: x.rank - 1)
  }
}

extension ProjectionHeads {
  /// The parts of the last axis, each through its head, and `Concat`.
  fileprivate func exported(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    var start = 0
    let features = try zip(parts, widths).map { part, width in
      defer { start += width }
      return try graph.run(
        part.layer, part.name, graph.sliced(x, axis: -1, from: start, to: start + width))
    }
    return graph.joined(features, axis: -1)
  }
}

private enum HeadsOption {
  static let widths = Option(
    "widths", "Number of features of each layer that is projected, such as [3, 128, 256].",
    .ints(least: 1))
  static let out = Option(
    "out", "Number of features after projection, and of the hidden layers.", .int(least: 1),
    default: .int(256))
}

extension LayerKind {
  /// ``ProjectionHeads``.
  ///
  /// 560,384 parameters for the features of the layers of a generator with base 64 that the paper names.
  public static let projectionHeads = LayerKind(
    "projection_heads",
    "Projection heads of CUT [Park et al. 2020]: for the features of each of several layers of an encoder a linear layer, ReLU, another linear layer and L2 normalization. cut(…) compares patches of images by them. As one layer it takes the features of all layers, joined along the last axis, [N, sum of widths], and returns [N, number of layers · out]. Layers: head.0, head.1 and so on.",
    [HeadsOption.widths, HeadsOption.out, SharedOption.initialiser, SharedOption.gain],
    reference: .projectionHeads,
    example: LayerExample(["widths": .ints([3, 4]), "out": 5], input: [2, 7], output: [2, 10])
  ) { try ProjectionHeads($0) }
}

extension Maker {
  fileprivate func linear(_ input: Int, _ output: Int) throws -> Layer {
    try plain(.linear, [("in", .int(input)), ("out", .int(output))])
  }
}

extension ReferenceNaming {
  /// A list of three layers for each: `mlp_0.0`, `mlp_0.2`.
  fileprivate static let projectionHeads = ReferenceNaming { model in
    model.parts.enumerated().flatMap { index, head in
      zip(["hidden", "out"], [0, 2]).flatMap { own, place in
        head.layer.layer(at: own).map {
          pairs(of: $0, own: "\(head.name).\(own)", reference: "mlp_\(index).\(place)")
        } ?? []
      }
    }
  } settings: { shapes in
    var widths: [Int] = []
    while let hidden = shapes["mlp_\(widths.count).0.weight"], hidden.rank == 2 {
      widths.append(hidden[1])
    }
    guard !widths.isEmpty, let out = shapes["mlp_0.2.weight"], out.rank == 2 else { return nil }
    return [("widths", .ints(widths)), ("out", .int(out[0]))]
  }
}
