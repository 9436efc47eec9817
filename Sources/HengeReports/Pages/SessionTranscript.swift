// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeDocuments
internal import HengeFiles
internal import HengeLanguage
public import HengeSession

/// Passes the events of a session on and keeps what entries showed, for a page of the session.
public final class SessionTranscript: EntrySink {
  private let next: any EntrySink
  private var outputs: [Int: [EntryEvent]] = [:]
  private var number = 0
  private var bytes = 0
  /// The bytes of images and texts that are kept.
  private static let room = 24_000_000

  /// Keeps what goes to `next`.
  public init(_ next: any EntrySink) { self.next = next }

  /// As wide as where the events go.
  public var width: Int { next.width }

  /// The entry of this number begins.
  public func begin(entry number: Int) {
    self.number = number
    outputs[number] = []
  }

  /// Keeps an event and passes it on.
  public func take(_ event: EntryEvent) throws {
    switch event {
    case .text, .display, .error: keep(event)
    // The value may be large, and is not needed.
    case .result(let displays, _): keep(.result(displays, of: .none))
    case .announcement, .supplement, .note, .lastError, .timing: break
    }
    try next.take(event)
  }

  /// Makes visible what was received.
  public func flush() throws { try next.flush() }

  private func keep(_ event: EntryEvent) {
    outputs[number, default: []].append(event)
    bytes += event.bytes
    while bytes > SessionTranscript.room, let oldest = outputs.keys.min(), oldest < number {
      bytes -= (outputs.removeValue(forKey: oldest) ?? []).reduce(0) { $0 + $1.bytes }
    }
  }

  /// Writes the page of `entries`, those of the session that left something, with what they showed.
  ///
  /// Entries whose outputs were dropped for lack of room are shown without them; returns how many.
  /// Throws E-file where the page cannot be written.
  public func write(
    to path: String, entries: [(number: Int, text: String)], _ setting: Rendering.Setting
  ) throws -> Int {
    var dropped = 0
    let document = Document(
      entries.map { Cell(code: $0.text, title: "[\($0.number)]") })
    let text: String
    do { text = try document.percent() } catch {
      throw Diagnostic("E-file", "the session cannot be written as a document: \(error.reason)")
    }
    let file = try DocumentFile(Source(name: "session.henge", text: Array(text.utf8)))
    guard file.document == document else {
      throw Diagnostic(
        "E-file", "the session cannot be written as a document: an entry looks like several cells")
    }
    let drawing = PageDrawing(budget: setting.budget)
    var cells: [PageCell] = []
    for (index, entry) in entries.enumerated() {
      var cell = PageCell(
        file.document.cells[index], number: index + 1, line: file.line(of: index))
      cell.isCompared = false
      if outputs[entry.number] == nil { dropped += 1 }
      for event in outputs[entry.number] ?? [] { cell.add(try cell.drawn(event, drawing)) }
      cells.append(cell)
    }
    var setting = setting
    setting.circumstances.source = try SHA256.hex(of: text.utf8)
    let page = Page(
      file: file, text: text, name: "session.henge", circumstances: setting.circumstances,
      threads: setting.threads, cells: cells, inputs: setting.inputs, isVerifiable: false,
      image: { _ in nil })
    try AtomicFile.write(page.html().utf8, to: path)
    return dropped
  }
}

extension EntryEvent {
  /// The bytes that keeping it takes, about.
  fileprivate var bytes: Int {
    func size(_ display: Display) -> Int {
      switch display {
      case .pixels(let picture), .thumbnail(let picture): picture.bytes.count
      case .text(let text): text.utf8.count
      case .table, .plot: 20_000
      }
    }
    return switch self {
    case .text(let text): text.utf8.count
    case .display(let display): size(display)
    case .result(let displays, _): displays.reduce(0) { $0 + size($1) }
    default: 1000
    }
  }
}
