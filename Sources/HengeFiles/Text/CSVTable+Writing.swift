// SPDX-License-Identifier: MIT
public import HengeBackend

extension CSVTable {
  /// Writes the table to `path`, whole or not at all; throws `E-file`.
  public func write(to path: String) throws { try AtomicFile.write(encoded(), to: path) }

  /// The text of the file: commas, line feeds, quotes only where a cell needs them.
  ///
  /// It reads back as the same table. Numbers are the shortest text that reads back as the same
  /// number; texts that would read as numbers, all of a column, are put in quotes. The owner of
  /// `budget` may stop it. Throws `E-file` where no CSV text would read back.
  public func encoded(budget: MemoryBudget? = nil) throws -> [UInt8] {
    let isQuoted = try columns.map { try $0.cells.looksLikeNumbers(budget: budget) }
    var text: [UInt8] = []
    var quotesMean = false
    func append(row cells: some Sequence<(cell: String, isQuoted: Bool)>) throws {
      let start = text.count
      for (index, (cell, isQuoted)) in cells.enumerated() {
        if index % 1024 == 1023 { try budget?.checkStop() }
        if index > 0 { text.append(UInt8(ascii: ",")) }
        guard !cell.utf8.contains(0) else {
          throw Failure("E-file", "a CSV file cannot contain a text with a zero byte")
        }
        if isQuoted || CSVTable.needsQuotes(cell) {
          CSVTable.append(quoted: cell, to: &text)
        } else {
          quotesMean = true
          text += cell.utf8
        }
      }
      // An empty line would be skipped on reading: the one empty cell of a row is quoted.
      if text.count == start { text += "\"\"".utf8 }
      text.append(UInt8(ascii: "\n"))
    }
    try append(row: columns.lazy.map { ($0.name, columns.count == 1 && $0.name.hasSeparator) })
    for row in 0..<rowCount {
      if row % 1024 == 1023 { try budget?.checkStop() }
      try append(
        row: columns.indices.lazy.map { index in
          let cell =
            switch columns[index].cells {
            case .integers(let cells): String(cells[row])
            case .numbers(let cells): cells[row].description
            case .texts(let cells): cells[row]
            }
          return (cell, isQuoted[index])
        })
    }
    // Where every cell is in quotes, they say nothing.
    guard quotesMean || !isQuoted.contains(true) else {
      throw Failure(
        "E-file",
        "this table cannot be saved: all of its names and texts need quotes, and texts of digits would be loaded as numbers",
        suggestion: "a column's name without commas, semicolons, quotes and line ends")
    }
    return text
  }

  private static func needsQuotes(_ cell: String) -> Bool {
    // A byte order mark at the start of the file would not belong to the first name.
    cell.unicodeScalars.first == "\u{FEFF}"
      || cell.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
  }

  private static func append(quoted cell: String, to text: inout [UInt8]) {
    text.append(CSVScanner.quote)
    for byte in cell.utf8 {
      if byte == CSVScanner.quote { text.append(byte) }
      text.append(byte)
    }
    text.append(CSVScanner.quote)
  }
}

extension String {
  /// Whether the name of an only column would be taken for several names with other separators.
  fileprivate var hasSeparator: Bool { contains(";") || contains("\t") }
}

extension CSVTable.Cells {
  /// Whether they are texts that would read as numbers without quotes.
  fileprivate func looksLikeNumbers(budget: MemoryBudget?) throws -> Bool {
    guard case .texts(let texts) = self, !texts.isEmpty else { return false }
    var isBlank = true
    for (row, text) in texts.enumerated() {
      if row % 1024 == 1023 { try budget?.checkStop() }
      let bytes = Array(text.utf8)
      guard CSVNumber.number(bytes[...]) != nil else { return false }
      isBlank = isBlank && CSVNumber.isBlank(bytes[...])
    }
    return !isBlank
  }
}
