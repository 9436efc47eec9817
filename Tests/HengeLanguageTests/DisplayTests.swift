// SPDX-License-Identifier: MIT
import HengeLanguage
import Testing

@Suite struct TableDisplayTests {
  @Test func `numbers are aligned at the right and texts at the left`() {
    let table = TableDisplay(
      [
        .init("file", ["a.png", "long name.png"], isNumber: false),
        .init("angle", ["12.3457", "-0.5"], isNumber: true),
        .init("n", ["1", "200"], isNumber: true),
      ], note: "2 rows, 3 columns")
    #expect(
      table.lines(width: 80) == [
        "file             angle    n", "a.png          12.3457    1", "long name.png     -0.5  200",
        "2 rows, 3 columns",
      ])
  }

  @Test func `rows that are left out and columns that do not fit are said`() {
    let table = TableDisplay(
      ["first", "second", "third"].map {
        .init($0, ["0", nil, "999"], isNumber: true)
      }, note: "1000 rows")
    #expect(table.fitting(14) == 2)
    #expect(
      table.lines(width: 14) == [
        "first  second", "    0       0", "    …       …", "  999     999", "1000 rows",
        "columns not s…",
      ])
    // One column is shown however narrow the place is.
    #expect(table.lines(width: 1).first == "first")
  }

  @Test func `wide characters take two columns, and long cells are cut`() {
    let table = TableDisplay(
      [
        .init("名", ["顔", String(repeating: "x", count: 40)], isNumber: false),
        .init("n", ["1", "2"], isNumber: true),
      ], note: "")
    let lines = table.lines(width: 80)
    #expect(Set(lines.prefix(3).map(TextWidth.of)) == [35])
    #expect(lines[2] == String(repeating: "x", count: 31) + "…  2")
  }
}

/// What is drawn of a display is decided once: a pipe, a terminal and a page differ in how they draw it.
@Suite struct DisplayPartTests {
  private let face = PixelDisplay(
    height: 1, width: 2, channels: 1, bytes: [0, 255], caption: "a face")
  private let empty = PixelDisplay(height: 0, width: 2, channels: 1, bytes: [])
  private let table = TableDisplay(
    [.init("n", ["1", nil, "3"], isNumber: true)], note: "3 rows")

  private struct Line: PlotDisplay {
    func rows(columns: Int, rows: Int, with characters: PlotCharacters) -> [[TextRun]] {
      [[TextRun("\(columns)x\(rows)")]]
    }
    var svg: String { "<svg/>" }
    func picture(zoom: Int) -> PixelDisplay {
      PixelDisplay(height: 1, width: 1, channels: 1, bytes: [0])
    }
  }

  /// A page in miniature: each part as an element.
  private func page(_ display: Display) throws -> String {
    try display.parts(at: .colours).map { part in
      switch part {
      case .text(let text): "<pre>\(text)</pre>"
      case .caption(let text): "<figcaption>\(text)</figcaption>"
      case .picture(let picture, let isSmall):
        "<img width=\(picture.width * picture.enlargement(isSmall: isSmall, room: 640))>"
      case .plot(let plot): try plot.svg
      case .table(let table):
        "<table>"
          + table.columns.map { column in
            "<th>\(column.name)" + column.cells.map { "<td>" + ($0 ?? "⋮") }.joined()
          }.joined() + "</table><small>\(table.note)</small>"
      }
    }.joined()
  }

  @Test func `a page draws the parts that a terminal draws`() throws {
    #expect(try page(.text("a\nb")) == "<pre>a\nb</pre>")
    #expect(try page(.pixels(face)) == "<img width=256><figcaption>a face</figcaption>")
    #expect(try page(.thumbnail(face)) == "<img width=128>")
    #expect(try page(.plot(Line())) == "<svg/>")
    #expect(try page(.table(table)) == "<table><th>n<td>1<td>⋮<td>3</table><small>3 rows</small>")
    #expect(try page(.pixels(empty)) == "<pre>image 0x2, 1 channel</pre>")
  }

  @Test func `a pipe describes pictures and leaves small ones out`() throws {
    #expect(try Display.pixels(face).plainText(columns: 80) == "image 1x2, 1 channel: a face")
    #expect(try Display.thumbnail(face).plainText(columns: 80) == nil)
    #expect(try Display.plot(Line()).plainText(columns: 40) == "40x15")
    #expect(try Display.table(table).plainText(columns: 80) == "n\n1\n…\n3\n3 rows")
    #expect(try Display.text("a").plainText(columns: 80) == "a")
  }

  @Test func `shades draw pictures, but no small ones`() {
    #expect(Display.pixels(face).parts(at: .shades).count == 2)
    #expect(Display.thumbnail(face).parts(at: .shades).isEmpty)
  }

  @Test func `a picture is enlarged by whole factors into the room that there is`() {
    let wide = PixelDisplay(
      height: 1, width: 300, channels: 1, bytes: [UInt8](repeating: 0, count: 300))
    #expect(wide.enlargement(isSmall: false, room: 640) == 1)
    #expect(face.enlargement(isSmall: false, room: 5) == 2)
    #expect(face.enlargement(isSmall: false, room: 1) == 1)
  }
}
