// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeTensor

/// A layer of a model that has weights: where a file's layer may go.
struct WeightPlace {
  /// The layer's path: `res.2.conv1`.
  let path: String
  /// The kind of the layer: `conv`.
  let kind: String
  /// Its weights and statistics, in the order in which files list them.
  let parameters: [(role: WeightRole, name: String, parameter: ModelParameter)]
  /// The value that is added to the variance, for a normalization.
  let epsilon: Double?
  /// Channels of the feature maps that were flattened right before a `linear`; nil where none were.
  ///
  /// 0 where they are flattened and nobody knows how many channels they have.
  let flattenedChannels: Int?

  /// The shape of what has `role`.
  func shape(_ role: WeightRole) -> Shape? {
    parameters.first { $0.role == role }?.parameter.value.shape
  }

  /// The layers of `model` that have weights, in the order in which they run.
  static func all(of model: Layer) -> [WeightPlace] {
    var places: [WeightPlace] = []
    var flow = ChannelFlow()
    flow.follow(model) { path, layer, flattened in
      guard !layer.parameters.isEmpty else { return }
      places.append(
        WeightPlace(
          path: path, kind: layer.kind,
          parameters: layer.parameters.map { name, parameter in
            (WeightName(name).role, path.isEmpty ? name : "\(path).\(name)", parameter)
          },
          epsilon: layer.settings["eps"].num, flattenedChannels: flattened))
    }
    return places
  }
}
