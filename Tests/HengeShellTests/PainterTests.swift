// SPDX-License-Identifier: MIT
import HengeBackend
import Testing

@testable import HengeShell

/// As much of a terminal as the painter uses.
private struct Terminal {
  var cells: [[Character]]
  var row = 0
  var column = 0
  let columns: Int
  let rows: Int

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  var lines: [String] {
    cells.map { line in
      var text = String(line)
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  private mutating func down() {
    if row + 1 < rows {
      row += 1
    } else {
      cells.removeFirst()
      cells.append(Array(repeating: " ", count: columns))
    }
  }

  mutating func write(_ text: String) {
    var rest = text.unicodeScalars[...]
    while let character = rest.popFirst() {
      switch character {
      case "\r": column = 0
      case "\n": down()
      case "\u{1b}":
        rest = rest.dropFirst()
        let digits = rest.prefix { ("0"..."9").contains($0) }
        rest = rest.dropFirst(digits.count)
        let count = Int(String(digits)) ?? 1
        switch rest.popFirst() {
        case "A": row = max(0, row - count)
        case "C": column = min(columns - 1, column + count)
        case "D": column = max(0, min(column, columns - 1) - count)
        case "K": for index in column..<columns { cells[row][index] = " " }
        case "J":
          for index in column..<columns { cells[row][index] = " " }
          for line in (row + 1)..<max(row + 1, rows) {
            cells[line] = Array(repeating: " ", count: columns)
          }
        default: Issue.record("a sequence that the test does not know in \(text.debugDescription)")
        }
      default:
        if column == columns {
          column = 0
          down()
        }
        cells[row][column] = Character(character)
        column += 1
      }
    }
  }
}

@Suite struct PainterTests {
  /// Whatever is edited, changing the screen step by step shows what drawing it anew would.
  @Test(arguments: 0..<40)
  func changesOfAFrameShowWhatAFreshOneShows(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "painter")
    func draw(_ bound: Int) -> Int { random.next(below: bound) }
    let columns = 4 + draw(20)
    let rows = 3 + draw(8)
    let marks = Frame.Marks(first: "> ", further: ". ")
    var terminal = Terminal(columns: columns, rows: rows)
    var painter = Painter()
    painter.columns = columns
    var line = Line()
    var top = 0
    for _ in 0..<60 {
      switch draw(6) {
      case 0: line.insert("\n")
      case 1: line.cursor = draw(line.characters.count + 1)
      case 2 where !line.characters.isEmpty:
        let start = draw(line.characters.count)
        _ = line.remove(start..<min(line.characters.count, start + 1 + draw(12)))
      default: line.insert(String(repeating: ["a", "b", "c"][draw(3)], count: 1 + draw(9)))
      }
      let frame = Frame(line, marks, columns: columns, limit: rows, top: top)
      top = frame.top
      terminal.write(painter.paint(frame))
      let shown = frame.rows.map { row in
        var text = row.cells.map(\.text).joined()
        while text.last == " " { text.removeLast() }
        return text
      }
      let painted = terminal.lines.reversed().drop { $0.isEmpty }.reversed()
      let wanted = shown.reversed().drop { $0.isEmpty }.reversed()
      #expect(painted.elementsEqual(wanted), "seed \(seed): \(line.text.debugDescription)")
      #expect(terminal.column == frame.cursorColumn)
    }
  }
}
