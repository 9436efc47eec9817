// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeFiles
internal import HengeTensor

/// The named arrays of a file of weights, and what the file says of them.
public struct ForeignFile {
  /// The arrays, in the order of the file.
  public let arrays: [NamedArray]
  /// Keras' description of the network, JSON.
  public let kerasConfig: String?
  /// Whether the file lists its layers in the order in which they run, as Keras' `.h5` does.
  public let isListed: Bool

  /// The contents of a file.
  public init(_ arrays: [NamedArray], kerasConfig: String? = nil, isListed: Bool = false) {
    self.arrays = arrays
    self.kerasConfig = kerasConfig
    self.isListed = isListed
  }

  /// The same file with these arrays only.
  func with(_ arrays: [NamedArray]) -> ForeignFile {
    ForeignFile(arrays, kerasConfig: kerasConfig, isListed: isListed)
  }
}

extension NamedArray {
  /// Whether this is what training keeps besides the weights: an optimizer's moments, a counter, a
  /// generator of random numbers.
  public var isTrainingState: Bool {
    let parts = WeightName.components(name.lowercased())
    guard let leaf = parts.last else { return false }
    if parts.dropLast().contains(where: { $0.hasPrefix("optim") || $0.hasPrefix("seed_gen") }) {
      return true
    }
    // state.12.exp_avg
    if parts.count >= 3, parts[parts.count - 3] == "state", Int(parts[parts.count - 2]) != nil,
      NamedArray.moments.contains(leaf)
    {
      return true
    }
    if NamedArray.counters.contains(leaf), array.shape.count <= 1 { return true }
    if parts.count > 1, let first = parts.first, NamedArray.measures.contains(first) { return true }
    return array.shape.rank == 0 && !array.elementType.isFloat && leaf != "num_batches_tracked"
  }

  private static let moments: Set<String> = [
    "exp_avg", "exp_avg_sq", "max_exp_avg_sq", "exp_inf", "momentum_buffer", "square_avg",
    "grad_avg", "acc_delta", "sum", "step", "step_size", "prev", "ax", "eta", "mu",
  ]

  private static let measures: Set<String> = [
    "metrics", "_metrics", "compile_metrics", "_compile_metrics", "loss_tracker", "_loss_tracker",
  ]

  private static let counters: Set<String> = [
    "total_ops", "total_params", "epoch", "epochs", "step", "global_step", "iter", "iters",
    "iteration", "iterations",
  ]
}
