// SPDX-License-Identifier: MIT
internal import HengeModels
public import HengeBackend
public import HengeData
public import HengeFiles
internal import HengeTensor

extension DifferenceVector {
  /// The kind of such files, under the key `henge`.
  public static let fileKind = "difference_vector"

  /// Writes all state to `path` (safetensors), so that ``init(resuming:from:a:b:on:)``
  /// goes on to the same bytes as a run that never stopped.
  ///
  /// The file contains no time, path or number of threads; the same state has the same bytes. Throws
  /// `E-file` where it cannot be written, `E-memory`.
  public func save(to path: String, budget: MemoryBudget) throws {
    try file().write(to: path, budget: budget)
  }

  /// What ``save(to:budget:)`` writes; throws `E-memory`.
  public func file() throws -> Safetensors {
    let budget = a.loader.budget
    var arrays = [NamedArray("base", try state.base.arrayData(budget: budget))]
    for (index, snapshot) in state.snapshots.enumerated() {
      arrays.append(NamedArray("snapshot.\(index)", try snapshot.vector.arrayData(budget: budget)))
    }
    var metadata = [
      "henge": DifferenceVector.fileKind,
      "rule": configuration.rule.rawValue,
      "batch": String(configuration.batch),
      "keep": String(configuration.keep),
      "lr": String(state.learningRate),
      "seed": String(seed),
      "count": String(state.count),
      "base_count": String(state.baseCount),
      "snapshot_counts": state.snapshots.map { String($0.count) }.joined(separator: " "),
    ]
    if let augment = configuration.augment { metadata["augment"] = augment.text }
    try TrainedData.describe(a, as: "A", in: &metadata)
    try TrainedData.describe(b, as: "B", in: &metadata)
    return Safetensors(arrays: arrays, metadata: metadata)
  }

  /// Goes on where `file`, read from `path`, stopped.
  ///
  /// Throws `E-file` when the file is not a whole trainer. Whether `a` and `b` are the data that were
  /// trained on, ``TrainedData`` describes.
  public convenience init(
    resuming file: Safetensors, from path: String, a: Dataset, b: Dataset,
    on backend: any Backend
  ) throws {
    let reader = CheckpointReader(file, path)
    let rule: Rule = try reader.value("rule") { Rule(rawValue: $0) }
    let configuration = Configuration(
      rule: rule, batch: try reader.value("batch", Int.init),
      keep: try reader.value("keep", Int.init),
      augment: file.metadata["augment"] == nil
        ? nil : try reader.value("augment") { Augmentation(text: $0) })
    try self.init(
      a, b, configuration, learningRate: try reader.value("lr", Double.init),
      seed: try reader.value("seed", UInt64.init), on: backend)
    try restore(reader, on: backend)
  }

  private func restore(_ reader: CheckpointReader, on backend: any Backend) throws {
    var restored = State(
      learningRate: state.learningRate, base: try reader.tensor("base", shape, on: backend))
    restored.count = try reader.value("count", Int.init)
    restored.baseCount = try reader.value("base_count", Int.init)
    // The base moves on every thousand updates at the latest; a larger distance is no run's, and
    // would be walked through. So would a count near the largest number, which steps go beyond.
    guard 0 <= restored.baseCount, restored.baseCount <= restored.count,
      restored.count - restored.baseCount <= DifferenceVector.longestGridStep,
      restored.count <= Int.max / 2
    else { throw reader.broken("its counts contradict each other") }
    let counts = try reader.text("snapshot_counts").split(separator: " ")
    for (index, text) in counts.enumerated() {
      guard let count = Int(text), count >= 0, count <= restored.count else {
        throw reader.broken("a snapshot's count is \(text)")
      }
      let vector = try reader.tensor("snapshot.\(index)", shape, on: backend)
      restored.snapshots.append(Snapshot(count: count, vector: vector))
    }
    state = restored
  }
}
