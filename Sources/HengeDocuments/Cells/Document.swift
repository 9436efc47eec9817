// SPDX-License-Identifier: MIT

/// A document: cells of code and text, in the order in which they run and are read.
///
/// It is the same document as a script with `# %%` markers, as Markdown with fences, and as a
/// notebook.
public struct Document: Equatable, Sendable {
  /// The cells, from the top; none of them is an empty text.
  public var cells: [Cell]

  /// A document of `cells`; texts without a word are left out, because no format keeps them apart.
  public init(_ cells: [Cell]) {
    self.cells = cells.filter { $0.kind == .code || !$0.source.isEmpty }
  }

  /// The title: the first heading of a text, or else the first line of the first one's
  /// documentation, `## …`.
  public var title: String? {
    for cell in cells where cell.kind == .text {
      for line in cell.source.split(separator: "\n") where line.hasPrefix("#") {
        let words = line.drop { $0 == "#" }
        if words.hasPrefix(" ") { return String(words).trimmed }
      }
    }
    let lines = cells.first?.source.split(separator: "\n") ?? []
    return lines.first { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)).trimmed }
  }

  /// Whether some cell has a marker, an option or text: whether it is more than a plain script.
  public var hasCells: Bool {
    cells.contains { $0.kind == .text || !$0.title.isEmpty || !$0.options.isEmpty }
      || cells.count > 1
  }
}

/// A part of a document: code that runs as one, or text in Markdown.
public struct Cell: Equatable, Sendable {
  /// What a cell is.
  public enum Kind: Sendable { case code, text }

  /// Whether it is code or text.
  public let kind: Kind
  /// A short title; empty if it has none.
  public let title: String
  /// The options of code; a text has none.
  public let options: CellOptions
  /// The code without its options, every byte of it, or the text without blank lines around it; no
  /// newline at the end that is not a blank line of the code.
  public let source: String

  /// A cell of code.
  public init(code: String, title: String = "", options: CellOptions = CellOptions()) {
    (kind, source, self.title, self.options) = (.code, code, title.trimmed, options)
  }

  /// A cell of text.
  public init(text: String, title: String = "") {
    var lines = text.lines[...]
    while let first = lines.first, first.isBlank { lines.removeFirst() }
    while let last = lines.last, last.isBlank { lines.removeLast() }
    (kind, self.title, options) = (.text, title.trimmed, CellOptions())
    source = lines.joined(separator: "\n")
  }
}

extension String {
  /// The lines; of an empty text none.
  var lines: [String] {
    isEmpty
      ? []
      : utf8.split(separator: 10, omittingEmptySubsequences: false).map { String(Substring($0)) }
  }

  /// Whether it is white space alone.
  var isBlank: Bool { utf8.allSatisfy { $0 == 32 || $0 == 9 || $0 == 13 } }

  /// Without white space around it.
  var trimmed: String {
    var text = Substring(self)
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
