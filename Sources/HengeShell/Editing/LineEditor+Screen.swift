// SPDX-License-Identifier: MIT
internal import CHengeEditor
internal import HengeLanguage

extension LineEditor {
  /// Draws the line with its hint; only while nothing waits to be read.
  func paint(mark: String? = nil) {
    let now = line
    let text = now.text
    var frame = frame(now, text, limit: true, mark: mark)
    if mark == nil {
      if let rest = suggestedRest(of: now, text) { frame.suggest(rest, painter.columns) }
      let room = frame.room(painter.columns)
      if let hint = assistance.hint(text, now.cursorInBytes, room), !hint.isEmpty {
        frame.add(hint, painter.columns)
      }
    }
    top = frame.top
    send(painter.paint(frame))
  }

  /// Shows the whole entry for good, the cursor below it.
  func finish(behind text: String = "") {
    var whole = line
    whole.cursor = whole.characters.count
    send(painter.finish(frame(whole, whole.text, limit: false, mark: nil), behind: text))
    top = 0
  }

  /// How `line` may go on by the history; only at its end, where suggestions can be told apart.
  func suggestedRest(of line: Line, _ text: String) -> String? {
    guard look.suggests, look.isColoured, walk == nil, line.cursor == line.characters.count
    else { return nil }
    return suggestion.rest(of: text, in: past.history)
  }

  private func frame(_ line: Line, _ text: String, limit: Bool, mark: String?) -> Frame {
    var columns: Int32 = 0
    var rows: Int32 = 0
    henge_terminal_size(&columns, &rows)
    let marks = PromptMarks(number)
    return Frame(
      line, Frame.Marks(first: mark ?? marks.first, further: marks.further),
      styles: look.isColoured ? styles(of: line, text) : [], columns: painter.columns,
      limit: limit ? Int(rows) : nil, top: top)
  }

  /// The styles of the characters of a line.
  private func styles(of line: Line, _ text: String) -> [Frame.Style] {
    var styles = [Frame.Style](repeating: .plain, count: line.characters.count)
    // Bytes and characters go together, from piece to piece.
    var (byte, index) = (0, 0)
    for (span, kind) in assistance.highlights(text, line.cursorInBytes) {
      while index < styles.count, byte < span.end {
        if byte >= span.start { styles[index] = Frame.Style(kind) }
        byte += UTF8.width(line.characters[index])
        index += 1
      }
    }
    return styles
  }
}
