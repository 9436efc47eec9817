// SPDX-License-Identifier: MIT
internal import HengeDocuments
internal import HengeLanguage

/// Text as it is written in HTML, between tags and in quoted attributes; control codes are written out.
func escapedHTML(_ text: String) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count + 16)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "\n", "\t": result.unicodeScalars.append(scalar)
    default:
      if TextWidth.isHidden(scalar) {
        result += TextWidth.escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
  return result
}

/// What ``escapedHTML(_:)`` was made of.
///
/// Bytes are compared, not characters: a sign that combines with the one before it is one character.
func unescapedHTML(_ text: Substring) -> String {
  let names: [([UInt8], UInt8)] = [
    (Array("&lt;".utf8), 60), (Array("&gt;".utf8), 62), (Array("&quot;".utf8), 34),
    (Array("&amp;".utf8), 38),
  ]
  var rest = Array(text.utf8)[...]
  var bytes: [UInt8] = []
  bytes.reserveCapacity(rest.count)
  while let first = rest.first {
    if first == 38, let (name, sign) = names.first(where: { rest.starts(with: $0.0) }) {
      bytes.append(sign)
      rest.removeFirst(name.count)
    } else {
      bytes.append(first)
      rest.removeFirst()
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// A heading of a page, for its contents.
struct PageHeading: Equatable {
  let level: Int
  let id: String
  let text: String
}

/// Draws Markdown as HTML that runs nothing: HTML in the text is shown as text, and only addresses of
/// pages and mail become links.
struct MarkdownHTML {
  /// The headings so far.
  private(set) var headings: [PageHeading] = []
  /// An image of the document's folder as a `data:` address; nil where it cannot be read.
  let image: (String) -> String?
  /// Names of places that are no headings.
  private let taken: Set<String>

  init(taken: Set<String> = [], image: @escaping (String) -> String?) {
    (self.taken, self.image) = (taken, image)
  }

  /// The HTML of `markdown`.
  mutating func html(_ markdown: Markdown) -> String { blocks(markdown.root.children) }

  private mutating func blocks(_ nodes: [Markdown.Node], isTight: Bool = false) -> String {
    nodes.map { block($0, isTight: isTight) }.joined()
  }

  private mutating func block(_ node: Markdown.Node, isTight: Bool) -> String {
    switch node.kind {
    case .paragraph:
      return isTight ? inline(node.children) + "\n" : "<p>\(inline(node.children))</p>\n"
    case .heading(let level):
      let id = anchor(node.text)
      headings.append(PageHeading(level: level, id: id, text: node.text))
      return "<h\(level) id=\"\(id)\">\(inline(node.children))</h\(level)>\n"
    case .quote: return "<blockquote>\n\(blocks(node.children))</blockquote>\n"
    case .list(let start, let isTight):
      let tag = start == nil ? "ul" : "ol"
      let first = start ?? 1
      let items = node.children.map { "<li>\(blocks($0.children, isTight: isTight))</li>\n" }
      return "<\(tag)\(first == 1 ? "" : " start=\"\(first)\"")>\n\(items.joined())</\(tag)>\n"
    case .codeBlock(let code, let language):
      let isHenge = language.split(separator: " ").first == "henge"
      return "<pre class=\"code\">\(isHenge ? CodeHTML.html(code) : escapedHTML(code))</pre>\n"
    case .htmlBlock(let html): return "<pre class=\"raw\">\(escapedHTML(html))</pre>\n"
    case .rule: return "<hr>\n"
    case .table: return table(node)
    default: return inline([node])
    }
  }

  private func table(_ node: Markdown.Node) -> String {
    var head = ""
    var body = ""
    for row in node.children {
      guard case .row(let isHeading) = row.kind else { continue }
      let cells = row.children.map { cell -> String in
        guard case .cell(let alignment) = cell.kind else { return "" }
        let tag = isHeading ? "th" : "td"
        let style =
          alignment == .right ? " class=\"n\"" : alignment == .center ? " class=\"c\"" : ""
        return "<\(tag)\(style)>\(inline(cell.children))</\(tag)>"
      }
      let line = "<tr>\(cells.joined())</tr>\n"
      if isHeading { head += line } else { body += line }
    }
    return
      "<div class=\"wide\"><table>\n<thead>\n\(head)</thead>\n<tbody>\n\(body)</tbody>\n</table></div>\n"
  }

  private func inline(_ nodes: [Markdown.Node]) -> String { nodes.map(inline).joined() }

  private func inline(_ node: Markdown.Node) -> String {
    switch node.kind {
    case .text(let text): return escapedHTML(text)
    case .softBreak: return "\n"
    case .lineBreak: return "<br>\n"
    case .code(let code): return "<code>\(escapedHTML(code))</code>"
    case .html(let html): return escapedHTML(html)
    case .emphasis: return "<em>\(inline(node.children))</em>"
    case .strong: return "<strong>\(inline(node.children))</strong>"
    case .struck: return "<del>\(inline(node.children))</del>"
    case .link(let address):
      guard let safe = MarkdownHTML.safe(address) else { return inline(node.children) }
      return "<a href=\"\(escapedHTML(safe))\">\(inline(node.children))</a>"
    case .image(let address):
      guard let data = image(address) else { return "[\(escapedHTML(node.text))]" }
      return "<img src=\"\(data)\" alt=\"\(escapedHTML(node.text))\">"
    default: return inline(node.children)
    }
  }

  /// An address that only leads somewhere: a page, mail, or a place in this document.
  static func safe(_ address: String) -> String? {
    var scheme = ""
    guard !address.unicodeScalars.contains(where: { $0.value < 33 }) else { return nil }
    for scalar in address.unicodeScalars {
      if scalar == ":" {
        return ["http", "https", "mailto"].contains(scheme.lowercased()) ? address : nil
      }
      if "/#?".unicodeScalars.contains(scalar) { break }
      scheme.unicodeScalars.append(scalar)
    }
    return page(of: address)
  }

  /// The page of a document to which a text leads: `Guide.html#x` for `Guide.md#x`.
  private static func page(of address: String) -> String {
    let path = address.prefix { $0 != "#" && $0 != "?" }
    if let (stem, format) = DocumentFormat.split(String(path)), format.isRun {
      return stem + ".html" + address.dropFirst(path.count)
    }
    return address
  }

  /// A name for a heading as GitHub makes it, used once on the page.
  private func anchor(_ text: String) -> String {
    var id = ""
    for scalar in text.lowercased().unicodeScalars {
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-"
        || scalar == "_"
      {
        id.unicodeScalars.append(scalar)
      } else if scalar == " " {
        id += "-"
      }
    }
    if id.isEmpty { id = "section" }
    if PageAnchor.isReserved(id) { id = "section-\(id)" }
    var unique = id
    var number = 1
    while taken.contains(unique) || headings.contains(where: { $0.id == unique }) {
      unique = "\(id)-\(number)"
      number += 1
    }
    return unique
  }
}

/// The names of places on a page that the page itself uses.
enum PageAnchor {
  static let source = "henge-source"
  static func cell(_ number: Int) -> String { "cell-\(number)" }
  static func isReserved(_ id: String) -> Bool {
    CellOption.reservedNames.contains(where: id.hasPrefix)
  }
}

/// Draws code as HTML, its comments, texts and numbers marked.
enum CodeHTML {
  static func html(_ code: String) -> String {
    let source = Source(name: "code", text: Array(code.utf8))
    var html = ""
    var position = 0
    for (span, kind) in source.highlights() where span.start >= position {
      html += escapedHTML(source.text(Span(position, span.start)))
      html += "<span class=\"\(kind.rawValue)\">\(escapedHTML(source.text(span)))</span>"
      position = span.end
    }
    return html + escapedHTML(source.text(Span(position, source.bytes.count)))
  }
}
