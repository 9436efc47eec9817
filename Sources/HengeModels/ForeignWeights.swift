// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeFiles
public import HengeNN
internal import HengeTensor

/// Weights that another program named, and how they fit a model.
///
/// Own names fit by name. Keras' (`conv2d/kernel:0`) and PyTorch's (`model.1.weight`) fit by order:
/// both list layers in the order in which they run, and every shape must fit.
public struct ForeignWeights {
  /// What was set: the model's name, and the file's.
  public let pairs: [(name: String, source: String)]
  /// What the file holds and the model has no place for.
  public let leftOver: [String]

  /// Sets the parameters of `model` to `arrays`, which the file at `path` holds, or throws `E-file`
  /// with the first that does not fit, and changes nothing.
  public init(
    setting model: Layer, to arrays: [NamedArray], from path: String, on backend: any Backend
  ) throws {
    let own = model.allParameters
    let names = Set(arrays.map(\.name))
    if own.allSatisfy({ names.contains($0.name) }) {
      let file = Safetensors(arrays: arrays)
      try ModelFile.fill(model, file, from: path, on: backend)
      pairs = own.map { ($0.name, $0.name) }
      let taken = Set(own.map(\.name))
      leftOver = arrays.map(\.name).filter { !taken.contains($0) }
      return
    }
    // Statistics that old PyTorch kept beside instance normalisation mean nothing.
    let keepsStatistics = own.contains { !$0.parameter.isTrained }
    let weights = arrays.filter { array in
      !array.name.hasSuffix("num_batches_tracked")
        && (keepsStatistics
          || !array.name.hasSuffix("running_mean") && !array.name.hasSuffix("running_var"))
    }
    leftOver = arrays.map(\.name).filter { name in !weights.contains { $0.name == name } }
    guard weights.count == own.count else {
      throw Failure.file(
        path,
        "holds \(weights.count) weights, and this model has \(own.count)",
        suggestion: "summary(m, …) lists the model's, load(…) the file's")
    }
    var values: [(Parameter, Tensor)] = []
    for (parameter, weight) in zip(own, weights) {
      let tensor = try Tensor(weight.array, on: backend).cast(to: .f32)
      guard let fitting = try Self.fitted(tensor, weight.name, parameter) else {
        throw Failure.file(
          path,
          "holds `\(weight.name)` of \(tensor.shape) where the model has `\(parameter.name)` of \(parameter.parameter.value.shape)"
        )
      }
      values.append((parameter.parameter, fitting))
    }
    for (parameter, value) in values { parameter.set(value) }
    pairs = zip(own, weights).map { ($0.name, $1.name) }
  }

  /// `tensor` laid out as `parameter` is, or nil where it cannot be.
  private static func fitted(
    _ tensor: Tensor, _ name: String, _ parameter: (name: String, parameter: Parameter)
  ) throws -> Tensor? {
    let shape = parameter.parameter.value.shape
    // Keras: (height, width, in, out) and, transposed, (height, width, out, in); dense (in, out).
    if name.hasSuffix("kernel:0") || name.hasSuffix("kernel") {
      let order = tensor.rank == 4 ? [3, 2, 0, 1] : [1, 0]
      guard tensor.rank == order.count else { return nil }
      let turned = try tensor.permuted(order)
      return turned.shape == shape ? try turned.contiguous() : nil
    }
    return tensor.shape == shape ? tensor : nil
  }
}
