// SPDX-License-Identifier: MIT
import HengeLanguage
import Testing

@testable import HengeShell

@Suite struct LineTests {
  @Test func movingKeepsTheColumnWhereTheLineIsLongEnough() {
    var line = Line("abc\nd\nefg")
    var cursors: [Int?] = []
    for direction in [-1, -1, -1, 1, 1, 1] {
      let hasMoved = line.move(by: direction)
      cursors.append(hasMoved ? line.cursor : nil)
    }
    #expect(cursors == [5, 1, nil, 5, 7, nil])
  }

  @Test func offsetsInBytesAndCharactersAgree() {
    var line = Line("é漢😀x")
    for (cursor, bytes) in [0, 2, 5, 9, 10].enumerated() {
      line.cursor = cursor
      #expect(line.cursorInBytes == bytes)
      #expect(line.index(ofByte: bytes) == cursor)
    }
  }

  @Test func wordsEndAtWhatIsNoLetter() {
    var line = Line("a.mean_b(é2) ")
    #expect(line.wordStart == 9)
    line.cursor = 9
    #expect(line.wordStart == 2)
    #expect(line.wordEnd == 11)
  }

  @Test(arguments: [
    (":who", true), ("  ?mean", true), ("!ls (", true), ("mean?", true), ("mean ?", true),
    ("a = 1", false), ("", false), ("a\nb?", false), ("a ? b", false),
  ])
  func requestsAreToldFromPrograms(text: String, isRequest: Bool) {
    #expect(EntryText.isRequest(text) == isRequest)
  }

  @Test func everyKeyHasItsNumber() {
    // The C side has 32, and the characters that stand for them end at 0x9f.
    #expect(KeyCommand.allCases.count <= 32)
    for command in KeyCommand.allCases {
      #expect(KeyCommand(character: command.character) == command)
    }
  }

  @Test func namesAreListedInColumnsThatFit() {
    #expect(
      LineEditor.columns(["a", "bb", "ccc", "d", "e"], width: 10) == ["a    d", "bb   e", "ccc"])
    #expect(LineEditor.columns(["abc"], width: 1) == ["abc"])
    #expect(LineEditor.columns([], width: 10) == [])
    #expect(LineEditor.columns(["漢", "a", "b"], width: 11) == ["漢  a   b"])
  }
}
