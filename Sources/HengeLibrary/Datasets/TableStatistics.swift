// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeTensor

private typealias Parameter = HengeLanguage.Parameter

/// What a new column is: its cells, one value for all rows, or a function of a row.
private struct NewColumn: ValueConvertible {
  let value: Value
  static var kind: String { "list | tensor | num | str | fn" }

  static func from(_ value: Value) -> NewColumn? {
    let isCell = Double.from(value) != nil || String.from(value) != nil
    guard isCell || ColumnCells.from(value) != nil || Callback.from(value) != nil else {
      return nil
    }
    return NewColumn(value: value)
  }

  /// The cells of a column `name` of `t`.
  func cells(of name: String, in t: Table, _ call: Call) throws -> CSVTable.Cells {
    if let f = try Callback.from(value, in: call) {
      let cells = try (0..<t.count).map { row in
        try f.call([Value(fields: try t.row(row).map { ($0.name, $0.cell.value) })]).scalar
      }
      return try ColumnCells(value: cells.value).cells(of: name)
    }
    if let given = ColumnCells.from(value) { return try given.cells(of: name) }
    return try ColumnCells(value: Array(repeating: value, count: t.count).value).cells(of: name)
  }
}

/// Which rows a join keeps.
private enum JoinKind: String, Choice {
  case inner, left
}

/// Built-ins that compute tables from tables.
func tableStatistics(_ session: Session) -> [Builtin] {
  let runs = "t = table(lr=[0.1, 0.1, 0.2], seed=[1, 2, 1], loss=[3, 5, 8])"
  return [
    Builtin(
      "with", "Returns the table with further columns, or with other ones in place of its own.",
      table,
      Parameter(
        "columns",
        "Columns by name: a list or tensor with a cell for each row, one value for all rows, or a function of a row (a record) that returns the cell."
      ),
      examples: [
        Example(
          "\(runs)\nt.with(error=t[\"loss\"] / 10).columns\n#=> [\"lr\", \"seed\", \"loss\", \"error\"]"
        ),
        Example(
          "\(runs)\nprint(t.with(twice=row => 2 * row.loss)[\"twice\"])\n#=> tensor([6, 10, 16])"),
      ], seeAlso: ["table", "group"], errors: ["E-shape", "E-type"]
    ) { (call: Call, t: TableObject, columns: Keywords<NewColumn>) in
      var result = t.table
      for (name, column) in columns.fields {
        result = try result.with(
          CSVTable.Column(name, try column.cells(of: name, in: t.table, call)))
      }
      return TableObject(result, on: t.backend)
    }.alsoCalled("add column", "assign"),
    Builtin(
      "group",
      "Returns a table with a row for each set of equal cells in the columns `by`, in their order: the cells, the number of rows as `count`, and statistics of other columns, named `loss_mean`. Without a statistic it has the mean and the sample standard deviation of all other columns of numbers. Missing values (NaN) are left out of statistics.",
      table, Parameter("by", "Name or names of the columns that divide the rows."),
      statistic(.mean, "arithmetic mean"),
      statistic(.sd, "sample standard deviation (divided by n - 1)"),
      statistic(.se, "standard error of the mean, sd / √n,"), statistic(.min, "minimum"),
      statistic(.max, "maximum"), statistic(.median, "median"),
      statistic(.sum, "sum"),
      examples: [
        Example("\(runs)\nt.group(\"lr\", mean=\"loss\", sd=\"loss\")[0].loss_mean\n#=> 4.0"),
        Example(
          "\(runs)\nt[[\"lr\", \"loss\"]].group(\"lr\").columns\n#=> [\"lr\", \"count\", \"loss_mean\", \"loss_sd\"]"
        ),
      ], seeAlso: ["describe", "join", "interval"], errors: ["E-name", "E-type"]
    ) {
      (
        call: Call, t: TableObject, by: Labels, mean: Labels, sd: Labels,
        se: Labels, min: Labels, max: Labels, median: Labels, sum: Labels
      ) in
      guard !by.names.isEmpty else {
        throw Failure(
          "E-arg", "`by` is an empty list", suggestion: "t.describe() for all rows", parameter: "by"
        )
      }
      let given: [(Statistic, Labels)] = [
        (.mean, mean), (.sd, sd), (.se, se), (.min, min), (.max, max), (.median, median),
        (.sum, sum),
      ]
      try t.table.check(by.names, "by")
      for (statistic, columns) in given { try t.table.check(columns.names, statistic.rawValue) }
      var aggregates = given.flatMap { statistic, columns in
        columns.names.map { Table.Aggregate(statistic, of: $0) }
      }
      if aggregates.isEmpty {
        aggregates = t.table.numberColumns(except: by.names).flatMap {
          [Table.Aggregate(.mean, of: $0), Table.Aggregate(.sd, of: $0)]
        }
      }
      try call.reserve(t.table.count * (64 + 16 * aggregates.count))
      return TableObject(try t.table.grouped(by: by.names, aggregates), on: t.backend)
    }.alsoCalled("groupby", "aggregate", "pivot", "mean and standard deviation"),
    Builtin(
      "join",
      "Returns the rows of a table with the columns of another next to them, where the cells of the columns `on` are equal. Several equal rows make a row for each pair.",
      table, Parameter("other", "The other table."),
      Parameter("on", "Name or names of the columns that both tables have."),
      Parameter(
        "how",
        "Whether to leave out rows without an equal one, or to keep those of the first table with missing values.",
        default: JoinKind.inner, isKeywordOnly: true),
      Parameter(
        "suffix",
        "Added to the name of a column of the other table that the first has, too; without it, such names are an error.",
        default: "", isKeywordOnly: true),
      examples: [
        Example(
          "a = table(name=[\"x\", \"y\"], loss=[1, 2])\nb = table(name=[\"y\", \"x\"], swd=[30, 40])\na.join(b, \"name\")[0]\n#=> (name=\"x\", loss=1, swd=40)"
        )
      ], seeAlso: ["group", "with"], errors: ["E-name", "E-type", "E-memory"]
    ) {
      (call: Call, t: TableObject, other: Table, on: Labels, how: JoinKind, suffix: String) in
      guard !on.names.isEmpty else {
        throw Failure("E-arg", "`on` is an empty list", parameter: "on")
      }
      try t.table.check(on.names, "on")
      try other.check(on.names, "on")
      let width = 16 * (t.table.columns.count + other.columns.count + 2)
      let joined = try t.table.joined(
        other, on: on.names, keepsAll: how == .left, suffix: suffix
      ) { rows in
        let (bytes, overflow) = rows.multipliedReportingOverflow(by: width)
        try call.reserve(overflow ? .max : bytes)
      }
      return TableObject(joined, on: t.backend)
    }.alsoCalled("merge"),
    Builtin(
      "describe",
      "Returns a table with a row for each column: the number of values and of missing ones, and of numbers the mean, the sample standard deviation (divided by n - 1), the minimum, the quartiles and the maximum.",
      table,
      examples: [Example("\(runs)\nt.describe()[2].median\n#=> 5.0")],
      seeAlso: ["group", "quantile"]
    ) { (t: TableObject) in TableObject(t.table.description(), on: t.backend) }
    .alsoCalled("summary statistics"),
  ]
}

extension Table {
  /// Throws `E-name` about `parameter` for a name of no column.
  fileprivate func check(_ names: [String], _ parameter: String) throws {
    try Failure.renaming([nil: parameter]) { for name in names { _ = try cells(name) } }
  }
}

/// The parameter of a statistic of columns.
private func statistic(_ statistic: Statistic, _ what: String) -> Parameter {
  Parameter(
    statistic.rawValue, "Names of the columns whose \(what) is computed.",
    default: Labels(names: []),
    isKeywordOnly: true)
}
