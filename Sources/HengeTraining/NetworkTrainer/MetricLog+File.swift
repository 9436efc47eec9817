// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeModels
internal import HengeNN
internal import HengeTensor

extension NetworkTrainer {
  /// Adds what was measured to a file: the rows as `measures`, `f64 [rows, 1 + names]`, whose names are
  /// in the metadata; the best weights as `best.NETWORK.PATH`.
  func write(
    _ measures: MetricLog, _ arrays: inout [NamedArray], _ metadata: inout [String: String],
    budget: MemoryBudget
  ) throws {
    let names = measures.names
    guard !names.isEmpty else { return }
    metadata["measures"] = names.joined(separator: " ")
    let rows = measures.rows.map { row in
      [Double(row.step)]
        + names.map { name in
          row.values.last { $0.name == name }?.value ?? .nan
        }
    }
    arrays.append(NamedArray("measures", try Self.rows(rows, of: 1 + names.count, budget)))
    guard let best = measures.best else { return }
    metadata["best"] = "\(best.name) \(best.step) \(best.value)"
    for ((network, layer), weights) in zip(networks, best.weights) {
      for ((path, _), weight) in zip(layer.allParameters, weights) {
        arrays.append(
          NamedArray("best.\(network).\(path)", try weight.arrayData(budget: budget)))
      }
    }
  }

  /// What a file says was measured.
  func measures(in file: Safetensors, _ reader: CheckpointReader, on backend: any Backend) throws
    -> MetricLog
  {
    var measures = MetricLog()
    let names = (file.metadata["measures"] ?? "").split(separator: " ").map(String.init)
    guard !names.isEmpty else { return measures }
    measures.names = names
    measures.rows = try reader.rows("measures", of: 1 + names.count, on: backend).map { row in
      MetricLog.Row(
        step: row.step,
        values: zip(names, row.numbers).filter { !$0.1.isNaN }.map { (name: $0, value: $1) })
    }
    guard let text = file.metadata["best"] else { return measures }
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 3, names.contains(words[0]), let step = Int(words[1]),
      let value = Double(words[2])
    else { throw reader.broken("`best` is \(text)") }
    let weights = try networks.map { network, layer in
      try layer.allParameters.map { path, parameter in
        let name = "best.\(network).\(path)"
        guard
          let weight = try reader.optionalTensor(
            name, parameter.value.shape, parameter.value.type, on: backend)
        else { throw reader.broken("the tensor `\(name)` is missing") }
        return weight
      }
    }
    measures.best = MetricLog.Best(name: words[0], value: value, step: step, weights: weights)
    return measures
  }
}
