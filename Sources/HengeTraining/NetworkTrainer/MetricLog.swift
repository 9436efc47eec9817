// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN
public import HengeTensor

/// Numbers measured between steps, such as a distance to images that were held out, and the
/// networks as they were when one of them was smallest.
public struct MetricLog {
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
    /// The parameters of each network with their shapes, in the trainer's order.
    public let weights: [[Tensor]]
  }

  /// All that was measured, in order.
  public internal(set) var rows: [Row] = []
  /// The smallest value of the measure that was last asked for it.
  public internal(set) var best: Best?

  /// The measures' names, in the order in which they first came.
  public internal(set) var names: [String] = []

  /// The values of `name` at `steps`, which rise; the last where there are several at one, or NaN.
  func column(_ name: String, at steps: [Int]) -> [Double] {
    var found: [Int: Double] = [:]
    for row in rows {
      for entry in row.values where entry.name == name { found[row.step] = entry.value }
    }
    return steps.map { found[$0] ?? .nan }
  }
}

extension NetworkTrainer {
  /// Keeps what was measured after the steps made so far; with `best` the weights too, where the
  /// measure of that name is smaller than whenever it was asked for: the running means of weights where
  /// they are kept.
  ///
  /// Throws `E-name` for a name that the log has already, that comes twice or that is no name, or for a
  /// `best` that was not measured.
  public func measured(_ values: [(name: String, value: Double)], best: String? = nil) throws {
    var taken = Set(["step"] + lossNames + allFigures)
    for (name, _) in values {
      guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
        throw Failure(
          "E-name", "a column of the log is a name of letters, digits and _, not `\(name)`",
          parameter: "log")
      }
      guard taken.insert(name).inserted else {
        throw Failure(
          "E-name", "the log has a column `\(name)` already", suggestion: "another name",
          parameter: "log")
      }
    }
    if let best, !values.contains(where: { $0.name == best }) {
      let names = values.map { "`\($0.name)`" }.joined(separator: ", ")
      throw Failure(
        "E-name", "`\(best)` is not measured",
        notes: [
          names.isEmpty
            ? "this call measures nothing: `log` returns what to measure" : "measured: \(names)"
        ],
        suggestion: values.first.map { "best=\"\($0.name)\"" } ?? "log=t => (distance=…)",
        parameter: "best")
    }
    measures.names += values.map(\.name).filter { !measures.names.contains($0) }
    let row = MetricLog.Row(step: count, values: values)
    measures.rows.append(row)
    for case let (name, value) in values where name == best && value.isFinite {
      if let kept = measures.best, kept.name == name, kept.value <= value { continue }
      measures.best = MetricLog.Best(
        name: name, value: value, step: count,
        weights: shownNetworks.map { $0.layer.allParameters.map(\.parameter.value) })
    }
    tell(.measured(row, best: best))
  }

  /// A network with the weights of ``MetricLog/best``; nil without them.
  ///
  /// Throws `E-memory`.
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
