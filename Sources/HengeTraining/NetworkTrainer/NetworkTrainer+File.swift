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
    try refuseMidstep("save")
    try BackgroundWork.lend(file(budget: budget)) { try $0.write(to: path, budget: budget) }
  }

  func file(budget: MemoryBudget) throws -> Safetensors {
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
      metadata["optimizer.\(name)"] = "\(optimizer.count) \(optimizer.learningRate)"
      for (place, parameter) in Self.parameters(of: optimizer).enumerated() {
        guard let state = optimizer.state[ObjectIdentifier(parameter)] else { continue }
        for (kept, tensor) in zip(optimizer.stateNames, state) {
          arrays.append(
            NamedArray("optimizer.\(name).\(place).\(kept)", try tensor.arrayData(budget: budget)))
        }
      }
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

  /// What an optimizer trains, in the order of its layers.
  private static func parameters(of optimizer: Optimizer) -> [ModelParameter] {
    optimizer.layers.flatMap { $0.allParameters.map(\.parameter) }
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
    for (name, optimizer) in optimizers { try resume(optimizer, name, reader, on: backend) }
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

  private func resume(
    _ optimizer: Optimizer, _ name: String, _ reader: CheckpointReader, on backend: any Backend
  ) throws {
    let words = try reader.text("optimizer.\(name)").split(separator: " ")
    guard words.count == 2, let count = Int(words[0]), count >= 0, let rate = Double(words[1]),
      rate.isFinite
    else { throw reader.broken("`optimizer.\(name)` is \(words.joined(separator: " "))") }
    var state: [ObjectIdentifier: [Tensor]] = [:]
    for (place, parameter) in Self.parameters(of: optimizer).enumerated() {
      let kept = try optimizer.stateNames.compactMap {
        try reader.optionalTensor(
          "optimizer.\(name).\(place).\($0)", parameter.value.shape, parameter.value.type,
          on: backend)
      }
      if kept.count == optimizer.stateNames.count, !kept.isEmpty {
        state[ObjectIdentifier(parameter)] = kept
      }
    }
    optimizer.restore(count: count, state: state)
    optimizer.learningRate = rate
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
