// SPDX-License-Identifier: MIT
import HengeDocuments
import HengeLanguage
import HengeTestSupport
import Testing

/// The document in a text named `name`.
func document(_ text: String, _ name: String = "f.henge") throws -> Document {
  try DocumentFile(Source(name: name, text: Array(text.utf8))).document
}

@Suite struct FormatTests {
  @Test func `a script's markers begin cells of code and text`() throws {
    let script = """
      ## What it does.
      param n = 3  "how many"

      # %% The images
      #| echo: false
      a = 1

      b = 2

      # %% [markdown]
      # # A heading
      #
      # and words
      # %%
      a + b
      """
    let cells = try document(script).cells
    #expect(cells.map(\.kind) == [.code, .code, .text, .code])
    #expect(cells.map(\.title) == ["", "The images", "", ""])
    #expect(cells[0].source == "## What it does.\nparam n = 3  \"how many\"")
    #expect(cells[1].source == "a = 1\n\nb = 2")
    #expect(!cells[1].options.showsCode)
    #expect(cells[2].source == "# A heading\n\nand words")
    #expect(cells[3].source == "a + b")
    #expect(try document(script).title == "A heading")
  }

  @Test func `fences of henge in Markdown are cells, and other fences are text`() throws {
    let text = """
      # A lesson

      ```henge
      #| title: Two
      1 + 1
      ```

      ~~~python
      ```henge
      ~~~
      <!-- %% Second -->
      more

      ````henge
      "```"
      ````
      """
    let cells = try document(text, "f.henge.md").cells
    #expect(cells.map(\.kind) == [.text, .code, .text, .text, .code])
    #expect(cells[1].title == "Two")
    #expect(cells[2].source == "~~~python\n```henge\n~~~")
    #expect(cells[3].title == "Second")
    #expect(cells[4].source == "\"```\"")
  }

  @Test func `what runs of Markdown is at the same place`() throws {
    let text = "words\n\n```henge\n1 / 0\n```\n"
    let file = try DocumentFile(Source(name: "f.md", text: Array(text.utf8)))
    #expect(file.source.bytes.count == text.utf8.count)
    #expect(String(decoding: file.source.bytes, as: UTF8.self).contains("1 / 0"))
    #expect(!String(decoding: file.source.bytes, as: UTF8.self).contains("words"))
    #expect(file.line(of: 1) == 4)
  }

  @Test(arguments: [
    ("# %%\n#| eco: false\n1", "there is no option `eco`"),
    ("# %%\n#| echo: no\n1", "`echo` must be `true` or `false`, not `no`"),
    ("# %%\n#| echo: true\n#| echo: true\n1", "`echo` is given twice"),
    ("# %%\n#| echo\n1", "an option of a cell must be `#| name: value`"),
    ("# %%\n1\n#| echo: true", "an option must come before the code of its cell"),
    ("# %%\n#| hint: h\n1", "`hint` needs a question"),
    ("# %%\n#| ask: q\n#| choices: a | b\n1", "`choices` needs the answer that is right"),
    (
      "# %%\n#| ask: q\n#| choices: a | b\n#| answer: c\n1", "the answer `c` is none of the choices"
    ),
    ("# %%\n#| width: 0\n1", "`width` must be a whole number from 1 to 10000, not `0`"),
    ("# %% T\n#| title: U\n1", "the cell has a title already: T"),
    (
      "# %%\n#| label: a b\n1",
      "`label` must be a letter and then letters, digits, - or _, not `a b`"
    ),
    ("# %%\n#| label: 3\n1", "`label` must be a letter and then letters, digits, - or _, not `3`"),
    (
      "# %%\n#| label: cell-2\n1",
      "`label` must be a letter and then letters, digits, - or _, not `cell-2`"
    ),
    ("# %%\n#| label: a\n1\n# %%\n#| label: a\n2", "another cell has the label a"),
  ])
  func `a wrong option is refused`(_ text: String, _ message: String) {
    #expect { try document(text) } throws: { ($0 as? Diagnostic)?.message == message }
  }

  @Test(arguments: [
    ("```henge\n1", "this cell has no closing fence"),
    ("- a\n\n  ```henge\n  1\n  ```", "the fence of a cell must begin at the left margin"),
    (
      "1. a\n\n    ```henge\n    1\n    ```",
      "in a list a `henge` fence is no cell and would not run"
    ),
    ("```{henge}\n1\n```", "the fence of a cell must say `henge` alone"),
    ("```Henge\n1\n```", "the fence of a cell must say `henge` alone"),
    ("> ```henge\n> 1\n> ```", "in a quote a `henge` fence is no cell and would not run"),
  ])
  func `a fence that would not run is refused`(_ text: String, _ message: String) {
    #expect { try document(text, "f.md") } throws: { ($0 as? Diagnostic)?.message == message }
  }

  @Test func `a text without an end is one program`() throws {
    let text = "x = 1\n" + String(repeating: "# a comment that goes on\n", count: 1 << 18)
    let file = try DocumentFile(Source(name: "f.henge", text: Array(text.utf8)))
    #expect(file.isLong)
    #expect(file.document.cells.count == 1)
    let program = try DocumentProgram(file) { (source) throws(Diagnostic) in
      try Parser.parseInParts(source)
    }
    #expect(program.isPlain)
  }

  @Test func `random documents survive both formats and keep every byte of code`() throws {
    var generator = DocumentGenerator(seed: 11)
    for _ in 0..<2000 {
      let given = generator.document()
      let script = try given.percent()
      #expect(try document(script) == given)
      let markdown = try given.markdown()
      #expect(try document(markdown, "f.henge.md") == given)
      #expect(try document(markdown, "f.henge.md").percent() == script)
    }
  }

  @Test func `lines that would begin another cell are refused, not written`() throws {
    let code = Document([Cell(code: "x = 1\n# %% not a marker")])
    #expect(throws: Unwritable.self) { try code.percent() }
    let text = Document([Cell(text: "```henge\n1\n```")])
    #expect(throws: Unwritable.self) { try text.markdown() }
    #expect(throws: Unwritable.self) { try Document([Cell(text: "%% words")]).percent() }
    #expect(throws: Unwritable.self) { try Document([Cell(text: "```\nopen")]).markdown() }
    #expect(throws: Unwritable.self) {
      try Document([Cell(code: "1", title: "of [markdown]")]).percent()
    }
  }
}

/// Draws documents.
private struct DocumentGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  private mutating func below(_ count: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % count
  }

  private mutating func pick(_ words: [String]) -> String { words[below(words.count)] }

  private static let code = [
    "x = 1", "", "  ", "# a comment", "```", "f = \"\"\"", "print(\"ü\")", "x |> f  #=> 3", "\t1",
    "~~~~", "# %%x",
  ]
  private static let text = [
    "words", "", "# A heading", "- item", "  more", "`code`", "# %%", "#", "%%x", "a | b", "<b>",
    "<!-- a comment -->", "~~", "    indented",
  ]

  mutating func document() -> Document {
    Document((0..<below(6)).map { _ in cell() })
  }

  private mutating func cell() -> Cell {
    let title = pick(["", "", "A title", "1: more", "ä"])
    guard below(2) == 0 else {
      return Cell(text: lines(DocumentGenerator.text), title: title)
    }
    var options = CellOptions()
    for (name, value) in [
      ("echo", "false"), ("caption", "a: b"), ("ask", "what?"), ("within", "0.5"),
    ]
    where below(3) == 0 {
      if name == "within", options.question == nil { continue }
      #expect(options.add(name, value) == nil)
    }
    return Cell(code: lines(DocumentGenerator.code), title: title, options: options)
  }

  private mutating func lines(_ words: [String]) -> String {
    (0..<below(6)).map { _ in pick(words) }.joined(separator: "\n")
  }
}
