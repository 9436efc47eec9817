// SPDX-License-Identifier: MIT
import Testing

@testable import HengeShell

@Suite struct FrameTests {
  private let marks = Frame.Marks(first: "> ", further: ". ")

  private func frame(
    _ text: String, cursor: Int? = nil, columns: Int = 8, limit: Int? = nil, top: Int = 0,
    hint: String? = nil
  ) -> Frame {
    var line = Line(text)
    line.cursor = cursor ?? line.cursor
    return Frame(line, marks, columns: columns, limit: limit, top: top, hint: hint)
  }

  private func rows(_ frame: Frame) -> [String] {
    frame.rows.map { $0.cells.map(\.text).joined() }
  }

  @Test func eachLineStandsBehindItsMark() {
    let frame = frame("ab\nc", cursor: 1)
    #expect(rows(frame) == ["> ab", ". c"])
    #expect((frame.cursorRow, frame.cursorColumn) == (0, 3))
  }

  @Test func longLinesGoOnBelow() {
    let frame = frame("abcdefgh", cursor: 6)
    #expect(rows(frame) == ["> abcdef", "gh"])
    #expect(frame.rows.map(\.isContinuation) == [false, true])
    #expect((frame.cursorRow, frame.cursorColumn) == (1, 0))
  }

  @Test func aFullRowIsFollowedByAnEmptyOneForTheCursor() {
    let frame = frame("abcdef")
    #expect(rows(frame) == ["> abcdef", ""])
    #expect((frame.cursorRow, frame.cursorColumn) == (1, 0))
    #expect(rows(self.frame("abcdef\n")) == ["> abcdef", ". "])
  }

  @Test func wideCharactersAreNotCut() {
    #expect(rows(frame("abcde漢")) == ["> abcde", "漢"])
    #expect(frame("漢").rows[0].width == 4)
  }

  @Test func whatCombinesStaysWithItsCharacter() {
    let frame = frame("e\u{301}x", cursor: 2)
    #expect(frame.rows[0].cells.count == 4)
    #expect(frame.cursorColumn == 3)
  }

  @Test func whatDoesNotPrintIsShown() {
    #expect(rows(frame("\u{1}\u{202e}", columns: 20)) == ["> ^A\\u202e"])
    #expect(rows(frame("a\tb", columns: 20)) == ["> a     b"])
  }

  @Test func aTallEntryIsShownAroundItsCursor() {
    let text = (0..<9).map(String.init).joined(separator: "\n")
    let bottom = frame(text, limit: 3)
    #expect(rows(bottom) == [". 6", ". 7", ". 8"])
    #expect((bottom.top, bottom.height, bottom.cursorRow) == (6, 9, 2))
    #expect(frame(text, cursor: 15, limit: 3, top: 6).top == 6)
    let up = frame(text, cursor: 8, limit: 3, top: 6)
    #expect(rows(up) == [". 4", ". 5", ". 6"])
    #expect(frame(text, cursor: 16, limit: 3, top: 0).top == 6)
  }

  @Test func aHintStandsAtTheRightEdgeOrNotAtAll() {
    #expect(rows(frame("ab", columns: 20, hint: "f(x)")) == ["> ab           f(x)"])
    #expect(rows(frame("abcdefghijkl", columns: 20, hint: "f(x)")) == ["> abcdefghijkl"])
    #expect(rows(frame("abcdefghijk", columns: 20, hint: "f(x)")) == ["> abcdefghijk  f(x)"])
    let long = rows(frame("ab", columns: 24, hint: "difference_vector(a, b)"))
    #expect(long == ["> ab  difference_vecto…"])
  }
}
