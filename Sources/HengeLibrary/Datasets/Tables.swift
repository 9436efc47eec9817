// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeTensor

/// A column of a table as a script passes it.
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
      Loads a CSV file as a table, or makes a table from named columns. t["x"] is a column: a tensor \
      if it contains numbers, else a list of strings. t[0] is a row: a record. In a column of numbers, \
      empty cells, NA, N/A, null, None and nan are missing values (NaN); inf and -Infinity are \
      infinite. A column whose cells are all quoted is text, unless the whole file is quoted.
      """,
      Parameter(
        "path", "Path of a CSV file whose first row contains the column names.",
        default: String?.none),
      Parameter("columns", "Columns by name: lists or tensors of the same length."),
      examples: [
        Example(
          "t = table(name=[\"b\", \"a\"], x=[1, 2])\nt[1].name\n#=> \"a\"\nprint(t[\"x\"])\n#=> tensor([1, 2])"
        )
      ], seeAlso: ["save", "sort"], errors: ["E-file", "E-shape", "E-type", "E-name"]
    ) { (call: Call, path: String?, columns: Keywords<ColumnCells>) in
      guard let path else {
        let cells = try columns.fields.map {
          CSVTable.Column($0.name, try $0.value.cells(of: $0.name))
        }
        return TableObject(try Table(columns: cells), on: session.backend)
      }
      guard columns.fields.isEmpty else {
        throw Failure("E-arg", "a table is loaded from a file or made from columns, not both")
      }
      let file = session.paths.toRead(path, from: call.folder)
      return TableObject(
        try Table(reading: file, budget: session.budget), on: session.backend)
    },
    Builtin(
      "save", "Saves a table as a CSV file. table(path) loads the same table.", table,
      Parameter("path", "Path of the file. A relative path is inside the output folder."),
      examples: [Example("\(small)\nsave(t, \"scores.csv\")\ntable(\"scores.csv\")[0].x\n#=> 1")],
      seeAlso: ["table"], errors: ["E-file"]
    ) { (t: Table, path: String) in
      try session.write(path, as: [".csv"], of: "a table") {
        try AtomicFile.write(t.csv(budget: session.budget), to: $0, budget: session.budget)
      }
    },
    Builtin(
      "columns", as: .property, "Names of a table's columns.", table,
      examples: [Example("\(small)\nt.columns\n#=> [\"name\", \"x\"]")]
    ) { (t: Table) in t.names },
    Builtin(
      "len", "Returns the number of rows.", table,
      examples: [Example("\(small)\nlen(t)\n#=> 2")]
    ) { (t: Table) in t.count },
    Builtin(
      "take", "Returns the first `n` rows, or all if there are fewer.", table,
      Parameter("n", "Number of rows."), examples: [Example("\(small)\nlen(t.take(1))\n#=> 1")],
      errors: ["E-range"]
    ) { (t: TableObject, n: Int) in
      guard n >= 0 else {
        throw Failure("E-range", "`n` must be at least 0, not \(n)", parameter: "n")
      }
      return TableObject(t.table.take(n), on: t.backend)
    },
    Builtin(
      "filter", "Returns the rows for which a function returns true.", table,
      Parameter("f", "A function of a row (a record) that returns a bool."),
      examples: [Example("\(small)\nlen(t.filter(r => r.x > 1))\n#=> 1")], errors: ["E-type"]
    ) { (t: TableObject, f: Callback) in
      let kept = try t.table.filter { row in
        let answer = try f.call([record(row.map { ($0.name, $0.cell.value) }).value])
        guard let isKept = Bool.from(answer) else {
          throw Failure(
            "E-type", "the function of filter must return a bool, not \(answer.kindWithArticle)",
            parameter: "f")
        }
        return isKept
      }
      return TableObject(kept, on: t.backend)
    },
    Builtin(
      "sort", "Sorts the rows by a column: numbers with NaN last, strings by their bytes.", table,
      Parameter("by", "Name of the column."),
      Parameter(
        "descending", "Whether to sort in descending order.", default: false, isKeywordOnly: true),
      examples: [Example("\(small)\nt.sort(\"name\")[0].name\n#=> \"a\"")], errors: ["E-name"]
    ) { (t: TableObject, by: String, descending: Bool) in
      TableObject(try t.table.sorted(by: by, descending: descending), on: t.backend)
    },
  ]
}
