// SPDX-License-Identifier: MIT
public import HengeBackend

extension CSVTable {
  /// Reads the file at `path`; throws `E-file`, with the line, or `E-memory`.
  ///
  /// RFC 4180: commas, quotes doubled inside quotes; lines end in LF, CRLF or CR; a byte order mark
  /// and empty lines are skipped. The first row contains the column names. A column in which every
  /// cell is a number is `integers` or `numbers`, with NaN for missing ones, see ``CSVNumber``; any
  /// other is `texts`, and so is one in which every cell is in quotes, unless all cells of the file
  /// are.
  public init(reading path: String, budget: MemoryBudget) throws {
    let file = try readRegularFile(path, budget: budget)
    try self.init(decoding: file[...], path: path, budget: budget)
  }

  /// Reads the bytes of `file`, which messages name `path`.
  public init(decoding file: ArraySlice<UInt8>, path: String, budget: MemoryBudget) throws {
    let text = file.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(file.dropFirst(3)) : Array(file)
    // Every comma and line end may make a cell: 24 bytes for its position, 16 for its value.
    let cellsAtMost = 1 + text.count { $0 == UInt8(ascii: ",") || $0 == 10 || $0 == 13 }
    let parsing = try Reservation(
      text.count * 2 + cellsAtMost * 56, of: budget, for: "reading the table \(quotedPath(path))")
    defer { withExtendedLifetime(parsing) {} }
    try CSVTable.checkIsText(text, path: path)
    var scanner = CSVScanner(text: text, path: path, budget: budget)
    let rows = try scanner.rows()
    let names = try CSVTable.names(rows, path: path)
    columns = try names.enumerated().map { index, name in
      Column(name, try rows.column(index))
    }
  }

  private static func checkIsText(_ text: [UInt8], path: String) throws {
    if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
      throw Failure.file(path, "it is UTF-16 text", suggestion: "save it as UTF-8")
    }
    guard let zero = text.firstIndex(of: 0) else { return }
    let kind = FileKind.detect(text)
    guard kind == .unknown || kind == .text else { throw Failure.notA("a table", path, text) }
    throw Failure.file(path, "it is not text: byte \(zero) is 0")
  }

  private static func names(_ rows: CSVRows, path: String) throws -> [String] {
    var names: [String] = []
    var known: Set<String> = []
    for index in 0..<rows.width {
      let name = try rows.text(row: 0, column: index)
      // The first column that pandas writes, the row labels, has no name.
      let given = name.isEmpty ? "column\(index + 1)" : name
      guard known.insert(given).inserted else {
        throw Failure.file(path, "two columns have the name \"\(shortened(given))\"")
      }
      names.append(given)
    }
    if names.count == 1, !rows.isQuoted(column: 0),
      let separator = names[0].first(where: { $0 == ";" || $0 == "\t" })
    {
      throw Failure.file(
        path,
        "its columns are separated by \(separator == ";" ? "semicolons" : "tabs"), not commas",
        suggestion: "save it with commas")
    }
    return names
  }
}
