// SPDX-License-Identifier: MIT
public import HengeBackend
internal import HengeLanguage
public import HengeSession

/// Collects what cells produce, as the outputs of a notebook.
public final class NotebookSink: EntrySink, CellObserver {
  /// The outputs of each cell that ran, by its index.
  public private(set) var outputs: [Int: [NotebookOutput]] = [:]
  private let budget: MemoryBudget
  private var cell = 0

  /// Collects outputs, with images as PNG.
  public init(budget: MemoryBudget) { self.budget = budget }

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
      let texts = try displays.compactMap { try $0.plainText(columns: 80) }
      for display in displays {
        if case .text = display { continue }
        try add(display)
      }
      if !texts.isEmpty {
        outputs[cell, default: []].append(.result(texts.joined(separator: "\n")))
      }
    case .error(let diagnostic):
      outputs[cell, default: []].append(
        .error(
          code: diagnostic.code, message: diagnostic.message, text: Renderer().render(diagnostic)))
    case .announcement, .supplement, .note, .lastError, .timing: break
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
    for part in display.parts(at: .colours) {
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
}
