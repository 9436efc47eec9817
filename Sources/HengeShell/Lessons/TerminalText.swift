// SPDX-License-Identifier: MIT
internal import HengeDocuments
internal import HengeLanguage

/// Draws Markdown and code for a terminal, in lines of at most `width` columns.
struct TerminalText {
  /// How a word is drawn.
  enum Style: String {
    case plain = ""
    case bold = "1"
    case italic = "3"
    case code = "36"
    case faint = "2"
    case keyword = "35"
    case string = "32"
    case heading = "1;4"
  }

  let width: Int
  /// Whether styles are drawn.
  let isColoured: Bool
  private(set) var parts: [Screen.Part] = []

  init(width: Int, isColoured: Bool) {
    (self.width, self.isColoured) = (max(20, width), isColoured)
  }

  /// A word; one that `joins` follows the one before it without a space.
  private typealias Word = (text: String, style: Style, joins: Bool)

  mutating func add(_ text: String, _ style: Style = .plain) {
    guard isColoured, style != .plain else { return parts.append(.text(text)) }
    parts += [
      .drawn(Array("\u{1B}[\(style.rawValue)m".utf8)), .text(text), .drawn(Array("\u{1B}[0m".utf8)),
    ]
  }

  // MARK: Code

  /// Adds code, indented, its parts in colors.
  mutating func add(code: String) {
    let source = Source(name: "code", text: Array(code.utf8))
    add("    ")
    var position = 0
    for (span, kind) in source.highlights() where span.start >= position {
      add(indented(source.text(Span(position, span.start))))
      let style: Style =
        switch kind {
        case .comment: .faint
        case .keyword: .keyword
        case .string, .check: .string
        case .number: .code
        case .unknown: .plain
        }
      add(indented(source.text(span)), style)
      position = span.end
    }
    add(indented(source.text(Span(position, source.bytes.count))) + "\n")
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n    ")
  }

  // MARK: Markdown

  /// Adds a text; one that cannot be read as Markdown as it is.
  mutating func add(markdown text: String) {
    guard let markdown = try? Markdown(text) else { return add(text + "\n") }
    for (index, block) in markdown.root.children.enumerated() {
      if index > 0 { add("\n") }
      add(block, margin: "")
    }
  }

  private mutating func add(_ node: Markdown.Node, margin: String, first: String? = nil) {
    switch node.kind {
    case .heading(let level):
      wrap(words(node.children, level == 1 ? .heading : .bold), margin: margin, first: first)
    case .paragraph: wrap(words(node.children, .plain), margin: margin, first: first)
    case .codeBlock(let code, _), .htmlBlock(let code):
      for line in code.split(separator: "\n", omittingEmptySubsequences: false) where !line.isEmpty
      {
        add("\(margin)    \(line)\n", .code)
      }
    case .rule: add(margin + String(repeating: "-", count: min(40, width)) + "\n", .faint)
    case .quote: for child in node.children { add(child, margin: margin + "| ") }
    case .list(let start, _):
      for (index, item) in node.children.enumerated() {
        let mark = start.map { "\($0 + index). " } ?? "- "
        let inner = margin + String(repeating: " ", count: mark.count)
        for (place, child) in item.children.enumerated() {
          add(child, margin: inner, first: place == 0 ? margin + mark : nil)
        }
      }
    case .table:
      let rows = node.children.map { row in row.children.map { words($0.children, .plain) } }
      add(table: rows, margin: margin)
    default: wrap(words([node], .plain), margin: margin, first: first)
    }
  }

  private mutating func add(table rows: [[[Word]]], margin: String) {
    func length(_ cell: [Word]) -> Int {
      cell.enumerated().reduce(0) { sum, word in
        let gap = word.offset > 0 && !word.element.joins ? 1 : 0
        return sum + gap + TextWidth.of(word.element.text)
      }
    }
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { $0.count > column ? length($0[column]) : 0 }.max() ?? 0
    }
    for (index, row) in rows.enumerated() {
      add(margin)
      for (column, cell) in row.enumerated() {
        for (place, word) in cell.enumerated() {
          if place > 0, !word.joins { add(" ") }
          add(word.text, index == 0 ? .bold : word.style)
        }
        let gap = column + 1 < row.count ? widths[column] - length(cell) + 2 : 0
        add(String(repeating: " ", count: gap))
      }
      add("\n")
    }
  }

  /// The words of a line of text; an empty text breaks the line.
  private func words(_ nodes: [Markdown.Node], _ style: Style) -> [Word] {
    var result: [Word] = []
    var isOpen = false
    func add(_ text: String, _ style: Style) {
      let pieces = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      for (index, piece) in pieces.enumerated() where !piece.isEmpty {
        let joins = index == 0 && isOpen && !result.isEmpty
        if joins, let last = result.last, last.style == style {
          result[result.count - 1].text += piece
        } else {
          result.append((piece, style, joins))
        }
      }
      isOpen = !(pieces.last?.isEmpty ?? true)
    }
    func visit(_ nodes: [Markdown.Node], _ style: Style) {
      for node in nodes {
        switch node.kind {
        case .text(let text), .html(let text): add(text, style)
        case .code(let text): add(text, .code)
        case .softBreak: isOpen = false
        case .lineBreak:
          result.append(("\n", style, false))
          isOpen = false
        case .emphasis: visit(node.children, .italic)
        case .strong: visit(node.children, .bold)
        case .image: add("[\(node.text)]", .faint)
        case .link(let address):
          visit(node.children, style)
          if address.hasPrefix("http"), address != node.text { add(" (\(address))", .faint) }
        default: visit(node.children, style)
        }
      }
    }
    visit(nodes, style)
    return result
  }

  private mutating func wrap(_ words: [Word], margin: String, first: String?) {
    add(first ?? margin)
    var used = TextWidth.of(margin)
    var isFirst = true
    for (place, word) in words.enumerated() {
      if word.text == "\n" {
        add("\n" + margin)
        (used, isFirst) = (TextWidth.of(margin), true)
        continue
      }
      // Words that join the next are broken together.
      var columns = TextWidth.of(word.text)
      for next in words[(place + 1)...] {
        guard next.joins else { break }
        columns += TextWidth.of(next.text)
      }
      if !isFirst, !word.joins, used + 1 + columns > width {
        add("\n" + margin)
        (used, isFirst) = (TextWidth.of(margin), true)
      }
      if !isFirst, !word.joins {
        add(" ")
        used += 1
      }
      add(word.text, word.style)
      used += TextWidth.of(word.text)
      isFirst = false
    }
    add("\n")
  }
}
