// SPDX-License-Identifier: MIT
public import HengeData
public import HengeLanguage
internal import HengeBackend
internal import HengeFiles
internal import HengeTensor

/// A table as a value of the language: `t["col"]` is a tensor or a list of strings, `t[i]` a record.
final class TableObject: Object, ObjectConvertible, HasKeys, HasElementKinds, Iterable, Displayed,
  HasContent
{
  let table: Table
  let backend: (any Backend)?

  /// A table whose number columns become tensors on `backend`, or lists without one.
  init(_ table: Table, on backend: (any Backend)? = nil) {
    self.table = table
    self.backend = backend
  }

  func addContent(to body: (UnsafeRawBufferPointer) throws -> Void) throws {
    for column in table.columns {
      try Array("\(column.name.utf8.count) \(column.name) \(column.cells.count) ".utf8)
        .withUnsafeBytes(body)
      switch column.cells {
      case .integers(let cells): try cells.withUnsafeBytes(body)
      case .numbers(let cells): try cells.withUnsafeBytes(body)
      case .texts(let cells):
        for cell in cells { try Array("\(cell.utf8.count) \(cell)".utf8).withUnsafeBytes(body) }
      }
    }
  }

  override class var kind: String { "table" }
  override var brief: String { "table of \(table.count) rows" }

  func element(at subscripts: [Subscript]) throws -> Value {
    guard subscripts.count == 1, let part = subscripts.first else {
      throw Failure(
        "E-index", "a table takes one index: \(TableObject.indices)")
    }
    switch part {
    case .int(let index): return try row(index)
    case .slice(let slice):
      let (start, step, count) = slice.resolved(count: table.count)
      return .object(
        TableObject(table.rows(at: (0..<count).map { start + $0 * step }), on: backend))
    case .value(let value):
      if let name = String.from(value) { return try column(name) }
      guard let chosen = try chosen(by: value) else { fallthrough }
      return .object(TableObject(chosen, on: backend))
    case .ellipsis, .newAxis:
      throw Failure(
        "E-index", "the index of a table is \(TableObject.indices)",
        notes: ["its columns: \(table.names.joined(separator: ", "))"])
    }
  }

  private static let indices =
    "a column's name, a row's number, a slice of rows, a list of names or numbers, or a condition on rows"

  /// The columns of a list of names, the rows of a list of numbers, or those for which a condition is true.
  private func chosen(by value: Value) throws -> Table? {
    if case .bool = value {
      let texts = table.columns.first { if case .texts = $0.cells { true } else { false } }
      let text = texts.map(\.name) ?? "name"
      throw Failure(
        "E-index", "the condition is one bool, not one for each row",
        notes: ["`==` compares a column of strings as a whole"],
        suggestion: "t.filter(row => row.\(text) == \"a\")")
    }
    if let mask = Tensor.from(value), mask.type == .bool {
      guard mask.rank == 1, mask.shape[0] == table.count else {
        throw Failure(
          "E-shape",
          "the condition is a tensor \(mask.shape), and the table has \(table.count) rows",
          suggestion: "t[t[\"\(table.names.first ?? "x")\"] < 1], one bool for each row")
      }
      return table.rows(where: try mask.bools())
    }
    if let mask = [Bool].from(value), !mask.isEmpty {
      guard mask.count == table.count else {
        throw Failure(
          "E-shape",
          "the condition is a list of \(mask.count), and the table has \(table.count) rows")
      }
      return table.rows(where: mask)
    }
    if let names = [String].from(value) { return try table.columns(names) }
    var numbers = [Int].from(value)
    if let tensor = Tensor.from(value), tensor.rank == 1, !tensor.type.isFloat {
      numbers = try tensor.ints()
    }
    guard let numbers else { return nil }
    return table.rows(at: try numbers.map { try table.place($0) })
  }

  var keys: [String] { table.names }

  func elementKind(isSlice: Bool) -> String? { isSlice ? "table" : "record" }

  private func column(_ name: String) throws -> Value {
    switch try table.cells(name) {
    case .texts(let texts): return texts.value
    case .integers(let integers):
      guard let backend else { return integers.value }
      return try Tensor(integers, Shape([integers.count]), on: backend).value
    case .numbers(let numbers):
      guard let backend else { return numbers.value }
      return try Tensor(numbers, Shape([numbers.count]), on: backend).value
    }
  }

  private func row(_ index: Int) throws -> Value {
    Value(fields: try table.row(index).map { ($0.name, $0.cell.value) })
  }

  var knownCount: Int? { table.count }

  func makeIterator() throws -> () throws -> Value? {
    var index = 0
    return { [self] in
      guard index < table.count else { return nil }
      defer { index += 1 }
      return try row(index)
    }
  }

  var text: String { "table of \(table.count) rows: \(table.names.joined(separator: ", "))" }

  func displays(width: Int) throws -> [Display] {
    guard !table.columns.isEmpty else { return [.text("an empty table")] }
    let rows = TableObject.shownRows(table.count)
    let columns = table.columns.map { column in
      var isNumber = true
      if case .texts = column.cells { isNumber = false }
      return TableDisplay.Column(
        TextWidth.visible(column.name),
        rows.map { $0.map { TextWidth.visible(column.cells[$0].description) } },
        isNumber: isNumber)
    }
    return [
      .table(
        TableDisplay(
          columns,
          note: "\(counted(table.count, "row")), \(counted(table.columns.count, "column"))"))
    ]
  }

  /// The rows to show; nil represents those left out.
  private static func shownRows(_ count: Int) -> [Int?] {
    guard count > 20 else { return Array(0..<count) }
    return Array(0..<10) + [nil] + Array(count - 10..<count)
  }
}

extension Table: ValueConvertible {
  /// What signatures and messages call it.
  public static var kind: String { "table" }
  /// The contents of `value`, or `nil` when it is of another type.
  public static func from(_ value: Value) -> Table? {
    guard case .object(let object) = value else { return nil }
    return (object as? TableObject)?.table
  }
  /// The value of the language.
  public var value: Value { .object(TableObject(self)) }
}

extension Table.Cell {
  /// The cell as a value of the language.
  var value: Value {
    switch self {
    case .integer(let integer): .int(integer)
    case .number(let number): .num(number)
    case .text(let text): Value(text)
    }
  }
}
