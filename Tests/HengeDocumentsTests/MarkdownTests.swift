// SPDX-License-Identifier: MIT
import HengeDocuments
import HengeLanguage
import HengeTestSupport
import Testing

@Suite struct MarkdownTests {
  @Test func `a text becomes a tree`() throws {
    let root = try Markdown(
      """
      ## A *heading*

      1. one
      2. two

      | a | b |
      |---|--:|
      | 1 | ~~2~~ |

      <b>raw</b> and `code`

      ```henge
      1 + 1
      ```
      """
    ).root
    #expect(
      root.children.map(\.text) == ["A heading", "onetwo", "ab12", "<b>raw</b> and code", ""])
    #expect(root.children[0].kind == .heading(level: 2))
    #expect(root.children[1].kind == .list(start: 1, isTight: true))
    #expect(root.children[2].children[0].kind == .row(isHeading: true))
    #expect(root.children[2].children[1].children[1].kind == .cell(.right))
    #expect(root.children[3].children[0].kind == .html("<b>"))
    #expect(root.children[4].kind == .codeBlock("1 + 1\n", language: "henge"))
  }

  @Test func `an empty text is a tree without children`() throws {
    #expect(try Markdown("").root.children.isEmpty)
  }

  @Test func `what nests too deep to be drawn is refused`() {
    let text = String(repeating: "> ", count: 500) + "x"
    #expect { try Markdown(text) } throws: { ($0 as? Diagnostic)?.code == "E-limit" }
  }
}

@Suite struct DocumentProgramTests {
  private func program(_ text: String) throws -> DocumentProgram {
    let file = try DocumentFile(Source(name: "f.henge", text: Array(text.utf8)))
    return try DocumentProgram(file) { (source) throws(Diagnostic) in try Parser.parse(source) }
  }

  @Test func `each statement belongs to the cell in which it begins`() throws {
    let program = try program("a = 1\n\n# %% Two\nb = 2\nc = 3\n\n# %% [markdown]\n# words\n")
    #expect(try program.program(ofCell: 0)?.block.statements.count == 1)
    #expect(try program.program(ofCell: 1)?.block.statements.count == 2)
    #expect(try program.program(ofCell: 2) == nil)
    #expect(program.refusal == nil)
  }

  @Test func `a mistake is an error of its cell, and of the document unless it is allowed`() throws
  {
    let wrong = try program("a = 1\n\n# %%\n1 +\n")
    #expect(wrong.refusal?.code == "E-syntax")
    #expect(try wrong.program(ofCell: 0)?.block.statements.count == 1)
    #expect(throws: Diagnostic.self) { try wrong.program(ofCell: 1) }
    #expect(try program("a = 1\n\n# %%\n#| error: allow\n1 +\n").refusal == nil)
  }

  @Test func `a statement that goes on in another cell is found`() throws {
    let program = try program("f = [1,\n# %% Two\n2]\n")
    #expect(program.whole != nil)
    #expect(program.crossing?.code == "E-cell")
    #expect(try self.program("a = 1\n# %%\nb = 2\n").crossing == nil)
  }
}
