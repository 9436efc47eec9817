// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeDocuments
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage

/// A file or folder that a document reads, with the hash of what is in it.
public struct PageInput: Equatable, Sendable {
  /// The path relative to the document's folder, as far as it can be.
  public let path: String
  /// SHA-256 of the file, or of the names and bytes of a folder's files.
  public let hash: String
  /// The text of a script that the document imports; none of other files.
  public let script: String?

  /// An input.
  public init(path: String, hash: String, script: String? = nil) {
    (self.path, self.hash, self.script) = (path, hash, script)
  }
}

/// One self-contained page of a document: text, code and everything that the code produced.
struct Page {
  let file: DocumentFile
  /// The document's own text, byte for byte.
  let text: String
  let name: String
  let circumstances: RunCircumstances
  let threads: Int
  let cells: [PageCell]
  /// What was read, asked for after the texts with their images are drawn.
  let inputs: () throws -> [PageInput]
  /// Whether the page can be computed again: not that of a session, whose entries were typed.
  var isVerifiable = true
  /// An image in the document's folder as a `data:` address.
  let image: (String) -> String?

  /// The page; throws where Markdown cannot be read.
  func html() throws -> String {
    var markdown = MarkdownHTML(
      taken: Set(file.document.cells.compactMap(\.options.label)), image: image)
    var sections: [String] = []
    for cell in cells {
      switch cell.cell.kind {
      case .text: sections.append(markdown.html(try Markdown(cell.cell.source)))
      case .code: sections.append(cell.html)
      }
    }
    let title = file.document.title ?? name
    // The contents follow the title.
    let contents = contents(markdown.headings)
    let first = sections.firstIndex { $0.hasPrefix("<h1") }
    if let first, let end = sections[first][...].range(of: "</h1>\n") {
      sections[first].insert(contentsOf: contents, at: end.upperBound)
    }
    let heading =
      markdown.headings.first?.level == 1 ? "" : "<h1>\(escapedHTML(title))</h1>\n"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(PageStyle.policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="henge \(escapedHTML(circumstances.version))">
      <title>\(escapedHTML(title))</title>
      <style>
      \(PageStyle.css)</style>
      </head>
      <body>
      <main>
      \(heading)\(first == nil ? contents : "")\(sections.joined())\(try footer())</main>
      </body>
      </html>

      """
  }

  /// The contents, for a page of several sections.
  private func contents(_ headings: [PageHeading]) -> String {
    let shown = headings.filter { $0.level == 2 || $0.level == 3 }
    guard shown.count > 2 else { return "" }
    let lines = shown.filter { $0.level == 2 || shown.count <= 12 }.map {
      "<li><a href=\"#\(escapedHTML($0.id))\">\(escapedHTML($0.text))</a></li>\n"
    }
    return
      "<nav aria-label=\"Contents\"><details open><summary>Contents</summary>\n<ul>\n\(lines.joined())</ul>\n</details></nav>\n"
  }

  private func footer() throws -> String {
    let inputs = try inputs()
    var rows: [(String, String)] = [
      ("document", escapedHTML(name)),
      (
        "SHA-256",
        "<code data-source-hash=\"\(circumstances.source)\">\(circumstances.source)</code>"
      ),
    ]
    for (name, value) in circumstances.parameters.sorted(by: { $0.key < $1.key }) {
      rows.append(
        (
          "parameter <code>\(escapedHTML(name))</code>",
          "<code data-parameter=\"\(escapedHTML(name))\">\(escapedHTML(value))</code>"
        ))
    }
    rows += [
      ("seed", "\(circumstances.seed)"), ("version", "henge \(escapedHTML(circumstances.version))"),
      ("processor", escapedHTML(circumstances.processor)), ("threads", "\(threads)"),
    ]
    if let limit = circumstances.stepLimit { rows.append(("steps", "at most \(limit) a call")) }
    for input in inputs {
      rows.append(
        (
          "input",
          "<code data-input=\"\(escapedHTML(input.path))\" data-input-hash=\"\(input.hash)\">\(escapedHTML(input.path))</code>"
        ))
    }
    let list = rows.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>\n" }.joined()
    let limit = circumstances.stepLimit.map { " data-limit-steps=\"\($0)\"" } ?? ""
    let scripts = inputs.compactMap { input in
      input.script.map {
        "<details><summary>Imported: \(escapedHTML(input.path))</summary>\n<pre class=\"code\" data-script=\"\(escapedHTML(input.path))\">\n\(exact($0))</pre></details>\n"
      }
    }
    return """
      <footer data-version="\(escapedHTML(circumstances.version))" data-processor="\(escapedHTML(circumstances.processor))" data-seed="\(circumstances.seed)" data-threads="\(threads)"\(limit)\(isVerifiable ? "" : " data-session=\"true\"")>
      <dl>
      \(list)</dl>
      <details><summary>Source</summary>
      <pre class="code" id="\(PageAnchor.source)" data-name="\(escapedHTML(name))">
      \(exact(text))</pre></details>
      \(scripts.joined())\(isVerifiable ? "<p>To compute all of this again and compare: <code>henge verify</code> with this file.</p>\n" : "")</footer>

      """
  }

  /// A text that reads back byte for byte.
  private func exact(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
