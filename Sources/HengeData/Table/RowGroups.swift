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

  /// The rows of each group from row `start` on, in their order: those of group g are
  /// `rows[starts[g]..<starts[g + 1]]`, counted from `start`.
  func members(from start: Int = 0) -> (starts: [Int], rows: [Int]) {
    var starts = Array(repeating: 0, count: firsts.count + 1)
    for number in numbers[start...] { starts[number + 1] += 1 }
    for group in firsts.indices { starts[group + 1] += starts[group] }
    var next = starts
    var rows = Array(repeating: 0, count: numbers.count - start)
    for (row, number) in numbers[start...].enumerated() {
      rows[next[number]] = row
      next[number] += 1
    }
    return (starts, rows)
  }

  private struct Key<Cell: Hashable>: Hashable {
    let number: Int
    let cell: Cell
  }

  /// Divides the groups by `cells`.
  private mutating func refine<Cell: Hashable>(_ cells: [Cell]) {
    // As long as there is one group, a cell alone distinguishes them.
    if firsts.count <= 1 {
      number(cells.indices) { cells[$0] }
    } else {
      number(cells.indices) { [numbers] in Key(number: numbers[$0], cell: cells[$0]) }
    }
  }

  /// Numbers the groups of equal keys.
  private mutating func number<Item: Hashable>(_ rows: Range<Int>, _ key: (Int) -> Item) {
    var known: [Item: Int] = [:]
    known.reserveCapacity(min(rows.count, 1 << 20))
    var first: [Int] = []
    for row in rows {
      let number = known[key(row)] ?? first.count
      if number == first.count {
        known[key(row)] = number
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
    let (starts, rows) = groups.members()
    let order = Table.order(of: groups.firsts, keyCells)
    var columns = zip(keys, keyCells).map { name, cells in
      CSVTable.Column(name, cells.picked(order.map { groups.firsts[$0] }))
    }
    columns.append(.init("count", .integers(order.map { starts[$0 + 1] - starts[$0] })))
    for (aggregate, numbers) in zip(aggregates, values) {
      columns.append(
        .init(
          "\(aggregate.column)_\(aggregate.statistic.rawValue)",
          .numbers(
            order.map { group in
              aggregate.statistic.of(
                rows[starts[group]..<starts[group + 1]].map { numbers[$0] }.filter { !$0.isNaN })
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
