// SPDX-License-Identifier: MIT
import HengeBackend

/// The cells of a CSV text, row after row, the header being row 0.
struct CSVRows {
  /// The position of a cell's text, without the quotes around it.
  struct Cell {
    let start: Int
    let end: Int
    /// Whether quotes are around it.
    let isQuoted: Bool
    /// Whether it contains quotes, which are doubled in the text.
    let hasQuotes: Bool
  }

  let text: [UInt8]
  let path: String
  let cells: [Cell]
  let width: Int
  let budget: MemoryBudget
  /// Whether a column of quoted cells is text; not so where the writer puts every cell in quotes,
  /// numbers and header too.
  private let quotesMean: Bool

  init(text: [UInt8], path: String, cells: [Cell], width: Int, budget: MemoryBudget) {
    self.text = text
    self.path = path
    self.cells = cells
    self.width = width
    self.budget = budget
    quotesMean = cells.contains { !$0.isQuoted }
  }

  /// The rows, the header included.
  var count: Int { cells.count / width }

  /// Whether quotes are around a name in the header.
  func isQuoted(column: Int) -> Bool { cells[column].isQuoted }

  /// The text of a cell; throws `E-file`, with the line, if it is not UTF-8.
  func text(row: Int, column: Int) throws -> String {
    let cell = cells[row * width + column]
    let bytes = text[cell.start..<cell.end]
    guard cell.hasQuotes else { return try string(bytes, at: cell.start) }
    var single: [UInt8] = []
    var previousIsQuote = false
    for byte in bytes {
      let isSecond = byte == CSVScanner.quote && previousIsQuote
      if !isSecond { single.append(byte) }
      previousIsQuote = byte == CSVScanner.quote && !isSecond
    }
    return try string(single[...], at: cell.start)
  }

  private func string(_ bytes: ArraySlice<UInt8>, at offset: Int) throws -> String {
    if let string = String(validating: bytes, as: UTF8.self) { return string }
    var (line, at) = (1, 0)
    while at < offset {
      let length = CSVScanner.lineEnd(at: at, of: text)
      if length > 0 { line += 1 }
      at += max(1, length)
    }
    throw Failure.file(path, "line \(line) is not UTF-8 text", suggestion: "save it as UTF-8")
  }

  /// The cells of a column below the header, as numbers if all of them are.
  func column(_ column: Int) throws -> CSVTable.Cells {
    if column % 1024 == 1023 { try budget.checkStop() }
    if let numbers = try numbers(column) { return numbers }
    return .texts(
      try (1..<max(1, count)).map { row in
        if row % 1024 == 0 { try budget.checkStop() }
        return try text(row: row, column: column)
      })
  }

  private func numbers(_ column: Int) throws -> CSVTable.Cells? {
    guard count > 1, try !(quotesMean && isTextByQuotes(column)) else { return nil }
    if let integers = try each(column, CSVNumber.integer) { return .integers(integers) }
    // An empty column could be of any type.
    let isBlank = try each(column) { CSVNumber.isBlank($0) ? true : nil } != nil
    guard !isBlank, let numbers = try each(column, CSVNumber.number) else { return nil }
    return .numbers(numbers)
  }

  /// Whether all cells of a column are in quotes.
  private func isTextByQuotes(_ column: Int) throws -> Bool {
    for row in 1..<count {
      if row % 1024 == 0 { try budget.checkStop() }
      guard cells[row * width + column].isQuoted else { return false }
    }
    return true
  }

  /// What `read` makes of each cell's bytes; `nil` as soon as it makes nothing of one.
  private func each<Value>(
    _ column: Int, _ read: (ArraySlice<UInt8>) -> Value?
  ) throws -> [Value]? {
    var values: [Value] = []
    values.reserveCapacity(count - 1)
    for row in 1..<count {
      if row % 1024 == 0 { try budget.checkStop() }
      let cell = cells[row * width + column]
      guard !cell.hasQuotes, let value = read(text[cell.start..<cell.end]) else { return nil }
      values.append(value)
    }
    return values
  }
}
