// SPDX-License-Identifier: MIT
internal import HengeNN
internal import HengeTensor

/// Networks and their optimizers as they are at one moment.
struct Moment {
  private let optimizers: [(optimizer: Optimizer, count: Int, state: [ObjectIdentifier: [Tensor]])]
  private let values: [ObjectIdentifier: (parameter: ModelParameter, value: Tensor)]

  init(of optimizers: [Optimizer]) {
    self.optimizers = optimizers.map { ($0, $0.count, $0.state) }
    values = Dictionary(
      optimizers.flatMap { $0.layers.flatMap(\.allParameters) }.map {
        (
          ObjectIdentifier($0.parameter), (parameter: $0.parameter, value: $0.parameter.value)
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The weights of a layer, without statistics; none of a layer that is not among the networks.
  func trained(of layer: Layer) -> [(parameter: ModelParameter, value: Tensor)] {
    layer.allParameters.compactMap { values[ObjectIdentifier($0.parameter)] }
      .filter(\.parameter.isTrained)
  }

  func putInForce() {
    for (parameter, value) in values.values { parameter.set(value) }
    for (optimizer, count, state) in optimizers { optimizer.restore(count: count, state: state) }
  }
}
