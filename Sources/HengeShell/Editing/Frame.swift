// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// What a terminal shows of an entry: rows of cells and a cursor, all of them or as many as fit.
struct Frame: Equatable {
  enum Style: UInt8 {
    case plain, mark, hint, comment, keyword, number, string, unknown
  }

  /// One or two columns on the screen: a character with what combines with it.
  struct Cell: Equatable {
    var text: String
    var width: Int
    var style: Style
  }

  struct Row: Equatable {
    var cells: [Cell] = []
    var width = 0
    /// Whether it continues the row above, which was too short for the line.
    var isContinuation = false
  }

  /// The prefixes of the first line and of the others.
  struct Marks {
    var first: String
    var further: String
  }

  private(set) var rows: [Row] = []
  private(set) var cursorRow = 0
  private(set) var cursorColumn = 0
  /// How many rows the whole entry has; more than `rows` where it is taller than the terminal.
  private(set) var height = 0
  /// The first row of the entry that is among `rows`.
  private(set) var top = 0

  /// Where a row of the entry begins.
  private struct Start {
    /// In the whole stream of characters.
    var index: Int
    var isContinuation: Bool
  }

  /// Lays out `line` after `marks` on `columns` x `limit`.
  ///
  /// `styles` are those of the characters of the line; none is all plain. `hint` is placed at the right
  /// edge of the cursor's row if there is room. `top` is the first
  /// row that was visible before; it changes only as far as the cursor requires. If cursor and
  /// limit are `nil`, all rows are laid out for the final display.
  init(
    _ line: Line, _ marks: Marks, styles: [Style] = [], columns: Int, limit: Int?,
    top oldTop: Int = 0, hint: String? = nil
  ) {
    // Marks and text in one stream; `cursor` is the cursor's place in it.
    var stream: [(Unicode.Scalar, Style)] = marks.first.unicodeScalars.map { ($0, .mark) }
    stream.reserveCapacity(line.characters.count + 64)
    let further = marks.further.unicodeScalars.map { ($0, Style.mark) }
    var cursor = stream.count + line.cursor
    for (index, character) in line.characters.enumerated() {
      stream.append((character, index < styles.count ? styles[index] : .plain))
      if character == "\n" {
        stream += further
        if index < line.cursor { cursor += further.count }
      }
    }
    let starts = place(stream, cursor: cursor, columns: columns)
    height = starts.count
    if let limit, height > limit {
      top = min(oldTop, height - limit, cursorRow)
      top = max(top, cursorRow - limit + 1)
    }
    let bottom = min(height, top + (limit ?? height))
    for row in top..<bottom {
      let end = row + 1 < starts.count ? starts[row + 1].index : stream.count
      rows.append(Frame.row(stream[starts[row].index..<end], starts[row], columns))
    }
    cursorRow -= top
    if let hint { add(hint, columns) }
  }

  /// The starts of all rows; finds the cursor among them.
  private mutating func place(
    _ stream: [(Unicode.Scalar, Style)], cursor: Int, columns: Int
  ) -> [Start] {
    var starts = [Start(index: 0, isContinuation: false)]
    var column = 0
    for (index, (character, _)) in stream.enumerated() {
      if character == "\n" {
        if index == cursor {
          (cursorRow, cursorColumn) = (starts.count - 1, min(column, columns - 1))
        }
        starts.append(Start(index: index + 1, isContinuation: false))
        column = 0
        continue
      }
      var width = Frame.width(character, column, columns)
      if width > 0, column + width > columns {
        starts.append(Start(index: index, isContinuation: true))
        column = 0
        width = Frame.width(character, 0, columns)
      }
      if index == cursor {
        (cursorRow, cursorColumn) = (starts.count - 1, min(column, columns - 1))
      }
      column += width
    }
    if cursor >= stream.count {
      if column >= columns {
        starts.append(Start(index: stream.count, isContinuation: true))
        column = 0
      }
      (cursorRow, cursorColumn) = (starts.count - 1, column)
    }
    return starts
  }

  private static func row(
    _ stream: ArraySlice<(Unicode.Scalar, Style)>, _ start: Start, _ columns: Int
  ) -> Row {
    var row = Row()
    row.isContinuation = start.isContinuation
    for (character, style) in stream where character != "\n" {
      let width = width(character, row.width, columns)
      if width == 0, !row.cells.isEmpty {
        row.cells[row.cells.count - 1].text.unicodeScalars.append(character)
      } else if width > 0 {
        row.cells.append(Cell(text: shown(character, width), width: width, style: style))
        row.width += width
      }
    }
    return row
  }

  /// The columns that are free at the right edge of the cursor's row.
  func room(_ columns: Int) -> Int {
    rows.indices.contains(cursorRow) ? columns - 1 - rows[cursorRow].width - 2 : 0
  }

  /// Shows how the line may go on, after the cursor at its end: what fits the row, up to a newline.
  mutating func suggest(_ text: String, _ columns: Int) {
    guard rows.indices.contains(cursorRow), rows[cursorRow].width == cursorColumn else { return }
    let first = String(text.prefix { $0 != "\n" })
    let room = columns - 1 - rows[cursorRow].width
    guard room >= 2 else { return }
    append(Frame.hint(first, room: room, goesOn: first.utf8.count < text.utf8.count))
  }

  /// Puts `hint` at the right edge of the cursor's row, cut to the room that there is.
  mutating func add(_ hint: String, _ columns: Int) {
    guard rows.indices.contains(cursorRow) else { return }
    let room = room(columns)
    guard room >= 16 || room >= Frame.width(of: hint) else { return }
    let cells = Frame.hint(hint, room: room)
    let gap = columns - 1 - rows[cursorRow].width - cells.width
    append(
      Row(cells: Array(repeating: Cell(text: " ", width: 1, style: .plain), count: gap), width: gap)
    )
    append(cells)
  }

  private mutating func append(_ row: Row) {
    rows[cursorRow].cells += row.cells
    rows[cursorRow].width += row.width
  }

  /// A hint in at most `room` columns; with `…` where it is cut, or `goesOn`.
  private static func hint(_ text: String, room: Int, goesOn: Bool = false) -> Row {
    var row = row(
      Array(text.unicodeScalars.map { ($0, Style.hint) })[...],
      Start(index: 0, isContinuation: false), .max)
    guard row.width > room || goesOn else { return row }
    while row.width > room - 1, let last = row.cells.popLast() { row.width -= last.width }
    row.cells.append(Cell(text: "…", width: 1, style: .hint))
    row.width += 1
    return row
  }

  /// The columns that a character takes; what does not print is shown as something that does.
  static func width(_ character: Unicode.Scalar, _ column: Int, _ columns: Int) -> Int {
    let value = character.value
    if (0x20..<0x7f).contains(value) { return 1 }
    if value == 0x09 { return max(1, min(8 - column % 8, columns - column)) }
    if TextWidth.isHidden(character) { return shown(character, 1).utf8.count }
    return TextWidth.columns(of: character)
  }

  private static func shown(_ character: Unicode.Scalar, _ width: Int) -> String {
    let value = character.value
    if (0x20..<0x7f).contains(value) { return String(character) }
    if value == 0x09 { return String(repeating: " ", count: width) }
    if value < 0x20 || value == 0x7f { return "^" + String(Unicode.Scalar(UInt8(value ^ 0x40))) }
    return TextWidth.isHidden(character) ? TextWidth.escape(character) : String(character)
  }

  /// `text` with what does not print made visible, for a terminal.
  static func printable(_ text: String) -> String {
    var row = ""
    for character in text.unicodeScalars { row += shown(character, 1) }
    return row
  }

  /// The columns of `text`.
  static func width(of text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width($1, 0, 1) }
  }
}
