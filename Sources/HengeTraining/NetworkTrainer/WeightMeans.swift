// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeModels
public import HengeNN
internal import HengeTensor

/// The running means of a trainer's networks.
///
/// With the decay `d`, step n (1 for the first) moves each mean by
/// `mean ← dₙ·mean + (1 - dₙ)·weight`, `dₙ = min(d, n / (n + 9))`: the first means are of few steps, so that
/// the random weights at the start, which the mean begins with, are soon forgotten. After 9·d / (1 - d)
/// steps it is d, 8,991 for 0.999. TensorFlow's `ExponentialMovingAverage` has the same formula.
final class WeightMeans {
  private let decay: Double
  private let means: [(name: String, mean: RunningMean)]
  /// The number of steps that are in the means.
  private(set) var count: Int

  /// Begins with the weights of `networks` after `count` steps; throws `E-memory`.
  init(decay: Double, of networks: [(name: String, layer: Layer)], after count: Int) throws {
    self.decay = decay
    self.count = count
    means = try networks.map { ($0.name, try RunningMean(of: $0.layer)) }
  }

  /// The networks whose weights are the means, by name.
  var networks: [(name: String, layer: Layer)] { means.map { ($0.name, $0.mean.network) } }

  /// Copies what a snapshot still shares, so that ``move(to:)`` cannot fail; throws `E-memory`.
  func prepare() throws {
    for (_, mean) in means { try mean.prepare() }
  }

  /// Takes in the weights after step `step`, 1 for the first, unless they are in already.
  ///
  /// It cannot fail; ``prepare()`` was called before.
  func move(to step: Int) {
    guard count < step else { return }
    let decay = min(decay, Double(step) / Double(step + 9))
    for (_, mean) in means { mean.move(decay: decay) }
    count = step
  }

  /// All means of weights and the statistics next to them.
  var values: [[Tensor]] { networks.map { $0.layer.allParameters.map(\.parameter.value) } }

  /// Goes back to values that were kept.
  func restore(_ values: [[Tensor]], count: Int) {
    self.count = count
    for ((_, layer), values) in zip(networks, values) {
      for (entry, value) in zip(layer.allParameters, values) { entry.parameter.set(value) }
    }
  }

  // MARK: In a file

  /// What arrays of a network's means are called: `ema.NETWORK.PATH`.
  private func prefix(_ name: String) -> String { "ema.\(name)." }

  func arrays(budget: MemoryBudget) throws -> [NamedArray] {
    try networks.flatMap {
      try ModelFile.arrays(of: $0.layer, prefix: prefix($0.name), budget: budget)
    }
  }

  /// Takes the means in `file`, after `count` steps.
  func resume(_ file: Safetensors, from path: String, after count: Int, on backend: any Backend)
    throws
  {
    for (name, layer) in networks {
      try ModelFile.fill(layer, file, prefix: prefix(name), from: path, on: backend)
    }
    self.count = count
  }
}

extension NetworkTrainer {
  /// The networks with the running means of their weights, by name; none where no means are kept.
  ///
  /// They go on with the training. Throws `E-memory`.
  public func meanNetworks() throws -> [(name: String, layer: Layer)] {
    try means?.networks.map { ($0.name, try $0.layer.copy()) } ?? []
  }

  /// A network as it is shown, measured and kept: with the running means of its weights where there are
  /// some.
  func shown(_ name: String, _ layer: Layer) -> Layer {
    means?.networks.first { $0.name == name }?.layer ?? layer
  }

  /// All networks as they are shown.
  var shownNetworks: [(name: String, layer: Layer)] {
    networks.map { ($0.name, shown($0.name, $0.layer)) }
  }
}
