// SPDX-License-Identifier: MIT
internal import HengeLanguage

// Markdown in which fences of `henge` are cells. What is between them is text; where two texts follow
// one another, a comment that readers do not see separates them.

/// The comment between two texts: `<!-- %% Title -->`.
private struct Separator {
  let title: String

  init(title: String) { self.title = title }

  init?(_ line: String) {
    guard line.hasPrefix("<!-- %%"), line.trimmed.hasSuffix("-->") else { return nil }
    title = String(line.trimmed.dropFirst(7).dropLast(3)).trimmed
  }

  var line: String { "<!-- %%\(title.isEmpty ? "" : " \(title)") -->" }
}

/// A line that opens a block of code.
private struct Fence {
  let sign: Character
  let length: Int
  let info: String

  init?(_ line: String) {
    let indent = line.prefix { $0 == " " }.count
    guard indent < 4, let sign = line.dropFirst(indent).first, sign == "`" || sign == "~" else {
      return nil
    }
    let rest = line.dropFirst(indent)
    length = rest.prefix { $0 == sign }.count
    info = String(rest.dropFirst(length)).trimmed
    self.sign = sign
    guard length >= 3, sign == "~" || !info.contains("`") else { return nil }
  }

  /// Whether it opens a cell.
  var isCell: Bool { language == "henge" }

  /// Whether it is how other programs mark a cell: `{henge}`, or `Henge`.
  var isNearlyCell: Bool {
    let words = language.lowercased().split { "{}.,".contains($0) }
    return !isCell && (words.first == "henge" || info.hasPrefix("{code-cell} henge"))
  }

  private var language: Substring { info.split(whereSeparator: \.isWhitespace).first ?? "" }

  func isClosed(by line: String) -> Bool {
    guard let fence = Fence(line) else { return false }
    return fence.sign == sign && fence.length >= length && fence.info.isEmpty
  }
}

extension CellCollector {
  /// Reads the cells of Markdown.
  mutating func readMarkdown() throws(Diagnostic) {
    var text: [Line] = []
    var code: [Line] = []
    var title = ""
    var fence: (Fence, Line)?
    for line in source.lines {
      if let (open, opening) = fence {
        if open.isClosed(by: line.text) {
          fence = nil
          if open.isCell {
            try add(code: code, title: "", at: Span(opening.span.end, opening.span.end))
            code = []
          } else {
            text.append(line)
          }
        } else if open.isCell {
          code.append(line)
        } else {
          text.append(line)
        }
        continue
      }
      if let separator = Separator(line.text) {
        add(text: text, content: { $0 }, title: title)
        (text, title) = ([], separator.title)
        continue
      }
      if let open = Fence(line.text) {
        if open.isNearlyCell {
          throw wrong(
            line.span, "the fence of a cell must say `henge` alone", suggestion: "```henge")
        }
        fence = (open, line)
        if open.isCell {
          guard line.text.first == open.sign else {
            throw wrong(line.span, "the fence of a cell must begin at the left margin")
          }
          add(text: text, content: { $0 }, title: title)
          (text, title) = ([], "")
          continue
        }
      } else if let nested = CellCollector.nestedFence(line.text) {
        throw wrong(
          line.span, "\(nested) a `henge` fence is no cell and would not run",
          suggestion: "a fence at the left margin, or ```text for code that is only shown")
      }
      text.append(line)
    }
    if let (open, opening) = fence, open.isCell {
      throw wrong(opening.span, "this cell has no closing fence", suggestion: "```")
    }
    add(text: text, content: { $0 }, title: title)
    mask()
  }

  /// In what a `henge` fence is, if it is in a list or a quote.
  private static func nestedFence(_ line: String) -> String? {
    let signs = line.prefix { " \t>-*+0123456789.)".contains($0) }
    guard !signs.isEmpty, let fence = Fence(String(line.dropFirst(signs.count))), fence.isCell
    else {
      return nil
    }
    return signs.contains(">") ? "in a quote" : "in a list"
  }
}

extension Document {
  /// The document as Markdown; throws ``Unwritable`` for a text that would become a cell.
  public func markdown() throws(Unwritable) -> String {
    var blocks: [String] = []
    for (index, cell) in cells.enumerated() {
      switch cell.kind {
      case .text:
        try check(cell, at: index)
        let follows = index > 0 && cells[index - 1].kind == .text
        if follows || !cell.title.isEmpty {
          blocks.append(Separator(title: cell.title).line + "\n")
        }
        blocks.append(cell.source + "\n")
      case .code:
        let title = cell.title.isEmpty ? [] : ["#| title: \(cell.title)"]
        let lines = title + cell.options.lines + cell.source.lines
        let ticks = lines.compactMap { Fence($0)?.length }.max() ?? 0
        let fence = String(repeating: "`", count: max(3, ticks + 1))
        blocks.append(([fence + "henge"] + lines + [fence]).map { $0 + "\n" }.joined())
      }
    }
    return blocks.joined(separator: "\n")
  }

  /// Refuses a text that reads back as something else.
  private func check(_ cell: Cell, at index: Int) throws(Unwritable) {
    let source = Source(name: "text.md", text: Array(cell.source.utf8))
    var cells = CellCollector(source)
    do { try cells.readMarkdown() } catch {
      throw Unwritable("the text of cell \(index + 1) cannot be in Markdown: \(error.message)")
    }
    guard cells.cells.map(\.cell) == [Cell(text: cell.source)], !cell.title.contains("-->") else {
      throw Unwritable("the text of cell \(index + 1) has a line that would begin another cell")
    }
    var open: Fence?
    for line in cell.source.lines {
      if let fence = open { if fence.isClosed(by: line) { open = nil } } else { open = Fence(line) }
    }
    if open != nil {
      throw Unwritable("the text of cell \(index + 1) has a fence that is not closed")
    }
  }
}
