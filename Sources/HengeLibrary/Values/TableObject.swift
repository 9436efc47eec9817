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
        "E-index", "a table takes one index: a column's name, a row's number or a slice of rows")
    }
    switch part {
    case .int(let index): return try row(index)
    case .slice(let slice):
      let (start, step, count) = slice.resolved(count: table.count)
      return .object(
        TableObject(table.rows(at: (0..<count).map { start + $0 * step }), on: backend))
    case .value(let value):
      guard let name = String.from(value) else { fallthrough }
      return try column(name)
    case .ellipsis, .newAxis:
      throw Failure(
        "E-index", "the index of a table is a column's name, a row's number or a slice of rows",
        notes: ["its columns: \(table.names.joined(separator: ", "))"])
    }
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
