// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Rows of features at unit length: `x / (‖x‖ + ε)` along the last axis.
///
/// Shape: `[…, F]` → the same.
public final class L2Normalize: Layer {
  private let epsilon: Double

  init(_ building: Building) throws {
    epsilon = try building.settings[L2Normalize.epsilonOption]
    guard epsilon >= 0 else {
      throw Failure("E-range", "`eps` must be 0 or more, not \(epsilon)", parameter: "eps")
    }
  }

  /// Divides by the length.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try x.unitLength(epsilon: epsilon)
  }

  /// `ReduceL2` and a division.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let length = graph.add("ReduceL2", [x], ["axes": .ints([-1]), "keepdims": .int(1)])
    return graph.add(
      "Div", [x, graph.add("Add", [length, try graph.constant(epsilon, "eps")])])
  }

  fileprivate static let epsilonOption = Option(
    "eps", "Number added to the length, so that zeros are not divided by 0.", .num,
    default: .num(1e-7))
}

extension LayerKind {
  /// ``L2Normalize``.
  public static let l2Normalize = LayerKind(
    "l2_normalize",
    "L2 normalization: divides each row of features (last axis) by its length, x / (‖x‖ + eps). The product of two such rows is their cosine similarity.",
    [L2Normalize.epsilonOption], example: LayerExample(input: [2, 3])
  ) { try L2Normalize($0) }
}
