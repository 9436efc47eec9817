// SPDX-License-Identifier: MIT
import HengeBackend

/// The cells of a CSV text, row after row, the header being row 0.
struct CSVRows {
  /// Where a cell's text lies, without the quotes around it.
  struct Cell {
    let start: Int
    let end: Int
    /// Whether it holds quotes, which are doubled in the text.
    let hasQuotes: Bool
  }

  let text: [UInt8]
  let path: String
  let cells: [Cell]
  let width: Int
  let budget: MemoryBudget

  /// The rows, the header included.
  var count: Int { cells.count / width }

  /// The text of a cell; throws `E-file`, with the line, if it is not UTF-8.
  func text(row: Int, column: Int) throws -> String {
    let cell = cells[row * width + column]
    let bytes = text[cell.start..<cell.end]
    guard cell.hasQuotes else { return try string(bytes, at: cell.start) }
    var single: [UInt8] = []
    var previousIsQuote = false
    for byte in bytes {
      let isSecond = byte == UInt8(ascii: "\"") && previousIsQuote
      if !isSecond { single.append(byte) }
      previousIsQuote = byte == UInt8(ascii: "\"") && !isSecond
    }
    return try string(single[...], at: cell.start)
  }

  private func string(_ bytes: ArraySlice<UInt8>, at offset: Int) throws -> String {
    if let string = String(validating: bytes, as: UTF8.self) { return string }
    let line = 1 + text[..<offset].count { $0 == UInt8(ascii: "\n") }
    throw Failure.file(path, "line \(line) is not UTF-8 text", suggestion: "save it as UTF-8")
  }

  /// The cells of a column below the header, as numbers if all of them are.
  func column(_ column: Int) throws -> CSVTable.Cells {
    if let integers = try each(column, { CSVRows.integer($0) }) { return .integers(integers) }
    let isAllEmpty = try each(column) { $0.isEmpty ? true : nil } != nil
    if !isAllEmpty,
      let numbers = try each(column, { $0.isEmpty ? Double.nan : CSVRows.number($0) })
    {
      return .numbers(numbers)
    }
    return .texts(
      try (1..<max(1, count)).map { row in
        if row % 1024 == 0 { try budget.checkStop() }
        return try text(row: row, column: column)
      })
  }

  /// What `read` makes of each cell's bytes; `nil` as soon as it makes nothing of one.
  private func each<Value>(
    _ column: Int, _ read: (ArraySlice<UInt8>) -> Value?
  ) throws -> [Value]? {
    var values: [Value] = []
    guard count > 1 else { return nil }
    values.reserveCapacity(count - 1)
    for row in 1..<count {
      if row % 1024 == 0 { try budget.checkStop() }
      let cell = cells[row * width + column]
      guard !cell.hasQuotes, let value = read(CSVRows.trimmed(text[cell.start..<cell.end])) else {
        return nil
      }
      values.append(value)
    }
    return values
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let start = bytes.drop { $0 == 32 }
    return start.prefix(
      1 + (start.lastIndex { $0 != 32 } ?? start.startIndex - 1) - start.startIndex)
  }

  private static func isDigit(_ byte: UInt8?) -> Bool {
    byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  private static func unsigned(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes
  }

  private static func isLabel(_ digits: ArraySlice<UInt8>) -> Bool {
    digits.first == UInt8(ascii: "0") && isDigit(digits.dropFirst().first)
  }

  private static func integer(_ bytes: ArraySlice<UInt8>) -> Int? {
    let digits = unsigned(bytes)
    guard digits.allSatisfy({ isDigit($0) }), !isLabel(digits) else { return nil }
    return Int(String(decoding: bytes, as: UTF8.self))
  }

  /// A decimal number, `nan`, `inf` or `-inf`; hexadecimal and spelled-out ones are text.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Double? {
    let body = unsigned(bytes)
    guard let first = body.first, !isLabel(body) else { return nil }
    let word = String(decoding: body, as: UTF8.self).lowercased()
    let isWord = word == "nan" || word == "inf"
    let isDecimal =
      (isDigit(first) || first == UInt8(ascii: "."))
      && body.allSatisfy { isDigit($0) || "+-.eE".utf8.contains($0) }
    return isWord || isDecimal ? Double(String(decoding: bytes, as: UTF8.self)) : nil
  }
}
