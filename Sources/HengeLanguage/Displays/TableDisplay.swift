// SPDX-License-Identifier: MIT

/// A table to show: a terminal lays it out in columns of text, a page as a table.
///
/// Which rows are shown is decided when it is made; which columns fit, where it is drawn.
public struct TableDisplay: Equatable, Sendable {
  /// A column of a table.
  public struct Column: Equatable, Sendable {
    /// The shown name.
    public let name: String
    /// The shown cells, one for each shown row; `nil` marks rows left out.
    public let cells: [String?]
    /// Whether it contains numbers, which are aligned at the right.
    public let isNumber: Bool

    /// Keeps the parts; cells wider than 32 columns of text are cut.
    public init(_ name: String, _ cells: [String?], isNumber: Bool) {
      self.name = name
      self.cells = cells.map { $0.map { TextWidth.cut($0, to: Column.widest) } }
      self.isNumber = isNumber
    }

    private static let widest = 32

    /// The name and the cells, all of one width.
    fileprivate var block: [String] {
      let texts = [TextWidth.cut(name, to: Column.widest)] + cells.map { $0 ?? "…" }
      let width = texts.map(TextWidth.of).max() ?? 0
      return texts.map { text in
        let gap = String(repeating: " ", count: width - TextWidth.of(text))
        return isNumber ? gap + text : text + gap
      }
    }
  }

  /// The columns, of equally many cells.
  public let columns: [Column]
  /// A note below it, such as the number of rows.
  public let note: String

  /// Keeps the parts.
  public init(_ columns: [Column], note: String) {
    self.columns = columns
    self.note = note
  }

  /// How many columns fit in lines of `width` columns of text, at least one.
  public func fitting(_ width: Int) -> Int {
    var used = 0
    for (index, column) in columns.enumerated() {
      used += TextWidth.of(column.block.first ?? "") + (index == 0 ? 0 : 2)
      if used > width, index > 0 { return index }
    }
    return columns.count
  }

  /// The table in lines; columns that do not fit are named in the last one.
  public func lines(width: Int) -> [String] {
    let count = fitting(width)
    let blocks = columns.prefix(count).map(\.block)
    let body = (blocks.first ?? []).indices.map { line in
      TableDisplay.trimmed(blocks.map { $0[line] }.joined(separator: "  "))
    }
    guard count < columns.count else { return body + [note] }
    let hidden = "columns not shown: " + columns[count...].map(\.name).joined(separator: ", ")
    return body + [note, TextWidth.cut(hidden, to: width)]
  }

  private static func trimmed(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
