// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles

extension Table {
  /// The table with `other`'s columns next to its own, for rows with equal cells in the columns `keys`.
  ///
  /// The rows are in this table's order; for each, the rows of `other` in theirs. If `keepsAll`, a row
  /// without an equal one is kept, with NaN and "" in the columns of `other`. A column of `other` that
  /// has the name of another one gets `suffix`. `reserve` is asked for room for the number of rows.
  ///
  /// Throws `E-name` for a key that a table does not have and for names that clash, `E-type` for keys of
  /// different types.
  public func joined(
    _ other: Table, on keys: [String], keepsAll: Bool, suffix: String,
    reserve: (_ rows: Int) throws -> Void
  ) throws -> Table {
    let pairs = try keys.map { try Table.comparable(cells($0), other.cells($0), $0) }
    let groups = RowGroups(pairs, count: count + other.count)
    let (starts, rows) = groups.members(from: count)
    func matches(_ row: Int) -> ArraySlice<Int> {
      let group = groups.numbers[row]
      return rows[starts[group]..<starts[group + 1]]
    }
    // Of two tables that fit memory; equal keys everywhere make their product.
    let total = (0..<count).reduce(0) { sum, row in
      let found = matches(row).count
      return sum + (found == 0 && keepsAll ? 1 : found)
    }
    try reserve(total)
    var mine: [Int] = []
    var theirs: [Int?] = []
    mine.reserveCapacity(total)
    theirs.reserveCapacity(total)
    for row in 0..<count {
      let found = matches(row)
      if found.isEmpty, keepsAll {
        mine.append(row)
        theirs.append(nil)
      }
      for place in found {
        mine.append(row)
        theirs.append(place)
      }
    }
    let own = columns.map { CSVTable.Column($0.name, $0.cells.picked(mine)) }
    let added = try other.columns.filter { !keys.contains($0.name) }.map { column in
      var name = column.name
      if names.contains(name) {
        guard !suffix.isEmpty else {
          throw Failure(
            "E-name", "both tables have a column \"\(name)\"",
            notes: ["only the columns of `on` are the same in both"],
            suggestion: "suffix=\"_2\", which names the second \"\(name)_2\"", parameter: "other")
        }
        name += suffix
      }
      return CSVTable.Column(name, column.cells.picked(theirs))
    }
    return try Table(columns: own + added)
  }

  /// The cells of a key in both tables, one after the other.
  private static func comparable(
    _ first: CSVTable.Cells, _ second: CSVTable.Cells, _ name: String
  ) throws -> CSVTable.Cells {
    switch (first, second) {
    case (.integers(let a), .integers(let b)): return .integers(a + b)
    case (.texts(let a), .texts(let b)): return .texts(a + b)
    default:
      guard let a = first.doubles, let b = second.doubles else {
        throw Failure(
          "E-type", "\"\(name)\" is a column of numbers in one table and of strings in the other",
          parameter: "on")
      }
      return .numbers(a + b)
    }
  }
}

extension CSVTable.Cells {
  /// The cells at `places`, with a missing value for `nil`.
  fileprivate func picked(_ places: [Int?]) -> CSVTable.Cells {
    guard places.contains(nil) else { return picked(places.compactMap { $0 }) }
    switch self {
    case .texts(let cells): return .texts(places.map { $0.map { cells[$0] } ?? "" })
    case .integers(let cells): return .numbers(places.map { $0.map { Double(cells[$0]) } ?? .nan })
    case .numbers(let cells): return .numbers(places.map { $0.map { cells[$0] } ?? .nan })
    }
  }
}
