// SPDX-License-Identifier: MIT
import HengeBackend

/// Finds the cells of a CSV text.
struct CSVScanner {
  let text: [UInt8]
  let path: String
  private var at = 0
  private var line = 1
  private let budget: MemoryBudget

  init(text: [UInt8], path: String, budget: MemoryBudget) {
    self.text = text
    self.path = path
    self.budget = budget
  }

  private static let comma = UInt8(ascii: ",")
  static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  /// The number of cells between two checks of the interrupt.
  private static let stretch = 4096

  /// All rows; throws `E-file` for no row at all and for one of another length than the first.
  mutating func rows() throws -> CSVRows {
    var cells: [CSVRows.Cell] = []
    var width = 0
    while at < text.count {
      if line % 1024 == 0 { try budget.checkStop() }
      if skipLineEnd() { continue }
      let (first, start) = (cells.count, line)
      try row(&cells)
      let found = cells.count - first
      if width == 0 { width = found }
      guard found == width else {
        throw Failure.file(
          path, "line \(start) has \(plural(found, "cell")) and the header \(width)",
          suggestion: "quotes around a cell that contains a comma")
      }
    }
    guard width > 0 else {
      throw Failure.file(path, "it is empty: a table needs a row of column names")
    }
    return CSVRows(text: text, path: path, cells: cells, width: width, budget: budget)
  }

  /// The bytes of the line end at `offset` of `text`: two for CR LF, one for CR or LF, none for no
  /// line end.
  static func lineEnd(at offset: Int, of text: [UInt8]) -> Int {
    guard offset < text.count else { return 0 }
    if text[offset] == lineFeed { return 1 }
    guard text[offset] == carriageReturn else { return 0 }
    return offset + 1 < text.count && text[offset + 1] == lineFeed ? 2 : 1
  }

  /// Steps over one line end if it comes next.
  private mutating func skipLineEnd() -> Bool {
    let length = CSVScanner.lineEnd(at: at, of: text)
    at += length
    if length > 0 { line += 1 }
    return length > 0
  }

  private mutating func row(_ cells: inout [CSVRows.Cell]) throws {
    while true {
      cells.append(try cell())
      if cells.count % CSVScanner.stretch == 0 { try budget.checkStop() }
      if at < text.count, text[at] == CSVScanner.comma {
        at += 1
        continue
      }
      guard at == text.count || skipLineEnd() else {
        throw Failure.file(path, "line \(line): a quoted cell goes on after its closing quote")
      }
      return
    }
  }

  private mutating func cell() throws -> CSVRows.Cell {
    if at < text.count, text[at] == CSVScanner.quote { return try quotedCell() }
    let start = at
    while at < text.count, text[at] != CSVScanner.comma, text[at] != CSVScanner.lineFeed,
      text[at] != CSVScanner.carriageReturn
    {
      at += 1
    }
    return CSVRows.Cell(start: start, end: at, isQuoted: false, hasQuotes: false)
  }

  private mutating func quotedCell() throws -> CSVRows.Cell {
    let opened = line
    at += 1
    let start = at
    var hasQuotes = false
    while at < text.count {
      if text[at] == CSVScanner.quote {
        guard at + 1 < text.count, text[at + 1] == CSVScanner.quote else { break }
        hasQuotes = true
        at += 1
      } else {
        let length = CSVScanner.lineEnd(at: at, of: text)
        if length > 0 {
          line += 1
          at += length - 1
        }
      }
      at += 1
    }
    guard at < text.count else {
      throw Failure.file(path, "line \(opened): a quote is opened and never closed")
    }
    let end = at
    at += 1
    return CSVRows.Cell(start: start, end: end, isQuoted: true, hasQuotes: hasQuotes)
  }

  private func plural(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }
}
