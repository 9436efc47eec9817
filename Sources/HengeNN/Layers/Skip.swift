// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Layers one after another, and around them a way on which their input goes along: the channels of
/// x and of f(x), one after the other.
///
/// Shape: `[N, C, H, W]` → `[N, C + K, H, W]`, where the layers return `[N, K, H, W]`.
/// [Ronneberger et al. 2015, U-Net]
public final class Skip: Layer {
  private let body: Sequential
  private let first: First

  /// Whose channels come first.
  enum First: String, CaseIterable {
    case input
    case output
  }

  init(_ building: Building) throws {
    body = Sequential(building.parts)
    first = try building.settings[LayerKind.skipFirst]
  }

  /// The layers of the body by their names.
  public override var parts: [(name: String, layer: Layer)] { body.parts }

  /// Its effect on the number of channels.
  public override var channelEffect: ChannelEffect { .joined }

  /// Runs the body and joins.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let y = try body.forward(x, pass)
    guard x.rank >= 2, y.rank == x.rank, y.shape[0] == x.shape[0],
      y.shape.sizes.dropFirst(2) == x.shape.sizes.dropFirst(2)
    else {
      throw Failure(
        "E-shape",
        "skip concatenates the channels of its input, \(x.shape), and of the output of its layers, \(y.shape)",
        notes: ["all sizes except the channels must be equal"], parameter: "x")
    }
    return try Tensor.concatenated(first == .input ? [x, y] : [y, x], axis: 1)
  }

  /// The body and `Concat`.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let y = try body.export(x, to: graph)
    return graph.joined(first == .input ? [x, y] : [y, x], axis: 1)
  }
}

extension LayerKind {
  /// ``Skip``.
  public static let skip = LayerKind(
    "skip",
    "Skip connection by concatenation, as in U-Nets: the channels of x followed by those of f(x), where f is the sequence of the layers. f must keep the height and width, as skip(max_pool(2), …, upsample(2)) does.",
    [skipFirst], parts: .sequence,
    example: LayerExample(
      of: [.conv: ["in": 4, "out": 4, "padding": 1], .relu: [:]], input: [1, 4, 5, 5],
      output: [1, 8, 5, 5])
  ) { try Skip($0) }

  fileprivate static let skipFirst = Option(
    "first", "Which channels come first: \"input\" for those of x, \"output\" for those of f(x).",
    .choice(Skip.First.self), default: .text("input"))
}
