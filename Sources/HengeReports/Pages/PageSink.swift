// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeDocuments
internal import HengeFiles
internal import HengeImage
public import HengeLanguage
public import HengeSession

/// Collects what cells produce, as pieces of a page.
public final class PageSink: EntrySink, CellObserver {
  private let file: DocumentFile
  private let drawing: PageDrawing
  private let willEnd: (PageSink) throws -> Void
  private(set) var cells: [PageCell] = []

  /// Collects the outputs of the cells of `file`; `willEnd` is called after each cell.
  init(
    _ file: DocumentFile, _ drawing: PageDrawing, willEnd: @escaping (PageSink) throws -> Void
  ) {
    (self.file, self.drawing, self.willEnd) = (file, drawing, willEnd)
  }

  /// Begins a cell.
  public func begin(cell index: Int) throws {
    cells.append(
      PageCell(file.document.cells[index], number: index + 1, line: file.line(of: index)))
  }

  /// Ends a cell.
  public func end(cell: Int, _ ending: Ending) throws {
    try willEnd(self)
  }

  /// Whether the cell under way goes on after an error.
  var allowsError: Bool { cells.last?.cell.options.allowsError ?? false }

  /// Adds what an event shows to the cell under way.
  public func take(_ event: EntryEvent) throws {
    try addToCell { try $0.drawn(event, drawing) }
  }

  /// Adds to the cell under way what `draw` makes for it.
  private func addToCell(_ draw: (PageCell) throws -> DrawnOutput) throws {
    // What is wrong with the whole document belongs to no cell.
    if cells.isEmpty { cells.append(PageCell(Cell(code: ""), number: 0, line: 1)) }
    let drawn = try draw(cells[cells.count - 1])
    cells[cells.count - 1].add(drawn)
    collected?.append(drawn)
  }

  // MARK: Statements

  /// What the statement under way produced; none where nobody asked for it.
  private var collected: DrawnOutput?
}

extension PageSink: StatementOutput {
  /// Collects from now on what a statement produces.
  public func beginStatement() { collected = DrawnOutput() }

  /// What was produced since.
  public func endStatement() -> String {
    defer { collected = nil }
    return collected?.json.text ?? ""
  }

  /// Produces the same again; throws `E-file` for a text of another kind.
  public func replay(_ text: String) throws {
    guard let output = DrawnOutput(text) else {
      throw Failure("E-file", "what a statement produced is not readable")
    }
    try addToCell { _ in output }
  }
}

/// A cell of a page: what it is and what it produced.
struct PageCell {
  let cell: Cell
  /// From 1.
  let number: Int
  /// Its line in the document.
  let line: Int
  /// What it produced, to compare.
  private(set) var records: [OutputRecord] = []
  /// Whether the page has the hashes of its outputs.
  var isCompared = true
  private var pieces: [PagePiece] = []

  init(_ cell: Cell, number: Int, line: Int) {
    (self.cell, self.number, self.line) = (cell, number, line)
  }

  /// What a page shows of an event in this cell.
  func drawn(_ event: EntryEvent, _ drawing: PageDrawing) throws -> DrawnOutput {
    var output = DrawnOutput()
    output.records = try OutputRecord.records(of: event)
    switch event {
    case .text(let text): output.pieces = [.text([text])]
    case .display(let display), .supplement(let display):
      output.pieces = try drawing.pieces(display, of: cell)
    case .result(let displays, let value):
      output.pieces = try (drawing.displays(value) ?? displays).flatMap {
        try drawing.pieces($0, of: cell)
      }
    case .error(let diagnostic):
      let text = Renderer(width: 90).render(diagnostic)
      output.pieces = [.html("<pre class=\"error\">\(escapedHTML(text))</pre>\n")]
    case .announcement, .note, .lastError, .timing: break
    }
    return output
  }

  mutating func add(_ output: DrawnOutput) {
    records += output.records
    for piece in output.pieces { pieces.append(joining: piece) }
  }

  // MARK: HTML

  /// The section of the page.
  var html: String {
    guard cell.kind == .code else { return "" }
    let id = PageAnchor.cell(number)
    let label = cell.options.label.map { "<a id=\"\(escapedHTML($0))\"></a>" } ?? ""
    let title = cell.title.isEmpty ? "" : "<p class=\"title\">\(escapedHTML(cell.title))</p>\n"
    var body =
      cell.options.showsCode && !cell.source.isBlankText
      ? "<pre class=\"code\">\(CodeHTML.html(cell.source))</pre>\n" : ""
    let shown =
      cell.options.isVolatile || !isCompared
      ? "" : " data-hash=\"\(records.map(\.hash).joined(separator: " "))\""
    let outputs = outputs.isEmpty ? "" : "<div class=\"outputs\"\(shown)>\n\(outputs)</div>\n"
    if cell.options.question != nil {
      body = question(code: body, outputs: outputs)
    } else {
      switch cell.options.output {
      case .show: body += outputs
      // What is hidden is still compared.
      case .hide where !outputs.isEmpty: body += "<div\(shown) hidden></div>\n"
      case .fold where !outputs.isEmpty:
        body += "<details><summary>Output</summary>\n\(outputs)</details>\n"
      case .hide, .fold: break
      }
    }
    guard !body.isEmpty || !title.isEmpty else { return "" }
    return "<section class=\"cell\" id=\"\(id)\">\(label)\n\(title)\(body)</section>\n"
  }

  /// The question, with its answer folded.
  private func question(code: String, outputs: String) -> String {
    let options = cell.options
    let choices = options.choices.map { "<li>\(escapedHTML($0))</li>\n" }.joined()
    let list = choices.isEmpty ? "" : "<ol type=\"1\">\n\(choices)</ol>\n"
    let solution =
      options.showsCode ? "" : "<pre class=\"code\">\(CodeHTML.html(cell.source))</pre>\n"
    let answer = options.answer.map { "<p>\(escapedHTML($0))</p>\n" } ?? ""
    return """
      <div class="ask">
      <p><strong>\(escapedHTML(options.question ?? ""))</strong></p>
      \(list)\(code)<details><summary>Answer</summary>
      \(answer)\(solution)\(outputs)</details>
      </div>

      """
  }

  private var outputs: String {
    let images = pieces.filter { if case .picture = $0 { true } else { false } }
    if cell.options.slider != nil, images.count > 1 { return series }
    return pieces.map { piece in
      switch piece {
      case .text(let texts): "<pre>\(escapedHTML(texts.joined()))</pre>\n"
      case .html(let html), .picture(let html, _): html
      }
    }.joined()
  }

  /// The images one at a time, chosen by plain CSS.
  private var series: String {
    var items: [(html: String, label: String)] = []
    var rest = ""
    for piece in pieces {
      switch piece {
      case .picture(let html, let label): items.append((html, label))
      case .text(let texts): rest += "<pre>\(escapedHTML(texts.joined()))</pre>\n"
      case .html(let html): rest += html
      }
    }
    let name = "series-\(number)"
    let choices = items.enumerated().map { index, item in
      let id = "\(name)-\(index + 1)"
      let label = item.label.isEmpty ? "\(index + 1)" : item.label
      let checked = index == 0 ? " checked" : ""
      return
        "<input type=\"radio\" name=\"\(name)\" id=\"\(id)\"\(checked)><label for=\"\(id)\">\(escapedHTML(label))</label>\n\(item.html)"
    }
    let over = escapedHTML(cell.options.slider ?? "")
    return
      "\(rest)<fieldset class=\"series\"><legend>\(over)</legend>\n\(choices.joined())</fieldset>\n"
  }
}

extension String {
  /// Whether it has nothing but white space.
  var isBlankText: Bool { utf8.allSatisfy { $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 } }
}

/// Draws displays as HTML.
struct PageDrawing {
  let budget: MemoryBudget

  /// What a page shows of a value, if that is not its echo.
  func displays(_ value: Value) throws -> [Display]? {
    guard case .object(let object) = value, let displayed = object as? any DisplayedOnPage else {
      return nil
    }
    return try displayed.pageDisplays()
  }

  /// What a page shows of a display.
  func pieces(_ display: Display, of cell: Cell) throws -> [PagePiece] {
    try display.parts(at: .colours).compactMap { part in
      switch part {
      case .text(let text): .html("<pre>\(escapedHTML(text))</pre>\n")
      case .table(let table): .html(tableHTML(table))
      case .plot(let plot): .html(try html(plot))
      case .caption: nil
      case .picture(let picture, let isSmall):
        .picture(
          html: try html(picture, isSmall: isSmall, of: cell), label: picture.caption ?? "")
      }
    }
  }

  func html(_ plot: any PlotDisplay) throws -> String {
    "<figure class=\"plot\">\n\(try plot.svg)</figure>\n"
  }

  /// An image at its own pixels, enlarged by a whole factor where it is small.
  func html(_ picture: PixelDisplay, isSmall: Bool, of cell: Cell) throws -> String {
    let factor = picture.enlargement(isSmall: isSmall, room: 768)
    let width = cell.options.width ?? picture.width * factor
    let caption = picture.caption ?? (isSmall ? nil : cell.options.caption)
    let alt = caption ?? cell.options.caption ?? picture.words
    let data = base64(try png(picture, budget: budget))
    let height = (picture.height * width + picture.width / 2) / picture.width
    let line = caption.map { "<figcaption>\(escapedHTML($0))</figcaption>\n" } ?? ""
    return """
      <figure>
      <img src="data:image/png;base64,\(data)" width="\(width)" height="\(height)" alt="\(escapedHTML(alt))">
      \(line)</figure>

      """
  }
}
