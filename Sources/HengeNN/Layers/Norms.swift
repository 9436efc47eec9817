// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Instance normalization: each channel of each sample to mean 0 and variance 1.
///
/// Shape: `[N, C, H, W]` → the same. [Ulyanov et al. 2016]
public final class InstanceNorm: Layer {
  private let scale: ModelParameter?
  private let shift: ModelParameter?
  private let epsilon: Double

  init(_ building: Building) throws {
    let channels = try building.settings[NormOption.channels]
    let isAffine = try building.settings[NormOption.affine(false)]
    epsilon = try building.settings[NormOption.epsilon]
    scale = isAffine ? try building.weights.scale(channels) : nil
    shift = isAffine ? try building.weights.constant(channels, 0) : nil
  }

  /// `weight` and `bias`, where it is affine.
  public override var parameters: [(name: String, parameter: ModelParameter)] {
    [("weight", scale), ("bias", shift)].compactMap { name, one in one.map { (name, $0) } }
  }

  /// The mean is subtracted, and a plane with it.
  public override var planes: PlaneEffect { .cancelled }

  /// Normalizes.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try forward(x, pass, with: Neighbors())
  }

  /// The activation.
  override var takesOver: TakesOver { .activation }

  /// `InstanceNormalization`, with a scale of 1 and a shift of 0 where it has none.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    try graph.instanceNormalized(
      x, channels: graph.inputShape()[1], epsilon: epsilon,
      scale: scale.map { try graph.weight($0, "weight") },
      shift: shift.map { try graph.weight($0, "bias") })
  }

  /// Normalizes and applies the activation.
  override func forward(_ x: Tensor, _ pass: Pass, with neighbors: Neighbors) throws -> Tensor {
    try x.normalized(
      over: .sample, epsilon: epsilon, scale: try scale.map { try pass($0) },
      shift: try shift.map { try pass($0) },
      activation: neighbors.activation)
  }
}

/// Batch normalization: each channel of the batch to mean 0 and variance 1, then scaled and shifted.
///
/// In training the batch's statistics count, and the running ones move towards them by `momentum`
/// (their variance the unbiased one); otherwise the running ones count. Shape: `[N, C, H, W]` → the
/// same. [Ioffe and Szegedy 2015]
public final class BatchNorm: Layer {
  private let scale: ModelParameter?
  private let shift: ModelParameter?
  private let runningMean: ModelParameter
  private let runningVariance: ModelParameter
  private let epsilon: Double
  private let momentum: Double

  init(_ building: Building) throws {
    let channels = try building.settings[NormOption.channels]
    let isAffine = try building.settings[NormOption.affine(true)]
    epsilon = try building.settings[NormOption.epsilon]
    momentum = try building.settings[NormOption.momentum]
    scale = isAffine ? try building.weights.scale(channels) : nil
    shift = isAffine ? try building.weights.constant(channels, 0) : nil
    runningMean = try building.weights.constant(channels, 0, isTrained: false)
    runningVariance = try building.weights.constant(channels, 1, isTrained: false)
  }

  /// `weight`, `bias`, `running_mean`, `running_var`.
  public override var parameters: [(name: String, parameter: ModelParameter)] {
    [("weight", scale), ("bias", shift)].compactMap { name, one in one.map { (name, $0) } }
      + [("running_mean", runningMean), ("running_var", runningVariance)]
  }

  /// The result, or that of a rectifier after it, is kept for the backward pass.
  public override var keepsResult: Bool { true }

  /// Its statistics in training are the batch's.
  public override var mixesSamples: Bool { true }

  /// Normalizes.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let (a, b) = (try scale.map { try pass($0) }, try shift.map { try pass($0) })
    guard pass.mode == .training else { return try evaluated(x, a, b, pass) }
    let (y, mean, inverse) = try x.normalizedWithStatistics(
      over: .batch, epsilon: epsilon, scale: a, shift: b)
    if let learning = pass.learning, !pass.isRepeated {
      // variance = 1 / inverse² - epsilon, of count elements; the running one is unbiased.
      let count = Double(x.count / max(1, x.shape[1]))
      let squares = try inverse.map(.square)
      let variance =
        try (try Tensor.ones(squares.shape, x.type, on: x.backend) / squares)
        - .num(epsilon)
      let unbiased = try variance * .num(count / max(1, count - 1))
      try move(runningMean, to: mean, learning)
      try move(runningVariance, to: unbiased, learning)
    }
    return y
  }

  /// `BatchNormalization` with the running statistics, a scale of 1 and a shift of 0 where it has none.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let channels = runningMean.value.count
    func all(_ number: Double, _ name: String) throws -> Graph.Value {
      try graph.constant(Array(repeating: number, count: channels), [channels], name)
    }
    let inputs = [
      x, try scale.map { try graph.weight($0, "weight") } ?? all(1, "ones"),
      try shift.map { try graph.weight($0, "bias") } ?? all(0, "zeros"),
      try graph.weight(runningMean, "running_mean"),
      try graph.weight(runningVariance, "running_var"),
    ]
    return graph.add("BatchNormalization", inputs, ["epsilon": .float(epsilon)])
  }

  private func move(_ statistic: ModelParameter, to value: Tensor, _ learning: Learning) throws {
    let old = learning.noted(statistic)
    let new = try value.cast(to: old.type).reshaped(old.shape.sizes)
    learning.note(statistic, try (old * .num(1 - momentum)) + (try new * .num(momentum)))
  }

  private func evaluated(
    _ x: Tensor, _ scale: Tensor?, _ shift: Tensor?, _ pass: Pass
  ) throws -> Tensor {
    guard x.rank == 4, x.shape[1] == runningMean.value.count else {
      throw Failure(
        "E-shape",
        "batch_norm(\(runningMean.value.count)) takes Nx\(runningMean.value.count)xHxW, not \(x.shape)",
        parameter: "x")
    }
    return try x.normalized(
      mean: try pass(runningMean), variance: try pass(runningVariance), epsilon: epsilon,
      scale: scale,
      shift: shift)
  }
}

private enum NormOption {
  static let channels = Option("channels", "Number of channels.", .int(least: 1))
  static let epsilon = Option(
    "eps", "Small number added to the variance, against division by 0.", .num, default: .num(1e-5))
  static let momentum = Option(
    "momentum", "Weight of the current batch in the update of the running statistics.", .num,
    default: .num(0.1))
  static func affine(_ initial: Bool) -> Option<Bool> {
    Option(
      "affine", "Whether to learn a scale and a shift per channel.", .bool,
      default: .bool(initial))
  }
}

extension LayerKind {
  /// ``InstanceNorm``.
  public static let instanceNorm = LayerKind(
    "instance_norm",
    "Instance normalization [Ulyanov et al. 2016]: (x - mean) / √(var + eps), with the mean and variance of each channel of each image.",
    [NormOption.channels, NormOption.epsilon, NormOption.affine(false)],
    example: LayerExample(["channels": 4, "affine": true], input: [2, 4, 5, 5])
  ) { try InstanceNorm($0) }

  /// ``BatchNorm``.
  public static let batchNorm = LayerKind(
    "batch_norm",
    "Batch normalization [Ioffe & Szegedy 2015]: (x - mean) / √(var + eps), then a scale and a shift. In training mode it uses the mean and variance of each channel of the batch, or of each part of it in a trainer with parts=, in evaluation mode the running statistics.",
    [NormOption.channels, NormOption.epsilon, NormOption.momentum, NormOption.affine(true)],
    example: LayerExample(["channels": 4], input: [2, 4, 5, 5])
  ) { try BatchNorm($0) }
}
