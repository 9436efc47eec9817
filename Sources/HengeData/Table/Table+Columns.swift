// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeFiles

extension Table {
  /// The table with `column`, in place of the one of its name or after the others.
  ///
  /// Throws `E-shape` for a column of another length, unless the table has no columns yet.
  public func with(_ column: CSVTable.Column) throws -> Table {
    guard let place = columns.firstIndex(where: { $0.name == column.name }) else {
      return try Table(columns: columns + [column])
    }
    var changed = columns
    changed[place] = column
    return try Table(columns: changed)
  }

  /// The table of the columns `names` only, in that order; throws `E-name`.
  public func columns(_ names: [String]) throws -> Table {
    try Table(columns: names.map { CSVTable.Column($0, try cells($0)) })
  }

  /// The rows for which `mask`, with one answer for each row, is true.
  public func rows(where mask: [Bool]) -> Table {
    rows(at: mask.indices.filter { mask[$0] })
  }

  /// A row for each column: how many values it has and how many are missing, and of numbers their mean,
  /// standard deviation (divided by n - 1), least, quartiles and largest.
  public func description() -> Table {
    let numbers = columns.map { column in
      column.cells.doubles.map { $0.filter { !$0.isNaN }.sorted() }
    }
    func number(_ body: ([Double]) -> Double) -> CSVTable.Cells {
      .numbers(numbers.map { $0.map(body) ?? .nan })
    }
    let counts = zip(columns, numbers).map { column, numbers -> Int in
      if case .texts(let texts) = column.cells { return texts.count { !$0.isEmpty } }
      return numbers?.count ?? 0
    }
    return Table(trusted: [
      .init("column", .texts(names)), .init("count", .integers(counts)),
      .init("missing", .integers(counts.map { count - $0 })),
      .init("mean", number { Statistic.mean.of($0) }), .init("sd", number { Statistic.sd.of($0) }),
      .init("min", number { $0.first ?? .nan }), .init("q25", number { $0.quantile(0.25) }),
      .init("median", number { $0.quantile(0.5) }), .init("q75", number { $0.quantile(0.75) }),
      .init("max", number { $0.last ?? .nan }),
    ])
  }
}

extension Failure {
  static func notNumbers(_ column: String, _ what: String) -> Failure {
    Failure(
      "E-type", "\"\(column)\" is a column of strings, which have no \(what)", parameter: what)
  }
}
