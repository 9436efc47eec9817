// SPDX-License-Identifier: MIT

@testable import HengeLanguage
import Testing

struct RendererTests {
  private func span(_ source: Source, _ text: String) -> Span {
    let wanted = Array(text.utf8)
    let start = (0...source.bytes.count - wanted.count).first {
      source.bytes[$0..<$0 + wanted.count] == wanted[...]
    }
    return Span(start ?? 0, (start ?? 0) + wanted.count)
  }

  private func source(_ name: String, _ text: String) -> Source {
    Source(name: name, text: Array(text.utf8))
  }

  @Test func anErrorAtThePromptHasAllItsParts() {
    let entry = source("[12]", "y = t.g_ab(x) + plane")
    let diagnostic = Diagnostic(
      "E-shape", "cannot add 1x3x64x64 and 1x32x32",
      labels: [
        .init(entry, span(entry, "t.g_ab(x)"), "f32 1x3x64x64"),
        .init(entry, span(entry, "plane"), "f32 1x32x32, made at [9] by full(shape(1, 32, 32), …)"),
      ],
      notes: ["axis 2: 64 against 32;  axis 3: 64 against 32   (only equal sizes or 1 combine)"],
      suggestion: "plane |> resize(64x64)")
    #expect(
      Renderer().render(diagnostic) == """
        E-shape: cannot add 1x3x64x64 and 1x32x32
          12 | y = t.g_ab(x) + plane
             |     ^^^^^^^^^   ^^^^^
             |                 f32 1x32x32, made at [9] by full(shape(1, 32, 32), …)
             |     f32 1x3x64x64
          axis 2: 64 against 32;  axis 3: 64 against 32   (only equal sizes or 1 combine)
          try: plane |> resize(64x64)
        """)
    #expect(
      Renderer(width: 90).render(diagnostic).split(separator: "\n")[2]
        == "     |     ^^^^^^^^^   ^^^^^ f32 1x32x32, made at [9] by full(shape(1, 32, 32), …)")
    #expect(Renderer.line(diagnostic) == "E-shape: cannot add 1x3x64x64 and 1x32x32")
  }

  @Test func linesThatAreApartAndOtherFilesAreShown() {
    let file = source("a.henge", "fn f(x) {\n  x + 1\n\n\n  y\n}\n")
    let library = source("lib.henge", "one\ntwo(3)\n")
    let diagnostic = Diagnostic(
      "E-name", "nothing is called `y`",
      labels: [
        .init(file, span(file, "y"), "here"), .init(file, span(file, "fn"), "in this function"),
        .init(library, span(library, "two"), "known"),
      ],
      trace: [
        .init(file, span(file, "x + 1"), "in f"), .init(library, span(library, "two(3)"), "in two"),
      ])
    #expect(
      Renderer().render(diagnostic) == """
        E-name in a.henge:5:3: nothing is called `y`
          1 | fn f(x) {
            | ^^ in this function
            …
          5 |   y
            |   ^ here
          in lib.henge:
          2 | two(3)
            | ^^^ known
          in f, called at a.henge:2:3
          in two, called at lib.henge:2:1
        """)
  }

  @Test func aSpanOverLinesPointsToItsEnd() {
    let file = source("a.henge", "f(1,\n  2,\n  3)\n")
    let diagnostic = Diagnostic(
      "E-arg", "too many", labels: [.init(file, span(file, "f(1,\n  2,\n  3)"), "3 given")])
    #expect(
      Renderer().render(diagnostic) == """
        E-arg in a.henge:1:1: too many
          1 | f(1,
            | ^^^^ 3 given, to line 3
        """)
  }

  @Test func anEntryOfSeveralLinesNumbersThem() {
    let entry = source("[7]", "if a {\n  b\n}")
    let diagnostic = Diagnostic("E-name", "no b", labels: [.init(entry, span(entry, "b"))])
    #expect(Renderer().render(diagnostic) == "E-name: no b\n  7:2 |   b\n      |   ^")
  }

  @Test func tabsWideAndCombiningCharactersKeepCaretsInPlace() {
    let file = source("a", "\t\"顔e\u{301}👍\" + x")
    let diagnostic = Diagnostic("E-type", "no", labels: [.init(file, span(file, "x"))])
    #expect(
      Renderer().render(diagnostic)
        == "E-type in a:1:11: no\n  1 |     \"顔e\u{301}👍\" + x\n    |               ^")
    #expect(TextWidth.of("顔e\u{301}👍") == 5)
  }

  @Test func aLongLineIsCutAroundItsCarets() {
    let file = source("a", String(repeating: "abcdefghi ", count: 3_000) + "here" + " xyz")
    let diagnostic = Diagnostic("E-name", "no", labels: [.init(file, span(file, "here"))])
    let rows = Renderer().render(diagnostic).split(separator: "\n").map(String.init)
    #expect(rows.count == 3)
    #expect(rows.allSatisfy { TextWidth.of($0) <= 80 })
    let column = rows[2].unicodeScalars.count - "^^^^".count
    #expect(rows[1].dropFirst(column).hasPrefix("here"))
    #expect(rows[1].contains("| …"))
  }

  @Test func controlCodesFromOutsideAreWrittenOut() {
    let file = source("a\u{1B}[2J", "x\u{7} = \u{202E}3")
    let diagnostic = Diagnostic(
      "E-type", "bad \u{1B}]0;title\u{7}\nnext", labels: [.init(file, Span(0, 1), "\u{9B}31m")],
      notes: ["\u{0}"], suggestion: "a\n\tb")
    let text = Renderer(isColoured: false).render(diagnostic)
    #expect(
      text == """
        E-type in a\\x1b[2J:1:1: bad \\x1b]0;title\\x07\\nnext
          1 | x\\x07 = \\u202e3
            | ^ \\x9b31m
          \\x00
          try: a
               \\tb
        """)
    let coloured = Renderer(isColoured: true).render(diagnostic)
    let codes: Set<String> = ["[31;1m", "[32m", "[1m", "[2m", "[0m"]
    for part in coloured.split(separator: "\u{1B}").dropFirst() {
      #expect(codes.contains { part.hasPrefix($0) })
    }
  }

  @Test func spansOutsideTheTextAreHarmless() {
    let file = source("a", "ab\n")
    for span in [Span(3, 3), Span(2, 2), Span(-5, 90), Span(90, 100), Span(1, 0)] {
      let diagnostic = Diagnostic("E-type", "no", labels: [.init(file, span, "here")])
      #expect(Renderer().render(diagnostic).hasPrefix("E-type in a:"))
    }
    let empty = Diagnostic("E-type", "no", labels: [.init(source("[1]", ""), Span(0, 0))])
    #expect(Renderer().render(empty) == "E-type: no\n  1 |\n    | ^")
    #expect(Renderer().render(Diagnostic("E-file", "no such file")) == "E-file: no such file")
  }

  @Test func aLongWayOfCallsIsShortened() {
    let file = source("a", "f()")
    let calls = (0..<50).map { Diagnostic.Label(file, Span(0, 3), "in f\($0)") }
    let rows = Renderer().render(Diagnostic("E-depth", "deep", trace: calls)).split(separator: "\n")
    #expect(rows.count == 13)
    #expect(rows[8] == "  in f7, called at a:1:1")
    #expect(rows[9] == "  … 39 more calls …")
    #expect(rows[12] == "  in f49, called at a:1:1")
  }

  @Test func `on a terminal messages and notes end their lines between words`() {
    let diagnostic = Diagnostic(
      "E-member", "a trainer has no member `steps`, which is not what one could have hoped for",
      notes: ["it has count, total, epoch, losses, log", "short"], suggestion: "t.step")
    #expect(
      Renderer(width: 40, isWrapped: true).render(diagnostic) == """
        E-member: a trainer has no member
          `steps`, which is not what one could
          have hoped for
          it has count, total, epoch, losses,
            log
          short
          try: t.step
        """)
    #expect(
      Renderer(width: 40, isColoured: true, isWrapped: true).render(diagnostic).hasPrefix(
        "\u{1B}[31;1mE-member\u{1B}[0m: \u{1B}[1ma trainer has no member\u{1B}[0m\n"))
    // What stands below the carets is cut.
    let wide = Diagnostic(
      "E-type", "no",
      labels: [
        Diagnostic.Label(source("a", "m(xs)"), Span(2, 4), String(repeating: "12345", count: 20))
      ])
    for row in Renderer(width: 40, isWrapped: true).render(wide).split(separator: "\n") {
      #expect(TextWidth.of(String(row)) <= 40, "\(row)")
    }
    // A pipe gets each on one line, whatever its reader's width.
    #expect(Renderer(width: 40).render(diagnostic).split(separator: "\n").count == 4)
  }
}
