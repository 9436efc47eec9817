// SPDX-License-Identifier: MIT

/// One line of a source laid out in columns.
struct SourceLine {
  /// A piece that is shown as one.
  private struct Cell {
    let text: String
    /// The column at which it begins.
    let column: Int
    let width: Int
  }

  private var cells: [Cell] = []
  /// The column of each byte of the line, and one past the last.
  private var columns: [Int] = []
  /// The columns of the whole line.
  private(set) var width = 0

  /// The longest line, in bytes, that is laid out whole; of a longer one the part around `focus`.
  private static let longest = 4_096

  /// The first byte laid out, counted from the start of the line.
  private var firstByte = 0

  /// Line `number` (1-based) of `source`, of which the byte at offset `focus` must be shown.
  init(_ source: Source, number: Int, focus: Int) {
    let start = source.lineStarts[number - 1]
    var end =
      number < source.lineStarts.count ? source.lineStarts[number] - 1 : source.bytes.count
    var index = start
    if end - start > SourceLine.longest {
      index = max(start, min(focus, end) - SourceLine.longest / 2)
      while index > start, source.bytes[index] & 0xC0 == 0x80 { index -= 1 }
      end = min(end, index + SourceLine.longest)
    }
    firstByte = index - start
    var decoder = UTF8()
    while index < end {
      var input = source.bytes[index..<end].makeIterator()
      decoder = UTF8()
      if case .scalarValue(let scalar) = decoder.decode(&input) {
        append(scalar, bytes: UTF8.width(scalar))
        index += UTF8.width(scalar)
      } else {
        append("\\x" + hexadecimal(Int(source.bytes[index])).lowercased(), bytes: 1)
        index += 1
      }
    }
    columns.append(width)
  }

  private mutating func append(_ scalar: Unicode.Scalar, bytes: Int) {
    if scalar == "\t" {
      append(String(repeating: " ", count: 4 - width % 4), bytes: bytes)
    } else if TextWidth.isHidden(scalar) {
      append(TextWidth.escape(scalar), bytes: bytes)
    } else {
      append(String(scalar), bytes: bytes, columns: TextWidth.columns(of: scalar))
    }
  }

  private mutating func append(_ text: String, bytes: Int, columns count: Int? = nil) {
    let count = count ?? text.unicodeScalars.count
    cells.append(Cell(text: text, column: width, width: count))
    for _ in 0..<bytes { columns.append(width) }
    width += count
  }

  /// The column of byte `offset` of the line, clamped to what is laid out.
  func column(ofByte offset: Int) -> Int {
    columns[min(max(0, offset - firstByte), columns.count - 1)]
  }

  /// The columns from `start` to `end` as text; `…` marks what is cut off.
  func text(from start: Int, to end: Int) -> String {
    var result = start > 0 || firstByte > 0 ? "…" : ""
    let first = result.isEmpty ? start : start + 1
    let last = end < width ? end - 1 : end
    for cell in cells where cell.column >= first && cell.column + cell.width <= last {
      // A wide character that was cut in two leaves a gap, which would shift the carets.
      let missing = cell.column - first - (TextWidth.of(result) - (first > start ? 1 : 0))
      if missing > 0 { result += String(repeating: " ", count: missing) }
      result += cell.text
    }
    return end < width ? result + "…" : result
  }
}
