// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Conditional instance normalization: instance normalization whose scale and shift are linear functions
/// of a condition.
///
/// Of each channel of each sample `y = (1 + γ) · (x - mean) / √(var + eps) + β` with
/// `(γ, β) = weight · c + bias`, where `c` `[K]` is the sample's condition. The bias is 0 at first, so that
/// the layer begins near an instance normalization.
///
/// Inside ``Conditioned``, the condition is the network's: `[N, C, H, W]` → the same. Elsewhere it is the
/// means of the last K channels, as ``Conditioned`` takes it: `[N, C + K, H, W]` → `[N, C, H, W]`.
/// [Dumoulin et al. 2017; FiLM: Perez et al. 2018]
public final class ConditionalNorm: Layer {
  /// `[2C, K]`: a row for the γ of each channel, then one for each β.
  private let weight: ModelParameter
  /// `[2C]`.
  private let bias: ModelParameter
  private let channels: Int
  private let epsilon: Double

  init(_ building: Building) throws {
    channels = try building.settings[ConditionOption.channels]
    epsilon = try building.settings[ConditionOption.epsilon]
    let condition = try building.settings[ConditionOption.condition]
    weight = try building.weights.weight(
      [2 * channels, condition], fanIn: condition, fanOut: 2 * channels)
    bias = try building.weights.constant(2 * channels, 0)
  }

  /// `weight` and `bias`.
  public override var parameters: [(name: String, parameter: ModelParameter)] {
    [("weight", weight), ("bias", bias)]
  }

  /// Its maps, without the condition.
  public override var channelEffect: ChannelEffect { .maps(channels) }

  /// The mean is subtracted, and a plane with it.
  public override var planes: PlaneEffect { .cancelled }

  /// Normalizes.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try forward(x, pass, with: Neighbors())
  }

  /// An instance normalization, and a linear function of the condition.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    try exported(x, to: graph)
  }

  /// The activation.
  override var takesOver: TakesOver { .activation }

  /// Normalizes and applies the activation.
  override func forward(_ x: Tensor, _ pass: Pass, with neighbors: Neighbors) throws -> Tensor {
    let count = weight.value.shape[1]
    let (maps, condition) =
      try pass.condition.map { (x, $0) } ?? x.splittingCondition(count, for: "\(self)")
    guard maps.rank == 4, maps.shape[1] == channels, condition.shape.sizes == [x.shape[0], count]
    else {
      throw Failure(
        "E-shape",
        "\(self) takes Nx\(channels)xHxW and a condition Nx\(count), not \(maps.shape) and \(condition.shape)",
        parameter: "x")
    }
    let factors =
      try condition.multiplied(by: pass(weight).transposed()) + pass(bias)
    func each(_ columns: Range<Int>) throws -> Tensor {
      try factors.selecting([
        .all, .slice(start: columns.lowerBound, stop: columns.upperBound, step: nil),
      ])
    }
    return try maps.normalized(
      over: .sample, epsilon: epsilon, scale: try each(0..<channels) + .num(1),
      shift: each(channels..<2 * channels), activation: neighbors.activation)
  }
}

extension ConditionalNorm {
  /// An instance normalization whose result is scaled and shifted by a linear function of the condition.
  fileprivate func exported(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let (maps, condition) =
      try graph.condition.map { (x, $0) }
      ?? graph.splittingCondition(x, weight.value.shape[1])
    let factors = graph.add(
      "Gemm", [condition, try graph.weight(weight, "weight"), try graph.weight(bias, "bias")],
      ["transB": .int(1)])
    let scale = graph.add(
      "Add", [graph.sliced(factors, axis: 1, from: 0, to: channels), try graph.constant(1, "one")])
    let shift = graph.sliced(factors, axis: 1, from: channels)
    let y = try graph.instanceNormalized(maps, channels: channels, epsilon: epsilon)
    return graph.add(
      "Add", [graph.add("Mul", [y, graph.overMaps(scale)]), graph.overMaps(shift)])
  }
}

/// A network that reads a condition: the last K channels of its input are not maps, but numbers of
/// each sample.
///
/// The layers receive the other channels, one layer after another, and each ``ConditionalNorm`` inside
/// the means of the last K. Shape: `[N, C + K, H, W]` → that of the layers for `[N, C, H, W]`.
public final class Conditioned: Layer {
  private let body: Sequential
  private let count: Int

  init(_ building: Building) throws {
    body = Sequential(building.parts)
    count = try building.settings[ConditionOption.condition]
  }

  /// The layers by their names.
  public override var parts: [(name: String, layer: Layer)] { body.parts }

  /// Runs the layers in order, under the condition.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let (maps, condition) = try x.splittingCondition(count, for: kind)
    return try body.forward(maps, pass.conditioned(by: condition))
  }

  /// The layers under the condition, which is cut off the input.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let (maps, condition) = try graph.splittingCondition(x, count)
    return try graph.conditioned(by: condition) { try body.export(maps, to: graph) }
  }
}

extension Tensor {
  /// The channels of a batch `[N, C + K, H, W]` without the last `count` = K, and the means of those,
  /// `[N, K]`: maps and the condition that `layer` reads.
  ///
  /// Throws `E-shape` where there are no more channels than the condition's.
  public func splittingCondition(_ count: Int, for layer: String) throws
    -> (maps: Tensor, condition: Tensor)
  {
    guard rank == 4, shape[1] > count else {
      throw Failure(
        "E-shape",
        "\(layer) takes Nx(C + \(count))xHxW: C channels, and \(count) that contain the condition, not \(shape)",
        parameter: "x")
    }
    let channels = shape[1] - count
    return (
      try selecting([.all, .slice(start: 0, stop: channels, step: nil)]),
      try selecting([.all, .slice(start: channels, stop: nil, step: nil)]).mean([2, 3])
    )
  }
}

private enum ConditionOption {
  static let channels = Option("channels", "Number of channels.", .int(least: 1))
  static let condition = Option(
    "condition", "Number of channels that contain the condition, such as 2 for (cos t, sin t).",
    .int(least: 1, most: 65_536), default: .int(2))
  static let epsilon = Option(
    "eps", "Small number added to the variance, against division by 0.", .num, default: .num(1e-5))
}

extension LayerKind {
  /// ``ConditionalNorm``.
  public static let conditionalNorm = LayerKind(
    "conditional_norm",
    "Conditional instance normalization [Dumoulin et al. 2017; FiLM: Perez et al. 2018]: (1 + γ) · (x - mean) / √(var + eps) + β, with the mean and variance of each channel of each image, where (γ, β) = weight · c + bias is computed from the image's condition c. Inside conditioned(…) and film_generator(…), c is that network's condition; elsewhere, c is the means of the last channels of x, which the output lacks.",
    [ConditionOption.channels, ConditionOption.condition, ConditionOption.epsilon],
    example: LayerExample(["channels": 4], input: [2, 6, 5, 5], output: [2, 4, 5, 5])
  ) { try ConditionalNorm($0) }

  /// ``Conditioned``.
  public static let conditioned = LayerKind(
    "conditioned",
    "Sequence of layers with a condition: the last channels of x contain the condition, constant channels. The first layer receives the other channels, and each conditional_norm inside computes its scale and shift from the means of the last.",
    [ConditionOption.condition], parts: .sequence,
    example: LayerExample(
      of: [.conv: ["in": 3, "out": 4], .conditionalNorm: ["channels": 4], .relu: [:]],
      input: [1, 5, 5, 5], output: [1, 4, 3, 3])
  ) { try Conditioned($0) }
}
