// SPDX-License-Identifier: MIT
import HengeTestSupport
import Testing

@testable import HengeShell

@Suite struct LessonProgressTests {
  private var progress: LessonProgress {
    var progress = LessonProgress(document: "abc")
    progress.steps = [
      .init(typed: ["x = 1", "y = \"a\\nb\""], outcome: .ran("f(1)\n\ng(\\n)"), answer: nil),
      .init(outcome: .skipped, answer: .open), .init(outcome: .ran(""), answer: .first),
    ]
    progress.typed = ["later\nlines"]
    return progress
  }

  @Test func `progress reads back as it was written`() {
    #expect(LessonProgress(progress.text, document: "abc") == progress)
    let none = LessonProgress(document: "abc")
    #expect(LessonProgress(none.text, document: "abc") == nil || none.steps.isEmpty)
  }

  @Test func `progress of another document, or damaged, is none`() {
    #expect(LessonProgress(progress.text, document: "abd") == nil)
    #expect(LessonProgress(String(progress.text.dropLast(3)), document: "abc") == nil)
    #expect(LessonProgress("", document: "abc") == nil)
    #expect(LessonProgress(progress.text + "what\n", document: "abc") == nil)
  }
}

@Suite struct TerminalTextTests {
  private func lines(_ markdown: String, width: Int = 30) -> [String] {
    var text = TerminalText(width: width, isColoured: false)
    text.add(markdown: markdown)
    let all = text.parts.map { part in
      if case .text(let text) = part { text } else { "" }
    }.joined()
    return all.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func `a paragraph is wrapped at words`() {
    #expect(
      lines("one two three four five six seven eight")
        == ["one two three four five six", "seven eight", ""])
  }

  @Test func `signs stay with the word before them`() {
    #expect(lines("the keys `e`, `s`; **b**? (`q`)") == ["the keys e, s; b? (q)", ""])
    #expect(lines("cell, ? lists") == ["cell, ? lists", ""])
  }

  @Test func `lists and tables are laid out`() {
    #expect(lines("- one\n- two\n  more") == ["- one", "- two more", ""])
    #expect(lines("3. one\n4. two") == ["3. one", "4. two", ""])
    #expect(lines("| a | bb |\n|---|---|\n| ccc | d |") == ["a    bb", "ccc  d", ""])
  }

  @Test func `code is indented as it is`() {
    var text = TerminalText(width: 40, isColoured: false)
    text.add(code: "x = 1  # one\nif x {\n}")
    let all = text.parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    #expect(all == "    x = 1  # one\n    if x {\n    }\n")
  }
}
