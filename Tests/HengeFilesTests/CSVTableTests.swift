// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import Testing

@Suite struct CSVTableTests {
  let budget = MemoryBudget(limit: 1_000_000)

  func read(_ text: String) throws -> [CSVTable.Column] { try read(Array(text.utf8)) }

  func read(_ bytes: [UInt8]) throws -> [CSVTable.Column] {
    try CSVTable(decoding: bytes[...], path: "x.csv", budget: budget).columns
  }

  func refusal(_ text: String) -> String { message { _ = try read(text) } }

  @Test func columnsAreNumbersOnlyIfEveryCellIs() throws {
    let columns = try read("a,b,c,d,e\n1,1.5,x,007,\n-2,,1,12, 3 \n+3,1e-3,,5,4\n")
    #expect(
      columns.map { "\($0.name) \($0.cells)" } == [
        "a integers([1, -2, 3])", "b numbers([1.5, nan, 0.001])",
        "c texts([\"x\", \"1\", \"\"])", "d texts([\"007\", \"12\", \"5\"])",
        "e numbers([nan, 3.0, 4.0])",
      ])
  }

  @Test func quotesLineEndsAndMarksAreReadAsTheStandardSays() throws {
    let expected: [CSVTable.Column] = [
      .init("name", .texts(["a, \"b\"\r\nc", "", "é"])), .init("x", .integers([1, 2, 3])),
    ]
    let text = "name,x\r\n\"a, \"\"b\"\"\r\nc\",1\r\n\"\",\"2\"\r\n\r\né,3\r\n"
    #expect(try read(text) == expected)
    #expect(try read(Array("\u{FEFF}\(text)".utf8)) == expected)
    #expect(try read(String(text.dropLast())) == expected)
    #expect(try read("a\r") == [.init("a", .texts([]))])
    #expect(try read("a\n\"b\"\r") == [.init("a", .texts(["b"]))])
    for end in ["\r", "\n", "\r\n"] {
      #expect(
        try read(["name,x", "a,1", "", "b,2"].joined(separator: end)) == [
          .init("name", .texts(["a", "b"])), .init("x", .integers([1, 2])),
        ])
    }
    #expect(try read("a\r\n\"b\rc\"\r\"d\r\ne\"\n") == [.init("a", .texts(["b\rc", "d\r\ne"]))])
    #expect(
      refusal("a,b\r1,2\r\n\"x\ry\",2\r1")
        == "E-file: \"x.csv\": line 5 has 1 cell and the header 2")
  }

  @Test func numbersKeepEveryBit() throws {
    #expect(try read("a\n9223372036854775807\n") == [.init("a", .integers([.max]))])
    #expect(try read("a\n9223372036854775808\n") == [.init("a", .numbers([0x1p63]))])
    #expect(try read("a\n.5\n-inf\n") == [.init("a", .numbers([0.5, -.infinity]))])
    for text in ["0x10", "1e", "e1", "-", "nan(1)", "1 2", "1_000", "--1", "1,", "", "+-inf"] {
      let column = try read("a\n\"\(text)\"\n")
      #expect(column == [.init("a", .texts([text]))])
    }
  }

  @Test func missingAndInfiniteNumbersAreReadAsPandasReadsThem() throws {
    for word in [
      "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "NULL", "null", "None", "nan", "NaN",
      "-nan", "-NaN", "-1.#IND", "1.#IND", "-1.#QNAN", "1.#QNAN", "", " NA ",
    ] {
      let column = try read("x,y\n1,1\n\(word),2\n")
      guard case .numbers(let numbers) = column[0].cells else {
        Issue.record("\"\(word)\" makes a column \(column[0].cells)")
        continue
      }
      #expect(numbers[0] == 1 && numbers[1].isNaN, "\(word)")
    }
    for (word, sign) in [("inf", 1.0), ("-Infinity", -1), ("+INF", 1), ("infinity", 1)] {
      #expect(try read("x\n2.5\n\(word)\n") == [.init("x", .numbers([2.5, sign * .infinity]))])
    }
    let missing = try read("x\nNA\nnull\n")[0].cells
    #expect("\(missing)" == "numbers([nan, nan])")
    for word in ["none", "na", "Null", "infinit", "NAN(2)", "missing", "#N/A N/A!"] {
      #expect(try read("x\n1\n\(word)\n") == [.init("x", .texts(["1", word]))])
    }
  }

  @Test func aColumnInQuotesIsTextUnlessTheWholeFileIs() throws {
    #expect(
      try read("a,b\n\"1\",2\n\"2\",3\n") == [
        .init("a", .texts(["1", "2"])), .init("b", .integers([2, 3])),
      ])
    #expect(
      try read("a,b\n\"1\",2\n2,3\n") == [
        .init("a", .integers([1, 2])), .init("b", .integers([2, 3])),
      ])
    #expect(
      try read("\"a\",\"b\"\n\"1\",\"x\"\n\"2\",\"y\"\n") == [
        .init("a", .integers([1, 2])), .init("b", .texts(["x", "y"])),
      ])
  }

  @Test func headersWithoutNamesGetOne() throws {
    #expect(
      try read(",b\n1,2\n") == [.init("column1", .integers([1])), .init("b", .integers([2]))])
  }

  @Test func mistakesAreNamedWithTheirLine() {
    #expect(refusal("") == "E-file: \"x.csv\": it is empty: a table needs a row of column names")
    #expect(
      refusal("a,b\n1,2\n\n1,2,3\n") == "E-file: \"x.csv\": line 4 has 3 cells and the header 2")
    #expect(
      refusal("a,b\n\"x\ny\",2\n1") == "E-file: \"x.csv\": line 4 has 1 cell and the header 2")
    #expect(
      refusal("a,b\n1,\"2\n3\n") == "E-file: \"x.csv\": line 2: a quote is opened and never closed")
    #expect(
      refusal("a,b\n\"1\"2,3\n")
        == "E-file: \"x.csv\": line 2: a quoted cell goes on after its closing quote")
    #expect(refusal("a,a\n") == "E-file: \"x.csv\": two columns have the name \"a\"")
    #expect(
      refusal("a;b\n1;2\n")
        == "E-file: \"x.csv\": its columns are separated by semicolons, not commas")
    #expect(refusal("a\n\0") == "E-file: \"x.csv\": it is not text: byte 2 is 0")
    #expect(
      message { _ = try read([0x61, 10, 0x62, 10, 0xFF, 10]) }
        == "E-file: \"x.csv\": line 3 is not UTF-8 text")
    #expect(
      message { _ = try read([0xFF, 0xFE, 0x61, 0]) } == "E-file: \"x.csv\": it is UTF-16 text")
    #expect(budget.live == 0)
  }

  @Test func whatIsWrittenReadsBackTheSame() throws {
    let table = CSVTable(columns: [
      .init("n", .integers([.min, 0, 7])),
      .init("x, \"y\"", .numbers([0.1, -1.5e300, .infinity])),
      .init("t", .texts(["a,b", "line\nfeed \"q\"", " é "])),
    ])
    #expect(
      try String(decoding: table.encoded(), as: UTF8.self) == """
        n,"x, ""y""\",t
        -9223372036854775808,0.1,"a,b"
        0,-1.5e+300,"line
        feed ""q""\"
        7,inf, é 

        """)
    try inFolder { folder in
      try table.write(to: "\(folder)/x.csv")
      #expect(try CSVTable(reading: "\(folder)/x.csv", budget: budget) == table)
    }
    let empty = CSVTable(columns: [.init("a", .texts(["", "b"]))])
    #expect(try read(empty.encoded()) == empty.columns)
  }

  /// Cells of the kinds that are hard to tell from another kind.
  private static let hardTexts = [
    "", " ", "1", "-2.5e3", "007", "NA", "null", "nan", "inf", "-Infinity", " 3 ", "a,b", "\"",
    "\"\"",
    "a\"b", "line\nfeed", "cr\rlf\r\n", "\n", "\r", ";", "\t", "\u{FEFF}x", "é",
    "9223372036854775808",
    "1,5", "x", "'", "\\", "#N/A",
  ]

  private func randomTable(_ stream: inout RandomStream) -> CSVTable {
    func pick<Element>(_ list: [Element]) -> Element { list[stream.next(below: list.count)] }
    let rows = 1 + stream.next(below: 4)
    let names = [
      "a", "b,c", "x;y", "tab\tname", "quote\"", "new\nline", "\u{FEFF}mark", "é", "1", "NA",
    ]
    var used: Set<String> = []
    var columns: [CSVTable.Column] = []
    for _ in 0...stream.next(below: 4) {
      let name = pick(names)
      guard used.insert(name).inserted else { continue }
      let cells: CSVTable.Cells =
        switch stream.next(below: 3) {
        case 0: .integers((0..<rows).map { _ in pick([.min, .max, 0, -1, 7, 1 << 53 + 1]) })
        case 1:
          .numbers(
            (0..<rows).map { _ in
              pick([
                0, -0.0, 0.1, 1, -2, 1e300, .leastNonzeroMagnitude, .infinity, -.infinity, .nan,
                0x1p63,
                .greatestFiniteMagnitude, 123_456_789.125,
              ])
            })
        default: .texts((0..<rows).map { _ in pick(CSVTableTests.hardTexts) })
        }
      columns.append(.init(name, cells))
    }
    return CSVTable(columns: columns)
  }

  /// The cells with the bits of their numbers, by which NaN equals NaN.
  private func bits(_ columns: [CSVTable.Column]) -> [String] {
    columns.map { column in
      guard case .numbers(let numbers) = column.cells else { return "\(column)" }
      return "\(column.name) \(numbers.map { $0.isNaN ? 0 : $0.bitPattern + 1 })"
    }
  }

  @Test func everyTableReadsBackAsItWasWritten() throws {
    var stream = RandomStream(seed: 5, name: "csv")
    var refused = 0
    for _ in 0..<3000 {
      let table = randomTable(&stream)
      guard let text = try? table.encoded() else {
        refused += 1
        continue
      }
      #expect(
        try bits(read(text)) == bits(table.columns), "\(String(decoding: text, as: UTF8.self))")
    }
    // Only tables of texts that are all numbers, under names that all need quotes.
    #expect(refused < 60)
    #expect(
      message { _ = try CSVTable(columns: [.init("a,b", .texts(["1"]))]).encoded() }
        == "E-file: this table cannot be saved: all of its names and texts need quotes, and texts of digits would be loaded as numbers"
    )
    #expect(
      message { _ = try CSVTable(columns: [.init("a", .texts(["\0"]))]).encoded() }
        == "E-file: a CSV file cannot contain a text with a zero byte")
  }

  @Test func manyColumnsTakeTheTimeOfTheirCells() throws {
    // 200,000 columns took minutes where each name was compared with all others.
    let width = 200_000
    let names = (0..<width).map { "c\($0)" }.joined(separator: ",")
    let cells = [String](repeating: "1", count: width).joined(separator: ",")
    let wide = MemoryBudget(limit: 100_000_000)
    let start = ContinuousClock.now
    let table = try CSVTable(
      decoding: Array("\(names)\n\(cells)\n".utf8)[...], path: "x.csv", budget: wide)
    #expect(table.columns.count == width && table["c199999"] == .integers([1]))
    #expect(ContinuousClock.now - start < .seconds(60))
    #expect(try table.encoded().count == names.utf8.count + cells.utf8.count + 2)
  }

  @Test func readingAndWritingStopsWhenAsked() throws {
    struct Stop: Error {}
    let stopping = MemoryBudget(limit: 100_000_000) { throw Stop() }
    let row = [String](repeating: "1", count: 5000).joined(separator: ",")
    #expect(throws: Stop.self) {
      _ = try CSVTable(decoding: Array(row.utf8)[...], path: "x.csv", budget: stopping)
    }
    let long = CSVTable(columns: [.init("a", .integers([Int](repeating: 1, count: 2000)))])
    #expect(throws: Stop.self) { _ = try long.encoded(budget: stopping) }
  }

  @Test func tablesAskTheBudget() {
    let file = [UInt8](repeating: UInt8(ascii: ","), count: 30_000)
    #expect(
      message { _ = try read(file) }.hasPrefix("E-memory: reading the table \"x.csv\" needs 1.7 MB")
    )
  }

  @Test func theLandmarksOfTheTestFacesAreRead() throws {
    let path = "../shared/data/faces/landmarks_human.csv"
    guard (try? RegularFile(path)) != nil else {
      print("skipped: \(path) is not here")
      return
    }
    let table = try CSVTable(reading: path, budget: MemoryBudget(limit: 100_000_000))
    #expect(table.rowCount == 526)
    let kinds = table.columns.map { column in
      switch column.cells {
      case .integers: "integers"
      case .numbers: "numbers"
      case .texts: "texts"
      }
    }
    #expect(kinds == ["texts", "texts"] + [String](repeating: "numbers", count: 10))
  }
}
