// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeFiles
internal import HengeModels
public import HengeNN
internal import HengeTensor

extension Optimizer {
  /// The trained parameters, in the order of the layers.
  private var parameters: [ModelParameter] {
    layers.flatMap { $0.allParameters.map(\.parameter) }
  }

  /// Adds the whole state to a file: arrays `optimizer.NAME.PARAMETER.STATE`, of the parameters' shapes,
  /// and in the metadata `optimizer.NAME`, the count of steps and the learning rate.
  ///
  /// Throws `E-memory`.
  public func write(
    as name: String, _ arrays: inout [NamedArray], _ metadata: inout [String: String],
    budget: MemoryBudget
  ) throws {
    metadata["optimizer.\(name)"] = "\(count) \(learningRate)"
    for (place, parameter) in parameters.enumerated() {
      guard let state = state[ObjectIdentifier(parameter)] else { continue }
      for (kept, tensor) in zip(stateNames, state) {
        arrays.append(
          NamedArray("optimizer.\(name).\(place).\(kept)", try tensor.arrayData(budget: budget)))
      }
    }
  }

  /// Takes the state that ``write(as:_:_:budget:)`` put into `file`, read from `path`; the optimizer must
  /// be made alike.
  ///
  /// Throws `E-file` where the state is not whole, `E-memory`.
  public func resume(
    as name: String, _ file: Safetensors, from path: String, on backend: any Backend
  ) throws {
    let reader = CheckpointReader(file, path)
    let words = try reader.text("optimizer.\(name)").split(separator: " ")
    guard words.count == 2, let count = Int(words[0]), count >= 0, let rate = Double(words[1]),
      rate.isFinite
    else { throw reader.broken("`optimizer.\(name)` is \(words.joined(separator: " "))") }
    var state: [ObjectIdentifier: [Tensor]] = [:]
    for (place, parameter) in parameters.enumerated() {
      let kept = try stateNames.compactMap {
        try reader.optionalTensor(
          "optimizer.\(name).\(place).\($0)", parameter.value.shape, parameter.value.type,
          on: backend)
      }
      if kept.count == stateNames.count, !kept.isEmpty {
        state[ObjectIdentifier(parameter)] = kept
      }
    }
    restore(count: count, state: state)
    learningRate = rate
  }
}
