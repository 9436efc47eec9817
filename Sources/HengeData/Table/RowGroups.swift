// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles

/// The rows of a table by the values of some of its columns.
struct RowGroups {
  /// For each row, the number of its group; groups are numbered in the order of their first rows.
  private(set) var numbers: [Int]
  /// The first row of each group.
  private(set) var firsts: [Int]

  /// The rows of equal cells of `columns`, which have `count` cells each; missing numbers are equal to
  /// each other, and -0 to 0.
  init(_ columns: [CSVTable.Cells], count: Int) {
    numbers = Array(repeating: 0, count: count)
    firsts = count > 0 ? [0] : []
    for column in columns {
      switch column {
      case .integers(let cells): refine(cells)
      case .numbers(let cells):
        // A sum with 0 has no sign of zero.
        refine(cells.map { ($0.isNaN ? .nan : $0 + 0).bitPattern })
      case .texts(let cells): refine(cells)
      }
    }
  }

  private struct Key<Cell: Hashable>: Hashable {
    let number: Int
    let cell: Cell
  }

  /// Divides the groups by `cells`.
  private mutating func refine<Cell: Hashable>(_ cells: [Cell]) {
    var known: [Key<Cell>: Int] = [:]
    var first: [Int] = []
    for row in cells.indices {
      let key = Key(number: numbers[row], cell: cells[row])
      let number = known[key] ?? first.count
      if number == first.count {
        known[key] = number
        first.append(row)
      }
      numbers[row] = number
    }
    firsts = first
  }
}

extension Table {
  /// A statistic of a column, for each group.
  public struct Aggregate: Sendable {
    let statistic: Statistic
    let column: String

    /// The `statistic` of the column of this name.
    public init(_ statistic: Statistic, of column: String) {
      (self.statistic, self.column) = (statistic, column)
    }
  }

  /// A row for each set of equal cells in the columns `keys`, in their order: the cells, the number of
  /// rows, then the aggregates, named `loss_mean`.
  ///
  /// Throws `E-name` for an unknown column or two of one name, `E-type` for an aggregate of texts.
  public func grouped(by keys: [String], _ aggregates: [Aggregate]) throws -> Table {
    let keyCells = try keys.map { try cells($0) }
    let values = try aggregates.map { aggregate in
      guard let numbers = try cells(aggregate.column).doubles else {
        throw Failure.notNumbers(aggregate.column, aggregate.statistic.rawValue)
      }
      return numbers
    }
    let groups = RowGroups(keyCells, count: count)
    var members = Array(repeating: [Int](), count: groups.firsts.count)
    for row in groups.numbers.indices { members[groups.numbers[row]].append(row) }
    let order = Table.order(of: groups.firsts, keyCells)
    var columns = zip(keys, keyCells).map { name, cells in
      CSVTable.Column(name, cells.picked(order.map { groups.firsts[$0] }))
    }
    columns.append(.init("count", .integers(order.map { members[$0].count })))
    for (aggregate, numbers) in zip(aggregates, values) {
      columns.append(
        .init(
          "\(aggregate.column)_\(aggregate.statistic.rawValue)",
          .numbers(
            order.map { group in
              aggregate.statistic.of(members[group].map { numbers[$0] }.filter { !$0.isNaN })
            })))
    }
    return try Table(columns: columns)
  }

  /// The order of `rows` by their cells in `columns`, the first column first.
  private static func order(of rows: [Int], _ columns: [CSVTable.Cells]) -> [Int] {
    rows.indices.sorted { a, b in
      for column in columns {
        let (first, second) = (column[rows[a]], column[rows[b]])
        if first.precedes(second) { return true }
        if second.precedes(first) { return false }
      }
      return a < b
    }
  }

  /// The names of the columns of numbers, without those of `others`.
  public func numberColumns(except others: [String]) -> [String] {
    columns.filter { column in
      guard !others.contains(column.name) else { return false }
      if case .texts = column.cells { return false }
      return true
    }.map(\.name)
  }
}
