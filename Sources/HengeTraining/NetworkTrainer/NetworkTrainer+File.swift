// SPDX-License-Identifier: MIT
public import HengeBackend
internal import HengeData
public import HengeFiles
internal import HengeModels
internal import HengeNN
internal import HengeTensor
internal import HengeThreads

extension NetworkTrainer {
  /// Writes all state to `path` (safetensors), so that a resumed run goes on to the same bytes.
  ///
  /// Weights are `NETWORK.PATH`, running means of them `ema.NETWORK.PATH`, optimizers `optimizer.NAME.PARAMETER.STATE`, the log is `log`. The
  /// metadata says the kind, the settings, the dials, the networks' blueprints, counts and the data's
  /// fingerprints. No time, path or number of threads is in it.
  /// Throws `E-midstep` while a step is begun and not finished.
  public func save(to path: String, budget: MemoryBudget) throws {
    try BackgroundWork.lend(file(budget: budget)) { try $0.write(to: path, budget: budget) }
  }

  /// What ``save(to:budget:)`` writes; throws `E-midstep`, `E-memory`.
  public func file(budget: MemoryBudget) throws -> Safetensors {
    try refuseMidstep("save")
    var arrays: [NamedArray] = []
    var metadata = ["henge": kind, "seed": String(seed), "count": String(count)]
    for (name, layer) in networks {
      arrays += try ModelFile.arrays(of: layer, prefix: name + ".", budget: budget)
      metadata["network.\(name)"] = layer.blueprint.json.text
      let frozen = layer.allParameters.filter(\.parameter.isFrozen).map(\.name)
      if !frozen.isEmpty { metadata["frozen.\(name)"] = frozen.joined(separator: " ") }
    }
    if let means { arrays += try means.arrays(budget: budget) }
    for (name, optimizer) in optimizers {
      try optimizer.write(as: name, &arrays, &metadata, budget: budget)
    }
    for (name, tensor) in extraState {
      arrays.append(NamedArray("state.\(name)", try tensor.arrayData(budget: budget)))
    }
    arrays.append(NamedArray("log", try logArray(budget: budget)))
    try writeFigures(&arrays, &metadata, budget: budget)
    try write(measures, &arrays, &metadata, budget: budget)
    for name in dials { metadata["dial.\(name)"] = String(dial(name)) }
    for (name, text) in settings + common.settings { metadata["setting.\(name)"] = text }
    for (name, dataset) in datasets + namedHeldOut {
      try TrainedData.describe(dataset, as: name, in: &metadata)
    }
    return Safetensors(arrays: arrays, metadata: metadata)
  }

  /// The log as `f64 [rows, 1 + losses]`.
  private func logArray(budget: MemoryBudget) throws -> ArrayData {
    try Self.rows(log.map { [Double($0.step)] + $0.values }, of: 1 + lossNames.count, budget)
  }

  /// Rows of `columns` numbers, as `f64`.
  static func rows(_ rows: [[Double]], of columns: Int, _ budget: MemoryBudget) throws -> ArrayData
  {
    let numbers = rows.flatMap { $0 }
    let shape = try Shape([rows.count, columns])
    let reservation = try Reservation(numbers.count * 8, of: budget, for: "a log to write")
    return numbers.withUnsafeBytes {
      ArrayData(.f64, shape, bytes: [UInt8]($0)[...], reservation: reservation)
    }
  }

  /// Takes the state in `file`, read from `path`; the trainer must be made alike.
  ///
  /// Throws `E-file` where the file is not whole. Whether the datasets are those that were trained on,
  /// ``TrainedData`` describes.
  public func resume(_ file: Safetensors, from path: String, on backend: any Backend) throws {
    let reader = CheckpointReader(file, path)
    for (name, layer) in networks {
      try ModelFile.fill(layer, file, prefix: name + ".", from: path, on: backend)
      let frozen = Set(
        (file.metadata["frozen.\(name)"] ?? "").split(separator: " ").map(String.init))
      for (path, parameter) in layer.allParameters { parameter.isFrozen = frozen.contains(path) }
    }
    for (name, optimizer) in optimizers {
      try optimizer.resume(as: name, file, from: path, on: backend)
    }
    let extra = try extraNames(in: file).map { name in
      (name: name, tensor: try reader.anyTensor("state.\(name)", on: backend))
    }
    if let problem = problem(inExtraState: extra) { throw reader.broken(problem) }
    extraState = extra
    for name in dials { try setDial(name, try reader.value("dial.\(name)") { Double($0) }) }
    let count = try reader.value("count", Int.init)
    let figures = try figures(in: file, reader, on: backend)
    let log = try log(reader, figures, on: backend)
    guard count >= 0, count < Int.max / 2, log.last.map({ $0.step <= count }) ?? true else {
      throw reader.broken("its counts contradict each other")
    }
    measures = try measures(in: file, reader, on: backend)
    try means?.resume(file, from: path, after: count, on: backend)
    restore(count: count, log: log)
  }

  private func extraNames(in file: Safetensors) -> [String] {
    file.arrays.map(\.name).filter { $0.hasPrefix("state.") }.map { String($0.dropFirst(6)) }
      .sorted()
  }

  private func log(
    _ reader: CheckpointReader, _ figures: [Int: [Double]], on backend: any Backend
  ) throws -> [Entry] {
    let none = allFigures.map { _ in Double.nan }
    return try reader.rows("log", of: 1 + lossNames.count, on: backend).map {
      Entry(step: $0.step, values: $0.numbers, figures: figures[$0.step] ?? none)
    }
  }
}
