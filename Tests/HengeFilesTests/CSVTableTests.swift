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
    #expect(try read("a\rb,c\n1,2") == [.init("a\rb", .integers([1])), .init("c", .integers([2]))])
  }

  @Test func numbersKeepEveryBit() throws {
    #expect(try read("a\n9223372036854775807\n") == [.init("a", .integers([.max]))])
    #expect(try read("a\n9223372036854775808\n") == [.init("a", .numbers([0x1p63]))])
    #expect(try read("a\n.5\n-inf\n") == [.init("a", .numbers([0.5, -.infinity]))])
    for text in ["0x10", "1e", "e1", "-", "infinity", "nan(1)", "1 2", "1_000", "--1", "1,", ""] {
      let column = try read("a\n\"\(text)\"\n")
      #expect(column == [.init("a", .texts([text]))])
    }
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
    #expect(refusal("a,a\n") == "E-file: \"x.csv\": two columns are called \"a\"")
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
      String(decoding: table.encoded(), as: UTF8.self) == """
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
