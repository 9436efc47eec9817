// SPDX-License-Identifier: MIT
internal import HengeLanguage

// The percent format of editors: `# %% Title` begins a cell of code, `# %% [markdown]` a text, whose
// lines are comments. The file is a script as it stands.

/// A line that begins a cell.
private struct Marker {
  let isText: Bool
  let title: String

  /// `# %%`, then the end or white space.
  init?(_ line: String) {
    guard let rest = Marker.afterSign(line) else { return nil }
    var words = String(rest).trimmed
    for tag in ["[markdown]", "[md]"] where words.hasPrefix(tag) || words.hasSuffix(tag) {
      words = String(words.hasPrefix(tag) ? words.dropFirst(tag.count) : words.dropLast(tag.count))
      (isText, title) = (true, words.trimmed)
      return
    }
    (isText, title) = (false, words)
  }

  private static func afterSign(_ line: String) -> Substring? {
    guard line.hasPrefix("#") else { return nil }
    var rest = line.dropFirst()
    if rest.first == " " { rest.removeFirst() }
    guard rest.hasPrefix("%%") else { return nil }
    rest = rest.drop { $0 == "%" }
    guard let next = rest.first else { return rest }
    return next.isWhitespace ? rest : nil
  }
}

extension CellCollector {
  /// Reads the cells of a script.
  mutating func readPercent() throws(Diagnostic) {
    var lines = source.lines[...]
    // What follows the last newline is a line only if it has something.
    if lines.last?.text.isEmpty ?? false { lines.removeLast() }
    var cell: [Line] = []
    var marker: (Marker, Line)?
    for line in lines {
      guard let next = Marker(line.text) else {
        cell.append(line)
        continue
      }
      // The blank line before a marker separates.
      if cell.last?.text.isEmpty ?? false { cell.removeLast() }
      try end(cell, marker)
      (cell, marker) = ([], (next, line))
    }
    try end(cell, marker)
  }

  private mutating func end(
    _ lines: [Line], _ marker: (Marker, Line)?
  ) throws(Diagnostic) {
    guard let (marker, line) = marker else {
      if !lines.isEmpty { try add(code: lines, title: "", at: lines[0].span) }
      return
    }
    guard marker.isText else {
      return try add(code: lines, title: marker.title, at: Span(line.span.end, line.span.end))
    }
    // A line that is no comment is code, which the script runs.
    let count = lines.prefix { $0.text.hasPrefix("#") || $0.text.isBlank }.count
    add(text: Array(lines.prefix(count)), content: uncommented, title: marker.title)
    let code = Array(lines.dropFirst(count))
    if !code.isEmpty { try add(code: code, title: "", at: code[0].span) }
  }
}

private func uncommented(_ line: String) -> String {
  String(
    line.hasPrefix("# ") ? line.dropFirst(2) : line.hasPrefix("#") ? line.dropFirst() : line[...])
}

extension Document {
  /// The document as a script; throws ``Unwritable`` for a line that would begin a cell.
  public func percent() throws(Unwritable) -> String {
    var blocks: [String] = []
    for (index, cell) in cells.enumerated() {
      var lines: [String] = []
      switch cell.kind {
      case .text:
        lines.append("# %% [markdown]" + (cell.title.isEmpty ? "" : " \(cell.title)"))
        lines += cell.source.lines.map { $0.isEmpty ? "#" : "# \($0)" }
        try check(lines.dropFirst(), of: index)
      case .code:
        let code = cell.options.lines + cell.source.lines
        let isHeader = index == 0 && cell.title.isEmpty && !cell.source.isEmpty
        if !isHeader { lines.append("# %%" + (cell.title.isEmpty ? "" : " \(cell.title)")) }
        try check(code[...], of: index)
        lines += code
      }
      blocks.append(lines.map { $0 + "\n" }.joined())
    }
    return blocks.joined(separator: "\n")
  }

  private func check(_ lines: ArraySlice<String>, of index: Int) throws(Unwritable) {
    if let line = lines.first(where: { Marker($0) != nil }) {
      throw Unwritable("cell \(index + 1) has the line `\(line)`, which would begin another cell")
    }
    let title = cells[index].title
    guard !title.isEmpty else { return }
    let marker = Marker("# %% \(title)")
    guard marker?.isText != false || marker?.title != title else { return }
    throw Unwritable("the title of cell \(index + 1), `\(title)`, cannot follow `# %%`")
  }
}

extension CellOptions {
  /// The options as lines of code.
  var lines: [String] { settings.map { "#| \($0.name): \($0.value)" } }
}

/// Why a document cannot be written in a format.
public struct Unwritable: Error, Equatable {
  /// The reason.
  public let reason: String
  init(_ reason: String) { self.reason = reason }
}
