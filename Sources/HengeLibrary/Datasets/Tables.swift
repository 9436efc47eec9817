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

/// What a table is made from besides named columns.
enum TableSource: ValueConvertible {
  case path(String)
  case records([Record])
  /// A table stays as it is, so that a trainer's log can be passed like a list of records.
  case table(TableObject)
  case columns([(name: String, cells: ColumnCells)])
  static var kind: String { "str | list of record | record | table" }

  static func from(_ value: Value) -> TableSource? {
    if let path = String.from(value) { return .path(path) }
    if let table = TableObject.from(value) { return .table(table) }
    if let columns = Keywords<ColumnCells>.from(value) {
      return .columns(columns.fields.map { ($0.name, $0.value) })
    }
    return [Record].from(value).map(TableSource.records)
  }

  var value: Value {
    switch self {
    case .path(let path): path.value
    case .records(let records): records.value
    case .table(let table): table.value
    case .columns(let columns): Value(fields: columns.map { ($0.name, $0.cells.value) })
    }
  }
}

extension Table {
  /// The table with a row for each of `records`, whose columns are the fields of the first.
  ///
  /// Throws `E-name` for a record that has other fields, `E-type` for a column that is neither all
  /// numbers nor all strings; both name the record and the field.
  fileprivate init(records: [Record]) throws {
    let names = records.first?.names ?? []
    for (index, record) in records.enumerated() {
      guard let name = names.first(where: { record[$0] == nil }) else {
        guard let other = record.names.first(where: { !names.contains($0) }) else { continue }
        throw Failure(
          "E-name", "record \(index) has a field `\(other)`, which record 0 does not have",
          notes: ["the columns are the fields of record 0: \(names.joined(separator: ", "))"],
          parameter: "path")
      }
      throw Failure(
        "E-name", "record \(index) has no field `\(name)`",
        notes: ["its fields: \(record.names.joined(separator: ", "))"],
        suggestion: "one value for each column in every record, such as nan for a missing number",
        parameter: "path")
    }
    try self.init(
      columns: names.map { name in
        CSVTable.Column(name, try Table.cells(name, of: records.map { $0[name] ?? .none }))
      })
  }

  /// The values of the field `name` as a column: ints become nums next to nums.
  private static func cells(_ name: String, of values: [Value]) throws -> CSVTable.Cells {
    let column = values.value
    if let integers = [Int].from(column) { return .integers(integers) }
    if let numbers = [Double].from(column) { return .numbers(numbers) }
    if let texts = [String].from(column) { return .texts(texts) }
    let isText = String.from(values[0]) != nil
    let index =
      values.firstIndex { isText ? String.from($0) == nil : Double.from($0) == nil } ?? 0
    throw Failure(
      "E-type", "`\(name)` of record \(index) is \(values[index].kindWithArticle)",
      notes: [
        index == 0
          ? "a column contains numbers or strings"
          : "in the records before it, it is a \(isText ? "string" : "number"); a column has one type"
      ], parameter: "path")
  }
}

/// The table that a built-in is about.
var table: HengeLanguage.Parameter { Parameter("t", "A table.") }

/// Built-ins about tables.
func tables(_ session: Session) -> [Builtin] {
  let small = "t = table(name=[\"b\", \"a\"], x=[1, 2])"
  return [
    Builtin(
      "table",
      """
      Loads a CSV file as a table, or makes a table from a list of records or from named columns. \
      t["x"] is a column: a tensor if it contains numbers, else a list of strings. t[0] is a row: a \
      record. t[["x", "y"]] has some of the columns, t[2:5] and t[[0, 4]] some of the rows, and \
      t[t["x"] < 1] those for which a condition is true. In a column of numbers, \
      empty cells, NA, N/A, null, None and nan are missing values (NaN); inf and -Infinity are \
      infinite. A column whose cells are all quoted is text, unless the whole file is quoted.
      """,
      Parameter(
        "path",
        "Path of a CSV file whose first row contains the column names; or a list of records, one per row, all with the same fields: numbers or strings; or a record of columns.",
        default: TableSource?.none),
      Parameter("columns", "Columns by name: lists or tensors of the same length."),
      examples: [
        Example(
          "t = table(name=[\"b\", \"a\"], x=[1, 2])\nt[1].name\n#=> \"a\"\nprint(t[\"x\"])\n#=> tensor([1, 2])"
        ),
        Example(
          "t = table([(name=\"b\", x=1), (name=\"a\", x=2.5)])\nprint(t[t[\"x\"] < 2][\"name\"])\n#=> [\"b\"]\nt.columns\n#=> [\"name\", \"x\"]\nt[1]\n#=> (name=\"a\", x=2.5)"
        ),
      ], seeAlso: ["save", "sort", "group", "join", "with"],
      errors: ["E-file", "E-shape", "E-type", "E-name"]
    ) { (call: Call, source: TableSource?, columns: Keywords<ColumnCells>) in
      guard let source else {
        let cells = try columns.fields.map {
          CSVTable.Column($0.name, try $0.value.cells(of: $0.name))
        }
        return TableObject(try Table(columns: cells), on: session.backend)
      }
      guard columns.fields.isEmpty else {
        throw Failure(
          "E-arg", "a table is made from a file, from records or from columns, not from two of them"
        )
      }
      switch source {
      case .path(let path):
        let file = session.paths.toRead(path, from: call.folder)
        return TableObject(
          try Table(reading: file, budget: session.budget), on: session.backend)
      case .records(let records):
        return TableObject(try Table(records: records), on: session.backend)
      case .table(let table): return table
      case .columns(let columns):
        return TableObject(
          try Table(
            columns: columns.map { CSVTable.Column($0.name, try $0.cells.cells(of: $0.name)) }),
          on: session.backend)
      }
    }.alsoCalled("dataframe", "pandas", "spreadsheet"),
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
