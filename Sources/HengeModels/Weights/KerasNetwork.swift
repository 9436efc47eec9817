// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeTensor

/// The layers of a Keras network in the order in which they run, from the description in its file.
struct KerasNetwork {
  /// A layer of the network.
  private struct Entry {
    /// Its name and those of the networks around it.
    let names: [String]
    /// What Keras 3 calls it and those around it in files: the class, counted.
    let places: [String]
    let layer: KerasLayer
  }

  private var entries: [Entry] = []

  /// The network that `config`, Keras' JSON, describes; nil where it is no such text.
  init?(_ config: String) {
    guard let json = try? JSON(parsing: config.utf8) else { return nil }
    collect(json, [], [])
    guard !entries.isEmpty else { return nil }
  }

  private mutating func collect(_ json: JSON, _ names: [String], _ places: [String]) {
    guard let config = json.members?["config"] else { return }
    // The first version kept a list where later ones keep an object.
    let list = config.members?["layers"] ?? config
    guard case .array(let layers) = list else { return }
    var counts: [String: Int] = [:]
    for layer in layers {
      guard let members = layer.members, case .string(let kind)? = members["class_name"],
        let options = members["config"]
      else { continue }
      let spelled = KerasLayer.spelled(kind)
      let count = counts[spelled, default: 0]
      counts[spelled] = count + 1
      var name = spelled
      if case .string(let own)? = options.members?["name"] ?? members["name"] { name = own }
      let inner = places + [count == 0 ? spelled : "\(spelled)_\(count)"]
      if case .array? = options.members?["layers"] ?? (options.members == nil ? options : nil) {
        collect(layer, names + [name], inner)
      } else {
        entries.append(
          Entry(
            names: names + [name], places: inner,
            layer: KerasLayer(
              kind: spelled, place: entries.count, options: options.members ?? [:])))
      }
    }
  }

  /// Whether feature maps have their channels first, as henge's have.
  var hasChannelsFirst: Bool {
    entries.contains { $0.layer.options["data_format"] == .string("channels_first") }
  }

  /// What the description says of `layer`; nil where that is not one layer.
  func description(of layer: ForeignLayer) -> KerasLayer? {
    let path = layer.path.map(\.text).filter { !KerasNetwork.containers.contains($0) }
    let isNumbered = layer.arrays.keys.contains { if case .variable = $0 { true } else { false } }
    let found = entries.filter { entry in
      isNumbered
        ? entry.places == path
        : entry.names.first == path.first && entry.names.last == path.last
    }
    return found.count == 1 ? found[0].layer : nil
  }

  /// What Keras 3 calls the lists of layers in a file.
  static let containers: Set<String> = ["layers", "_layer_checkpoint_dependencies"]
}

extension ForeignLayer {
  /// Says what Keras knows of each of `layers`, and renames numbered variables.
  ///
  /// Throws `E-file` for a layer that is not read, by its name.
  static func describe(_ layers: inout [ForeignLayer], by network: KerasNetwork?, from path: String)
    throws
  {
    for index in layers.indices where layers[index].isOfKeras {
      let name = layers[index].path.map(\.text).joined(separator: "/")
      layers[index].keras = network?.description(of: layers[index]) ?? layers[index].kerasByName
      guard let keras = layers[index].keras else {
        guard !name.contains("ConvTranspose") else {
          throw Failure.file(
            path,
            "its layer \"\(shortened(name))\" is a transposed convolution of Flax, which keeps filters in another way than Keras"
          )
        }
        layers[index].nameByRanks()
        continue
      }
      guard KerasLayer.kinds[keras.kind] != nil else {
        throw Failure.file(
          path, "its layer \"\(shortened(name))\" (\(keras.kind)) is none that henge reads",
          suggestion: "henge reads \(KerasLayer.kinds.keys.sorted().joined(separator: ", "))")
      }
      if keras.kind == "group_normalization", case .integer(let groups)? = keras.options["groups"],
        groups != -1, groups != layers[index].ordered.first?.array.shape.sizes.last
      {
        throw Failure.file(
          path,
          "its layer \"\(shortened(name))\" normalizes \(groups) groups of channels, and henge normalizes each channel"
        )
      }
      try layers[index].nameVariables(keras, name, from: path)
    }
  }

  /// The class that the layer's name says, where Keras named it.
  private var kerasByName: KerasLayer? {
    guard let last = path.last?.text else { return nil }
    var kind = last[...]
    if let line = last.lastIndex(of: "_"), Int(last[last.index(after: line)...]) != nil {
      kind = last[..<line]
    }
    return KerasLayer.kinds[String(kind)] == nil ? nil : KerasLayer(kind: String(kind))
  }

  private var variables: [Int] {
    arrays.keys.compactMap { if case .variable(let number) = $0 { number } else { nil } }.sorted()
  }

  private mutating func nameVariables(_ keras: KerasLayer, _ name: String, from path: String) throws
  {
    let numbers = variables
    guard !numbers.isEmpty else { return }
    guard numbers == Array(0..<numbers.count), let roles = keras.roles(numbers.count) else {
      throw Failure.file(
        path,
        "its layer \"\(shortened(name))\" has \(numbers.count) variables, and which they are is not said",
        suggestion: "in Keras: model.save(\"model.keras\"), which keeps the layers' options too")
    }
    for (number, role) in zip(numbers, roles) { rename(.variable(number), to: role) }
  }

  /// Names the variables of a layer whose class nobody says, where their ranks leave no choice.
  private mutating func nameByRanks() {
    let numbers = variables
    guard numbers == Array(0..<numbers.count) else { return }
    let ranks = numbers.map { arrays[.variable($0)]?.array.shape.rank ?? 0 }
    let roles: [WeightRole]
    switch ranks {
    case [4], [2]: roles = [.kernel]
    case [4, 1], [2, 1]: roles = [.kernel, .bias]
    case [1, 1]: roles = [.weight, .bias]
    case [1, 1, 1, 1]: roles = [.weight, .bias, .mean, .variance]
    default: return
    }
    for (number, role) in zip(numbers, roles) { rename(.variable(number), to: role) }
  }
}
