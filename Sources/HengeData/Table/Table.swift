// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeFiles

/// Named columns of numbers or texts, all of one length: landmarks, file lists, training logs.
///
/// A value: everything that changes a table makes a new one.
public struct Table: Sendable, Equatable {
  /// The columns, in order.
  public let columns: [CSVTable.Column]

  /// Keeps `columns`; throws `E-shape` for unequal lengths and `E-name` for two of one name.
  public init(columns: [CSVTable.Column]) throws {
    if let first = columns.first,
      let other = columns.first(where: { $0.cells.count != first.cells.count })
    {
      throw Failure(
        "E-shape",
        "the columns of a table must have the same length; \"\(first.name)\" has \(first.cells.count) "
          + "cells and \"\(other.name)\" \(other.cells.count)")
    }
    var seen: Set<String> = []
    if let twice = columns.first(where: { !seen.insert($0.name).inserted }) {
      throw Failure("E-name", "two columns have the name \"\(twice.name)\"")
    }
    self.columns = columns
  }

  /// Reads the CSV file at `path`; throws what ``CSVTable/init(reading:budget:)`` throws.
  public init(reading path: String, budget: MemoryBudget) throws {
    try self.init(columns: CSVTable(reading: path, budget: budget).columns)
  }

  /// Columns of one length, all with names of their own.
  init(trusted columns: [CSVTable.Column]) { self.columns = columns }

  /// The number of rows.
  public var count: Int { columns.first?.cells.count ?? 0 }

  /// The names of the columns, in order.
  public var names: [String] { columns.map(\.name) }

  /// The cells of the column `name`; throws `E-name` with the nearest name.
  public func cells(_ name: String) throws -> CSVTable.Cells {
    guard let column = columns.first(where: { $0.name == name }) else {
      throw Failure.noColumn(name, names)
    }
    return column.cells
  }

  /// Row `index`, counted from the end if negative; throws `E-index`.
  public func row(_ index: Int) throws -> [(name: String, cell: Cell)] {
    let place = try place(index)
    return columns.map { ($0.name, $0.cells[place]) }
  }

  /// The place of row `index`, counted from the end if negative; throws `E-index`.
  public func place(_ index: Int) throws -> Int {
    try checkedIndex(index, count: count, of: "table", item: "row")
  }

  /// The rows at `indices`, which must exist, in that order.
  public func rows(at indices: [Int]) -> Table {
    Table(trusted: columns.map { CSVTable.Column($0.name, $0.cells.picked(indices)) })
  }

  /// The first `count` rows, or all if there are fewer.
  public func take(_ count: Int) -> Table { rows(at: Array(0..<min(max(0, count), self.count))) }

  /// The rows for which `condition` is true, called row by row in order; throws what it throws.
  public func filter(
    _ condition: (_ row: [(name: String, cell: Cell)]) throws -> Bool
  ) throws -> Table {
    rows(at: try (0..<count).filter { try condition(row($0)) })
  }

  /// The rows in the order of column `name`, stably; NaN is last in both orders.
  ///
  /// Texts are compared bytewise. Throws `E-name`.
  public func sorted(by name: String, descending: Bool = false) throws -> Table {
    let cells = try cells(name)
    let order = (0..<count).sorted { first, second in
      let (a, b) = (cells[first], cells[second])
      if a.precedes(b) { return a.isNaN || b.isNaN || !descending }
      if b.precedes(a) { return !(a.isNaN || b.isNaN) && descending }
      return first < second
    }
    return rows(at: order)
  }

  /// The text of a CSV file that reads back as this table; throws `E-file` where there is none, and
  /// what the owner of `budget` throws to stop it.
  public func csv(budget: MemoryBudget? = nil) throws -> [UInt8] {
    try CSVTable(columns: columns).encoded(budget: budget)
  }
}

extension Table {
  /// One cell.
  public enum Cell: Sendable, Equatable {
    /// A whole number.
    case integer(Int)
    /// A number.
    case number(Double)
    /// A text.
    case text(String)

    var isNaN: Bool {
      if case .number(let value) = self { return value.isNaN }
      return false
    }

    /// Whether it precedes `other`, of the same kind; NaN follows every number.
    func precedes(_ other: Cell) -> Bool {
      switch (self, other) {
      case (.integer(let a), .integer(let b)): a < b
      case (.number(let a), .number(let b)): b.isNaN ? !a.isNaN : a < b
      case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
      default: false
      }
    }
  }
}

extension CSVTable.Cells {
  /// Cell `index`, which must exist.
  public subscript(index: Int) -> Table.Cell {
    switch self {
    case .integers(let cells): .integer(cells[index])
    case .numbers(let cells): .number(cells[index])
    case .texts(let cells): .text(cells[index])
    }
  }

  func picked(_ indices: [Int]) -> CSVTable.Cells {
    switch self {
    case .integers(let cells): .integers(indices.map { cells[$0] })
    case .numbers(let cells): .numbers(indices.map { cells[$0] })
    case .texts(let cells): .texts(indices.map { cells[$0] })
    }
  }
}
