// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeDocuments
internal import HengeImage
internal import HengeLanguage
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

  /// Adds what an event shows to the cell under way.
  public func take(_ event: EntryEvent) throws {
    // What is wrong with the whole document belongs to no cell.
    if cells.isEmpty { cells.append(PageCell(Cell(code: ""), number: 0, line: 1)) }
    try cells[cells.count - 1].add(event, drawing)
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
  private var pieces: [Piece] = []

  /// A part of the output.
  private enum Piece {
    case text([String])
    case html(String)
    case picture(html: String, label: String)
  }

  init(_ cell: Cell, number: Int, line: Int) {
    (self.cell, self.number, self.line) = (cell, number, line)
  }

  mutating func add(_ event: EntryEvent, _ drawing: PageDrawing) throws {
    records += try OutputRecord.records(of: event)
    switch event {
    case .text(let text): add(text)
    case .display(let display), .supplement(let display): try add(display, drawing)
    case .result(let displays, let value):
      for display in try drawing.displays(value) ?? displays { try add(display, drawing) }
    case .error(let diagnostic):
      pieces.append(
        .html("<pre class=\"error\">\(escapedHTML(Renderer(width: 90).render(diagnostic)))</pre>\n")
      )
    case .announcement, .note, .lastError, .timing: break
    }
  }

  private mutating func add(_ text: String) {
    if case .text(var texts)? = pieces.last {
      // Not shared while it grows: many prints are many pieces of one text.
      pieces.removeLast()
      texts.append(text)
      pieces.append(.text(texts))
    } else {
      pieces.append(.text([text]))
    }
  }

  private mutating func add(_ display: Display, _ drawing: PageDrawing) throws {
    for part in display.parts(at: .colours) {
      switch part {
      case .text(let text): pieces.append(.html("<pre>\(escapedHTML(text))</pre>\n"))
      case .table(let table): pieces.append(.html(PageDrawing.html(table)))
      case .plot(let plot): pieces.append(.html(try drawing.html(plot)))
      case .caption: break
      case .picture(let picture, let isSmall):
        pieces.append(
          .picture(
            html: try drawing.html(picture, isSmall: isSmall, of: cell),
            label: picture.caption ?? ""))
      }
    }
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

  func html(_ plot: any PlotDisplay) throws -> String {
    "<figure class=\"plot\">\n\(try plot.svg)</figure>\n"
  }

  static func html(_ table: TableDisplay) -> String {
    let columns = table.columns
    let head = columns.map {
      "<th\($0.isNumber ? " class=\"n\"" : "")>\(escapedHTML($0.name))</th>"
    }
    let rows = (columns.first?.cells ?? []).indices.map { row in
      let cells = columns.map {
        "<td\($0.isNumber ? " class=\"n\"" : "")>\(escapedHTML($0.cells[row] ?? "…"))</td>"
      }
      return "<tr>\(cells.joined())</tr>\n"
    }
    let note = table.note.isEmpty ? "" : "<p class=\"note\">\(escapedHTML(table.note))</p>\n"
    return
      "<div class=\"wide\"><table>\n<thead>\n<tr>\(head.joined())</tr>\n</thead>\n<tbody>\n\(rows.joined())</tbody>\n</table></div>\n\(note)"
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
