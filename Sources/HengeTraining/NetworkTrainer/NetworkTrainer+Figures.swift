// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeNN
internal import HengeTensor

// Figures: numbers that a step finds besides losses. They are columns of the log. A file has them next to
// the losses, by their names, so that one of another version is read, too.

extension NetworkTrainer {
  /// The names of all figures: the method's, and the norms of gradients where they are clipped.
  public var allFigures: [String] {
    figureNames + (common.clip == nil ? [] : optimizers.map { normName($0.name) })
  }

  /// What the norm of the gradients of the optimizer `name` is called: `norm_g`, or `norm` of the only one.
  private func normName(_ name: String) -> String {
    optimizers.count == 1 ? "norm" : "norm_\(name)"
  }

  /// The norms of the gradients of optimizers' steps before clipping, by the names of figures.
  func norms(of steps: [(optimizer: Optimizer, step: Optimizer.Step)]) -> [String: Double] {
    var norms: [String: Double] = [:]
    for (optimizer, step) in steps {
      guard let own = optimizers.first(where: { $0.optimizer === optimizer }) else { continue }
      norms[normName(own.name)] = step.norm
    }
    return norms
  }

  /// Adds the figures to a file: `figures`, `f64 [rows, 1 + names]`, whose names are in the metadata.
  func writeFigures(
    _ arrays: inout [NamedArray], _ metadata: inout [String: String], budget: MemoryBudget
  ) throws {
    let names = allFigures
    guard !names.isEmpty else { return }
    metadata["figures"] = names.joined(separator: " ")
    arrays.append(
      NamedArray(
        "figures",
        try Self.rows(log.map { [Double($0.step)] + $0.figures }, of: 1 + names.count, budget)))
  }

  /// The figures of a file's log by step, in the order of ``allFigures``; NaN for those that it lacks.
  func figures(in file: Safetensors, _ reader: CheckpointReader, on backend: any Backend) throws
    -> [Int: [Double]]
  {
    guard let text = file.metadata["figures"] else { return [:] }
    let names = text.split(separator: " ").map(String.init)
    let places = allFigures.map { names.firstIndex(of: $0) }
    let rows = try reader.rows("figures", of: 1 + names.count, on: backend)
    return Dictionary(
      rows.map { row in (row.step, places.map { $0.map { row.numbers[$0] } ?? .nan }) },
      uniquingKeysWith: { first, _ in first })
  }
}
