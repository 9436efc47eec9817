// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

// Layers as values. A layer is a tensor function with parameters and, maybe, layers inside. A `Pass`
// contains a run's settings: there is no global training mode.

/// A function of a tensor with parameters; subclasses are the kinds of layers.
open class Layer {
  /// How it was made.
  struct Making {
    let kind: LayerKind
    let settings: Settings
    let given: [(name: String, layer: Layer)]
    let extent: Extent
    let divisor: Int
  }

  /// How it was made, once ``LayerKind`` has made it.
  var made: Making?

  /// Makes a layer; a ``LayerKind`` does it.
  public init() {}

  /// Its own parameters, in the order in which files list them.
  open var parameters: [(name: String, parameter: ModelParameter)] { [] }

  /// The layers inside, in the order in which they run.
  open var parts: [(name: String, layer: Layer)] { [] }

  /// The result for a batch `x`, `[N, C, H, W]` for most layers; the kind of layer states its shapes.
  ///
  /// Throws `E-shape` for an input that does not fit the weights, `E-type` for elements that are not
  /// floats, and `E-memory`.
  open func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    preconditionFailure("a kind of layer says what it computes")
  }

  /// Adds what it computes in evaluation mode to `graph`, as operators of ONNX for an input `x`, and
  /// returns the result.
  ///
  /// Throws `E-arg` for a kind of layer that operators cannot express, and `E-memory`.
  open func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    if isForInference {
      throw Failure(
        "E-arg", "this network was read from an ONNX file, and cannot be saved as one again",
        suggestion: "a copy of its own file", parameter: "m")
    }
    throw Failure("E-arg", "\(kind) has no form in ONNX", parameter: "m")
  }

  /// Whether operators compute it for one height and width only.
  open var exportsOneSize: Bool { parts.contains { $0.layer.exportsOneSize } }

  /// The range of the values of the images that it takes and returns.
  open var imageRange: ClosedRange<Double> { -1...1 }

  /// Its weights by output and input channel, `[out, in, …]`; nil for a layer that has none.
  open var filters: Tensor? { nil }

  /// The weight that its result is linear in, apart from a bias; nil for a layer that has none.
  var linearWeight: LinearWeight? { nil }

  // What others need to know of a kind of layer, which it says itself.

  /// The name of its kind: `conv`.
  open var kind: String { made?.kind.name ?? "layer" }

  /// Whether it is a network of another program, or contains one: it runs, does not learn, and is kept in
  /// that program's file.
  open var isForInference: Bool { parts.contains { $0.layer.isForInference } }

  /// Whether its result for an image depends, in training mode, on the others of its batch.
  open var mixesSamples: Bool { parts.contains { $0.layer.mixesSamples } }

  /// Whether a training step keeps its result until the backward pass; what does not is computed
  /// again or in place, as activations are.
  open var keepsResult: Bool { false }

  /// Whether a pass with checkpoints keeps its input alone, and computes what is inside it again.
  open var isCheckpointed: Bool { false }

  /// What it blurs rows and columns by, which other programs save next to the weights of their layers;
  /// nil for most layers.
  open var blur: [Float]? { nil }

  /// Whether it sets negative elements to 0, so that a channel which is never positive is dead.
  open var isRectifier: Bool { false }

  /// The layers next to it in a sequence that it can compute in its own operation.
  var takesOver: TakesOver { [] }

  /// The operation as which a layer next to it can compute it; nil for most layers.
  var neighbor: Neighbor? { nil }

  /// The result for `x`, with what ``takesOver`` names computed on the way.
  func forward(_ x: Tensor, _ pass: Pass, with neighbors: Neighbors) throws -> Tensor {
    preconditionFailure("a layer that takes others over computes them")
  }

  /// Its effect on the number of channels, apart from that of the layers inside it.
  open var channelEffect: ChannelEffect { .kept }

  /// The effect on an input channel that is constant over each image.
  open var planes: PlaneEffect { .other }

  /// The pixels that the elements of its result correspond to, for an input on `grid`.
  ///
  /// That of the layers inside, one after another; `grid` itself for a layer that has none, until it
  /// says otherwise.
  open func grid(behind grid: PixelGrid) -> PixelGrid {
    parts.reduce(grid) { $1.layer.grid(behind: $0) }
  }

  /// The multiplications and additions, counted together, of one run from a tensor of the shape `input`
  /// to one of the shape `output`, without those of its parts.
  open func operations(input: Shape, output: Shape) -> Int { 0 }
}

/// The effect of a layer on a plane: an input channel that is constant over each image.
public enum PlaneEffect: Sendable {
  /// Each channel of the result gains a plane.
  case mapped
  /// The plane is surrounded by zeros.
  case bordered
  /// The plane is subtracted, so that it has no effect.
  case cancelled
  /// Anything else.
  case other
}

extension Layer {
  /// What would build it again.
  public var blueprint: Blueprint {
    guard let made else { return Blueprint("layer") }
    return Blueprint(
      made.kind.name, made.settings,
      parts: made.given.map { .init($0.name, $0.layer.blueprint) })
  }

  /// The names of its weights in the program of the network's authors; nil where they are not known.
  public var reference: ReferenceNaming? { made?.kind.reference }

  /// The form in which it returns the landmarks of a face; nil for a network that finds none.
  public var landmarks: LandmarkOutput? { made?.kind.landmarks }

  /// Its options.
  public var settings: Settings { made?.settings ?? Settings() }

  /// All parameters with their paths: `res.2.conv1.weight`.
  public var allParameters: [(name: String, parameter: ModelParameter)] {
    allLayers.flatMap { path, layer in
      layer.parameters.map { (Layer.path(path, $0.name), $0.parameter) }
    }
  }

  /// This layer (with an empty path) and all inside it, with their paths: `res.2.conv1`.
  public var allLayers: [(path: String, layer: Layer)] {
    var all: [(path: String, layer: Layer)] = []
    collect("", into: &all)
    return all
  }

  private func collect(_ path: String, into all: inout [(path: String, layer: Layer)]) {
    all.append((path, self))
    for (name, part) in parts { part.collect(Layer.path(path, name), into: &all) }
  }

  private static func path(_ outer: String, _ name: String) -> String {
    outer.isEmpty ? name : "\(outer).\(name)"
  }

  /// The layer at a path, or nil.
  public func layer(at path: String) -> Layer? {
    allLayers.first { $0.path == path }?.layer
  }

  /// The number of elements of its weights; statistics are none.
  public var parameterCount: Int {
    var seen: Set<ObjectIdentifier> = []
    return allParameters.reduce(0) { sum, entry in
      guard entry.parameter.isWeight, seen.insert(ObjectIdentifier(entry.parameter)).inserted
      else { return sum }
      return sum + entry.parameter.value.count
    }
  }

  /// A layer made alike with the same weights, which shares nothing that changes.
  ///
  /// A layer that is in it twice is one layer in the copy too. Throws `E-memory`.
  public func copy() throws -> Layer {
    let parameters = allParameters
    var twins: [ObjectIdentifier: Layer] = [:]
    let twin = try twin(&twins, .zeros(on: parameters.first?.parameter.value.backend))
    for (own, other) in zip(parameters, twin.allParameters) {
      other.parameter.set(own.parameter.value)
      other.parameter.isFrozen = own.parameter.isFrozen
    }
    return twin
  }

  /// A layer made alike, its weights from `weights`; `twins` are those made so far.
  func twin(_ twins: inout [ObjectIdentifier: Layer], _ weights: FirstWeights) throws
    -> Layer
  {
    if let twin = twins[ObjectIdentifier(self)] { return twin }
    guard let made else { preconditionFailure("a layer is made by its kind") }
    let parts = try made.given.map { ($0.name, try $0.layer.twin(&twins, weights)) }
    let twin = try made.kind.layer(made.settings, parts: parts, weights)
    twins[ObjectIdentifier(self)] = twin
    return twin
  }

  /// Applies the layer to a batch `[N, C, H, W]`, or to one image `[C, H, W]`; the result is a batch or
  /// one image, too.
  ///
  /// Where nothing learns, images whose sides the network's ``divisor`` does not divide are padded
  /// by reflection and the result is cropped back. Throws `E-shape` for those too small to be
  /// mirrored so far, and what the layers throw.
  public func callAsFunction(_ x: Tensor, _ pass: Pass = Pass()) throws -> Tensor {
    let isOne = x.rank == 3
    var batch = isOne ? try x.expanded(at: 0) : x
    if pass.isPrecise { batch = try batch.cast(to: .f64) }
    let fitted = pass.learning == nil ? try FittedBatch(batch, for: self) : nil
    var y = try pass.run(self, "", fitted?.padded ?? batch)
    if let fitted { y = try fitted.cropped(y) }
    if pass.isPrecise { y = try y.cast(to: x.type) }
    return isOne ? try y.selecting([.at(0)]) : y
  }
}

extension Layer: CustomStringConvertible {
  /// As a script writes it: `conv(3, 16, padding=1)`, options that are as usual left out.
  public var description: String {
    guard let made else { return kind }
    var words = made.settings.entries.compactMap { entry -> String? in
      guard let option = made.kind.options.first(where: { $0.name == entry.name }) else {
        return nil
      }
      guard let initial = option.initial else { return "\(entry.value)" }
      return initial == entry.value ? nil : "\(entry.name)=\(entry.value)"
    }
    words += made.given.map { "\($0.name)=\($0.layer)" }
    return "\(kind)(\(words.joined(separator: ", ")))"
  }
}
