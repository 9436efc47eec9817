// SPDX-License-Identifier: MIT
internal import HengeBackend

/// A kind of layer, or a whole architecture, declared in one place: its name, options and how it is
/// built.
///
/// Built-ins, help, files and the tests over all layers follow from it.
public struct LayerKind: Sendable {
  /// The layers that it takes besides its options.
  public enum Parts: Sendable {
    /// None.
    case none
    /// Any number, run one after another.
    case sequence
  }

  /// The name in scripts and files: `conv`, `resnet_generator`.
  public let name: String
  /// One paragraph; its first sentence ends in a stop.
  public let summary: String
  /// The options, in the order in which they are passed by position.
  public let options: [OptionDeclaration]
  /// The layers that it takes.
  public let parts: Parts
  /// The divisor of the sides of an image, for the output to have its size; nil where any size will do.
  public let divisor: Divisor?
  /// The names of its weights in the program of the network's authors; nil where they are not known.
  public let reference: ReferenceNaming?
  /// The form in which it returns the landmarks of a face; nil for a network that finds none.
  public let landmarks: LandmarkOutput?
  /// A small one, for help and for the tests over all layers.
  public let example: LayerExample
  /// Makes one.
  let make: @Sendable (Building) throws -> Layer

  /// Declares a kind of layer.
  public init(
    _ name: String, _ summary: String, _ options: [any DeclaresOption] = [],
    parts: Parts = .none, divisor: Divisor? = nil, reference: ReferenceNaming? = nil,
    landmarks: LandmarkOutput? = nil, example: LayerExample,
    make: @escaping @Sendable (Building) throws -> Layer
  ) {
    self.name = name
    self.summary = summary
    self.options = options.map(\.declaration)
    self.parts = parts
    self.divisor = divisor
    self.reference = reference
    self.landmarks = landmarks
    self.example = example
    self.make = make
  }

  /// All kinds of layers, each from its file in `Layers`.
  public static let layers: [LayerKind] = [
    .conv, .convTranspose, .linear, .relu, .leakyReLU, .prelu, .tanh, .sigmoid, .dropout,
    .instanceNorm, .batchNorm, .conditionalNorm, .layerInstanceNorm, .adaptiveLayerInstanceNorm,
    .reflectPad, .zeroPad, .maxPool, .averagePool, .blurPool, .upsample, .l2Normalize, .flatten,
    .attention, .sequential, .residual, .skip, .conditioned, .spectral,
  ]

  /// The settings with `given` ones checked and the others as usual.
  ///
  /// Throws `E-arg` where an option is unknown or missing, `E-range` where a value is not one that it
  /// takes.
  public func settings(_ given: [(String, Setting)]) throws -> Settings {
    if let unknown = given.first(where: { one in !options.contains { $0.name == one.0 } }) {
      throw Failure(
        "E-arg", "\(name) has no option `\(unknown.0)`",
        notes: ["its options are \(options.map(\.name).joined(separator: ", "))"])
    }
    return Settings(
      try options.map { option in
        guard let value = given.first(where: { $0.0 == option.name })?.1 ?? option.initial else {
          throw Failure("E-arg", "\(name) needs `\(option.name)`: \(option.summary)")
        }
        guard option.takes(value) else {
          throw Failure(
            "E-range", "`\(option.name)` of \(name) cannot be \(value)",
            notes: [option.takesInWords], parameter: option.name)
        }
        return (option.name, value)
      })
  }
}

/// The result of a network that finds landmarks.
public enum LandmarkOutput: Sendable {
  /// A heat map for each landmark and one for the background, `[N, points + 1, P, Q]`.
  case heatMaps
  /// x and y of each landmark in pixels of the image, `[N, points, 2]`.
  case points
}

/// What a layer is made from: its settings, the layers it is given, and where weights come from.
public struct Building {
  /// The kind's options, all of them.
  public let settings: Settings
  /// The layers given, by name.
  public let parts: [(name: String, layer: Layer)]
  /// How initial weights are drawn, and on which device.
  public let weights: FirstWeights
}

extension LayerKind {
  /// A layer of this kind with settings checked by ``settings(_:)``.
  ///
  /// Throws `E-depth` where layers would be nested deeper than networks may be, `E-range` where options
  /// disagree, `E-arg` where the layer has weights and `weights` no device, and `E-memory`.
  public func layer(
    _ settings: Settings, parts: [(name: String, layer: Layer)] = [], _ weights: FirstWeights
  ) throws -> Layer {
    try Extent(of: parts).check()
    let layer = try made(Building(settings: settings, parts: parts, weights: weights))
    let extent = Extent(of: layer.parts)
    try extent.check()
    layer.made = Layer.Making(
      kind: self, settings: settings, given: parts, extent: extent,
      divisor: try layerDivisor(of: settings))
    return layer
  }

  /// The layer that `make` returns.
  ///
  /// Where it fails at a layer that it consists of, the failure is about no parameter: the options of that
  /// layer are not those of this kind.
  private func made(_ building: Building) throws -> Layer {
    do { return try make(building) } catch let failure as Failure {
      let isOwn = options.contains { $0.name == failure.parameter }
      throw isOwn ? failure : failure.about(nil)
    }
  }

  /// A layer of this kind with these options, and the defaults of the others.
  ///
  /// Throws what ``settings(_:)`` and ``layer(_:parts:_:)`` throw.
  public func callAsFunction(
    _ given: [(String, Setting)] = [], parts: [(name: String, layer: Layer)] = [],
    _ weights: FirstWeights
  ) throws -> Layer {
    try layer(settings(given), parts: parts, weights)
  }
}

extension Blueprint {
  /// The layer that this describes, of a kind among `kinds`, with new weights.
  ///
  /// Throws `E-file` for a kind that is not there, and what ``LayerKind/settings(_:)`` throws.
  public func build(among kinds: [LayerKind], _ weights: FirstWeights) throws -> Layer {
    guard let kind = kinds.first(where: { $0.name == self.kind }) else {
      throw Failure("E-file", "there is no layer called `\(self.kind)` in this version")
    }
    return try kind(
      settings.entries.map { ($0.name, $0.value) },
      parts: parts.map { ($0.name, try $0.blueprint.build(among: kinds, weights)) }, weights)
  }
}
