// SPDX-License-Identifier: MIT
internal import HengeTensor

/// A running mean of a network's weights, for evaluation.
///
/// [Polyak and Juditsky 1992; Yazıcı et al. 2019, for generators]
public final class RunningMean {
  /// The network made alike whose weights are the means.
  public let network: Layer
  private let source: Layer

  /// Begins with the weights of `source` as they are; throws `E-memory`.
  public init(of source: Layer) throws {
    self.source = source
    network = try source.copy()
  }

  /// Copies means that something else still shares, such as a snapshot, so that ``move(decay:)`` changes them
  /// in place.
  ///
  /// Throws `E-memory`.
  public func prepare() throws {
    for ((_, weight), (_, mean)) in zip(source.allParameters, network.allParameters)
    where mean.isTrained {
      // A weight that was set to a part of another tensor, and is frozen, is no whole buffer.
      weight.set(try weight.value.whole())
      try mean.makeOwn()
    }
  }

  /// Moves each mean towards the weight of now, `mean ← decay·mean + (1 - decay)·weight`; statistics such as
  /// batch normalization's are copied.
  ///
  /// It cannot fail; ``prepare()`` was called before.
  public func move(decay: Double) {
    for ((_, weight), (_, mean)) in zip(source.allParameters, network.allParameters) {
      if mean.isTrained {
        mean.change { $0.average(weight.value, decay: decay) }
      } else {
        mean.set(weight.value)
      }
    }
  }
}
