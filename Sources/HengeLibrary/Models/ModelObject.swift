// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor
internal import HengeTraining

/// A layer, or a whole network, as a handle of the language.
final class ModelObject: Object, ObjectConvertible, Handle, HasMembers, Callable, HasKeys,
  IndexAssignable, Displayed
{
  let layer: Layer
  let session: Session
  /// The shape that it was called with last, for `m.layers`.
  private(set) var lastInput: Shape?

  /// What it reads, where that is more than an image.
  let reading: NetworkTrainer.Reading?
  /// The trainer that it is a network of.
  private(set) weak var trainer: NetworkTrainer?

  /// A layer; that of a `trainer` which calls it `name` reads what the trainer says.
  init(
    _ layer: Layer, _ session: Session, of trainer: (trainer: NetworkTrainer, name: String)? = nil
  ) {
    self.layer = layer
    self.session = session
    self.trainer = trainer?.trainer
    reading = trainer.flatMap { $0.trainer.reading($0.name) }
  }

  override class var kind: String { "model" }
  override var brief: String { text }

  // MARK: Calling

  /// The result for an image or a batch; dropout of a pass of its own moves the session's stream.
  func apply(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    if let reading, x.rank == 3 || x.rank == 4, x.shape[x.rank - 3] != reading.channels {
      throw Failure(
        "E-shape",
        "this generator has a condition: it takes \(counted(reading.channels, "channel")), \(reading.words), and x has \(x.shape[x.rank - 3])",
        suggestion: reading.suggestion, parameter: "x")
    }
    let y = try layer(x.type.isFloat ? x : try x.cast(to: .f32), pass)
    lastInput = x.shape
    if session.lesson == nil, let draws = pass.draws { session.streams.move(to: draws.stream) }
    return y
  }

  /// The result of the layer at `path` for an image or a batch.
  ///
  /// Layers after it run only in training mode, where later draws of dropout depend on theirs.
  func result(at path: String, _ x: Tensor) throws -> Tensor {
    var found: Tensor?
    let pass = session.pass(train: nil, watching: [path]) { _, _, _, y in found = y }
    guard pass.mode == .evaluation else {
      _ = try apply(x, pass)
      guard let found else { preconditionFailure("a layer runs each of its parts") }
      return x.rank == 3 && found.rank > 0 ? try found.selecting([.at(0)]) : found
    }
    let results = try layer.results(
      at: [path], x.type.isFloat ? x : x.cast(to: .f32), session.pass(train: nil))
    lastInput = x.shape
    return results[0]
  }

  // MARK: Members and weights

  private static let members: [(String, @Sendable (ModelObject) throws -> Value)] = [
    ("layers", { try .object(TableObject($0.layerTable($0.lastInput), on: $0.session.backend)) }),
    (
      "params",
      { model in
        Value(
          fields: model.layer.allParameters.filter(\.parameter.isWeight)
            .map { ($0.name, $0.parameter.value.value) })
      }
    ),
    (
      "weights",
      { model in
        Value(fields: model.layer.allParameters.map { ($0.name, $0.parameter.value.value) })
      }
    ),
    ("count", { .int($0.layer.parameterCount) }),
    ("kind", { Value($0.layer.kind) }),
    (
      "settings",
      { model in
        Value(fields: model.layer.settings.entries.map { ($0.name, $0.value.value) })
      }
    ),
  ]

  var memberNames: [String] { Self.members.map(\.0) }

  func member(_ name: String) throws -> Value? {
    try Self.members.first { $0.0 == name }.map { try $0.1(self) }
  }

  /// The layers and the weights.
  var keys: [String] {
    layer.allLayers.map(\.path).filter { !$0.isEmpty } + layer.allParameters.map(\.name)
  }

  /// `m["res.2.conv1.weight"]` is a tensor, `m["res.2"]` a layer that shares its weights with this.
  func element(at subscripts: [Subscript]) throws -> Value {
    let name = try path(subscripts)
    if let parameter = layer.allParameters.first(where: { $0.name == name }) {
      return parameter.parameter.value.value
    }
    if let part = layer.layer(at: name) { return .object(ModelObject(part, session)) }
    throw unknown(name)
  }

  func assigning(_ value: Value, at subscripts: [Subscript], isUnique: Bool) throws -> Object {
    let name = try path(subscripts)
    guard let parameter = layer.allParameters.first(where: { $0.name == name })?.parameter else {
      throw unknown(name)
    }
    guard let operand = TensorLike.from(value) else {
      throw Failure("E-type", "a weight is a tensor, not \(value.kindWithArticle)")
    }
    let tensor = try operand.tensor(parameter.value.type, on: session.backend)
    guard let fitting = try? tensor.broadcast(to: parameter.value.shape),
      tensor.rank <= parameter.value.rank
    else {
      throw Failure(
        "E-shape",
        "the shape of `\(name)` is \(parameter.value.shape), so it cannot be set to \(tensor.shape)"
      )
    }
    parameter.set(try fitting.contiguous())
    return self
  }

  private func path(_ subscripts: [Subscript]) throws -> String {
    guard subscripts.count == 1, case .value(let value)? = subscripts.first,
      let name = String.from(value)
    else {
      throw Failure(
        "E-index", "the index of a model is the name of a weight or a layer",
        suggestion: layer.allParameters.first.map { "m[\"\($0.name)\"]" })
    }
    return name
  }

  private func unknown(_ name: String) -> Failure {
    Failure.unknownPart("weight or layer", name, among: keys, parameter: nil)
  }

  // MARK: State

  /// What `snapshot` returns: the weights, which share storage with the model until it changes.
  typealias State = Snapshot<Layer, [(value: Tensor, isFrozen: Bool)]>

  func snapshot() throws -> Object {
    let values = layer.allParameters.map { ($0.parameter.value, $0.parameter.isFrozen) }
    return State(of: layer, values, values.map(\.0), text: "a \(layer.kind)")
  }

  func restore(_ state: Object) throws {
    let values = try State.state(in: state, of: layer, kind: "model", named: "m")
    for (entry, kept) in zip(layer.allParameters, values) {
      entry.parameter.set(kept.value)
      entry.parameter.isFrozen = kept.isFrozen
    }
  }

  // MARK: Training

  /// The layer, for training; throws `E-arg` for a network of another program, which does not learn.
  ///
  /// An optimizer can train other layers before and after it; a trainer, which saves its networks, cannot.
  func trainable(allowsOthers: Bool = false, parameter: String? = nil) throws -> Layer {
    guard layer.isForInference,
      !(allowsOthers && layer.allParameters.contains(where: \.parameter.isTrained))
    else { return layer }
    throw Failure(
      "E-arg",
      "\(layer.kind == "onnx" ? "this network was" : "a part of this network was") read from an ONNX file: it runs, and its weights do not learn",
      suggestion: "adam(head), which trains layers of your own that follow it",
      parameter: parameter)
  }

  // MARK: Text

  var text: String { "\(layer.kind), \(layer.parameterCount) parameters" }

  func displays(width: Int) throws -> [Display] {
    let frozen = layer.allParameters.count { $0.parameter.isFrozen }
    let description = "\(layer)"
    let shown = description.count <= width ? description : layer.kind
    let layers = layer.allLayers.count { $0.layer.parts.isEmpty }
    let note = frozen > 0 ? ", \(frozen) weights frozen" : ""
    return [
      .text(
        "\(shown)\n  \(layer.parameterCount) parameters in \(layers) \(layers == 1 ? "layer" : "layers")\(note)"
      )
    ]
  }
}

extension Setting {
  /// The setting as a value of the language.
  var value: Value {
    switch self {
    case .none: .none
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .num(let value): .num(value)
    case .text(let value): Value(value)
    case .ints(let values): values.value
    case .words(let words): words.value
    }
  }

  /// The setting that a value of the language means, if it can be one.
  init?(_ value: Value) {
    switch value.scalar {
    case .none: self = .none
    case .bool(let bool): self = .bool(bool)
    case .int(let int): self = .int(int)
    case .num(let num): self = .num(num)
    case .str(let text): self = .text(text.string)
    case .shape(let shape): self = .ints(shape.sizes)
    case .list(let list):
      if let ints = [Int].from(.list(list)) {
        self = .ints(ints)
      } else if let words = [String].from(.list(list)) {
        self = .words(words)
      } else {
        return nil
      }
    default: return nil
    }
  }
}
