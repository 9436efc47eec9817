// SPDX-License-Identifier: MIT
public import HengeLanguage

/// A document with the text that it was read from: where each cell is, and its code as a program's
/// source.
public struct DocumentFile: Sendable {
  /// The cells.
  public let document: Document
  /// The whole text.
  public let original: Source
  /// The code at the places where it is in the file, everything else blank: its spans are the file's.
  public let source: Source
  /// The position of each cell's code or text in ``source``.
  public let places: [Span]

  /// Whether the text is too long for a document: it is one program, and its only cell is empty.
  public let isLong: Bool
  /// The bytes up to which a text is a document.
  public static let longest = Parser.longestKept

  /// The 1-based line at which a cell begins.
  public func line(of cell: Int) -> Int { source.position(of: places[cell].start).line }

  /// Reads `source` in the format of its name: Markdown for `.md`, otherwise a script.
  ///
  /// Throws E-cell for options and fences that are wrong.
  public init(_ source: Source) throws(Diagnostic) {
    original = source
    // Of a text that another program wrote, without an end, no tree and no cells are kept.
    guard source.bytes.count <= DocumentFile.longest else {
      (document, places) = (Document([Cell(code: "")]), [Span(0, source.bytes.count)])
      (self.source, isLong) = (source, true)
      return
    }
    isLong = false
    var cells = CellCollector(source)
    if DocumentFormat.split(source.name)?.format == .markdown {
      try cells.readMarkdown()
    } else {
      try cells.readPercent()
    }
    document = Document(cells.cells.map(\.cell))
    places = cells.cells.map(\.place)
    self.source = cells.runnable
  }
}

extension Document {
  /// The cell of code whose options are its first lines; throws E-cell for wrong ones.
  public static func cell(ofCode text: String, named name: String) throws(Diagnostic) -> Cell {
    let source = Source(name: name, text: Array(text.utf8))
    var cells = CellCollector(source)
    try cells.add(code: text.isEmpty ? [] : source.lines, title: "", at: Span(0, 0))
    return cells.cells[0].cell
  }
}

extension Cell {
  /// The code with its options, as a notebook has it; or the text.
  public var fullSource: String {
    options.isEmpty ? source : (options.lines + source.lines).joined(separator: "\n")
  }
}

extension Source {
  /// The lines with their positions, each without its newline.
  var lines: [(text: String, span: Span)] {
    var ends = lineStarts.dropFirst().map { $0 - 1 }
    ends.append(bytes.count)
    return zip(lineStarts, ends).map { (text(Span($0, $1)), Span($0, $1)) }
  }

  /// The same positions with nothing in them but the code of `places`.
  func masked(to places: [Span]) -> Source {
    var masked = bytes.map { $0 == 10 ? $0 : 32 as UInt8 }
    for place in places {
      masked.replaceSubrange(place.start..<place.end, with: bytes[place.start..<place.end])
    }
    return Source(name: name, text: masked, folder: folder)
  }
}

/// Collects the cells of a text, line by line.
struct CellCollector {
  let source: Source
  private(set) var cells: [(cell: Cell, place: Span)] = []
  private(set) var runnable: Source

  init(_ source: Source) {
    self.source = source
    runnable = source
  }

  typealias Line = (text: String, span: Span)

  /// Adds a text, if it has a word.
  mutating func add(text lines: [Line], content: (String) -> String, title: String) {
    guard let first = lines.first, let last = lines.last else { return }
    let cell = Cell(text: lines.map { content($0.text) }.joined(separator: "\n"), title: title)
    if !cell.source.isEmpty { cells.append((cell, first.span.joined(with: last.span))) }
  }

  /// Adds code, whose first lines may be options; `place` is where it is if it has no line.
  mutating func add(
    code lines: [Line], title: String, at place: Span
  ) throws(Diagnostic) {
    var options = CellOptions()
    var rest = lines[...]
    while let line = rest.first, line.text.hasPrefix("#|") {
      try add(line, to: &options)
      rest.removeFirst()
    }
    if let fault = options.fault { throw wrong(lines.first?.span ?? place, fault) }
    for line in rest where line.text.hasPrefix("#|") {
      let name = line.text.dropFirst(2).prefix { $0 != ":" }
      if CellOption.all.contains(where: { $0.name == String(name).trimmed }) {
        throw wrong(line.span, "an option must come before the code of its cell")
      }
    }
    if let label = options.label, cells.contains(where: { $0.cell.options.label == label }) {
      throw wrong(
        lines.first?.span ?? place, "another cell has the label \(label)",
        suggestion: "#| label: \(label)-2")
    }
    if let given = options[.title] {
      guard title.isEmpty else {
        throw wrong(lines.first?.span ?? place, "the cell has a title already: \(title)")
      }
      return append(rest, given, options.withoutTitle, place)
    }
    append(rest, title, options, place)
  }

  private mutating func append(
    _ lines: ArraySlice<Line>, _ title: String, _ options: CellOptions, _ place: Span
  ) {
    let code = lines.map(\.text).joined(separator: "\n")
    let span = lines.first.map { $0.span.joined(with: lines.last?.span ?? $0.span) } ?? place
    cells.append((Cell(code: code, title: title, options: options), span))
  }

  private func add(_ line: Line, to options: inout CellOptions) throws(Diagnostic) {
    let text = line.text.dropFirst(2)
    guard let colon = text.firstIndex(of: ":") else {
      throw wrong(
        line.span, "an option of a cell must be `#| name: value`", suggestion: "#| echo: false")
    }
    let name = String(text[..<colon]).trimmed
    if let fault = options.add(name, String(text[text.index(after: colon)...]).trimmed) {
      throw wrong(line.span, fault)
    }
  }

  func wrong(_ span: Span, _ fault: CellOptions.Fault) -> Diagnostic {
    wrong(span, fault.message, suggestion: fault.suggestion)
  }

  func wrong(_ span: Span, _ message: String, suggestion: String? = nil) -> Diagnostic {
    Diagnostic("E-cell", message, labels: [.init(source, span)], suggestion: suggestion)
  }

  /// Leaves nothing but code in what runs.
  mutating func mask() {
    runnable = source.masked(to: cells.filter { $0.cell.kind == .code }.map(\.place))
  }
}
