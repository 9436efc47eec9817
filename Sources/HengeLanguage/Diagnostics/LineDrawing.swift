// SPDX-License-Identifier: MIT

/// A line of a source, fitted into a width, and the rows of carets and words below it.
struct LineDrawing {
  /// The line, or the part of it around the labels.
  let text: String
  /// Carets first, then texts that did not fit next to them.
  let rows: [String]

  /// The place of a label in the window, and its text.
  private struct Mark {
    var start: Int
    var end: Int
    let text: String
  }

  init(_ source: Source, number: Int, labels: [Diagnostic.Label], width: Int) {
    let lineStart = source.lineStarts[number - 1]
    let focus = labels.first?.span.start ?? lineStart
    let line = SourceLine(source, number: number, focus: focus)
    var marks = labels.map { LineDrawing.mark($0, line, source, lineStart) }
    let window = LineDrawing.window(of: line.width, around: marks, width: width)
    text = line.text(from: window.lowerBound, to: window.upperBound)
    for index in marks.indices {
      let shift = window.lowerBound
      marks[index].start = min(max(marks[index].start, shift) - shift, max(0, width - 1))
      marks[index].end = max(min(marks[index].end - shift, width), marks[index].start + 1)
    }
    rows = LineDrawing.rows(marks.sorted { $0.start < $1.start }, width: width)
  }

  private static func mark(
    _ label: Diagnostic.Label, _ line: SourceLine, _ source: Source, _ lineStart: Int
  ) -> Mark {
    let start = line.column(ofByte: label.span.start - lineStart)
    let lastLine = source.position(of: max(label.span.start, label.span.end - 1)).line
    let firstLine = source.position(of: label.span.start).line
    var words = TextWidth.visible(label.text)
    var end = line.column(ofByte: label.span.end - lineStart)
    if lastLine > firstLine {
      end = line.width
      words = words.isEmpty ? "to line \(lastLine)" : "\(words), to line \(lastLine)"
    }
    return Mark(start: start, end: max(end, start + 1), text: words)
  }

  /// The columns of a line of `length` that are shown: all, or `width` around the first mark.
  private static func window(of length: Int, around marks: [Mark], width: Int) -> Range<Int> {
    guard length > width, let first = marks.first else { return 0..<min(length, width) }
    let left = marks.map(\.start).min() ?? first.start
    let right = marks.map(\.end).max() ?? first.end
    let isAllNear = right - left <= width - 8
    let centre =
      isAllNear ? (left + right) / 2 : first.start + min(first.end - first.start, width) / 2
    let start = min(max(0, centre - width / 2), length - width)
    return start..<start + width
  }

  /// Carets under all marks; the text of the last mark is next to its carets, the others are below.
  private static func rows(_ marks: [Mark], width: Int) -> [String] {
    var carets: [Character] = []
    for mark in marks {
      while carets.count < mark.end { carets.append(" ") }
      for column in mark.start..<mark.end { carets[column] = "^" }
    }
    guard let last = marks.last else { return [] }
    var rows = [String(carets)]
    var below = marks.filter { !$0.text.isEmpty }
    if !last.text.isEmpty, last.end == carets.count,
      carets.count + 1 + TextWidth.of(last.text) <= width
    {
      rows[0] += " " + last.text
      below.removeLast()
    }
    for mark in below.reversed() {
      let words = TextWidth.cut(mark.text, to: width)
      let room = width - TextWidth.of(words)
      rows.append(String(repeating: " ", count: min(mark.start, room)) + words)
    }
    return rows
  }
}
