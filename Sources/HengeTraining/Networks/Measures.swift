// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN
public import HengeTensor

/// Numbers measured between steps, such as a distance to pictures that were held out, and the
/// networks as they were when one of them was smallest.
public struct Measures {
  /// What was measured at one step.
  public struct Row: Equatable, Sendable {
    /// How many steps were made before.
    public let step: Int
    /// By name, in the order in which they were measured.
    public let values: [(name: String, value: Double)]

    /// Whether step, names and numbers are the same, NaN being itself.
    public static func == (left: Row, right: Row) -> Bool {
      left.step == right.step && left.values.map(\.name) == right.values.map(\.name)
        && left.values.map(\.value.bitPattern) == right.values.map(\.value.bitPattern)
    }
  }

  /// The networks' weights when a measure was smallest.
  public struct Best {
    /// The measure.
    public let name: String
    /// Its value.
    public let value: Double
    /// After how many steps.
    public let step: Int
    /// The parameters of each network, in the trainer's order.
    public let weights: [[Tensor]]
  }

  /// All that was measured, in order.
  public internal(set) var rows: [Row] = []
  /// The smallest value of the measure that was last asked for it.
  public internal(set) var best: Best?

  /// The measures' names, in the order in which they first came.
  public internal(set) var names: [String] = []

  /// The value of `name` at a step, the last where there are several, or NaN.
  func value(_ name: String, step: Int) -> Double {
    for row in rows.reversed() where row.step == step {
      if let found = row.values.last(where: { $0.name == name }) { return found.value }
    }
    return .nan
  }
}

extension NetworkTrainer {
  /// Keeps what was measured after the steps made so far; with `best` the weights too, where the
  /// measure of that name is smaller than whenever it was asked for.
  ///
  /// Throws `E-name` for a name that the log has already, or for a `best` that was not measured.
  public func measured(_ values: [(name: String, value: Double)], best: String? = nil) throws {
    for (name, _) in values where name == "step" || lossNames.contains(name) {
      throw Failure(
        "E-name", "the log has a column `\(name)` already", suggestion: "another name",
        parameter: "log")
    }
    if let best, !values.contains(where: { $0.name == best }) {
      let names = values.map { "`\($0.name)`" }.joined(separator: ", ")
      throw Failure(
        "E-name", "`\(best)` is not measured",
        notes: [names.isEmpty ? "nothing is" : "what is: \(names)"],
        suggestion: values.first.map { "best=\"\($0.name)\"" } ?? "log=t => (distance=…)",
        parameter: "best")
    }
    measures.names += values.map(\.name).filter { !measures.names.contains($0) }
    measures.rows.append(Measures.Row(step: count, values: values))
    for case let (name, value) in values where name == best && value.isFinite {
      if let kept = measures.best, kept.name == name, kept.value <= value { continue }
      measures.best = Measures.Best(
        name: name, value: value, step: count,
        weights: networks.map { $0.layer.allParameters.map(\.parameter.value) })
    }
  }

  /// A network with the weights that ``Measures/best`` kept.
  public func bestNetwork(_ name: String) throws -> Layer? {
    guard let best = measures.best, let place = networks.firstIndex(where: { $0.name == name })
    else { return nil }
    let network = try networks[place].layer.copy()
    for (entry, value) in zip(network.allParameters, best.weights[place]) {
      entry.parameter.set(value)
    }
    return network
  }
}
