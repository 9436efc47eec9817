// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeThreads

/// Keras's files of weights and models: `.h5` with the names of layers and weights as attributes,
/// and Keras 3's `.weights.h5` and `.keras`.
///
/// In `.h5` a weight is named by its layer and its own name, `conv2d/conv2d/kernel:0`, in the order
/// of the model's layers; other arrays, such as an optimizer's, follow under their path. In an HDF5
/// file without Keras's attributes arrays are named by their path. So are those of Keras 3,
/// `layers/conv2d_1/vars/0`; a `.keras` also contains the network's description, `config.json`. No
/// code in the file is run.
public struct KerasFile: Sendable, Equatable {
  /// The weights, then what else is in the file.
  public let arrays: [NamedArray]
  /// The texts about the whole file: `backend`, `keras_version`, `model_config`.
  public let metadata: [String: String]
  /// Whether the file lists its layers in the order of the network.
  public let isListed: Bool

  /// Reads the file at `path`; throws `E-file`, `E-memory` or `Interrupted`.
  public init(
    reading path: String, with reader: HDF5Reader, budget: MemoryBudget, interrupt: Interrupt
  ) throws {
    let file = try readRegularFile(path, budget: budget)
    try self.init(
      decoding: file[...], path: path, with: reader, budget: budget, interrupt: interrupt)
  }

  /// Reads the bytes of `file`, which messages name `path`.
  public init(
    decoding file: ArraySlice<UInt8>, path: String, with reader: HDF5Reader, budget: MemoryBudget,
    interrupt: Interrupt
  ) throws {
    let kind = FileKind.detect(file)
    if kind == .zip, try KerasArchive.isOne(file, path: path, budget: budget) {
      let archive = try KerasArchive(file, path: path, budget: budget)
      let weights = try KerasFile(
        decoding: archive.weights[...], path: "\(path)/\(KerasArchive.weightsName)", with: reader,
        budget: budget, interrupt: interrupt)
      self.init(
        arrays: weights.arrays,
        metadata: weights.metadata.merging(["model_config": archive.config]) { $1 },
        isListed: weights.isListed)
      return
    }
    guard kind == .hdf5 else { throw Failure.notA("an HDF5 file", path, file) }
    let contents = try reader.contents(
      of: file, path: path, budget: budget, interrupt: interrupt)
    // A whole model keeps its weights in a group, a file of weights at the top.
    let root = contents.texts["model_weights"] == nil ? "" : "model_weights"
    var texts = contents.texts[""] ?? [:]
    for (name, values) in contents.texts[root] ?? [:] where texts[name] == nil {
      texts[name] = values
    }
    self.init(
      arrays: try KerasFile.ordered(contents, root: root, path: path),
      metadata: texts.compactMapValues { $0.count == 1 ? $0[0] : nil },
      isListed: !KerasFile.list("layer_names", of: contents.texts[root]).isEmpty)
  }

  private init(arrays: [NamedArray], metadata: [String: String], isListed: Bool) {
    self.arrays = arrays
    self.metadata = metadata
    self.isListed = isListed
  }

  /// The array called `name`, if there is one.
  public subscript(name: String) -> ArrayData? { arrays.first { $0.name == name }?.array }

  private static func ordered(
    _ contents: HDF5Contents, root: String, path: String
  ) throws -> [NamedArray] {
    var left: [String: ArrayData] = [:]
    for (name, array) in contents.arrays { left[name] = array }
    guard left.count == contents.arrays.count else { throw Failure.badReader(path) }
    let prefix = root.isEmpty ? "" : root + "/"
    var ordered: [NamedArray] = []
    for layer in list("layer_names", of: contents.texts[root]) {
      for weight in list("weight_names", of: contents.texts[prefix + layer]) {
        let name = "\(layer)/\(weight)"
        guard let array = left.removeValue(forKey: prefix + name) else {
          throw Failure.file(
            path, "its list of weights has \"\(shortened(name))\", and the file has not, or twice",
            suggestion: "copy or write the file again")
        }
        ordered.append(NamedArray(name, array))
      }
    }
    let others = contents.arrays.filter { left[$0.path] != nil }
    return ordered + others.map { NamedArray($0.path, $0.array) }
  }

  /// The list `name`, which Keras cuts into `name0`, `name1`, … when it is longer than 64 kB.
  private static func list(_ name: String, of texts: [String: [String]]?) -> [String] {
    guard let texts else { return [] }
    if let whole = texts[name] { return whole }
    var list: [String] = []
    var index = 0
    while let part = texts["\(name)\(index)"] {
      list += part
      index += 1
    }
    return list
  }
}
