// SPDX-License-Identifier: MIT

/// Turns frames into what a terminal must be sent, each as a change of the one before.
struct Painter {
  /// Whether styles are drawn.
  var isColoured = false
  /// The terminal's width when the last frame was drawn.
  var columns = 80

  private var rows: [Frame.Row] = []
  /// The terminal's cursor, in rows from the first; `columns` after the last column was written.
  private var row = 0
  private var column = 0
  private var style = Frame.Style.plain
  private var output = ""

  init() {}

  /// Forgets the screen: the next frame begins at the cursor's row.
  mutating func forget() {
    rows = []
    row = 0
    column = 0
  }

  /// What changes the last frame to `frame`.
  mutating func paint(_ frame: Frame) -> String {
    for (index, new) in frame.rows.enumerated() { paint(new, at: index) }
    if rows.count > frame.rows.count {
      move(to: frame.rows.count, 0)
      output += "\u{1b}[J"
    }
    rows = frame.rows
    move(to: frame.cursorRow, frame.cursorColumn)
    return take()
  }

  /// What leaves the entry for good: all of it is shown, and the cursor goes to a new row.
  mutating func finish(_ whole: Frame, behind text: String = "") -> String {
    if whole.rows.count != rows.count { rewind() }
    var sent = paint(whole)
    move(to: whole.rows.count - 1, whole.rows.last?.width ?? 0)
    output += text + "\r\n"
    sent += take()
    forget()
    return sent
  }

  /// What clears the frame, with the cursor where it began; the next begins there.
  mutating func clear() -> String {
    rewind()
    return take()
  }

  /// What clears the whole screen.
  mutating func clearScreen() -> String {
    forget()
    return "\u{1b}[H\u{1b}[2J"
  }

  /// The output that clears the frame after the terminal became `newColumns` wide; `isReflowing` if
  /// the terminal wraps rows that are longer now, and joins those it had wrapped.
  mutating func clear(forWidth newColumns: Int, isReflowing: Bool) -> String {
    if isReflowing, newColumns != columns {
      // Rows that continue one another are one line to the terminal.
      var above = 0
      var line = 0
      for (index, painted) in rows.prefix(row + 1).enumerated() {
        if index > 0, !painted.isContinuation {
          above += max(1, (line + newColumns - 1) / newColumns)
          line = 0
        }
        if index < row { line += painted.width }
      }
      row = above + (line + min(column, columns - 1)) / newColumns
    }
    rewind()
    columns = newColumns
    return take()
  }

  private mutating func rewind() {
    output += "\r"
    if row > 0 { output += "\u{1b}[\(row)A" }
    output += "\u{1b}[J"
    forget()
  }

  private mutating func paint(_ new: Frame.Row, at index: Int) {
    let old = index < rows.count ? rows[index] : Frame.Row()
    if index < rows.count, old.cells == new.cells { return }
    var same = 0
    var start = 0
    while same < min(old.cells.count, new.cells.count), old.cells[same] == new.cells[same] {
      start += new.cells[same].width
      same += 1
    }
    let flows = same == 0 && new.isContinuation && row == index - 1 && column == columns
    if flows && !new.cells.isEmpty {
      (row, column) = (index, 0)
    } else {
      move(to: index, start)
    }
    for cell in new.cells[same...] {
      turn(to: cell.style)
      output += cell.text
      column += cell.width
    }
    turn(to: .plain)
    if new.width < old.width { output += "\u{1b}[K" }
  }

  /// Moves the cursor; rows below those that were painted are made by scrolling.
  private mutating func move(to newRow: Int, _ newColumn: Int) {
    guard newRow != row || newColumn != column else { return }
    if newRow < row { output += "\u{1b}[\(row - newRow)A" }
    if newRow > row {
      output += "\r" + String(repeating: "\n", count: newRow - row)
      column = 0
    }
    row = newRow
    guard newColumn != column else { return }
    if column == columns || newColumn == 0 {
      output += "\r"
      column = 0
    }
    if newColumn > column { output += "\u{1b}[\(newColumn - column)C" }
    if newColumn < column { output += "\u{1b}[\(column - newColumn)D" }
    column = newColumn
  }

  private mutating func turn(to new: Frame.Style) {
    guard isColoured, new != style else { return }
    style = new
    switch new {
    case .plain: output += "\u{1b}[0m"
    case .mark: output += "\u{1b}[0;32m"
    case .hint, .comment: output += "\u{1b}[0;2m"
    case .keyword: output += "\u{1b}[0;35m"
    case .number: output += "\u{1b}[0;36m"
    case .string: output += "\u{1b}[0;32m"
    case .unknown: output += "\u{1b}[0;31m"
    }
  }

  private mutating func take() -> String {
    defer { output = "" }
    return output
  }
}
