// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeTensor

/// A column of a table as a script gives it.
struct ColumnCells: ValueConvertible {
  let value: Value
  static var kind: String { "list | tensor" }

  static func from(_ value: Value) -> ColumnCells? {
    if case .list = value { return ColumnCells(value: value) }
    return Tensor.from(value).map { ColumnCells(value: $0.value) }
  }

  /// The cells; throws `E-type` for what is neither all numbers nor all strings.
  func cells(of name: String) throws -> CSVTable.Cells {
    if let tensor = Tensor.from(value) {
      guard tensor.rank == 1 else {
        throw Failure(
          "E-shape", "column \"\(name)\" is a tensor \(tensor.shape); a column has one axis")
      }
      return tensor.type.isFloat ? .numbers(try tensor.doubles()) : .integers(try tensor.ints())
    }
    if let integers = [Int].from(value) { return .integers(integers) }
    if let numbers = [Double].from(value) { return .numbers(numbers) }
    if let texts = [String].from(value) { return .texts(texts) }
    throw Failure(
      "E-type", "the cells of column \"\(name)\" are neither all numbers nor all strings")
  }
}

private var table: Parameter { Parameter("t", "A table.") }

/// Built-ins about tables.
func tables(_ session: Session) -> [Builtin] {
  let small = "t = table(name=[\"b\", \"a\"], x=[1, 2])"
  return [
    Builtin(
      "table",
      """
      Reads a CSV file, or makes a table of columns given by name. t["x"] is a tensor where the \
      column contains numbers, else a list of strings; t[0] is a row, as a record. In a column of \
      numbers, empty cells, NA, N/A, null, None and nan are missing (NaN); inf and -Infinity are \
      infinite. A column whose every cell is in quotes is text, unless the whole file is in quotes. \
      save(t, path) writes a file that reads back as the same table.
      """,
      Parameter("path", "A CSV file whose first row names the columns.", default: String?.none),
      Parameter("columns", "Lists or tensors of one length, each under its column's name."),
      examples: [
        Example("table(name=[\"b\", \"a\"], x=[1, 2])[1].name", gives: "\"a\"")
      ], seeAlso: ["save", "sort"], errors: ["E-file", "E-shape", "E-type", "E-name"]
    ) { (call: Call, path: String?, columns: Keywords<ColumnCells>) in
      guard let path else {
        let cells = try columns.fields.map {
          CSVTable.Column($0.name, try $0.value.cells(of: $0.name))
        }
        return TableObject(try Table(columns: cells), on: session.backend)
      }
      guard columns.fields.isEmpty else {
        throw Failure("E-arg", "a table is read from a file or made of columns, not both")
      }
      let file = session.paths.toRead(path, from: call.folder)
      return TableObject(
        try Table(reading: file, budget: session.budget), on: session.backend)
    },
    Builtin(
      "save", "Writes a table to a CSV file.", table,
      Parameter("path", "The file, below the output folder unless absolute."),
      examples: [Example("\(small); save(t, \"t.csv\"); table(\"t.csv\")[0].x", gives: "1")],
      seeAlso: ["table"], errors: ["E-file"]
    ) { (t: Table, path: String) in
      try session.write(path, as: [".csv"], of: "a table") {
        try AtomicFile.write(t.csv(budget: session.budget), to: $0, budget: session.budget)
      }
    },
    Builtin(
      "columns", as: .property, "The names of a table's columns.", table,
      examples: [Example("\(small); t.columns", gives: "[\"name\", \"x\"]")]
    ) { (t: Table) in t.names },
    Builtin(
      "len", "Gives the number of rows.", table,
      examples: [Example("\(small); len(t)", gives: "2")]
    ) { (t: Table) in t.count },
    Builtin(
      "take", "Gives the first `n` rows, or all if there are fewer.", table,
      Parameter("n", "How many."), examples: [Example("\(small); len(t.take(1))", gives: "1")],
      errors: ["E-range"]
    ) { (t: TableObject, n: Int) in
      guard n >= 0 else {
        throw Failure("E-range", "`n` must be at least 0, not \(n)", parameter: "n")
      }
      return TableObject(t.table.take(n), on: t.backend)
    },
    Builtin(
      "filter", "Keeps the rows of which a function says true.", table,
      Parameter("f", "A function from a row, a record, to a bool."),
      examples: [Example("\(small); len(t.filter(r => r.x > 1))", gives: "1")], errors: ["E-type"]
    ) { (t: TableObject, f: Callback) in
      let kept = try t.table.filter { row in
        let answer = try f.call([record(row.map { ($0.name, $0.cell.value) }).value])
        guard let isKept = Bool.from(answer) else {
          throw Failure(
            "E-type", "the function of filter must give a bool, not \(answer.kindWithArticle)")
        }
        return isKept
      }
      return TableObject(kept, on: t.backend)
    },
    Builtin(
      "sort", "Orders the rows by a column, NaN last, strings bytewise.", table,
      Parameter("by", "The column's name."),
      Parameter(
        "descending", "Whether the largest come first.", default: false, isKeywordOnly: true),
      examples: [Example("\(small); t.sort(\"name\")[0].x", gives: "2")], errors: ["E-name"]
    ) { (t: TableObject, by: String, descending: Bool) in
      TableObject(try t.table.sorted(by: by, descending: descending), on: t.backend)
    },
  ]
}
