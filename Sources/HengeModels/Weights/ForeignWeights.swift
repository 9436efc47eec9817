// SPDX-License-Identifier: MIT
public import HengeBackend
internal import HengeFiles
public import HengeNN
internal import HengeTensor

/// Weights that another program named, and the places in a model that they go to.
///
/// henge's own names match exactly. Those of PyTorch and Keras are split into layers; what decides is
/// what fits (what an array is to its layer, kinds, shapes) and the order that names say: `10.` after
/// `2.`, Keras' description of the network. Where that leaves two ways, the file is refused.
public struct ForeignWeights {
  /// What was set: the model's name, and the file's.
  public let pairs: [(name: String, source: String)]
  /// What the file contains and the model does not use: old statistics, what an optimizer keeps, what
  /// is outside of a part that was found.
  public let leftOver: [String]
  /// The part of the file that was used, if it was found automatically.
  public let part: String?
  /// What a user should know of what was done.
  public let notes: [String]
  private let values: [(parameter: ModelParameter, value: Tensor)]

  /// Sets the parameters of `model` to what `file`, which is at `path`, contains; to its part `part`,
  /// where it has several networks.
  ///
  /// Throws `E-file` where that does not fit or fits in two ways, and `E-arg` for a part that is not
  /// there; then nothing is changed.
  public init(
    setting model: Layer, to file: ForeignFile, part: String? = nil, from path: String,
    on backend: any Backend
  ) throws {
    try self.init(for: model, in: file, part: part, from: path, on: backend)
    apply()
  }

  /// Finds what the parameters of `model` are in `file`, and changes nothing.
  ///
  /// Throws as ``init(setting:to:part:from:on:)`` does.
  public init(
    for model: Layer, in file: ForeignFile, part: String? = nil, from path: String,
    on backend: any Backend
  ) throws {
    let matching = WeightMatching(model, path: path)
    let match: WeightMatching.Match
    var state: [NamedArray] = []
    if part == nil, let own = try matching.byOwnNames(file.arrays) {
      match = own
      self.part = nil
    } else {
      state = file.arrays.filter(\.isTrainingState)
      var arrays = file.arrays.filter { !$0.isTrainingState }
      if let part { arrays = try CheckpointParts(arrays).part(part).arrays }
      (match, self.part) = try matching.match(file.with(arrays))
    }
    values = try match.parts.map { ($0.parameter, try $0.value(on: backend)) }
    pairs = match.parts.compactMap { one in one.source.map { (one.name, $0.name) } }
    let outside = self.part.map { found in
      file.arrays.filter { !$0.isTrainingState && !$0.name.hasPrefix(found) }
    }
    leftOver = match.leftOver + ((outside ?? []) + state).map(\.name)
    notes = match.notes
  }

  /// Sets the parameters; it cannot fail.
  public func apply() {
    for (parameter, value) in values { parameter.set(value) }
  }
}
