// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import Testing

@testable import HengeData

@Suite struct TableTests {
  func sample() throws -> Table {
    try Table(columns: [
      CSVTable.Column("name", .texts(["b", "a", "c", "ä"])),
      CSVTable.Column("x", .numbers([2, .nan, -1, 2])),
      CSVTable.Column("n", .integers([4, 3, 2, 1])),
    ])
  }

  func names(_ table: Table) throws -> [String] {
    guard case .texts(let names) = try table.cells("name") else { return [] }
    return names
  }

  @Test func rowsAndColumnsAreFound() throws {
    let table = try sample()
    #expect(table.count == 4)
    #expect(table.names == ["name", "x", "n"])
    #expect(try table.cells("n") == .integers([4, 3, 2, 1]))
    let row = try table.row(-2)
    #expect(row.map(\.name) == ["name", "x", "n"])
    #expect(row.map(\.cell) == [.text("c"), .number(-1), .integer(2)])
  }

  @Test func wrongColumnsAndRowsAreTold() throws {
    let table = try sample()
    let column = failure { _ = try table.cells("nane") }
    #expect(column?.code == "E-name")
    #expect(column?.message == "this table has no column \"nane\"")
    #expect(column?.notes == ["its columns: name, x, n"])
    #expect(column?.suggestion == "\"name\"")
    #expect(
      failure { _ = try table.row(4) }?.message
        == "there is no row 4 in this table: its rows are 0 to 3, or -4 to -1")
    let unequal = failure {
      _ = try Table(columns: [
        CSVTable.Column("a", .integers([1])), CSVTable.Column("b", .integers([1, 2])),
      ])
    }
    #expect(
      unequal?.message
        == "the columns of a table must have the same length; \"a\" has 1 cells and \"b\" 2")
    let twice = failure {
      _ = try Table(columns: [CSVTable.Column("a", .texts([])), CSVTable.Column("a", .texts([]))])
    }
    #expect(twice?.message == "two columns have the name \"a\"")
  }

  @Test func sortingIsStableAndPutsNaNLast() throws {
    let table = try sample()
    #expect(try names(table.sorted(by: "name")) == ["a", "b", "c", "ä"])
    #expect(try names(table.sorted(by: "x")) == ["c", "b", "ä", "a"])
    #expect(try names(table.sorted(by: "x", descending: true)) == ["b", "ä", "c", "a"])
    #expect(try names(table.sorted(by: "n")) == ["ä", "c", "a", "b"])
  }

  @Test func rowsAreTakenAndFiltered() throws {
    let table = try sample()
    #expect(try names(table.take(2)) == ["b", "a"])
    #expect(try names(table.take(9)) == names(table))
    let kept = try table.filter { row in
      if case .integer(let n) = row[2].cell { n % 2 == 0 } else { false }
    }
    #expect(try names(kept) == ["b", "c"])
  }

  @Test func aFileComesBackAsItWas() throws {
    try inFolder { folder in
      let table = try sample().take(1)
      try write(table.csv(), to: "\(folder)/t.csv")
      #expect(try String(decoding: table.csv(), as: UTF8.self) == "name,x,n\nb,2.0,4\n")
      let budget = MemoryBudget(limit: 1_000_000)
      let back = try Table(reading: "\(folder)/t.csv", budget: budget)
      #expect(back == table)
    }
  }

  @Test(arguments: [
    (0.0, "0"), (-3, "-3"), (12.3456789, "12.3457"), (0.1 + 0.2, "0.3"), (999_999.96, "1000000"),
    (0.000123456789, "0.000123457"), (1.5e-7, "1.5e-7"), (4.4e43, "4.4e43"), (-2.5e9, "-2.5e9"),
    (123_456_789.4, "123457000"), (9.9999996, "10"), (.nan, "nan"), (-.infinity, "-inf"),
    (.leastNonzeroMagnitude, "5e-324"), (0.5, "0.5"), (0.00001, "1e-5"), (1e9, "1e9"),
  ])
  func numbersShowSixDigits(value: Double, text: String) {
    #expect(sixDigits(value) == text)
  }
}
