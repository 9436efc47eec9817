// SPDX-License-Identifier: MIT
import HengeDocuments
import HengeImage
import HengeLanguage
@testable import HengeReports
import HengeTestSupport
import Testing

@Suite struct MarkdownHTMLTests {
  private func html(_ text: String) throws -> String {
    var writer = MarkdownHTML { $0 == "face.png" ? "data:image/png;base64,AA==" : nil }
    return writer.html(try Markdown(text))
  }

  @Test func `HTML in a text is shown as text`() throws {
    #expect(
      try html("a <script>alert(1)</script> b")
        == "<p>a &lt;script&gt;alert(1)&lt;/script&gt; b</p>\n")
    #expect(
      try html("<div onclick=\"x\">\n")
        == "<pre class=\"raw\">&lt;div onclick=&quot;x&quot;&gt;\n</pre>\n")
  }

  @Test(arguments: [
    "javascript:\u{FF9E}=alert(1)", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "data:text/html,x", "vbscript:x",
    "file:///etc/passwd",
    "java\tscript:alert(1)", "&#106;avascript:alert(1)", "&#x6A;avascript&colon;x",
  ])
  func `a link that does more than lead somewhere is dropped`(_ address: String) throws {
    let found = try html("[words](<\(address)>)")
    #expect(!found.contains("href"), "\(found)")
  }

  @Test(arguments: [
    "https://x.org/a?b=1", "http://x.org", "mailto:a@x.org", "#place", "other.html", "a/b:c",
  ])
  func `a link that leads somewhere stays`(_ address: String) throws {
    #expect(try html("[words](\(address))").contains("<a href=\"\(address)\">words</a>"))
  }

  @Test func `a link to another document leads to its page`() throws {
    #expect(try html("[x](Guide.md#part)").contains("<a href=\"Guide.html#part\">"))
    #expect(try html("[x](lessons/1.henge.md)").contains("<a href=\"lessons/1.html\">"))
    #expect(try html("[x](https://x.org/a.md)").contains("<a href=\"https://x.org/a.md\">"))
  }

  @Test func `an image of the document's folder is in the page, one from elsewhere is not`() throws
  {
    #expect(
      try html("![a \"face\"](face.png)")
        == "<p><img src=\"data:image/png;base64,AA==\" alt=\"a &quot;face&quot;\"></p>\n")
    #expect(try html("![far](https://x.org/a.png)") == "<p>[far]</p>\n")
  }

  @Test func `a heading leaves a cell its label`() throws {
    var writer = MarkdownHTML(taken: ["train"]) { _ in nil }
    #expect(writer.html(try Markdown("# Train")).contains("id=\"train-1\""))
  }

  @Test func `headings have names of their own`() throws {
    let found = try html("# Same\n\n# Same\n\n# cell-1\n\n# ...")
    for id in ["\"same\"", "\"same-1\"", "\"section-cell-1\"", "\"section\""] {
      #expect(found.contains("id=\(id)"))
    }
  }

  @Test func `escaped text reads back`() {
    for text in ["<\u{338}b> & x", "&\u{301};", "\"\u{20DD}"] {
      #expect(unescapedHTML(escapedHTML(text)[...]) == text)
    }
    let text = "a < b & \"c\" > &lt; &amp;amp;"
    #expect(unescapedHTML(escapedHTML(text)[...]) == text)
  }
}

@Suite struct Base64Tests {
  @Test func `bytes survive`() {
    for count in 0..<40 {
      let bytes = (0..<count).map { UInt8(($0 * 37 + count) & 255) }
      #expect(decodedBase64(base64(bytes)) == bytes)
    }
    #expect(base64(Array("any carnal pleas".utf8)) == "YW55IGNhcm5hbCBwbGVhcw==")
  }

  @Test(arguments: ["A", "AA=", "====", "A===", "AA==AAAA", "AA\nA", "AAA*"])
  func `what is no Base64 is refused`(_ text: String) { #expect(decodedBase64(text) == nil) }
}

@Suite struct RunComparisonTests {
  private func value(_ text: String, hash: String? = nil) -> OutputRecord {
    OutputRecord(.value, hash: hash ?? text, text: text)
  }

  @Test func `equal outputs do not differ`() {
    #expect(RunComparison.difference([value("1")], [value("1")]) == nil)
  }

  @Test func `the largest difference of a number is found`() {
    let found = RunComparison.difference(
      [value("loss 0.5, g 1e-3"), value("7")], [value("loss 0.75, g 2e-3"), value("9")])
    #expect(found == "the largest difference of a number in output 2 is 2.0: 7, now 9")
  }

  @Test func `other words, kinds and counts are said`() {
    #expect(
      RunComparison.difference([value("a")], [value("b")]) == "its output was `a`, now it is `b`")
    #expect(
      RunComparison.difference([value("a")], [OutputRecord(.text, hash: "x", text: "a")])
        == "its output was a value, now it is text")
    #expect(RunComparison.difference([value("a")], []) == "it had 1 output, now 0")
    #expect(
      RunComparison.difference([value("1.0", hash: "x")], [value("1.0", hash: "y")])
        == "its output differs in digits that are not shown: `1.0`")
  }

  @Test func `the pixels that differ are counted`() {
    func picture(_ bytes: [UInt8]) -> OutputRecord {
      let picture = PixelDisplay(height: 1, width: 3, channels: 1, bytes: bytes)
      return OutputRecord(.picture, hash: "\(bytes)", text: picture.words, picture: picture)
    }
    #expect(
      RunComparison.difference([picture([0, 9, 255])], [picture([0, 4, 250])])
        == "in its output, an image, 2 of 3 values differ, by at most 5 of 255")
  }

  @Test func `numbers in text are those that people see`() {
    let found = NumbersInText("x1 = -3.5e-2, 64x64 (7)")
    #expect(found.numbers == ["-3.5e-2", "64", "7"])
  }
}
