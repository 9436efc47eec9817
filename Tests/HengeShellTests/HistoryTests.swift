// SPDX-License-Identifier: MIT
import HengeSession
import HengeTestSupport
import Testing

@testable import HengeShell

@Suite struct HistoryTests {
  @Test func emptyRepeatedAndIndentedEntriesAreNotKept() {
    var history = History()
    for entry in ["a", "a", "", " b", "\tb", "c", "a"] { history.add(entry) }
    #expect(history.entries == ["a", "c", "a"])
  }

  @Test func itHoldsTheLastTenThousand() {
    var history = History()
    for number in 0..<25_000 { history.add("x\(number)") }
    #expect((10_000...10_100).contains(history.entries.count))
    #expect(history.entries.last == "x24999")
  }

  @Test func theNearestEntryIsFoundInBothDirections() {
    var history = History()
    for entry in ["ab", "b", "ac", "c"] { history.add(entry) }
    func nearest(_ index: Int, _ direction: Int) -> Int? {
      history.nearest(to: index, direction) { $0.hasPrefix("a") }
    }
    #expect(nearest(4, -1) == 2)
    #expect(nearest(2, -1) == 0)
    #expect(nearest(0, -1) == nil)
    #expect(nearest(-1, 1) == 0)
    #expect(nearest(2, 1) == nil)
  }

  @Test func linesOfTheFileHoldAnyEntry() {
    for entry in ["a\nb", "a\\nb", "\\", "\\\n\\n", "a\tb\\t", "漢\n字", ""] {
      let line = entry.escapedLine
      #expect(!line.contains("\n") && !line.contains("\t"))
      #expect(line.unescapedLine == entry)
    }
  }

  @Test func whatIsAppendedIsReadByAll() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let file = HistoryFile(path: folder.path + "/a/b/history")
    #expect(try file.read() == [])
    try file.append("a\nb")
    try file.append("c")
    #expect(try HistoryFile(path: file.path).read() == ["a\nb", "c"])
  }

  @Test func aFolderInItsPlaceIsRefused() {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let file = HistoryFile(path: folder.path)
    #expect(throws: HistoryFile.Refusal(reason: "it is not a regular file")) { try file.read() }
    #expect(throws: HistoryFile.Refusal.self) { try file.append("a") }
  }
}
