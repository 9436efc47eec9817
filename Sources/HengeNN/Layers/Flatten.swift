// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// All axes after the first as one.
///
/// Shape: `[N, …]` → `[N, L]`.
public final class Flatten: Layer {
  /// Its effect on the number of channels.
  public override var channelEffect: ChannelEffect { .flattened }

  /// `Flatten`.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    graph.add("Flatten", [x], ["axis": .int(1)])
  }

  /// Reshapes.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try x.reshaped([x.shape.sizes.first ?? 1, x.shape.sizes.dropFirst().reduce(1, *)])
  }
}

extension LayerKind {
  /// ``Flatten``.
  public static let flatten = LayerKind(
    "flatten", "Flattens each sample of a batch: [N, C, H, W] becomes [N, C·H·W].",
    example: LayerExample(input: [2, 3, 2, 2], output: [2, 12])
  ) { _ in Flatten() }
}
