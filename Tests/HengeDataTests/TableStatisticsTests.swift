// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import Testing

@testable import HengeData

/// Tables and samples against pandas, numpy and scipy; Golden/tables, which pandas_cases.py wrote.
@Suite struct TableStatisticsTests {
  private func golden(_ name: String) throws -> Table {
    let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")
    return try Table(
      reading: "\(folder)/Golden/tables/\(name).csv", budget: MemoryBudget(limit: 1 << 30))
  }

  /// Whether the tables are equal, numbers up to `tolerance` of their size; ints are numbers, too.
  private func expect(_ found: Table, equals expected: Table, tolerance: Double = 1e-12) throws {
    #expect(found.names == expected.names)
    for (mine, theirs) in zip(found.columns, expected.columns) {
      #expect(mine.cells.count == theirs.cells.count, "\(mine.name)")
      guard let a = mine.cells.doubles, let b = theirs.cells.doubles else {
        #expect(mine.cells == theirs.cells, "\(mine.name)")
        continue
      }
      for (row, (x, y)) in zip(a, b).enumerated() {
        let isEqual = x == y || x.isNaN && y.isNaN || abs(x - y) <= tolerance * max(1e-300, abs(y))
        #expect(isEqual, "\(mine.name)[\(row)]: \(x), not \(y)")
      }
    }
  }

  private let everything = ["loss", "swd"].flatMap { column in
    [Statistic.mean, .sd, .se, .min, .max, .median, .sum].map { Table.Aggregate($0, of: column) }
  }

  @Test(arguments: [(["lr"], "by-lr"), (["method", "seed"], "by-method-seed")])
  func `groups have the statistics that pandas has`(_ keys: [String], _ name: String) throws {
    let found = try golden("left").grouped(by: keys, everything)
    try expect(found, equals: golden(name), tolerance: 1e-9)
  }

  @Test(arguments: [(false, "join-inner"), (true, "join-left")])
  func `joins have the rows and columns of pandas's merge`(_ keepsAll: Bool, _ name: String) throws
  {
    var rows = 0
    let found = try golden("left").joined(
      golden("right"), on: ["method", "seed"], keepsAll: keepsAll, suffix: "_2"
    ) { rows = $0 }
    #expect(rows == found.count)
    try expect(found, equals: golden(name))
  }

  @Test func `descriptions are those of pandas`() throws {
    let left = try golden("left").columns(["lr", "seed", "loss", "swd"])
    try expect(left.description(), equals: golden("describe"), tolerance: 1e-9)
  }

  @Test func `histograms count as numpy`() throws {
    let values = try #require(golden("left").cells("swd").doubles).filter { !$0.isNaN }
    for row in try (0..<golden("histograms").count).map({ try golden("histograms").row($0) }) {
      guard case .integer(let bins) = row[0].cell, case .number(let low) = row[1].cell,
        case .number(let high) = row[2].cell, case .text(let counts) = row[3].cell
      else {
        Issue.record("a line of another form")
        continue
      }
      let found = Histogram(values, edges: Histogram.edges(bins, from: low, to: high))
      #expect(found.counts.map(String.init).joined(separator: " ") == counts, "\(bins) bins")
    }
    #expect(Histogram.edges(2, from: 3, to: 3) == [2.5, 3, 3.5])
    #expect(Histogram([1, 2], edges: [1, 2]).counts == [2])
    #expect(Histogram([], edges: [0, 1]).counts == [0])
  }

  @Test func `quantiles of Student's distribution are scipy's`() throws {
    let cases = try golden("student")
    for row in 0..<cases.count {
      guard case .integer(let degrees) = try cases.row(row)[0].cell,
        case .number(let level) = try cases.row(row)[1].cell,
        let t = try cases.cells("t").doubles?[row]
      else {
        Issue.record("a line of another form")
        continue
      }
      let found = StudentDistribution(degrees: Double(degrees)).quantile(level)
      #expect(abs(found - t) <= 1e-9 * max(1, t), "\(degrees), \(level): \(found), not \(t)")
    }
  }

  /// Of 1,000 drawn samples of 50, the intervals that contain the mean they were drawn with.
  @Test(arguments: [0.95, 0.8])
  func `intervals contain the true mean as often as they say`(_ level: Double) {
    var stream = RandomStream(seed: 11, name: "coverage")
    var inside = 0
    for number in 0..<1000 {
      let values = (0..<50).map { _ in 3 + stream.normal() }
      var draws = RandomStream(seed: UInt64(number), name: "bootstrap")
      let ends = Bootstrap(of: 50, level: level, samples: 500).interval(from: &draws) { places in
        places.reduce(0) { $0 + values[$1] } / 50
      }
      if ends.low <= 3, 3 <= ends.high { inside += 1 }
    }
    #expect(abs(Double(inside) / 1000 - level) <= (level == 0.95 ? 0.02 : 0.035), "\(inside)")
  }

  @Test func `equal keys of two tables make every pair, and names that clash are refused`() throws {
    let a = try Table(columns: [
      .init("k", .integers([1, 1, 2])), .init("x", .integers([5, 6, 7])),
    ])
    let b = try Table(columns: [
      .init("k", .numbers([1, 1, .nan])), .init("x", .texts(["a", "b", "c"])),
    ])
    let found = try a.joined(b, on: ["k"], keepsAll: true, suffix: "_b") { _ in }
    #expect(try found.cells("x") == .integers([5, 5, 6, 6, 7]))
    #expect(try found.cells("x_b") == .texts(["a", "b", "a", "b", ""]))
    let clash = failure { _ = try a.joined(b, on: ["k"], keepsAll: true, suffix: "") { _ in } }
    #expect(clash?.message == "both tables have a column \"x\"")
    let types = failure { _ = try a.joined(b, on: ["x"], keepsAll: true, suffix: "_b") { _ in } }
    #expect(types?.code == "E-type")
    // A missing number is a group of its own, the last.
    let groups = try b.grouped(by: ["k"], [])
    #expect(try groups.cells("count") == .integers([2, 1]))
    let texts = failure { _ = try b.grouped(by: ["k"], [.init(.mean, of: "x")]) }
    #expect(texts?.message == "\"x\" is a column of strings, which have no mean")
    let empty = try Table(columns: [.init("k", .integers([])), .init("x", .numbers([]))])
    #expect(try empty.grouped(by: ["k"], [.init(.mean, of: "x")]).count == 0)
    #expect(try empty.joined(b, on: ["k"], keepsAll: true, suffix: "_2") { _ in }.count == 0)
    #expect(empty.description().count == 2)
  }
}
