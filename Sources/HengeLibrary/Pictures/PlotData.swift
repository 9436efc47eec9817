// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeTensor

/// Numbers to be plotted: one row of them or several, or the columns of a table or record.
struct PlotData: ValueConvertible {
  let value: Value
  static var kind: String { "tensor | list | table | record" }

  static func from(_ value: Value) -> PlotData? {
    switch value {
    case .list, .record, .range: return PlotData(value: value)
    default:
      guard Tensor.from(value) != nil || Table.from(value) != nil else { return nil }
      return PlotData(value: value)
    }
  }

  /// A line: its name, its x coordinates, if it has any, and its values.
  struct Curve {
    var name = ""
    var x: [Double]?
    let y: [Double]
    /// The name of the column that `x` is.
    var xName = ""
  }

  /// The curves; throws `E-type` and `E-shape` for what is no row of numbers.
  ///
  /// Of a table the first column is x, unless x `isGiven`.
  func curves(
    _ call: Call, of parameter: String = "y", isGivenX isGiven: Bool = false
  ) throws -> [Curve] {
    if let table = Table.from(value) {
      let columns = try PlotData.columns(of: table)
      guard !isGiven, let first = columns.first, columns.count > 1 else { return columns }
      return columns.dropFirst().map {
        Curve(name: $0.name, x: first.y, y: $0.y, xName: first.name)
      }
    }
    switch value {
    case .record(let record):
      return try zip(record.names, record.values).map { name, value in
        Curve(name: name, y: try PlotData.numbers(value, parameter, call))
      }
    case .list(let list):
      let isNested = list.elements.contains { element in
        if case .list = element { return true }
        return (Tensor.from(element)?.rank ?? 0) > 0
      }
      if isNested {
        return try list.elements.map { Curve(y: try PlotData.numbers($0, parameter, call)) }
      }
    default: break
    }
    if let tensor = Tensor.from(value), tensor.rank == 2 {
      return try (0..<tensor.shape[0]).map {
        Curve(y: try tensor.selecting([.at($0)]).doubles())
      }
    }
    return [Curve(y: try PlotData.numbers(value, parameter, call))]
  }

  /// Numbers in a row: a tensor of one axis, or a list of numbers.
  static func numbers(_ value: Value, _ parameter: String, _ call: Call) throws -> [Double] {
    if let tensor = Tensor.from(value) {
      guard tensor.rank <= 1 else {
        throw Failure(
          "E-shape", "a line needs a tensor of one axis, and this one is \(tensor.shape)",
          suggestion: tensor.rank == 2 ? nil : "x.reshape(-1), or hist(x)", parameter: parameter)
      }
      return try tensor.doubles()
    }
    if let numbers = try [Double].from(value, in: call) { return numbers }
    if case .range(let range) = value, range.count <= 10_000_000 {
      return (0..<range.count).map { Double(range[$0]) }
    }
    throw Failure(
      "E-type", "a line needs a list of numbers or a tensor, not \(value.kindWithArticle)",
      parameter: parameter)
  }

  /// The columns of numbers.
  private static func columns(of table: Table) throws -> [Curve] {
    let columns = table.columns.compactMap { column -> Curve? in
      switch column.cells {
      case .integers(let cells): Curve(name: column.name, y: cells.map(Double.init))
      case .numbers(let cells): Curve(name: column.name, y: cells)
      case .texts: nil
      }
    }
    guard !columns.isEmpty else {
      throw Failure(
        "E-type", "the table has no column of numbers",
        notes: ["its columns: \(table.names.joined(separator: ", "))"], parameter: "y")
    }
    return columns
  }
}

/// Which axes are drawn by logarithms.
struct LogAxes: ValueConvertible {
  let x: Bool
  let y: Bool
  static var kind: String { "bool | \"x\" | \"y\" | \"xy\"" }

  static func from(_ value: Value) -> LogAxes? {
    if let isLog = Bool.from(value) { return LogAxes(x: false, y: isLog) }
    switch String.from(value) {
    case "x": return LogAxes(x: true, y: false)
    case "y": return LogAxes(x: false, y: true)
    case "xy": return LogAxes(x: true, y: true)
    default: return nil
    }
  }

  var value: Value { x ? Value(y ? "xy" : "x") : .bool(y) }
}

/// One name or several.
struct Labels: ValueConvertible {
  let names: [String]
  static var kind: String { "str | list of str" }

  static func from(_ value: Value) -> Labels? {
    if let name = String.from(value) { return Labels(names: [name]) }
    return [String].from(value).map(Labels.init)
  }

  var value: Value { names.value }
}
