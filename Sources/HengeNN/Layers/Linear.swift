// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

/// A fully connected layer: y = x · weightᵀ + bias.
///
/// Shape: `[…, in]` → `[…, out]`.
public final class Linear: Layer {
  /// The most input features that a layer takes.
  public static let mostInputs = 1 << 24

  /// `[out, in]`.
  public let weight: ModelParameter
  /// `[out]`, if it has one.
  public let bias: ModelParameter?

  init(_ building: Building) throws {
    let (input, output) = (
      try building.settings[LinearOption.input], try building.settings[LinearOption.output]
    )
    weight = try building.weights.weight([output, input], fanIn: input, fanOut: output)
    bias =
      try building.settings[LinearOption.bias]
      ? try building.weights.bias(output, fanIn: input) : nil
  }

  /// `weight`, and `bias` if it has one.
  public override var parameters: [(name: String, parameter: ModelParameter)] {
    [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
  }

  /// Its effect on the number of channels.
  public override var channelEffect: ChannelEffect { .features(weight.value.shape[0]) }

  /// Multiplies.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    guard x.shape.sizes.last == weight.value.shape[1] else {
      throw Failure(
        "E-shape",
        "this layer takes \(weight.value.shape[1]) features, but \(x.shape) has \(x.shape.sizes.last ?? 0) along its last axis",
        suggestion: x.rank > 2 ? "flatten() before it" : nil, parameter: "x")
    }
    let y = try x.linear(pass(weight))
    return try bias.map { try y + pass($0) } ?? y
  }

  /// `Gemm` for rows of features, `MatMul` for more axes.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    guard try graph.inputShape().rank != 2 else {
      let inputs =
        try [x, graph.weight(weight, "weight")]
        + (bias.map { [try graph.weight($0, "bias")] } ?? [])
      return graph.add("Gemm", inputs, ["transB": .int(1)])
    }
    let transposed = graph.add(
      "Transpose", [try graph.weight(weight, "weight")], ["perm": .ints([1, 0])])
    let y = graph.add("MatMul", [x, transposed])
    return try bias.map { graph.add("Add", [y, try graph.weight($0, "bias")]) } ?? y
  }

  /// `weight`.
  public override var filters: Tensor? { weight.value }

  /// `weight`.
  override var linearWeight: LinearWeight? { LinearWeight(weight) }

  /// Two for each weight and row.
  public override func operations(input: Shape, output: Shape) -> Int {
    2 * weight.value.count * output.count / max(1, output.sizes.last ?? 1)
  }
}

private enum LinearOption {
  /// Beyond the usual million: full U-GAT-IT at 256x256 computes its style from 1,048,576 features.
  static let input = Option(
    "in", "Number of input features.", .int(least: 1, most: Linear.mostInputs))
  static let output = Option("out", "Number of output features.", .int(least: 1))
  static let bias = Option(
    "bias", "Whether to add a bias to each output feature.", .bool, default: .bool(true))
}

extension LayerKind {
  /// ``Linear``.
  public static let linear = LayerKind(
    "linear",
    "Fully connected (linear) layer: y = x · weightᵀ + bias, from [..., in] to [..., out].",
    [LinearOption.input, LinearOption.output, LinearOption.bias],
    example: LayerExample(["in": 4, "out": 2], input: [3, 4], output: [3, 2])
  ) { try Linear($0) }
}
