// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// A rectifier with learned slopes: x where it is positive, slope · x elsewhere.
///
/// Shape: `[N, C, …]` → the same. [He et al. 2015]
public final class PReLU: Layer {
  /// `[1]`, or `[C]`: a slope for each channel.
  private let weight: ModelParameter

  init(_ building: Building) throws {
    weight = try building.weights.constant(
      try building.settings[PReLUOption.slopes], try building.settings[PReLUOption.initial])
  }

  /// `weight`.
  public override var parameters: [(name: String, parameter: ModelParameter)] {
    [("weight", weight)]
  }

  /// Kept for the backward pass.
  public override var keepsResult: Bool { true }

  /// `PRelu`, whose slopes spread over the axes after the channels.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let count = weight.value.count
    let rank = count > 1 ? try graph.inputShape().rank : 2
    let slopes = try graph.weight(
      weight, "weight", shaped: [count] + Array(repeating: 1, count: max(0, rank - 2)))
    return graph.add("PRelu", [x, slopes])
  }

  /// Multiplies what is not positive by the slope of its channel.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let count = weight.value.count
    var slope = try pass(weight)
    if count > 1 {
      guard x.rank >= 2, x.shape[1] == count else {
        throw Failure(
          "E-shape",
          "prelu(\(count)) takes \(count) channels, and \(x.shape) has \(x.rank < 2 ? "none" : "\(x.shape[1])")",
          suggestion: "prelu(), with one slope for all channels", parameter: "x")
      }
      slope = try slope.reshaped([1, count] + Array(repeating: 1, count: x.rank - 2))
    }
    let isPositive = try Tensor.compare(.greater, .tensor(x.detached()), 0)
    return try Tensor.choose(isPositive, .tensor(x), .tensor(x * slope))
  }
}

private enum PReLUOption {
  static let slopes = Option(
    "slopes", "Number of slopes: 1 for all channels together, or the number of channels.",
    .int(least: 1), default: 1)
  static let initial = Option("init", "Slope before training.", .num, default: 0.25)
}

extension LayerKind {
  /// ``PReLU``.
  public static let prelu = LayerKind(
    "prelu",
    "PReLU: x where it is positive, slope · x elsewhere, with learned slopes.",
    [PReLUOption.slopes, PReLUOption.initial],
    example: LayerExample(["slopes": 2], input: [1, 2, 3, 3])
  ) { try PReLU($0) }
}
