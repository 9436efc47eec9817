// SPDX-License-Identifier: MIT
#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeModels
internal import HengeNN
internal import HengeTensor
internal import HengeTraining

/// A handle whose state can be written to a file and taken back by a handle that was made alike.
protocol KeptHandle: Handle {
  /// All numbers of a state that its tensors do not contain, as text: two states with equal marks and
  /// the same tensors are one.
  func marks(of state: Object) -> String
  /// All tensors of a state, in one order for all states of the handle; none where their memory
  /// identifies them.
  func tensors(of state: Object) -> [Tensor]?
  /// The state as it is; throws ``NotKept`` where a file cannot contain it.
  func kept(budget: MemoryBudget) throws -> Safetensors
  /// Takes the state in `file`; throws where it is not of such a handle.
  func takeBack(_ file: Safetensors, on backend: any Backend) throws
}

/// What messages call a file of kept states.
private let place = "the cache"

extension KeptHandle {
  /// Whether a state is `other`: then nothing has to be kept.
  ///
  /// A step that is computed and not made, as for an estimate, moves weights to memory of their own.
  func isState(_ state: Object, sameAs other: Object) -> Bool {
    guard marks(of: state) == marks(of: other) else { return false }
    guard let own = tensors(of: state), let others = tensors(of: other) else {
      return state.storages.map(\.owner) == other.storages.map(\.owner)
    }
    return own.count == others.count && zip(own, others).allSatisfy { $0.hasElements(of: $1) }
  }

  func tensors(of state: Object) -> [Tensor]? { nil }
}

extension Tensor {
  /// Whether it has the same elements, whatever memory they are in.
  fileprivate func hasElements(of other: Tensor) -> Bool {
    guard shape == other.shape, type == other.type else { return false }
    if storageBlock.owner === other.storageBlock.owner, isWhole, other.isWhole { return true }
    return
      (try? withBytes { bytes in
        try other.withBytes { others in
          guard let one = bytes.baseAddress, let two = others.baseAddress else {
            return bytes.count == others.count
          }
          return bytes.count == others.count && memcmp(one, two, bytes.count) == 0
        }
      }) ?? false
  }
}

extension NetworkTrainerObject: KeptHandle {
  func tensors(of state: Object) -> [Tensor]? { (state as? State)?.state.tensors }

  func marks(of state: Object) -> String { (state as? State)?.state.marks ?? "" }

  func kept(budget: MemoryBudget) throws -> Safetensors { try trainer.file(budget: budget) }

  func takeBack(_ file: Safetensors, on backend: any Backend) throws {
    // The images are of another statement; they must be the same.
    try TrainedData.refuseOther(trainer.allDatasets, than: file, from: place)
    guard TrainedData.hasHeldOut(file) == !trainer.heldOut.isEmpty else { throw NotKept() }
    try trainer.resume(file, from: place, on: backend)
  }
}

extension DifferenceVectorObject: KeptHandle {
  func marks(of state: Object) -> String {
    guard let state = (state as? State)?.state else { return "" }
    return "\(state.count) \(state.learningRate) \(state.snapshots.map(\.count))"
  }

  func kept(budget: MemoryBudget) throws -> Safetensors { try trainer.file() }

  func takeBack(_ file: Safetensors, on backend: any Backend) throws {
    let saved = try DifferenceVector(
      resuming: file, from: place, a: trainer.a, b: trainer.b, on: backend)
    trainer.restore(saved.state)
  }
}

extension ModelObject: KeptHandle {
  func marks(of state: Object) -> String {
    guard let state = (state as? State)?.state else { return "" }
    return state.map { $0.isFrozen ? "f" : "t" }.joined()
  }

  func tensors(of state: Object) -> [Tensor]? { (state as? State)?.state.map(\.value) }

  func kept(budget: MemoryBudget) throws -> Safetensors {
    let frozen = layer.allParameters.filter(\.parameter.isFrozen).map(\.name)
    return Safetensors(
      arrays: try ModelFile.arrays(of: layer, budget: budget),
      metadata: ["frozen": frozen.joined(separator: " ")])
  }

  func takeBack(_ file: Safetensors, on backend: any Backend) throws {
    try ModelFile.fill(layer, file, from: place, on: backend)
    let frozen = Set((file.metadata["frozen"] ?? "").split(separator: " ").map(String.init))
    for (path, parameter) in layer.allParameters { parameter.isFrozen = frozen.contains(path) }
  }
}

extension OptimizerObject: KeptHandle {
  func marks(of state: Object) -> String {
    guard let state = (state as? State)?.state else { return "" }
    return "\(state.count) \(state.learningRate)"
  }

  func kept(budget: MemoryBudget) throws -> Safetensors {
    var file = Safetensors(arrays: [])
    try optimizer.write(as: "it", &file.arrays, &file.metadata, budget: budget)
    return file
  }

  func takeBack(_ file: Safetensors, on backend: any Backend) throws {
    try optimizer.resume(as: "it", file, from: place, on: backend)
  }
}

extension RandomHandle: KeptHandle {
  func marks(of state: Object) -> String {
    (state as? State).map { "\($0.state.position)" } ?? ""
  }

  func kept(budget: MemoryBudget) throws -> Safetensors {
    Safetensors(arrays: [], metadata: ["position": String(stream.position)])
  }

  func takeBack(_ file: Safetensors, on backend: any Backend) throws {
    guard let position = file.metadata["position"].flatMap({ UInt64($0) }) else { throw NotKept() }
    stream.position = position
  }
}
