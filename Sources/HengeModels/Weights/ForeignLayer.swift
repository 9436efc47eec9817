// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeTensor

/// The arrays of one layer of a file, by what they are to it.
struct ForeignLayer {
  /// The layer's path in the file.
  let path: [NameComponent]
  /// Its arrays by role.
  private(set) var arrays: [WeightRole: NamedArray] = [:]
  /// The place of its first array in the file.
  let index: Int
  /// What Keras says of the layer: its class, its place in the network, its options.
  var keras: KerasLayer?

  /// The arrays in the order of the file.
  private(set) var ordered: [NamedArray] = []

  /// The layers that `arrays` belong to, in the order of the file.
  ///
  /// Throws `E-file` where two arrays of a layer have the same role.
  static func all(of arrays: [NamedArray], from path: String) throws -> [ForeignLayer] {
    var layers: [ForeignLayer] = []
    var places: [[NameComponent]: Int] = [:]
    for (index, array) in arrays.enumerated() {
      let name = WeightName(array.name)
      // An array without a role is a layer of its own.
      let key = name.role == .unsaid ? name.layer + [NameComponent("\u{0}")] : name.layer
      if let place = places[key] {
        if let twin = layers[place].arrays[name.role] {
          throw Failure.file(
            path,
            "`\(shortened(twin.name))` and `\(shortened(array.name))` are the same part of one layer"
          )
        }
        layers[place].arrays[name.role] = array
        layers[place].ordered.append(array)
      } else {
        places[key] = layers.count
        layers.append(
          ForeignLayer(path: name.layer, arrays: [name.role: array], index: index, ordered: [array])
        )
      }
    }
    return layers
  }

  /// Whether the file is one of Keras, by what it calls this layer's arrays.
  var isOfKeras: Bool {
    arrays.keys.contains { role in
      switch role {
      case .kernel, .depthwise, .pointwise, .variable: true
      default: false
      }
    } || ordered.contains { $0.name.contains("moving_") || $0.name.hasSuffix(":0") }
  }

  /// How many numbers its arrays have, counters left out.
  var count: Int {
    arrays.reduce(0) { $1.key == .counter ? $0 : $0 &+ $1.value.array.shape.count }
  }

  /// What kind of layer it is, as far as ranks say: 4 a convolution, 2 a matrix, 1 a normalization,
  /// with or without a bias.
  var outline: Int {
    arrays.reduce(0) { $1.key == .counter ? $0 : max($0, $1.value.array.shape.rank) }
  }

  /// Whether it has running statistics.
  var hasStatistics: Bool { arrays[.mean] != nil || arrays[.variance] != nil }

  /// Leaves out what has `role`.
  mutating func remove(_ role: WeightRole) -> NamedArray? {
    guard let array = arrays.removeValue(forKey: role) else { return nil }
    ordered.removeAll { $0.name == array.name }
    return array
  }

  /// Changes the role of the array that has `role`.
  mutating func rename(_ role: WeightRole, to new: WeightRole) {
    arrays[new] = arrays.removeValue(forKey: role)
  }

  /// The name of its first array, and all shapes: `` `a.weight` 8x3x3x3, `a.bias` 8 ``.
  var description: String {
    let shown = ordered.prefix(4).map { "`\(shortened($0.name))` \($0.array.shape)" }
    return shown.joined(separator: ", ") + (ordered.count > 4 ? ", …" : "")
  }

  /// In which order this and `other` run, as far as their names say; with `downwards`, the levels of
  /// decoders are taken to count downwards, without a value not at all.
  func order(_ other: ForeignLayer, downwards: Bool?) -> NameOrder {
    guard let (own, theirs) = zip(path, other.path).first(where: { $0 != $1 }) else {
      return .unsaid
    }
    // Keras's own names count layers as they are made; others were chosen by someone.
    let isCounted = keras != nil
    guard let isBefore = own.precedes(theirs, countsFromNone: isCounted) else { return .unsaid }
    if !isCounted && own.mayRunDownwards {
      guard let downwards else { return .unsaid }
      return isBefore != downwards ? .before : .after
    }
    return isBefore ? .before : .after
  }
}

/// What names say about the order in which two layers run.
enum NameOrder {
  case before, after, unsaid
}
