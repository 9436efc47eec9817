// SPDX-License-Identifier: MIT
import HengeDocuments
import HengeLanguage
@testable import HengeReports
import HengeTestSupport
import Testing

@Suite struct NotebookTests {
  private let document = Document([
    Cell(text: "# A title\n\nwords"), Cell(code: "x = \"ü\"\n\nx\n", title: "First"),
    Cell(code: "x = \"ü\"\n\nx\n", title: "First"), Cell(code: ""),
  ])

  @Test func `a notebook reads back as the document`() throws {
    let bytes = try Notebook.write(document)
    let reading = try Notebook.read(bytes, name: "f.ipynb")
    #expect(reading.document == document)
    #expect(reading.notes.isEmpty)
    #expect(try Notebook.write(reading.document) == bytes)
  }

  @Test func `options are lines of a notebook's code`() throws {
    var options = CellOptions()
    #expect(options.add("echo", "false") == nil)
    let document = Document([Cell(code: "1", options: options)])
    let bytes = try Notebook.write(document)
    #expect(String(decoding: bytes, as: UTF8.self).contains("#| echo: false\\n"))
    #expect(try Notebook.read(bytes, name: "f").document == document)
  }

  @Test func `outputs go into a notebook and do not come back`() throws {
    let outputs: [Int: [NotebookOutput]] = [1: [.stream("a\nb\n"), .result("1")]]
    let bytes = try Notebook.write(document, outputs: outputs)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("\"execution_count\": 1"))
    let reading = try Notebook.read(bytes, name: "f.ipynb")
    #expect(reading.document == document)
    #expect(reading.notes == ["the outputs of 1 cell were left out: a document has none"])
  }

  @Test func `the code of another language is noted`() throws {
    let json = """
      {"cells": [{"cell_type": "raw", "source": "x", "metadata": {}}],
       "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4, "nbformat_minor": 2}
      """
    let reading = try Notebook.read(Array(json.utf8), name: "f.ipynb")
    #expect(reading.notes.count == 2)
    #expect(reading.notes[0] == "the code of f.ipynb is python, which henge does not run")
  }

  @Test(arguments: [
    "", "[]", "{\"cells\": []}", "{\"nbformat\": 3, \"cells\": []}", "{\"nbformat\": 4}",
    "{\"nbformat\": 4, \"cells\": [{}]}",
  ])
  func `what is no notebook is refused`(_ text: String) {
    #expect { try Notebook.read(Array(text.utf8), name: "f.ipynb") } throws: {
      ($0 as? Diagnostic)?.code == "E-file"
    }
  }
}
