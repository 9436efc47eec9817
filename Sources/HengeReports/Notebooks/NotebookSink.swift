// SPDX-License-Identifier: MIT
public import HengeBackend
internal import HengeImage
internal import HengeLanguage
public import HengeSession

/// Collects what cells produce, as the outputs of a notebook.
public final class NotebookSink: EntrySink, CellObserver {
  /// The outputs of each cell that ran, by its index.
  public private(set) var outputs: [Int: [NotebookOutput]] = [:]
  private let budget: MemoryBudget
  private let errors: any EntrySink
  private var cell = 0

  /// Collects outputs, with images as PNG; notes and errors go to `errors` as well.
  public init(budget: MemoryBudget, errors: any EntrySink) {
    (self.budget, self.errors) = (budget, errors)
  }

  /// Makes visible what was passed on.
  public func flush() throws { try errors.flush() }

  /// Begins a cell.
  public func begin(cell index: Int) {
    cell = index
    outputs[index] = []
  }

  /// Ends a cell.
  public func end(cell: Int, _ ending: Ending) {}

  /// Adds an event to the outputs of its cell.
  public func take(_ event: EntryEvent) throws {
    switch event {
    case .text(let text): add(text)
    case .display(let display): try add(display)
    case .result(let displays, _):
      // One result of all words, then what is drawn.
      let parts = displays.flatMap { $0.parts(at: .colours) }
      let texts = parts.compactMap { part -> String? in
        switch part {
        case .text(let text): text
        case .table(let table): table.lines(width: 80).joined(separator: "\n")
        case .caption, .plot, .picture: nil
        }
      }
      if !texts.isEmpty {
        outputs[cell, default: []].append(.result(texts.joined(separator: "\n")))
      }
      for part in parts {
        switch part {
        case .plot, .picture: try add(part)
        case .text, .table, .caption: break
        }
      }
    case .error(let diagnostic):
      outputs[cell, default: []].append(
        .error(
          code: diagnostic.code, message: diagnostic.message, text: Renderer().render(diagnostic)))
      try errors.take(event)
    case .note: try errors.take(event)
    case .announcement, .supplement, .lastError, .timing: break
    }
  }

  private func add(_ text: String) {
    if case .stream(let before)? = outputs[cell]?.last {
      outputs[cell]?.removeLast()
      outputs[cell, default: []].append(.stream(before + text))
    } else {
      outputs[cell, default: []].append(.stream(text))
    }
  }

  private func add(_ display: Display) throws {
    for part in display.parts(at: .colours) { try add(part) }
  }

  private func add(_ part: DisplayPart) throws {
    switch part {
    case .text(let text): add(text + "\n")
    case .table(let table): add(table.lines(width: 80).joined(separator: "\n") + "\n")
    case .caption(let text): add(text + "\n")
    case .plot(let plot):
      let rows = try plot.rows(columns: 80, rows: PlotSize.rows, with: .marks)
      outputs[cell, default: []].append(
        .svg(
          try plot.svg, text: rows.map { $0.map(\.text).joined() }.joined(separator: "\n")))
    case .picture(let picture, _):
      outputs[cell, default: []].append(
        .picture(png: base64(try png(picture, budget: budget)), text: picture.words))
    }
  }
}
