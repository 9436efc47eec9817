// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles

extension Table {
  /// The table as lines of at most `width` columns, with at most `rows` rows, the middle left out.
  ///
  /// Numbers stand right and show six digits; texts stand left. Columns that do not fit are named
  /// in the last lines. `shown` gives a name or text as it is shown, where it may hold codes.
  public func lines(
    width: Int = 80, rows: Int = 20, shown text: (String) -> String = { $0 }
  ) -> [String] {
    guard !columns.isEmpty else { return ["an empty table"] }
    let shown = Table.shownRows(count, most: rows)
    var blocks: [[String]] = []
    var used = 0
    for column in columns {
      let block = Table.block(
        text(column.name), shown.map { $0.map { text(column.cells[$0].description) } },
        isText: column.cells.areTexts)
      let needed = (block.first?.count ?? 0) + (blocks.isEmpty ? 0 : 2)
      guard used + needed <= width || blocks.isEmpty else { break }
      used += needed
      blocks.append(block)
    }
    let body = (blocks.first ?? []).indices.map { line in
      trimmedAtEnd(blocks.map { $0[line] }.joined(separator: "  "))
    }
    return body + footer(columnsShown: blocks.count, width: width).map(text)
  }

  /// The rows to show; nil stands for those left out.
  private static func shownRows(_ count: Int, most: Int) -> [Int?] {
    guard count > most else { return Array(0..<count) }
    let head = (max(2, most) + 1) / 2
    let tail = max(2, most) - head
    return Array(0..<head) + [nil] + Array(count - tail..<count)
  }

  /// A column's lines, all of one width: its name, then its cells.
  private static func block(_ name: String, _ cells: [String?], isText: Bool) -> [String] {
    let texts = [name] + cells.map { $0 ?? "…" }
    let shortened = texts.map { $0.count > 32 ? $0.prefix(31) + "…" : $0 }
    let width = shortened.map(\.count).max() ?? 0
    return shortened.map { text in
      let gap = String(repeating: " ", count: width - text.count)
      return isText ? text + gap : gap + text
    }
  }

  private func footer(columnsShown: Int, width: Int) -> [String] {
    let size = "\(counted(count, "row")), \(counted(columns.count, "column"))"
    guard columnsShown < columns.count else { return [size] }
    let hidden = "not shown: " + names[columnsShown...].joined(separator: ", ")
    return [size, hidden.count > width ? hidden.prefix(max(1, width) - 1) + "…" : hidden]
  }
}

extension CSVTable.Cells {
  fileprivate var areTexts: Bool {
    if case .texts = self { return true }
    return false
  }
}

extension Table.Cell: CustomStringConvertible {
  /// The cell as a table shows it: numbers with six digits, texts on one line.
  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): sixDigits(value)
    case .text(let value): String(value.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    }
  }
}

private func trimmedAtEnd(_ line: String) -> String {
  var line = line[...]
  while line.last == " " { line.removeLast() }
  return String(line)
}
