// SPDX-License-Identifier: MIT
import Testing

@testable import HengeShell

@Suite struct PastedTextTests {
  private func cleaned(_ text: String) -> String {
    Line.text(PastedText.cleaned(Array(text.utf8))[...])
  }

  @Test func newlinesOfAllKindsAreOne() {
    #expect(cleaned("a\r\nb\rc\nd\n\re") == "a\nb\nc\nd\n\ne")
  }

  @Test func controlCharactersAreLeftOutButForTabs() {
    #expect(cleaned("a\u{0}\u{3}\tb\u{1b}[2J\u{7f}\u{9b}c") == "a\tb[2Jc")
  }

  @Test func marksWithinAreLeftOut() {
    #expect(cleaned("a\u{1b}[201~\nb\u{1b}[200~c") == "a\nbc")
  }

  @Test func aSessionLeavesItsEntries() {
    #expect(
      cleaned("henge[9]> f(\n       …> 1)\n1\n\nhenge[10]> x\nhenge[11]>") == "f(\n1)\nx\n")
    #expect(cleaned("  >>> x\n") == "  >>> x\n")
    #expect(cleaned(">>> for i in y:\n...     f(i)\n...\n3\n>>> x") == "for i in y:\n    f(i)\n\nx")
    #expect(cleaned("In [12]: x\nOut[12]: 3\n\nIn [13]: y") == "x\ny")
  }

  @Test func aTextWithoutAPromptStaysAsItIs() {
    for text in ["x > 1", "henge[a]> 1", "a\nhenge[1]> b", "...", "", "In [3] = 4", "漢字 é"] {
      #expect(cleaned(text) == text)
    }
  }
}
