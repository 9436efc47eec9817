// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// The weight that a layer's result is linear in.
struct LinearWeight {
  let parameter: ModelParameter
  /// The axis of its outputs.
  let outputs: Int

  init(_ parameter: ModelParameter, outputs: Int = 0) {
    self.parameter = parameter
    self.outputs = outputs
  }

  /// Outputs, and inputs of each.
  var sizes: (rows: Int, columns: Int) {
    let rows = parameter.value.shape[outputs]
    return (rows, parameter.value.count / max(1, rows))
  }
}

/// Spectral normalization of a layer: its weight W divided by σ, the largest singular value of W as a matrix
/// `[outputs, inputs]`.
///
/// σ = uᵀWv is estimated by the power iteration: each pass in training mode moves `v ← Wᵀu / |Wᵀu|` and
/// `u ← Wv / |Wv|` once, and starts where the pass before has left them; u and v are constants for the
/// gradient. A pass in evaluation mode uses them as they are. Shape: the layer's. [Miyato et al. 2018]
///
/// The layer is linear in W and in its input, so the input is divided: most of the time it is smaller.
public final class Spectral: Layer {
  private let layer: Layer
  private let weight: LinearWeight
  private let u: ModelParameter
  private let v: ModelParameter

  init(_ building: Building) throws {
    guard building.parts.count == 1, let layer = building.parts.first?.layer,
      let weight = layer.linearWeight
    else {
      throw Failure(
        "E-arg",
        "spectral takes one layer with a weight, not \(building.parts.map { "\($0.layer)" }.joined(separator: ", "))",
        notes: ["such layers are conv, conv_transpose and linear"],
        suggestion: "spectral(conv(3, 64, kernel=4, stride=2))")
    }
    self.layer = layer
    self.weight = weight
    u = try building.weights.direction(weight.sizes.rows)
    v = try building.weights.direction(weight.sizes.columns)
  }

  /// `weight_u` `[outputs]` and `weight_v` `[inputs]`.
  public override var parameters: [(name: String, parameter: ModelParameter)] {
    [("weight_u", u), ("weight_v", v)]
  }

  /// The layer, `layer`.
  public override var parts: [(name: String, layer: Layer)] { [("layer", layer)] }

  /// The divided input, kept for the backward pass.
  public override var keepsResult: Bool { true }

  /// What the layer takes over.
  override var takesOver: TakesOver { layer.takesOver }

  /// Divides and runs the layer.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try forward(x, pass, with: Neighbors())
  }

  /// Divides and runs the layer with its neighbors.
  override func forward(_ x: Tensor, _ pass: Pass, with neighbors: Neighbors) throws -> Tensor {
    let divided = try x / deviation(pass).cast(to: x.type)
    return try pass.run(layer, "layer", divided) {
      neighbors.isEmpty
        ? try layer.forward(divided, $0) : try layer.forward(divided, $0, with: neighbors)
    }
  }

  /// The layer, its weight divided by σ.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let weight = weight.parameter
    return try graph.replacing(weight, by: weight.value / deviation(Pass())) {
      try graph.run(layer, "layer", x)
    }
  }

  /// σ, one number, on the tape where the weight is.
  private func deviation(_ pass: Pass) throws -> Tensor {
    let whole = try pass(weight.parameter)
    let matrix = try whole.detached().matrix(rows: weight.outputs)
    var (left, right) = (try pass.moved(u), try pass.moved(v))
    var product: Tensor?
    if pass.mode == .training {
      right = try Self.unit(matrix.transposed().multiplied(by: left))
      let new = try matrix.multiplied(by: right)
      left = try Self.unit(new)
      product = new
      try pass.move(u, to: left)
      try pass.move(v, to: right)
    }
    return try whole.bilinearForm(left, right, axis: weight.outputs, product: product)
  }

  /// `x / max(|x|, 1e-12)`.
  private static func unit(_ x: Tensor) throws -> Tensor {
    try x / (try x.norm().clip(low: .scalar(.num(1e-12)), high: nil))
  }
}

extension LayerKind {
  /// ``Spectral``.
  public static let spectral = LayerKind(
    "spectral",
    "Spectral normalization [Miyato et al. 2018]: divides the weight of a layer by its largest singular value σ = uᵀWv. Each run in training mode improves u and v by one step of the power iteration; evaluation uses them as they are. Takes one conv(…), conv_transpose(…) or linear(…).",
    parts: .sequence,
    example: LayerExample(
      of: [.conv: ["in": 3, "out": 4, "kernel": 4, "stride": 2]], input: [1, 3, 8, 8],
      output: [1, 4, 3, 3])
  ) { try Spectral($0) }
}
