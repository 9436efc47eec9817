// SPDX-License-Identifier: MIT
internal import HengeTensor
public import HengeBackend
public import HengeFiles
public import HengeNN

/// A model in a safetensors file: its weights by their paths, and its blueprint in the metadata.
public enum ModelFile {
  /// The kind of such files, under the key `henge`.
  public static let kind = "model"

  /// The file of a model.
  ///
  /// Throws `E-arg` for a network of another program, which its own file keeps, and `E-memory`.
  public static func make(_ model: Layer, budget: MemoryBudget) throws -> Safetensors {
    guard !model.isForInference else {
      throw Failure(
        "E-arg",
        "\(model.kind == "onnx" ? "this" : "a part of this") network was read from an ONNX file, and a .safetensors file would have its weights without its layers",
        suggestion: "load(\"x.onnx\") reads it again from its own file", parameter: "m")
    }
    return Safetensors(
      arrays: try arrays(of: model, budget: budget),
      metadata: ["henge": kind, "model": model.blueprint.json.text])
  }

  /// A model's parameters as arrays of their shapes, by `prefix` and path.
  ///
  /// Throws `E-memory`.
  public static func arrays(of model: Layer, prefix: String = "", budget: MemoryBudget) throws
    -> [NamedArray]
  {
    try model.allParameters.map {
      NamedArray(prefix + $0.name, try $0.parameter.value.arrayData(budget: budget))
    }
  }

  /// The model in a file; throws `E-file` if it is incomplete, `E-memory`.
  public static func read(_ file: Safetensors, from path: String, on backend: any Backend) throws
    -> Layer
  {
    guard let text = file.metadata["model"] else {
      throw Failure.file(path, "says nothing of the network that its weights belong to")
    }
    let model = try build(text, from: path, on: backend)
    try fill(model, file, from: path, on: backend)
    return model
  }

  /// The layer whose blueprint is the JSON `text`, its weights 0.
  ///
  /// Throws `E-file` for a text that is no blueprint of this version's layers, `E-memory`.
  public static func build(_ text: String, from path: String, on backend: any Backend) throws
    -> Layer
  {
    guard let json = try? JSON(parsing: text.utf8), let blueprint = Blueprint(json) else {
      throw Failure.file(path, "describes a network in a way that this version does not read")
    }
    do {
      return try blueprint.build(among: LayerKind.all, .zeros(on: backend))
    } catch let failure as Failure where failure.code == "E-depth" {
      throw Failure.file(path, "describes a network that is too large: \(failure.message)")
    }
  }

  /// Sets every parameter of `model` to the array of its path after `prefix`.
  ///
  /// Throws `E-file` where an array is missing or has another shape or type, `E-memory`.
  public static func fill(
    _ model: Layer, _ file: Safetensors, prefix: String = "", from path: String,
    on backend: any Backend
  ) throws {
    let arrays = Dictionary(
      file.arrays.map { ($0.name, $0.array) }, uniquingKeysWith: { first, _ in first })
    for (name, parameter) in model.allParameters {
      guard let array = arrays[prefix + name] else {
        throw Failure.file(path, "lacks the weight `\(prefix + name)`")
      }
      guard array.shape == parameter.value.shape, array.elementType == parameter.value.type else {
        throw Failure.file(
          path,
          "contains `\(prefix + name)` as \(array.elementType.rawValue) \(array.shape), not \(parameter.value.type.rawValue) \(parameter.value.shape)"
        )
      }
      parameter.set(try .init(array, on: backend))
    }
  }
}
