// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

/// The bands or the error bars of a plot: half-widths, or lower and upper bounds.
struct PlotIntervals: ValueConvertible {
  let value: Value
  static var kind: String { "num | tensor | list | record" }

  static func from(_ value: Value) -> PlotIntervals? {
    switch value {
    case .list, .record, .range: return PlotIntervals(value: value)
    default:
      guard Number.from(value) != nil || Tensor.from(value) != nil else { return nil }
      return PlotIntervals(value: value)
    }
  }

  /// The interval of each curve, around its values `y`; none where it has `none`.
  func intervals(
    of curves: [(name: String, y: [Double])], _ parameter: String, _ call: Call
  ) throws -> [Plot.Interval?] {
    let reader = Reader(parameter: parameter, call: call)
    // A number is the half-width of all.
    if Number.from(value) != nil {
      return try curves.map { try reader.interval(value, around: $0.y) }
    }
    if case .record(let record) = value, !Reader.isPair(record.names) {
      return try reader.intervals(record, of: curves)
    }
    if curves.count == 1 {
      if case .list(let list) = value, list.elements.count == 1,
        !PlotIntervals.isNumber(list.elements[0])
      {
        return [try reader.interval(list.elements[0], around: curves[0].y)]
      }
      return [try reader.interval(value, around: curves[0].y)]
    }
    let parts = try parts()
    guard parts.count == curves.count else {
      throw Failure(
        "E-shape",
        "`\(parameter)` is for \(parts.count) series, and there are \(curves.count)",
        suggestion: "a list of one for each series, such as \(parameter)=[0.1, none]",
        parameter: parameter)
    }
    return try zip(parts, curves).map { try reader.interval($0, around: $1.y) }
  }

  /// One value for each of several curves.
  private func parts() throws -> [Value] {
    if case .list(let list) = value { return list.elements }
    if let tensor = Tensor.from(value), tensor.rank > 1 {
      return try (0..<tensor.shape[0]).map { try tensor.selecting([.at($0)]).value }
    }
    return [value]
  }

  private static func isNumber(_ value: Value) -> Bool {
    Number.from(value) != nil && (Tensor.from(value)?.rank ?? 0) == 0
  }

  /// Reads the intervals of an argument, which its errors name.
  private struct Reader {
    let parameter: String
    let call: Call

    static func isPair(_ names: [String]) -> Bool { Set(names) == ["low", "high"] }

    func intervals(
      _ record: Record, of curves: [(name: String, y: [Double])]
    ) throws -> [Plot.Interval?] {
      let known = Set(curves.map(\.name))
      if let stranger = record.names.first(where: { !known.contains($0) }) {
        let names = curves.map(\.name).filter { !$0.isEmpty }
        throw Failure(
          "E-name", "`\(parameter)` has \"\(stranger)\", and no series has this name",
          notes: names.isEmpty ? [] : ["the series: \(names.joined(separator: ", "))"],
          suggestion: "(low=…, high=…) for bounds, or a field for each series",
          parameter: parameter)
      }
      let fields = Dictionary(
        zip(record.names, record.values), uniquingKeysWith: { first, _ in first })
      return try curves.map { curve in
        try fields[curve.name].flatMap { try interval($0, around: curve.y) }
      }
    }

    /// A number or numbers are half-widths; a record or a list of two rows has the bounds.
    func interval(_ value: Value, around y: [Double]) throws -> Plot.Interval? {
      if case .none = value { return nil }
      if case .record(let record) = value {
        guard Reader.isPair(record.names) else {
          throw Failure(
            "E-name", "bounds are a record (low=…, high=…), not of \(record.names)",
            parameter: parameter)
        }
        let low = record.names.firstIndex(of: "low") ?? 0
        return try bounds(record.values[low], record.values[1 - low], y.count)
      }
      if case .list(let list) = value, list.elements.count == 2,
        list.elements.allSatisfy({ !PlotIntervals.isNumber($0) })
      {
        return try bounds(list.elements[0], list.elements[1], y.count)
      }
      if let tensor = Tensor.from(value), tensor.rank == 2, tensor.shape[0] == 2 {
        return try bounds(
          tensor.selecting([.at(0)]).value, tensor.selecting([.at(1)]).value, y.count)
      }
      let widths = try numbers(value, y.count)
      if let negative = widths.first(where: { $0 < 0 }) {
        throw Failure(
          "E-range", "a half-width must be at least 0, not \(negative)",
          suggestion: "\(parameter)=(low=…, high=…) for bounds", parameter: parameter)
      }
      return Plot.Interval(
        low: zip(y, widths).map { $0 - $1 }, high: zip(y, widths).map { $0 + $1 })
    }

    private func bounds(_ low: Value, _ high: Value, _ count: Int) throws -> Plot.Interval {
      let (low, high) = (try numbers(low, count), try numbers(high, count))
      if let place = low.indices.first(where: { low[$0] > high[$0] }) {
        throw Failure(
          "E-range",
          "the lower bound \(low[place]) of point \(place) is above the upper bound \(high[place])",
          suggestion: "the lower bounds first, or (low=…, high=…)", parameter: parameter)
      }
      return Plot.Interval(low: low, high: high)
    }

    private func numbers(_ value: Value, _ count: Int) throws -> [Double] {
      if let number = Number.from(value) {
        return [Double](repeating: number.double, count: count)
      }
      let numbers = try PlotData.numbers(value, parameter, call)
      guard numbers.count == count else {
        throw Failure(
          "E-shape", "`\(parameter)` has \(numbers.count) values for a series of \(count) points",
          suggestion: "one value for each point, or one number for all", parameter: parameter)
      }
      return numbers
    }
  }
}
