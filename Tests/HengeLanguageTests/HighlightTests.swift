// SPDX-License-Identifier: MIT
import HengeTestSupport
import Testing

@testable import HengeLanguage

/// What is drawn apart while it is typed.
@Suite struct HighlightTests {
  /// The pieces of a text, the cursor at `‸` or at its end, as `kind:text`.
  private func pieces(_ marked: String, globals: [(name: String, value: Value)] = []) -> [String] {
    let parts = marked.split(separator: "‸", omittingEmptySubsequences: false).map(String.init)
    let text = parts.joined()
    let cursor = parts.count > 1 ? parts[0].utf8.count : text.utf8.count
    let source = Source(name: "", text: Array(text.utf8))
    return Completer(Library([Library.general]), globals: globals).highlights(of: text, at: cursor)
      .map { "\($0.kind):\(source.text($0.span))" }
  }

  @Test func `strings, numbers, words and comments`() {
    #expect(
      pieces("if a == \"x\" { 3x4 } # why", globals: [("a", .int(1))]) == [
        "keyword:if", "string:\"x\"", "number:3x4", "comment:# why",
      ])
    #expect(pieces("f\"{1}\" #=> 2") == ["string:f\"{1}\"", "check:#=> 2"])
  }

  @Test func `mistakes are passed over, and what is open is what it will be`() {
    #expect(pieces("1 $ 2 \"ab") == ["number:1", "number:2", "string:\"ab"])
    #expect(pieces("1 # \"a") == ["number:1", "comment:# \"a"])
    #expect(pieces("\"é # no comment") == ["string:\"é # no comment"])
    #expect(pieces("\"\"\"a\nb") == ["string:\"\"\"a\nb"])
  }

  @Test func `names that nothing has`() {
    #expect(pieces("zeta + abs(zeta.x)") == ["unknown:zeta", "unknown:zeta"])
    #expect(pieces("zeta + 1", globals: [("zeta", .int(1))]) == ["number:1"])
    // Bound by the text itself.
    #expect(pieces("zeta = 1; zeta") == ["number:1"])
    #expect(pieces("fn f(x) { x }; f(2)") == ["keyword:fn", "number:2"])
    #expect(pieces("[y for y in w]") == ["keyword:for", "keyword:in", "unknown:w"])
    #expect(pieces("print(end=1)") == ["number:1"])
    // May become a known one, as long as it is typed.
    #expect(pieces("prin") == [])
    #expect(pieces("prin‸ + 1") == ["number:1"])
    #expect(pieces("prin + 1") == ["unknown:prin", "number:1"])
    #expect(pieces("whil") == [])
  }
}
